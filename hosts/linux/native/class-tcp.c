/*
 * `embedded:io/socket/tcp`, ECMA-419 §10.5 with additions: half-closing, resetting, back-pressure, local
 * addresses, error messages, and `send`, which writes a range of a shared buffer without copying it.
 */
#include "class-tcp.h"
#include "address.h"
#include "channel.h"
#include "tls-client.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* The octets that `write` takes when nothing is queued. */
#define ROOM 65536

typedef struct {
	Record record;
	Watch watch;
	Channel channel;
	/* CONNECTING until TCP is open, HANDSHAKE until TLS is. */
	enum { OPEN, CONNECTING, HANDSHAKE } connecting;
	/* Of a TLS client, until the handshake is done. */
	TlsClientOptions* client;
	int handshakeTime;
	Alarm late;
	/* Rings when there is something to read that epoll does not report. */
	Alarm again;
	/* The sending side is to be ended as soon as the socket takes it. */
	int ending;
	/* Nothing will be read any more. */
	int ended;
	/* Octets were announced by onReadable, and nothing has been read since. */
	int unread;
	/* Why the last `send` failed; reported at the next wake-up. */
	int sendError;
	/* JavaScript has nothing queued for it, and will not end it: a fan-out group may send by it. */
	int offerable;
	uint32_t wanted;
	xsSlot onReadable, onWritable, onError, onEnd;
	/* Octets that `write` took and the kernel has not taken yet. */
	uint8_t* queue;
	uint32_t queueLength;
} Tcp;

