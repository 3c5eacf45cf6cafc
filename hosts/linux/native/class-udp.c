/*
 * `embedded:io/socket/udp`, ECMA-419 §10.7 with what it leaves out: bind address, shared ports, groups and broadcast by
 * a chosen interface, TTL, and datagrams told without an allocation each.
 */
#include "xsAll.h"
#include "host.h"
#include "udp-batch.h"
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Datagrams taken from the kernel by one call. */
#define BATCH 32
/* Room for the largest datagram; pages that no datagram reaches cost nothing. */
#define DATAGRAM_ROOM 65536
/* Addresses whose text is kept by each socket: a reader hears from few. */
#define KNOWN_MAX 16
#define CONTROL_ROOM CMSG_SPACE(sizeof(struct in_pktinfo))

typedef struct {
	uint32_t address;
	xsSlot text;
} Known;

typedef struct {
	Record record;
	Watch watch;
	int fd;
	/* Index of the only interface that is heard; 0: all. */
	unsigned interface;
	xsSlot onReadable, onDatagram, onError, view;
	Known known[KNOWN_MAX];
	int datagrams, at;
} Udp;

/* One memory for all sockets: what it holds is told before the next socket is looked at. */
static uint8_t* memory;
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static struct sockaddr_in senders[BATCH];
static uint8_t controls[BATCH][CONTROL_ROOM];

static void release(Udp* udp)
{
	watchStop(&udp->watch);
	if (udp->fd >= 0) {
		batchFlush();
		close(udp->fd);
	}
	udp->fd = -1;
}

static void destroy(void* data)
{
	if (data) {
		release(data);
		free(data);
	}
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Udp* udp = data;
	int i;
	if (!udp)
		return;
	(*markRoot)(the, &udp->onReadable);
	(*markRoot)(the, &udp->onDatagram);
	(*markRoot)(the, &udp->onError);
	(*markRoot)(the, &udp->view);
	for (i = 0; i < KNOWN_MAX; i++)
		(*markRoot)(the, &udp->known[i].text);
}

/* Strings lie in chunks, which the collector moves: it has to be shown where they are kept. */
static void sweep(xsMachine* the, void* data, xsSweepRoot sweepRoot)
{
	Udp* udp = data;
	int i;
	for (i = 0; udp && i < KNOWN_MAX; i++)
		(*sweepRoot)(the, &udp->known[i].text);
}

static const xsHostHooks hooks = { destroy, mark, (xsSweeper)sweep };

/* The interface by which a datagram came; 0 when the kernel did not say. */
static unsigned interfaceOf(struct msghdr* header)
{
	struct cmsghdr* part;
	for (part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part))
		if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO)
			return (unsigned)((struct in_pktinfo*)CMSG_DATA(part))->ipi_ifindex;
	return 0;
}

/* The text of an address; the same string as long as it is among the last few. */
static xsSlot* textOf(xsMachine* the, Udp* udp, uint32_t address)
{
	Known* known = &udp->known[(address ^ address >> 8 ^ address >> 16 ^ address >> 24) % KNOWN_MAX];
	char text[INET_ADDRSTRLEN];
	if (known->address != address || known->text.kind == XS_UNDEFINED_KIND) {
		inet_ntop(AF_INET, &address, text, sizeof(text));
		known->text = xsString(text);
		known->address = address;
	}
	return &known->text;
}

/* True for what comes by another interface. What this machine sends to itself comes by loopback (index 1). */
static int isForeign(Udp* udp, int i)
{
	unsigned by = udp->interface ? interfaceOf(&messages[i].msg_hdr) : 0;
	return by != udp->interface && by > 1;
}

static void tellAll(Udp* udp)
{
	xsBeginHost(udp->record.the);
	while (udp->at < udp->datagrams && udp->fd >= 0) {
		int i = udp->at++;
		xsSlot* text;
		if (isForeign(udp, i))
			continue;
		retarget(the, &udp->view, (uint32_t)i * DATAGRAM_ROOM, messages[i].msg_len);
		text = textOf(the, udp, senders[i].sin_addr.s_addr);
		xsCallFunction3(udp->onDatagram, udp->record.self, udp->view, *text, xsInteger(ntohs(senders[i].sin_port)));
	}
	xsEndHost(udp->record.the);
}

