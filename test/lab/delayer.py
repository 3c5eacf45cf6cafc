"""delayer.py NETNS_A ADDRESS_A NETNS_B ADDRESS_B: a line between two network namespaces with delay, loss and a rate.

Makes a TUN device "tun0" in each, with these point-to-point addresses, and carries IP packets between them. Reads lines from
standard input: "delay MS", "loss PERCENT" and "rate KBIT" (0: unlimited) change the line in the direction from A to B; "seed N"
restarts its random numbers. Back from B to A packets have the delay only. Prints "ready", and a line for each change.
"""
import ctypes, fcntl, heapq, os, random, select, struct, subprocess, sys, time

libc = ctypes.CDLL(None, use_errno=True)
QUEUE = 64_000  # octets that wait for the rate before packets are dropped


def tun(namespace, own, other):
    own_namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
    its = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(its, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), f"no namespace {namespace}")
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, 0x400454CA, struct.pack("16sH22x", b"tun0", 0x0001 | 0x1000))
    for words in (f"address add {own} peer {other} dev tun0", "link set tun0 up"):
        subprocess.run(["ip", *words.split()], check=True)
    libc.setns(own_namespace, 0x40000000)
    return descriptor


a, b = (tun(*sys.argv[1:3], sys.argv[4]), tun(sys.argv[3], sys.argv[4], sys.argv[2]))
settings = {"delay": 0.0, "loss": 0.0, "rate": 0.0}
chance = random.Random(1)
waiting = []  # (when, count, descriptor, packet)
count = 0
free_at = 0.0
lost = 0
rest = b""
print("ready", flush=True)
while True:
    pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
    readable, _, _ = select.select([0, a, b], [], [], pause)
    now = time.monotonic()
    for descriptor in readable:
        if descriptor == 0:
            text = os.read(0, 4096)
            if not text:
                sys.exit(0)
            *lines, rest = (rest + text).split(b"\n")
            for line in lines:
                name, value = line.decode().split()
                if name == "seed":
                    chance.seed(int(value))
                else:
                    settings[name] = float(value)
                print(f"{name} {value}, lost {lost}", flush=True)
            continue
        for _ in range(256):
            try:
                packet = os.read(descriptor, 65536)
            except BlockingIOError:
                break
            leaves = now
            if descriptor == a:
                if chance.random() * 100 < settings["loss"]:
                    lost += 1
                    continue
                if settings["rate"] > 0:
                    speed = settings["rate"] * 125
                    start = max(now, free_at)
                    if (start - now) * speed > QUEUE:
                        lost += 1
                        continue
                    leaves = free_at = start + len(packet) / speed
            count += 1
            heapq.heappush(waiting, (leaves + settings["delay"] / 1000, count, b if descriptor == a else a, packet))
    while waiting and waiting[0][0] <= now:
        _, _, descriptor, packet = heapq.heappop(waiting)
        try:
            os.write(descriptor, packet)
        except OSError:
            lost += 1
