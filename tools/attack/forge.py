"""Sends UDP datagrams from any address: reads lines of SOURCE PORT DESTINATION PORT HEX on standard input."""

import socket
import struct
import sys

own = sys.argv[1]
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for line in sys.stdin:
    source, source_port, destination, port, octets = line.rstrip("\n").split(" ")
    data = bytes.fromhex(octets)
    udp = struct.pack("!HHHH", int(source_port), int(port), 8 + len(data), 0) + data
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 4, 17, 0)
    packet = head + socket.inet_aton(source) + socket.inet_aton(destination) + udp
    try:
        raw.sendto(packet, (destination, 0))
    except OSError as error:
        print(error, file=sys.stderr)
