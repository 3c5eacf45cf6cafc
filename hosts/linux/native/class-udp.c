/*
 * `embedded:io/socket/udp`: UDP by IPv4 or IPv6, with peers as handles, shared ports, groups and broadcast by a chosen
 * interface. A datagram costs no allocation while its sender is known. See adapters/udp-socket.ts.
 */
#include "class-udp.h"
#include "udp-batch.h"
#include <ifaddrs.h>
#include <sys/epoll.h>
#include <sys/mman.h>

/* Datagrams taken from the kernel by one call. */
#define BATCH 32
/* Room for the largest datagram; pages that no datagram reaches cost nothing. */
#define DATAGRAM_ROOM 65536
/* PEERS_MAX in src/ports/net.ts, room for peers at first (those of streams have one), and heads of their chains. */
#define PEERS_MAX 256
#define PEERS_FIRST 1
#define CHAINS_MAX 128
#define CONTROL_ROOM CMSG_SPACE(sizeof(struct in6_pktinfo))

#ifndef IPV6_MULTICAST_ALL
	#define IPV6_MULTICAST_ALL 29
#endif

typedef struct {
	Address address;
	/* The object of JavaScript. */
	xsSlot object;
	/* The next one of its chain, counted from 1; 0: none. */
	uint16_t next;
} Peer;

typedef struct {
	Peer* peers;
	/* As many heads as there is room, at most CHAINS_MAX. */
	uint16_t* chains;
	/* Their number, how many fit in now (a power of two), and the one to be replaced next. */
	int count, room, oldest;
} PeerTable;

typedef struct {
	Record record;
	Watch watch;
	int fd, family;
	/* Index of the only interface to receive from; 0: all. */
	unsigned interface;
	xsSlot onPeer, onDatagram, onError;
	PeerTable table;
	int datagrams, at;
} Udp;

/* One buffer for all sockets, and a view of it: its datagrams are delivered before the next socket is read. */
static uint8_t* memory;
static xsSlot view;
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static Address senders[BATCH];
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
	Udp* udp = data;
	if (udp) {
		release(udp);
		free(udp->table.peers);
		free(udp->table.chains);
		free(udp);
	}
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Udp* udp = data;
	int i;
	if (!udp)
		return;
	(*markRoot)(the, &udp->onPeer);
	(*markRoot)(the, &udp->onDatagram);
	(*markRoot)(the, &udp->onError);
	for (i = 0; i < udp->table.count; i++)
		(*markRoot)(the, &udp->table.peers[i].object);
}

static const xsHostHooks hooks = { destroy, mark, NULL };

/* ---- Peers ---- */

/* The head of the chain on which a peer is. */
static uint16_t* chainOf(PeerTable* table, const Address* address)
{
	const uint8_t* octets = (const uint8_t*)address;
	/* Ports lie at offset 2 in both families, an IPv4 address at 4, the end of an IPv6 address at 20. */
	unsigned sum = octets[2] * 31u + octets[3];
	int from = address->any.sa_family == AF_INET6 ? 20 : 4, i;
	for (i = 0; i < 4; i++)
		sum = sum * 31u + octets[from + i];
	return &table->chains[sum % (unsigned)(table->room < CHAINS_MAX ? table->room : CHAINS_MAX)];
}

static Peer* findPeer(PeerTable* table, const Address* address)
{
	uint16_t at;
	if (!table->room)
		return NULL;
	for (at = *chainOf(table, address); at; at = table->peers[at - 1].next)
		if (addressSame(&table->peers[at - 1].address, address))
			return &table->peers[at - 1];
	return NULL;
}

static void linkPeer(PeerTable* table, Peer* peer)
{
	uint16_t* head = chainOf(table, &peer->address);
	peer->next = *head;
	*head = (uint16_t)(peer - table->peers + 1);
}

static void unlinkPeer(PeerTable* table, Peer* peer)
{
	uint16_t* at = chainOf(table, &peer->address);
	uint16_t number = (uint16_t)(peer - table->peers + 1);
	while (*at != number)
		at = &table->peers[*at - 1].next;
	*at = peer->next;
}

