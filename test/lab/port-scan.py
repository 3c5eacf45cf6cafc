"""port-scan.py LAST ADDRESS...: sends a UDP datagram to the ports 1 to LAST of an address, and a TCP SYN to the first 10,000.

Prints a line with the TCP ports that accepted a connection, for each address: "ADDRESS 8554".
"""
import errno, resource, socket, sys, time

BATCH = 400
LAST = 10_001
# A SYN that was lost is repeated after a second.
ANSWERED = 3

resource.setrlimit(resource.RLIMIT_NOFILE, (2 * LAST, 2 * LAST))

for address in sys.argv[2:]:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for port in range(1, int(sys.argv[1]) + 1):
        try:
            udp.sendto(b"scan", (address, port))
        except OSError:  # an earlier datagram was rejected
            pass
    udp.close()
    accepted = []
    sockets = []
    for first in range(1, LAST, BATCH):
        for port in range(first, min(first + BATCH, LAST)):
            tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            tcp.setblocking(False)
            if tcp.connect_ex((address, port)) not in (0, errno.EINPROGRESS):
                tcp.close()
                continue
            sockets.append((port, tcp))
        time.sleep(0.05)
    time.sleep(ANSWERED)
    for port, tcp in sockets:
        try:
            tcp.getpeername()
            accepted.append(port)
        except OSError:
            pass
        tcp.close()
    print(address, *accepted, flush=True)