static void receiveBatch(Udp* udp)
{
	int i, got;
	for (i = 0; i < BATCH; i++) {
		vectors[i].iov_base = memory + (size_t)i * DATAGRAM_ROOM;
		vectors[i].iov_len = DATAGRAM_ROOM;
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &senders[i];
		messages[i].msg_hdr.msg_namelen = sizeof(senders[i]);
		messages[i].msg_hdr.msg_control = udp->interface ? controls[i] : NULL;
		messages[i].msg_hdr.msg_controllen = udp->interface ? CONTROL_ROOM : 0;
	}
	got = recvmmsg(udp->fd, messages, BATCH, MSG_DONTWAIT, NULL);
	udp->datagrams = got > 0 ? got : 0;
	udp->at = 0;
}

static void ready(Watch* watch, uint32_t events)
{
	Udp* udp = (Udp*)((char*)watch - offsetof(Udp, watch));
	/* Also reads away errors of earlier sends (ECONNREFUSED), which nobody asks for. */
	receiveBatch(udp);
	if (udp->datagrams == 0)
		return;
	if (udp->onDatagram.kind == XS_REFERENCE_KIND)
		tellAll(udp);
	else
		callback1(udp, &udp->onReadable, udp->datagrams);
	udp->datagrams = 0;
}

static unsigned interfaceWith(const char* address)
{
	struct in_addr wanted;
	struct ifaddrs* list;
	struct ifaddrs* entry;
	unsigned index = 0;
	if (inet_pton(AF_INET, address, &wanted) != 1 || getifaddrs(&list) < 0)
		return 0;
	for (entry = list; entry && !index; entry = entry->ifa_next) {
		struct sockaddr_in* has = (struct sockaddr_in*)entry->ifa_addr;
		if (has && has->sin_family == AF_INET && has->sin_addr.s_addr == wanted.s_addr)
			index = if_nametoindex(entry->ifa_name);
	}
	freeifaddrs(list);
	return index;
}

typedef struct {
	char address[64], path[64], groups[512];
	int hasAddress, hasPath, hasGroups, port, reuse, broadcast, ttl;
} Options;

static int join(int fd, char* groups, unsigned interface)
{
	char* save;
	char* group;
	for (group = strtok_r(groups, " ", &save); group; group = strtok_r(NULL, " ", &save)) {
		struct ip_mreqn request = { .imr_ifindex = (int)interface };
		if (inet_pton(AF_INET, group, &request.imr_multiaddr) != 1)
			return EADDRNOTAVAIL;
		if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) < 0 && errno != EADDRINUSE)
			return errno;
	}
	return 0;
}

static int configure(int fd, Options* options, unsigned interface)
{
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons((uint16_t)options->port) };
	struct ip_mreqn by = { .imr_ifindex = (int)interface };
	int one = 1, zero = 0, buffer = 1 << 20;
	if (options->hasAddress && inet_pton(AF_INET, options->address, &local.sin_addr) != 1)
		return EADDRNOTAVAIL;
	if (options->hasPath && !interface)
		return EADDRNOTAVAIL;
	if (options->reuse)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (options->broadcast)
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &options->ttl, sizeof(options->ttl));
	/* Only groups that this socket joined, by the interface that it joined them on. */
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &zero, sizeof(zero));
	if (interface && setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof(by)) < 0)
		return errno;
	if (interface)
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	if (bind(fd, (struct sockaddr*)&local, sizeof(local)) < 0)
		return errno;
	return options->hasGroups ? join(fd, options->groups, interface) : 0;
}

/*
 * new UDP({ address?, port?, reuse?, path? (address of an interface of ours), groups? (with spaces between),
 * broadcast?, multicastTtl?, onReadable(count) and read(), or onDatagram(bytes, address, port), onError })
 */