/* Doubles the room. Returns 0 when there is no memory. */
static int growPeers(PeerTable* table)
{
	int room = table->room ? table->room * 2 : PEERS_FIRST, i;
	uint16_t* chains = calloc((size_t)(room < CHAINS_MAX ? room : CHAINS_MAX), sizeof(uint16_t));
	Peer* peers = chains ? realloc(table->peers, (size_t)room * sizeof(Peer)) : NULL;
	if (!peers) {
		free(chains);
		return 0;
	}
	free(table->chains);
	table->peers = peers;
	table->chains = chains;
	table->room = room;
	for (i = 0; i < table->count; i++)
		linkPeer(table, &peers[i]);
	return 1;
}

/* A place for a peer that is not in the table; the oldest one is replaced when it is full. NULL when there is no memory. */
static Peer* placeFor(PeerTable* table)
{
	Peer* peer;
	if (table->count == table->room && table->room < PEERS_MAX && !growPeers(table))
		return NULL;
	if (table->count < table->room)
		return &table->peers[table->count++];
	peer = &table->peers[table->oldest];
	table->oldest = (table->oldest + 1) % PEERS_MAX;
	unlinkPeer(table, peer);
	return peer;
}

/* The object of an address, made by JavaScript when it is not known; NULL when there is no memory. */
static xsSlot* peerOf(xsMachine* the, Udp* udp, const Address* address)
{
	char text[ADDRESS_TEXT];
	xsSlot made;
	Peer* peer = findPeer(&udp->table, address);
	if (peer)
		return &peer->object;
	xsVar(0) = xsString(addressText(address, text));
	xsVar(1) = xsArrayBuffer((void*)address, sizeof(*address));
	made = xsCallFunction3(udp->onPeer, udp->record.self, xsVar(0), xsInteger(addressPort(address)), xsVar(1));
	peer = placeFor(&udp->table);
	if (!peer)
		return NULL;
	peer->object = made;
	peer->address = *address;
	linkPeer(&udp->table, peer);
	return &peer->object;
}

/* ---- Receiving ---- */

/* The interface by which a datagram came; 0 when the kernel did not say. */
static unsigned interfaceOf(struct msghdr* header)
{
	struct cmsghdr* part;
	for (part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO)
			return (unsigned)((struct in_pktinfo*)CMSG_DATA(part))->ipi_ifindex;
		if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO)
			return ((struct in6_pktinfo*)CMSG_DATA(part))->ipi6_ifindex;
	}
	return 0;
}

/* True for datagrams that came by another interface. Those that this machine sends to itself come by loopback (index 1). */
static int isForeign(Udp* udp, int i)
{
	unsigned by = udp->interface ? interfaceOf(&messages[i].msg_hdr) : 0;
	return by != udp->interface && by > 1;
}

static void tellAll(Udp* udp)
{
	xsBeginHost(udp->record.the);
	xsVars(2);
	while (udp->at < udp->datagrams && udp->fd >= 0) {
		int i = udp->at++;
		xsSlot* peer;
		/* A flow label does not identify the sender. */
		if (senders[i].any.sa_family == AF_INET6)
			senders[i].v6.sin6_flowinfo = 0;
		if (isForeign(udp, i) || !(peer = peerOf(the, udp, &senders[i])))
			continue;
		retarget(the, &view, (uint32_t)i * DATAGRAM_ROOM, messages[i].msg_len);
		xsCallFunction2(udp->onDatagram, udp->record.self, view, *peer);
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
	/* This also clears the errors of earlier sends (ECONNREFUSED). */
	receiveBatch(udp);
	if (udp->datagrams > 0)
		tellAll(udp);
	udp->datagrams = 0;
}

/* ---- Opening ---- */

static unsigned interfaceWith(const Address* wanted)
{
	struct ifaddrs *list, *entry;
	unsigned index = 0;
	if (getifaddrs(&list) < 0)
		return 0;
	for (entry = list; entry && !index; entry = entry->ifa_next)
		if (entry->ifa_addr && addressSameHost((const Address*)entry->ifa_addr, wanted))
			index = if_nametoindex(entry->ifa_name);
	freeifaddrs(list);
	return index;
}

typedef struct {
	char address[ADDRESS_TEXT], path[ADDRESS_TEXT], groups[512];
	int hasAddress, hasPath, hasGroups, port, reuse, broadcast, ttl, transparent;
	Address local, by;
} Options;

static int join(int fd, char* groups, int family, unsigned interface)
{
	char *save, *group;
	for (group = strtok_r(groups, " ", &save); group; group = strtok_r(NULL, " ", &save)) {
		Address address;
		int result;
		if (!addressParse(group, 0, &address) || address.any.sa_family != family)
			return EADDRNOTAVAIL;
		if (family == AF_INET6) {
			struct ipv6_mreq request = { .ipv6mr_multiaddr = address.v6.sin6_addr, .ipv6mr_interface = interface };
			result = setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof(request));
		}
		else {
			struct ip_mreqn request = { .imr_ifindex = (int)interface, .imr_multiaddr = address.v4.sin_addr };
			result = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request));
		}
		if (result < 0 && errno != EADDRINUSE)
			return errno;
	}
	return 0;
}

