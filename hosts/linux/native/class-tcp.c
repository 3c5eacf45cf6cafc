/*
 * `embedded:io/socket/tcp`, ECMA-419 §10.5 with what it leaves out: half-closing, resetting, back-pressure, local
 * addresses, words about errors, and `send`, which writes a range of a shared buffer without copying it.
 */
#include "class-tcp.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* What `write` promises to take when nothing is queued. */
#define ROOM 65536

typedef struct {
	Record record;
	Watch watch;
	int fd;
	int connecting;
	/* Nothing will be read any more. */
	int ended;
	/* Octets were announced by onReadable, and nothing has been read since. */
	int unread;
	/* Why the last `send` failed; told at the next wake-up. */
	int sendError;
	uint32_t wanted;
	xsSlot onReadable, onWritable, onError, onEnd;
	/* What `write` took and the kernel has not yet. */
	uint8_t* queue;
	uint32_t queueLength;
} Tcp;

static void release(Tcp* tcp)
{
	watchStop(&tcp->watch);
	if (tcp->fd >= 0)
		close(tcp->fd);
	tcp->fd = -1;
	free(tcp->queue);
	tcp->queue = NULL;
	tcp->queueLength = 0;
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
	Tcp* tcp = data;
	if (!tcp)
		return;
	(*markRoot)(the, &tcp->onReadable);
	(*markRoot)(the, &tcp->onWritable);
	(*markRoot)(the, &tcp->onError);
	(*markRoot)(the, &tcp->onEnd);
}

static const xsHostHooks hooks = { destroy, mark, NULL };
static xsSlot prototype;

static void want(Tcp* tcp, uint32_t add, uint32_t drop)
{
	tcp->wanted = (tcp->wanted | add) & ~drop;
	watchChange(&tcp->watch, tcp->wanted);
}

static void fail(Tcp* tcp, int error)
{
	release(tcp);
	callbackText(tcp, &tcp->onError, errnoName(error));
	recordRelease(tcp);
}

static int errorOf(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return error;
}

static void readable(Tcp* tcp)
{
	int count = 0;
	if (ioctl(tcp->fd, FIONREAD, &count) == 0 && count > 0) {
		tcp->unread = 1;
		callback1(tcp, &tcp->onReadable, count);
		/* Who does not read now is not asked again until it reads. */
		if (tcp->fd >= 0 && tcp->unread)
			want(tcp, 0, EPOLLIN);
		return;
	}
	uint8_t octet;
	ssize_t got = recv(tcp->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
	if (got < 0 && errno != EAGAIN && errno != EINTR)
		fail(tcp, errno);
	else if (got == 0) {
		tcp->ended = 1;
		want(tcp, 0, EPOLLIN);
		if (tcp->onEnd.kind == XS_REFERENCE_KIND)
			callback0(tcp, &tcp->onEnd);
		else
			fail(tcp, 0);
	}
}

static void writable(Tcp* tcp)
{
	if (tcp->queueLength > 0) {
		ssize_t sent = send(tcp->fd, tcp->queue, tcp->queueLength, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent <= 0)
			return;
		tcp->queueLength -= (uint32_t)sent;
		memmove(tcp->queue, tcp->queue + sent, tcp->queueLength);
		if (tcp->queueLength > 0)
			return;
		free(tcp->queue);
		tcp->queue = NULL;
	}
	want(tcp, 0, EPOLLOUT);
	callback1(tcp, &tcp->onWritable, ROOM);
}

static void ready(Watch* watch, uint32_t events)
{
	Tcp* tcp = (Tcp*)((char*)watch - offsetof(Tcp, watch));
	if (tcp->connecting) {
		int error = errorOf(tcp->fd);
		if (error || events & (EPOLLERR | EPOLLHUP)) {
			fail(tcp, error ? error : ECONNRESET);
			return;
		}
		tcp->connecting = 0;
		want(tcp, EPOLLIN, 0);
		events = EPOLLOUT;
	}
	if (events & EPOLLERR || tcp->sendError) {
		int error = errorOf(tcp->fd);
		fail(tcp, error ? error : tcp->sendError ? tcp->sendError : ECONNRESET);
		return;
	}
	if (events & EPOLLOUT && tcp->wanted & EPOLLOUT)
		writable(tcp);
	if (tcp->fd >= 0 && tcp->wanted & EPOLLIN && events & (EPOLLIN | EPOLLHUP))
		readable(tcp);
	else if (tcp->fd >= 0 && events & EPOLLHUP && !(events & EPOLLOUT)) {
		/* Both directions are over and nobody reads: silence until somebody does. */
		tcp->wanted = 0;
		watchChange(watch, 0);
	}
}

static int openSocket(const char* address, int port, const char* localAddress, int keepAlive, int* error)
{
	struct sockaddr_in remote = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in local = { .sin_family = AF_INET };
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	*error = 0;
	if (fd < 0)
		*error = errno;
	else if (inet_pton(AF_INET, address, &remote.sin_addr) != 1)
		*error = EADDRNOTAVAIL;
	else if (localAddress && inet_pton(AF_INET, localAddress, &local.sin_addr) != 1)
		*error = EADDRNOTAVAIL;
	else if (localAddress && bind(fd, (struct sockaddr*)&local, sizeof(local)) < 0)
		*error = errno;
	else if (connect(fd, (struct sockaddr*)&remote, sizeof(remote)) < 0 && errno != EINPROGRESS)
		*error = errno;
	if (*error) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (keepAlive > 0) {
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &keepAlive, sizeof(keepAlive));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &keepAlive, sizeof(keepAlive));
	}
	return fd;
}

