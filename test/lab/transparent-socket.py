"""Runs a program with a transparent listening socket, as systemd does for a socket unit with Transparent=yes:

python3 transparent-socket.py PORT PROGRAM ARGUMENT...
"""

import os
import socket
import sys

# linux/in.h
IP_TRANSPARENT = 19
FIRST = 3

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
listener.bind(("0.0.0.0", int(sys.argv[1])))
listener.listen(511)
if listener.fileno() != FIRST:
    os.dup2(listener.fileno(), FIRST)
os.set_inheritable(FIRST, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
