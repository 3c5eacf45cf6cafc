"""ping.py FROM TO [SECONDS]: sends an ICMP echo request. Exit code 0, and the milliseconds on standard output, when the
answer comes within half a second, or within so many seconds."""
import os, socket, struct, sys, time

own, to = sys.argv[1:3]
mark = os.urandom(8)
header = struct.pack("!BBHHH", 8, 0, 0, os.getpid() & 0xFFFF, 1)
words = struct.unpack("!8H", header + mark)
total = sum(words)
total = (total >> 16) + (total & 0xFFFF)
total += total >> 16
packet = struct.pack("!BBHHH", 8, 0, ~total & 0xFFFF, os.getpid() & 0xFFFF, 1) + mark
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
raw.bind((own, 0))
sent = time.monotonic()
try:
    raw.sendto(packet, (to, 0))
except OSError as error:
    sys.exit(f"{error}")
end = sent + (float(sys.argv[3]) if len(sys.argv) > 3 else 0.5)
while time.monotonic() < end:
    raw.settimeout(max(0.001, end - time.monotonic()))
    try:
        answer, sender = raw.recvfrom(2000)
    except OSError:
        break
    if sender[0] == to and answer[20] == 0 and mark in answer:
        print(f"{(time.monotonic() - sent) * 1000:.1f}")
        sys.exit(0)
sys.exit("no answer")
