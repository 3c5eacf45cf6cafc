"""line.py LAB PORT...: lines with delay, loss and a rate between machines of peer-lab.sh and the switch of the Internet.

Each PORT is a machine of the lab whose interface wan0 is a TAP device, with another one of the machine's name at the switch. Reads lines
from standard input: "PORT delay MS", "PORT loss PERCENT", "PORT rate KBIT" (0: unlimited), "PORT reorder PERCENT" (as many frames come
before the one ahead of them); PORT "all" means each. Delay and reordering are those of each direction, loss and rate those away from the
machine. "seed N" restarts the random numbers. Prints "ready", and each line again when it is in force, with the number of frames lost.
"""
import ctypes, fcntl, heapq, os, random, select, struct, sys, time

libc = ctypes.CDLL(None, use_errno=True)
QUEUE = 64_000  # octets that wait for the rate before frames are dropped
TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x0002 | 0x1000


def tap(namespace, name):
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    its = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(its, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), f"no namespace {namespace}")
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
    libc.setns(own, 0x40000000)
    os.close(own)
    os.close(its)
    return descriptor


class Line:
    def __init__(self, lab, name):
        self.inner = tap(f"{lab}-{name}", "wan0")
        self.outer = tap(f"{lab}-wan", name)
        self.delay = self.loss = self.rate = self.reorder = self.free_at = 0.0


lab = sys.argv[1]
lines = {name: Line(lab, name) for name in sys.argv[2:]}
ends = {}
for line in lines.values():
    ends[line.inner] = (line, line.outer)
    ends[line.outer] = (line, line.inner)
chance = random.Random(1)
waiting = []  # (when, count, descriptor, frame)
count = lost = 0
rest = b""
# Not poll(), whose whole milliseconds would make each way longer.
readable = [0, *ends]
print("ready", flush=True)


def told(text):
    words = text.split()
    if words[0] == "seed":
        chance.seed(int(words[1]))
    else:
        for line in lines.values() if words[0] == "all" else [lines[words[0]]]:
            setattr(line, words[1], float(words[2]))
    print(f"{text}, lost {lost}", flush=True)


while True:
    pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
    for descriptor in select.select(readable, [], [], pause)[0]:
        now = time.monotonic()
        if descriptor == 0:
            text = os.read(0, 4096)
            if not text:
                sys.exit(0)
            *said, rest = (rest + text).split(b"\n")
            for one in said:
                told(one.decode())
            continue
        line, other = ends[descriptor]
        for _ in range(256):
            try:
                frame = os.read(descriptor, 65536)
            except BlockingIOError:
                break
            except OSError:
                break  # the machine is being removed
            leaves = now
            if descriptor == line.inner:
                if line.loss > 0 and chance.random() * 100 < line.loss:
                    lost += 1
                    continue
                if line.rate > 0:
                    speed = line.rate * 125
                    start = max(now, line.free_at)
                    if (start - now) * speed > QUEUE:
                        lost += 1
                        continue
                    leaves = line.free_at = start + len(frame) / speed
            delay = line.delay / 1000
            if line.reorder > 0 and chance.random() * 100 < line.reorder:
                delay = 0.0
            count += 1
            heapq.heappush(waiting, (leaves + delay, count, other, frame))
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        _, _, descriptor, frame = heapq.heappop(waiting)
        try:
            os.write(descriptor, frame)
        except OSError:
            lost += 1