static void construct(xsMachine* the)
{
	Options options;
	unsigned interface = 0;
	int fd, error;
	Udp* udp;
	options.hasAddress = optionText(the, "address", options.address, sizeof(options.address));
	options.hasPath = optionText(the, "path", options.path, sizeof(options.path));
	options.hasGroups = optionText(the, "groups", options.groups, sizeof(options.groups));
	options.port = optionInteger(the, "port", 0);
	options.reuse = optionInteger(the, "reuse", 0);
	options.broadcast = optionInteger(the, "broadcast", 0);
	options.ttl = optionInteger(the, "multicastTtl", 1);
	if (options.port < 0 || options.port > 65535)
		xsRangeError("no port");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		throwErrno(the, errno);
	if (options.hasPath)
		interface = interfaceWith(options.path);
	error = configure(fd, &options, interface);
	if (error) {
		close(fd);
		throwErrno(the, error);
	}
	udp = recordCreate(the, sizeof(Udp));
	udp->fd = fd;
	udp->interface = interface;
	optionTarget(the);
	udp->onReadable = optionFunction(the, "onReadable");
	udp->onDatagram = optionFunction(the, "onDatagram");
	udp->onError = optionFunction(the, "onError");
	hostBuffer(the, &udp->view, memory, BATCH * DATAGRAM_ROOM);
	udp->view = xsNew1(xsGlobal, xsID("Uint8Array"), udp->view);
	watchStart(&udp->watch, fd, EPOLLIN, ready);
}

/* read(): the next datagram as an ArrayBuffer with `address` and `port`; undefined when there is none. */
static void readDatagram(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	while (udp->at < udp->datagrams) {
		int i = udp->at++;
		if (isForeign(udp, i))
			continue;
		xsResult = xsArrayBuffer(memory + (size_t)i * DATAGRAM_ROOM, (int)messages[i].msg_len);
		xsDefine(xsResult, xsID("address"), *textOf(the, udp, senders[i].sin_addr.s_addr), xsDefault);
		xsDefine(xsResult, xsID("port"), xsInteger(ntohs(senders[i].sin_port)), xsDefault);
		return;
	}
}

/* Sends by the socket's interface, whatever the routes say: for 255.255.255.255, which is everywhere. */
static void sendBy(Udp* udp, struct sockaddr_in* to, const uint8_t* data, uint32_t length)
{
	uint8_t control[CONTROL_ROOM] = { 0 };
	struct iovec vector = { (void*)data, length };
	struct msghdr header = {
		.msg_name = to, .msg_namelen = sizeof(*to), .msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr* part = CMSG_FIRSTHDR(&header);
	part->cmsg_level = IPPROTO_IP;
	part->cmsg_type = IP_PKTINFO;
	part->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
	((struct in_pktinfo*)CMSG_DATA(part))->ipi_ifindex = (int)udp->interface;
	batchFlush();
	if (sendmsg(udp->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == ECONNREFUSED)
		sendmsg(udp->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void sendTo(xsMachine* the, Udp* udp, const uint8_t* data, uint32_t length, xsSlot* address, xsSlot* port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int number = fxToInteger(the, port);
	/* A string's chunk does not move here: nothing is allocated after the data was found. */
	const char* text = address->kind == XS_STRING_KIND || address->kind == XS_STRING_X_KIND ? address->value.string : "";
	if (udp->fd < 0 || number < 1 || number > 65535 || inet_pton(AF_INET, text, &to.sin_addr) != 1)
		return;
	to.sin_port = htons((uint16_t)number);
	if (udp->interface && to.sin_addr.s_addr == INADDR_BROADCAST)
		sendBy(udp, &to, data, length);
	else
		batchSend(udp->fd, &to, data, length);
}

/* send(bytes, start, end, address, port): what can't be sent is lost. */
static void sendRange(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = rangeOf(the, 0, &length);
	sendTo(the, udp, data, length, &xsArg(3), &xsArg(4));
}

/* write(buffer, address, port) */
static void writeDatagram(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = bufferOf(the, &xsArg(0), &length);
	sendTo(the, udp, data, length, &xsArg(1), &xsArg(2));
}

static void closeNow(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	release(udp);
	recordRelease(udp);
}

static void portOf(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	struct sockaddr_in name;
	socklen_t size = sizeof(name);
	if (udp->fd >= 0 && getsockname(udp->fd, (struct sockaddr*)&name, &size) == 0)
		xsResult = xsInteger(ntohs(name.sin_port));
}

void buildUdp(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "send", sendRange, 5, 0 },
		{ "read", readDatagram, 0, 0 },
		{ "write", writeDatagram, 3, 0 },
		{ "close", closeNow, 0, 0 },
		{ "port", portOf, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	memory = mmap(NULL, BATCH * DATAGRAM_ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		throwErrno(the, errno);
	buildClass(the, result, construct, &hooks, methods);
}