/* Only groups that this socket joined, by the interface that it joined them on; only one family. */
static int configureIpv6(int fd, Options* options, unsigned interface)
{
	int one = 1, zero = 0, by = (int)interface;
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &options->ttl, sizeof(options->ttl));
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &zero, sizeof(zero));
	if (!interface)
		return 0;
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	return setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &by, sizeof(by)) < 0 ? errno : 0;
}

/* @see configureIpv6 */
static int configureIpv4(int fd, Options* options, unsigned interface)
{
	struct ip_mreqn by = { .imr_ifindex = (int)interface };
	int one = 1, zero = 0;
	if (options->broadcast)
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &options->ttl, sizeof(options->ttl));
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &zero, sizeof(zero));
	if (!interface)
		return 0;
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof(by)) < 0 ? errno : 0;
}

static int configure(int fd, Options* options, unsigned interface)
{
	int one = 1, buffer = 1 << 20, family = options->local.any.sa_family, error;
	if (options->reuse)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	/* Pictures for several clients leave at once, faster than a network card sends. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	error = family == AF_INET6 ? configureIpv6(fd, options, interface) : configureIpv4(fd, options, interface);
	if (error)
		return error;
	if (addressIsLinkLocal(&options->local) && !options->local.v6.sin6_scope_id)
		options->local.v6.sin6_scope_id = interface;
	if (options->transparent && (error = addressTransparent(fd, family)))
		return error;
	if (bind(fd, &options->local.any, addressSize(&options->local)) < 0)
		return errno;
	return options->hasGroups ? join(fd, options->groups, family, interface) : 0;
}

/* Finds the addresses that the options name; the family is that of the address, else of the path, else IPv4. */
static int parseOptions(Options* options)
{
	if (options->hasPath && !addressParse(options->path, 0, &options->by))
		return 0;
	if (!options->hasAddress)
		addressAny(options->hasPath ? options->by.any.sa_family : AF_INET, options->port, &options->local);
	else if (!addressParse(options->address, options->port, &options->local))
		return 0;
	return !options->hasPath || options->by.any.sa_family == options->local.any.sa_family;
}

/*
 * new UDP({ address?, port?, reuse?, path? (address of an interface of ours), groups? (separated by spaces), broadcast?,
 * multicastTtl?, transparent?, onPeer(address, port, name): the object of a new peer, onDatagram(bytes, peer), onError })
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
	options.transparent = optionInteger(the, "transparent", 0);
	if (!parseOptions(&options))
		throwErrno(the, EADDRNOTAVAIL);
	if (options.hasPath && !(interface = interfaceWith(&options.by)))
		throwErrno(the, EADDRNOTAVAIL);
	fd = socket(options.local.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		throwErrno(the, errno);
	error = configure(fd, &options, interface);
	if (error) {
		close(fd);
		throwErrno(the, error);
	}
	udp = recordCreate(the, sizeof(Udp));
	udp->fd = fd;
	udp->family = options.local.any.sa_family;
	udp->interface = interface;
	optionTarget(the);
	udp->onPeer = optionFunction(the, "onPeer");
	udp->onDatagram = optionFunction(the, "onDatagram");
	udp->onError = optionFunction(the, "onError");
	watchStart(&udp->watch, fd, EPOLLIN, ready);
}

/* ---- Sending ---- */

/* Sends by the socket's interface regardless of routes: for 255.255.255.255, which exists on each of them. */
static void sendBy(Udp* udp, Address* to, const uint8_t* data, uint32_t length)
{
	uint8_t control[CMSG_SPACE(sizeof(struct in_pktinfo))] = { 0 };
	struct iovec vector = { (void*)data, length };
	struct msghdr header = {
		.msg_name = to, .msg_namelen = addressSize(to), .msg_iov = &vector, .msg_iovlen = 1,
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

/* The address that an argument names: where link-local ones have no zone, it is the socket's. */
static int addressArgument(xsMachine* the, Udp* udp, int index, Address* address)
{
	int port = xsToInteger(xsArg(index + 1));
	xsSlot* slot = &xsArg(index);
	/* A string's chunk does not move here: nothing is allocated. */
	const char* text = slot->kind == XS_STRING_KIND || slot->kind == XS_STRING_X_KIND ? slot->value.string : "";
	if (port < 1 || !addressParse(text, port, address) || address->any.sa_family != udp->family)
		return 0;
	if (addressIsLinkLocal(address) && !address->v6.sin6_scope_id)
		address->v6.sin6_scope_id = udp->interface;
	return 1;
}

/* send(bytes, start, end, address, port): a datagram that can't be sent is lost. */
static void sendRange(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = rangeOf(the, 0, &length);
	Address to;
	if (udp->fd < 0 || !addressArgument(the, udp, 3, &to))
		return;
	if (udp->interface && to.any.sa_family == AF_INET && to.v4.sin_addr.s_addr == INADDR_BROADCAST)
		sendBy(udp, &to, data, length);
	else
		batchSend(udp->fd, &to, data, length);
}

const Address* udpName(xsMachine* the, int index)
{
	uint32_t length;
	const Address* name = (const Address*)bufferOf(the, &xsArg(index), &length);
	if (length != sizeof(Address))
		xsTypeError("this is not a peer");
	return name;
}

/* sendTo(name, bytes, start, end): `name` is what onPeer got. */
static void sendTo(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	Address to = *udpName(the, 0);
	uint32_t length;
	uint8_t* data = rangeOf(the, 1, &length);
	if (udp->fd >= 0 && to.any.sa_family == udp->family)
		batchSend(udp->fd, &to, data, length);
}

const uint32_t* udpOffsets(xsMachine* the, int index, uint32_t size, int* count)
{
	uint32_t length, i;
	const uint32_t* offsets = wordsOf(the, &xsArg(index), &length);
	int n = xsToInteger(xsArg(index + 1));
	if (n < 0 || length < (uint32_t)n + 1)
		xsRangeError("there are fewer offsets than datagrams");
	for (i = 0; i < (uint32_t)n; i++)
		if (offsets[i] > offsets[i + 1])
			xsRangeError("offsets fall");
	if (n > 0 && offsets[n] > size)
		xsRangeError("offsets leave their buffer");
	*count = n;
	return offsets;
}

/* sendBatch(name, bytes, offsets, count): datagram i is bytes[offsets[i], offsets[i + 1]). */
static void sendBatch(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	Address to = *udpName(the, 0);
	uint32_t size, taken;
	int count;
	uint8_t* data = bufferOf(the, &xsArg(1), &size);
	const uint32_t* offsets = udpOffsets(the, 2, size, &count);
	if (udp->fd >= 0 && to.any.sa_family == udp->family)
		batchSendRun(udp->fd, &to, data, offsets, count, &taken);
}

/* peer(address, port): its object; undefined when the address or the port is not valid, or of the other family. */
static void peer(xsMachine* the)
{
	Udp* udp = recordThis(the, &hooks);
	Address address;
	xsSlot* object;
	xsVars(2);
	if (addressArgument(the, udp, 0, &address) && (object = peerOf(the, udp, &address)))
		xsResult = *object;
}

int udpDescriptor(xsMachine* the, xsSlot* slot)
{
	return ((Udp*)recordOf(the, slot, &hooks))->fd;
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
	Address name;
	socklen_t size = sizeof(name);
	if (udp->fd >= 0 && getsockname(udp->fd, &name.any, &size) == 0)
		xsResult = xsInteger(addressPort(&name));
}

void buildUdp(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		/* Most used first: XS searches them one after the other. */
		{ "sendTo", sendTo, 4, 0 },
		{ "sendBatch", sendBatch, 4, 0 },
		{ "send", sendRange, 5, 0 },
		{ "peer", peer, 2, 0 },
		{ "close", closeNow, 0, 0 },
		{ "port", portOf, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	memory = mmap(NULL, BATCH * DATAGRAM_ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		throwErrno(the, errno);
	hostBuffer(the, &view, memory, BATCH * DATAGRAM_ROOM);
	view = xsNew1(xsGlobal, xsID("Uint8Array"), view);
	xsRemember(view);
	buildClass(the, result, construct, &hooks, methods);
}