/*
 * new TCP({ address, port, localAddress?, keepAlive? (seconds), onReadable, onWritable, onError, onEnd? }), or
 * new TCP({ from, onReadable … }), which takes over the connection of another TCP object (a listener's).
 */
static void construct(xsMachine* the)
{
	char address[64], localAddress[64];
	xsSlot from = xsGet(xsArg(0), xsID("from"));
	int hasLocal, port, fd, error, keepAlive;
	Tcp* tcp;
	keepAlive = optionInteger(the, "keepAlive", 0);
	if (xsTypeOf(from) == xsReferenceType) {
		Tcp* other = recordOf(the, &from, &hooks);
		fd = other->fd;
		if (fd < 0)
			throwErrno(the, ENOTCONN);
		watchStop(&other->watch);
		other->fd = -1;
		recordRelease(other);
	}
	else {
		port = optionInteger(the, "port", 0);
		hasLocal = optionText(the, "localAddress", localAddress, sizeof(localAddress));
		if (!optionText(the, "address", address, sizeof(address)) || port < 1 || port > 65535)
			throwErrno(the, EADDRNOTAVAIL);
		fd = openSocket(address, port, hasLocal ? localAddress : NULL, keepAlive, &error);
		if (fd < 0)
			throwErrno(the, error);
	}
	tcp = recordCreate(the, sizeof(Tcp));
	tcp->fd = fd;
	tcp->connecting = xsTypeOf(from) != xsReferenceType;
	optionTarget(the);
	tcp->onReadable = optionFunction(the, "onReadable");
	tcp->onWritable = optionFunction(the, "onWritable");
	tcp->onError = optionFunction(the, "onError");
	tcp->onEnd = optionFunction(the, "onEnd");
	tcp->wanted = EPOLLOUT | (tcp->connecting ? 0 : EPOLLIN);
	watchStart(&tcp->watch, fd, tcp->wanted, ready);
}

void tcpAccepted(xsMachine* the, int fd, xsSlot* result)
{
	int one = 1;
	Tcp* tcp = recordCreateOf(the, &prototype, sizeof(Tcp), result);
	tcp->fd = fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	recordRelease(tcp);
}

/* read(buffer): fills the buffer as far as there is something; returns how many octets; undefined when there are none. */
/* read(count?): the same as a new ArrayBuffer. */
static void readOctets(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	ssize_t got;
	uint8_t* data;
	uint32_t length = 0;
	if (tcp->fd < 0 || tcp->ended || tcp->connecting)
		return;
	tcp->unread = 0;
	want(tcp, EPOLLIN, 0);
	if (xsToInteger(xsArgc) > 0 && xsTypeOf(xsArg(0)) == xsReferenceType) {
		data = bufferOf(the, &xsArg(0), &length);
		got = recv(tcp->fd, data, length, MSG_DONTWAIT);
		if (got > 0)
			xsResult = xsInteger((int)got);
		return;
	}
	else {
		int count = 0, most = xsToInteger(xsArgc) > 0 ? xsToInteger(xsArg(0)) : ROOM;
		ioctl(tcp->fd, FIONREAD, &count);
		if (count > most)
			count = most;
		if (count <= 0)
			return;
		xsResult = xsArrayBuffer(NULL, count);
		data = bufferOf(the, &xsResult, &length);
		got = recv(tcp->fd, data, length, MSG_DONTWAIT);
		if (got < count)
			xsSetArrayBufferLength(xsResult, got > 0 ? (int)got : 0);
	}
}

