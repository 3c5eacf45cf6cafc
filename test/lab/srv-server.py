"""srv-server.py ADDRESS NAME TARGET TARGET_ADDRESS PORT: a DNS server that knows one service: SRV _porthole._udp.NAME is TARGET:PORT."""
import socket
import struct
import sys

address, name, target, target_address, port = sys.argv[1:6]
TYPE_A, TYPE_SRV = 1, 33


def encoded(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


records = {
    (f"_porthole._udp.{name}", TYPE_SRV): struct.pack(">HHH", 0, 0, int(port)) + encoded(target),
    (target, TYPE_A): socket.inet_aton(target_address),
}
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((address, 53))
print("ready", flush=True)
while True:
    query, sender = server.recvfrom(512)
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("latin1").lower())
        at += query[at] + 1
    (kind,) = struct.unpack(">H", query[at + 1 : at + 3])
    asked = ".".join(labels)
    data = records.get((asked, kind))
    known = any(each == asked for each, _ in records)
    flags = 0x8180 | (0 if known else 3)
    answer = query[:2] + struct.pack(">HHHHH", flags, 1, 1 if data else 0, 0, 0) + query[12 : at + 5]
    if data:
        answer += struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) + data
    server.sendto(answer, sender)
