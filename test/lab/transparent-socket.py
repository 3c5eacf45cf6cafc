"""Runs a program with transparent listening sockets for IPv4 and IPv6, as systemd does for a socket unit with Transparent=yes:

python3 transparent-socket.py PORT PROGRAM ARGUMENT...
"""

import os
import socket
import sys

# linux/in.h
IP_TRANSPARENT = 19
IPV6_TRANSPARENT = 75
FIRST = 3


def listen(family, address, level, option):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(level, option, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, int(sys.argv[1])))
    listener.listen(511)
    return listener


listeners = [
    listen(socket.AF_INET, "0.0.0.0", socket.SOL_IP, IP_TRANSPARENT),
    listen(socket.AF_INET6, "::", socket.IPPROTO_IPV6, IPV6_TRANSPARENT),
]
# Out of the way of each other first.
kept = [os.dup(listener.fileno()) for listener in listeners]
for number, descriptor in enumerate(kept):
    os.dup2(descriptor, FIRST + number, inheritable=True)
os.environ.update(LISTEN_FDS=str(len(listeners)), LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
