"""port-scan.py LAST ADDRESS...: sends a UDP datagram to the ports 1 to LAST of an address, and a TCP SYN to the first 10,000.

Prints a line with the TCP ports that accepted a connection, for each address: "ADDRESS 8554".
"""
import errno, resource, socket, sys, time

BATCH = 400
LAST = 10_000
# A SYN that was lost is repeated after a second.
ANSWERED = 3

# As many sockets at a time as this process may have.
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
PIECE = LAST if hard == resource.RLIM_INFINITY else min(LAST, hard - 50)

for address in sys.argv[2:]:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for port in range(1, int(sys.argv[1]) + 1):
        try:
            udp.sendto(b"scan", (address, port))
        except OSError:  # an earlier datagram was rejected
            pass
    udp.close()
    accepted = []
    for first in range(1, LAST + 1, PIECE):
        sockets = []
        for port in range(first, min(first + PIECE, LAST + 1)):
            tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            tcp.setblocking(False)
            if tcp.connect_ex((address, port)) in (0, errno.EINPROGRESS):
                sockets.append((port, tcp))
            else:
                tcp.close()
            if port % BATCH == 0:
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