static void release(Tcp* tcp)
{
	watchStop(&tcp->watch);
	alarmCancel(&tcp->again);
	alarmCancel(&tcp->late);
	channelClose(&tcp->channel);
	free(tcp->client);
	tcp->client = NULL;
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

static void failWithMessage(Tcp* tcp, const char* code, const char* message)
{
	char text[400];
	snprintf(text, sizeof(text), "%s: %s", code, message);
	release(tcp);
	callbackText(tcp, &tcp->onError, text);
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
	ssize_t count = channelPeek(&tcp->channel);
	if (count > 0) {
		tcp->unread = 1;
		callback1(tcp, &tcp->onReadable, (int)count);
		/* A callback that does not read now is not called again until it reads. */
		if (tcp->channel.fd >= 0 && tcp->unread)
			want(tcp, 0, EPOLLIN);
	}
	else if (count < 0) {
		if (errno != EAGAIN && errno != EINTR)
			fail(tcp, errno);
		else if (tcp->channel.readWaitsForOut)
			want(tcp, EPOLLOUT, 0);
	}
	else {
		tcp->ended = 1;
		want(tcp, 0, EPOLLIN);
		if (tcp->onEnd.kind == XS_REFERENCE_KIND)
			callback0(tcp, &tcp->onEnd);
		else
			fail(tcp, 0);
	}
}

static void readAgain(Alarm* alarm)
{
	Tcp* tcp = (Tcp*)((char*)alarm - offsetof(Tcp, again));
	if (!tcp->ended && !tcp->unread)
		readable(tcp);
}

static void writable(Tcp* tcp)
{
	if (tcp->queueLength > 0) {
		ssize_t sent = channelSend(&tcp->channel, tcp->queue, tcp->queueLength);
		/* A socket that failed would be ready for writing without end. */
		if (sent <= 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			fail(tcp, errno);
		if (sent <= 0)
			return;
		tcp->queueLength -= (uint32_t)sent;
		memmove(tcp->queue, tcp->queue + sent, tcp->queueLength);
		if (tcp->queueLength > 0)
			return;
		free(tcp->queue);
		tcp->queue = NULL;
	}
	if (tcp->ending && channelEnd(&tcp->channel) < 0)
		return;
	want(tcp, 0, EPOLLOUT);
	if (tcp->ending)
		tcp->ending = 0;
	else
		callback1(tcp, &tcp->onWritable, ROOM);
}

static void tooLate(Alarm* alarm)
{
	Tcp* tcp = (Tcp*)((char*)alarm - offsetof(Tcp, late));
	failWithMessage(tcp, "ETIMEDOUT", "the TLS handshake takes too long");
}

/* Continues the handshake of a client. Returns 1 when the connection is open. */
static int stepHandshake(Tcp* tcp)
{
	char message[300] = "";
	switch (tlsClientStep(tcp->channel.tls, message, sizeof(message))) {
	case TLS_DONE:
		alarmCancel(&tcp->late);
		free(tcp->client);
		tcp->client = NULL;
		return 1;
	case TLS_WAIT_IN:
		want(tcp, EPOLLIN, EPOLLOUT);
		return 0;
	case TLS_WAIT_OUT:
		want(tcp, EPOLLOUT, EPOLLIN);
		return 0;
	case TLS_DISTRUSTED:
		failWithMessage(tcp, "ECERTIFICATE", message);
		return 0;
	default:
		failWithMessage(tcp, "ETLS", message);
		return 0;
	}
}

/* TCP is open. Returns 0 when it has failed. */
static int beginHandshake(Tcp* tcp)
{
	char message[300] = "";
	tcp->channel.tls = tlsClientOpen(tcp->channel.fd, tcp->client, message, sizeof(message));
	if (!tcp->channel.tls) {
		failWithMessage(tcp, "ETLS", message);
		return 0;
	}
	tcp->connecting = HANDSHAKE;
	alarmSet(&tcp->late, nowMillis() + tcp->handshakeTime, tooLate);
	return 1;
}

static void ready(Watch* watch, uint32_t events)
{
	Tcp* tcp = (Tcp*)((char*)watch - offsetof(Tcp, watch));
	if (tcp->connecting == CONNECTING) {
		int error = errorOf(tcp->channel.fd);
		if (error || events & (EPOLLERR | EPOLLHUP)) {
			fail(tcp, error ? error : ECONNRESET);
			return;
		}
		if (tcp->client && !beginHandshake(tcp))
			return;
	}
	if (tcp->connecting) {
		if (tcp->client && !stepHandshake(tcp))
			return;
		tcp->connecting = OPEN;
		want(tcp, EPOLLIN | EPOLLOUT, 0);
		events = EPOLLOUT;
	}
	if (events & EPOLLERR || tcp->sendError) {
		int error = errorOf(tcp->channel.fd);
		fail(tcp, error ? error : tcp->sendError ? tcp->sendError : ECONNRESET);
		return;
	}
	if (events & EPOLLOUT && tcp->wanted & EPOLLOUT)
		writable(tcp);
	if (tcp->channel.fd >= 0 && tcp->wanted & EPOLLIN && (events & (EPOLLIN | EPOLLHUP) || tcp->channel.readWaitsForOut))
		readable(tcp);
	else if (tcp->channel.fd >= 0 && events & EPOLLHUP && !(events & EPOLLOUT)) {
		/* Both directions have ended and nothing is being read: nothing is reported until then. */
		tcp->wanted = 0;
		watchChange(watch, 0);
	}
}

/* Reads the options of a TLS client, `serverName`, `verify` and `authority`; NULL for a plain connection. */
static TlsClientOptions* clientOf(xsMachine* the)
{
	TlsClientOptions options = { .verify = 1 };
	TlsClientOptions* client;
	if (!optionText(the, "serverName", options.name, sizeof(options.name)))
		return NULL;
	options.verify = optionInteger(the, "verify", 1);
	optionText(the, "authority", options.authority, sizeof(options.authority));
	client = malloc(sizeof(*client));
	if (!client)
		throwErrno(the, ENOMEM);
	*client = options;
	return client;
}

/*
 * new TCP({ address, port, localAddress?, keepAlive? (seconds), onReadable, onWritable, onError, onEnd?, serverName?,
 * verify?, authority?, handshakeTime? }), by TLS if there is a serverName, or
 * new TCP({ from, onReadable … }), which takes over the connection of another TCP object (a listener's).
 */
static void construct(xsMachine* the)
{
	char address[ADDRESS_TEXT], localAddress[ADDRESS_TEXT];
	xsSlot from = xsGet(xsArg(0), xsID("from"));
	int hasLocal, port, error, keepAlive;
	TcpSource source;
	Channel channel = { -1 };
	Tcp* tcp;
	TlsClientOptions* client = NULL;
	keepAlive = optionInteger(the, "keepAlive", 0);
	if (xsTypeOf(from) == xsReferenceType) {
		Tcp* other = recordOf(the, &from, &hooks);
		channel = other->channel;
		if (channel.fd < 0)
			throwErrno(the, ENOTCONN);
		watchStop(&other->watch);
		other->channel.fd = -1;
		other->channel.tls = NULL;
		other->channel.sent = 0;
		release(other);
		recordRelease(other);
	}
	else {
		port = optionInteger(the, "port", 0);
		hasLocal = optionText(the, "localAddress", localAddress, sizeof(localAddress));
		if (!optionText(the, "address", address, sizeof(address)) || port < 1 || port > 65535)
			throwErrno(the, EADDRNOTAVAIL);
		client = clientOf(the);
		source.address = hasLocal ? localAddress : NULL;
		source.transparent = optionInteger(the, "transparent", 0);
		channel.fd = tcpConnect(address, port, source, keepAlive, &error);
		if (channel.fd < 0) {
			free(client);
			throwErrno(the, error);
		}
	}
	tcp = recordCreate(the, sizeof(Tcp));
	tcp->channel = channel;
	tcp->client = client;
	tcp->handshakeTime = optionInteger(the, "handshakeTime", 10000);
	tcp->connecting = xsTypeOf(from) != xsReferenceType ? CONNECTING : OPEN;
	optionTarget(the);
	tcp->onReadable = optionFunction(the, "onReadable");
	tcp->onWritable = optionFunction(the, "onWritable");
	tcp->onError = optionFunction(the, "onError");
	tcp->onEnd = optionFunction(the, "onEnd");
	tcp->wanted = EPOLLOUT | (tcp->connecting ? 0 : EPOLLIN);
	watchStart(&tcp->watch, channel.fd, tcp->wanted, ready);
}

void tcpAccepted(xsMachine* the, int fd, void* tls, xsSlot* result)
{
	int one = 1;
	Tcp* tcp = recordCreateOf(the, &prototype, sizeof(Tcp), result);
	tcp->channel.fd = fd;
	tcp->channel.tls = tls;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	recordRelease(tcp);
}

/* read(buffer): reads what is available, up to the buffer's size; returns how many octets; undefined for none. */
/* read(count?): the same as a new ArrayBuffer. */
static void readOctets(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	ssize_t got;
	uint8_t* data;
	uint32_t length = 0;
	if (tcp->channel.fd < 0 || tcp->ended || tcp->connecting)
		return;
	tcp->unread = 0;
	want(tcp, EPOLLIN, 0);
	if (xsToInteger(xsArgc) > 0 && xsTypeOf(xsArg(0)) == xsReferenceType) {
		data = bufferOf(the, &xsArg(0), &length);
		got = channelReceive(&tcp->channel, data, length);
		if (got > 0)
			xsResult = xsInteger((int)got);
	}
	else {
		ssize_t count = channelPeek(&tcp->channel);
		int most = xsToInteger(xsArgc) > 0 ? xsToInteger(xsArg(0)) : ROOM;
		if (count > most)
			count = most;
		if (count <= 0)
			return;
		xsResult = xsArrayBuffer(NULL, (int)count);
		data = bufferOf(the, &xsResult, &length);
		got = channelReceive(&tcp->channel, data, length);
		if (got < count)
			xsSetArrayBufferLength(xsResult, got > 0 ? (int)got : 0);
	}
	if (tcp->channel.more)
		alarmSet(&tcp->again, nowMillis(), readAgain);
}

/* Sends what it can without blocking. Returns how many octets the kernel took; onWritable follows when it did not take all. */
static uint32_t sendOctets(Tcp* tcp, const uint8_t* data, uint32_t length)
{
	ssize_t sent = channelSend(&tcp->channel, data, length);
	if (sent < 0) {
		/* onError reports any other error: the octets are lost with the connection. */
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			tcp->sendError = errno;
		sent = tcp->sendError ? (ssize_t)length : 0;
	}
	if ((uint32_t)sent < length || tcp->sendError)
		want(tcp, EPOLLOUT, 0);
	return (uint32_t)sent;
}

/* send(bytes, start, end): returns how many octets the kernel took; onWritable follows when it did not take all. */
static void sendRange(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = rangeOf(the, 0, &length);
	int can = tcp->channel.fd >= 0 && !tcp->connecting && tcp->queueLength == 0;
	xsResult = xsInteger(can ? (int)sendOctets(tcp, data, length) : 0);
}

/* offerable(on): whether a fan-out group may send by it. */
static void setOfferable(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	tcp->offerable = xsToInteger(xsArg(0));
}

void* tcpRecord(xsMachine* the, xsSlot* slot)
{
	return recordOf(the, slot, &hooks);
}

int tcpOffer(void* record, const uint8_t* data, uint32_t length, uint32_t* sent)
{
	Tcp* tcp = record;
	if (!tcp->offerable || tcp->channel.fd < 0 || tcp->connecting || tcp->queueLength > 0)
		return 0;
	*sent = sendOctets(tcp, data, length);
	if (*sent < length)
		tcp->offerable = 0;
	return 1;
}

/* write(buffer): takes all of it, copying what can't be sent; returns how much it would take now. */
static void writeAll(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	uint32_t length;
	uint8_t* data = bufferOf(the, &xsArg(0), &length);
	ssize_t sent = 0;
	if (tcp->channel.fd < 0)
		throwErrno(the, EBADF);
	if (tcp->connecting || length > ROOM - tcp->queueLength)
		xsUnknownError("would block");
	if (tcp->queueLength == 0)
		sent = channelSend(&tcp->channel, data, length);
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
	/* Queued octets are sent first. */
	if (tcp->channel.fd >= 0 && (tcp->queueLength > 0 || channelEnd(&tcp->channel) < 0)) {
		tcp->ending = 1;
		want(tcp, EPOLLOUT, 0);
	}
}

/* abort(): drops the connection with a reset; no callback follows. */
static void abortNow(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	struct linger linger = { 1, 0 };
	if (tcp->channel.fd >= 0)
		setsockopt(tcp->channel.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	release(tcp);
	recordRelease(tcp);
}

/* close(): gives the connection up; no callback follows. */
static void closeNow(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	release(tcp);
	recordRelease(tcp);
}

static int nameOf(Tcp* tcp, int remote, Address* name)
{
	socklen_t size = sizeof(*name);
	if (tcp->channel.fd < 0)
		return -1;
	return remote ? getpeername(tcp->channel.fd, &name->any, &size) : getsockname(tcp->channel.fd, &name->any, &size);
}

static void tellAddress(xsMachine* the, int remote)
{
	Address name;
	char text[ADDRESS_TEXT];
	if (nameOf(recordThis(the, &hooks), remote, &name) == 0)
		xsResult = xsString(addressText(&name, text));
}

static void tellPort(xsMachine* the, int remote)
{
	Address name;
	if (nameOf(recordThis(the, &hooks), remote, &name) == 0)
		xsResult = xsInteger(addressPort(&name));
}

static void remoteAddress(xsMachine* the) { tellAddress(the, 1); }
static void remotePort(xsMachine* the) { tellPort(the, 1); }
static void localAddress(xsMachine* the) { tellAddress(the, 0); }
static void localPort(xsMachine* the) { tellPort(the, 0); }

static void isSecure(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	xsResult = xsBoolean(tcp->channel.tls != NULL);
}

/* sent: octets that the kernel took; also after close. */
static void countSent(xsMachine* the)
{
	Tcp* tcp = recordThis(the, &hooks);
	xsResult = xsNumber((double)channelSent(&tcp->channel));
}

void buildTcp(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		/* Most used first: XS searches them one after the other. */
		{ "send", sendRange, 3, 0 },
		{ "read", readOctets, 1, 0 },
		{ "write", writeAll, 1, 0 },
		{ "offerable", setOfferable, 1, 0 },
		{ "end", endSending, 0, 0 },
		{ "abort", abortNow, 0, 0 },
		{ "close", closeNow, 0, 0 },
		{ "remoteAddress", remoteAddress, 0, 1 },
		{ "remotePort", remotePort, 0, 1 },
		{ "localAddress", localAddress, 0, 1 },
		{ "localPort", localPort, 0, 1 },
		{ "secure", isSecure, 0, 1 },
		{ "sent", countSent, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
	prototype = xsGet(*result, xsID("prototype"));
	xsRemember(prototype);
}
