#!/usr/bin/env python3
"""Sends UDP datagrams with any source address, and records those of others: an attacker in the Internet of a lab.

spoof.py send SOURCE PORT SERVER PORT COUNT HEX...   sends each payload COUNT times, one every 200 us; prints the octets sent with headers
spoof.py record INTERFACE PORT SECONDS               prints the payloads to a port in hexadecimal, one a line, as they come
"""
import socket
import struct
import sys
import time


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def packet(source, sport, server, port, payload):
    ends = socket.inet_aton(source) + socket.inet_aton(server)
    length = 8 + len(payload)
    head = struct.pack("!HHHH", sport, port, length, 0)
    pseudo = ends + struct.pack("!BBH", 0, 17, length)
    head = struct.pack("!HHHH", sport, port, length, checksum(pseudo + head + payload) or 0xFFFF)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, 17, 0) + ends
    return ip + head + payload


def send(source, sport, server, port, count, payloads):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    packets = [packet(source, int(sport), server, int(port), bytes.fromhex(text)) for text in payloads]
    octets = 0
    for _ in range(int(count)):
        for one in packets:
            raw.sendto(one, (server, 0))
            octets += len(one)
            time.sleep(0.0002)
    print(octets)


def record(interface, port, seconds):
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    tap.bind((interface, 0))
    end = time.monotonic() + float(seconds)
    seen = set()
    while time.monotonic() < end:
        tap.settimeout(max(0.01, end - time.monotonic()))
        try:
            frame = tap.recv(2048)
        except OSError:
            break
        if frame[12:14] != b"\x08\x00" or frame[23] != 17:
            continue
        at = 14 + 4 * (frame[14] & 15)
        length = struct.unpack("!H", frame[at + 4 : at + 6])[0]
        if frame[at + 2 : at + 4] == struct.pack("!H", int(port)) and length > 8:
            text = frame[at + 8 : at + length].hex()
            if text not in seen:
                seen.add(text)
                print(text, flush=True)


if sys.argv[1] == "send":
    send(*sys.argv[2:7], sys.argv[7:])
else:
    record(*sys.argv[2:5])