/* send(bytes, start, end): returns how many octets the kernel took; onWritable follows when it did not take all. */
static void sendRange(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = rangeOf(the, 0, &length);
	ssize_t sent;
	if (tcp->fd < 0 || tcp->connecting || tcp->queueLength > 0) {
		xsResult = xsInteger(0);
		return;
	}
	sent = send(tcp->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0) {
		/* Any other error is told by onError: the octets are lost with the connection. */
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			tcp->sendError = errno;
		sent = tcp->sendError ? (ssize_t)length : 0;
	}
	if ((uint32_t)sent < length || tcp->sendError)
		want(tcp, EPOLLOUT, 0);
	xsResult = xsInteger((int)sent);
}

/* write(buffer): takes all of it, copying what can't be sent; returns how much it would take now. */
static void writeAll(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = bufferOf(the, &xsArg(0), &length);
	ssize_t sent = 0;
	if (tcp->fd < 0)
		throwErrno(the, EBADF);
	if (tcp->connecting || length > ROOM - tcp->queueLength)
		xsUnknownError("would block");
	if (tcp->queueLength == 0)
		sent = send(tcp->fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		sent = 0;
	if ((uint32_t)sent < length) {
		uint8_t* queue = realloc(tcp->queue, tcp->queueLength + length - (uint32_t)sent);
		if (!queue)
			throwErrno(the, ENOMEM);
		memcpy(queue + tcp->queueLength, data + sent, length - (uint32_t)sent);
		tcp->queue = queue;
		tcp->queueLength += length - (uint32_t)sent;
	}
	want(tcp, EPOLLOUT, 0);
	xsResult = xsInteger(ROOM - (int)tcp->queueLength);
}

/* end(): ends the sending side in good order; `send` and `write` must not follow. */
static void endSending(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	if (tcp->fd >= 0)
		shutdown(tcp->fd, SHUT_WR);
}

/* abort(): drops the connection with a reset; nothing is called any more. */
static void abortNow(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	struct linger linger = { 1, 0 };
	if (tcp->fd >= 0)
		setsockopt(tcp->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	release(tcp);
	recordRelease(tcp);
}

/* close(): gives the connection up; nothing is called any more. */
static void closeNow(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	release(tcp);
	recordRelease(tcp);
}

static int nameOf(Tcp* tcp, int remote, struct sockaddr_in* name)
{
	socklen_t size = sizeof(*name);
	if (tcp->fd < 0)
		return -1;
	return remote ? getpeername(tcp->fd, (struct sockaddr*)name, &size) : getsockname(tcp->fd, (struct sockaddr*)name, &size);
}

static void tellAddress(xsMachine* the, int remote)
{
	struct sockaddr_in name;
	char text[INET_ADDRSTRLEN];
	if (nameOf(recordThis(the, &hooks), remote, &name) == 0)
		xsResult = xsString(inet_ntop(AF_INET, &name.sin_addr, text, sizeof(text)));
}

static void tellPort(xsMachine* the, int remote)
{
	struct sockaddr_in name;
	if (nameOf(recordThis(the, &hooks), remote, &name) == 0)
		xsResult = xsInteger(ntohs(name.sin_port));
}

static void remoteAddress(xsMachine* the) { tellAddress(the, 1); }
static void remotePort(xsMachine* the) { tellPort(the, 1); }
static void localAddress(xsMachine* the) { tellAddress(the, 0); }
static void localPort(xsMachine* the) { tellPort(the, 0); }

void buildTcp(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		/* In the order of use: XS searches them one after the other. */
		{ "send", sendRange, 3, 0 },
		{ "read", readOctets, 1, 0 },
		{ "write", writeAll, 1, 0 },
		{ "end", endSending, 0, 0 },
		{ "abort", abortNow, 0, 0 },
		{ "close", closeNow, 0, 0 },
		{ "remoteAddress", remoteAddress, 0, 1 },
		{ "remotePort", remotePort, 0, 1 },
		{ "localAddress", localAddress, 0, 1 },
		{ "localPort", localPort, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
	prototype = xsGet(*result, xsID("prototype"));
	xsRemember(prototype);
}
