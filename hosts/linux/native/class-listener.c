/* `embedded:io/socket/listener`, ECMA-419 §10.6, with a local address, the port that was bound, and TLS. */
#include "class-tcp.h"
#include "address.h"
#include "channel.h"
#include "tls-door.h"
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BACKLOG 511
/* The most connections taken at one wake-up; the others wait their turn. */
#define ACCEPTS_MAX 32
/* The longest words about TLS: two paths and some text. */
#define WORDS_MAX (2 * PATH_MAX + 200)
/* Without descriptors or memory, the next look comes after this many milliseconds. */
#define EXHAUSTED_PAUSE 100

typedef struct {
	Record record;
	Watch watch;
	Alarm pause;
	int fd;
	/* The connection that onReadable tells of. */
	Channel accepted;
	/* NULL: all connections are plain. */
	TlsAcceptor* door;
	xsSlot onReadable, onError, onRemark;
} Listener;

static void release(Listener* listener)
{
	watchStop(&listener->watch);
	alarmCancel(&listener->pause);
	channelClose(&listener->accepted);
	if (listener->door)
		tlsDoorClose(listener->door);
	listener->door = NULL;
	if (listener->fd >= 0)
		close(listener->fd);
	listener->fd = -1;
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
	Listener* listener = data;
	if (!listener)
		return;
	(*markRoot)(the, &listener->onReadable);
	(*markRoot)(the, &listener->onError);
	(*markRoot)(the, &listener->onRemark);
}

static const xsHostHooks hooks = { destroy, mark, NULL };

static void resume(Alarm* alarm)
{
	Listener* listener = (Listener*)((char*)alarm - offsetof(Listener, pause));
	watchChange(&listener->watch, EPOLLIN);
}

/* Offers a connection to JavaScript, which reads it now or never. */
static void through(void* owner, int fd, void* tls)
{
	Listener* listener = owner;
	listener->accepted.fd = fd;
	listener->accepted.tls = tls;
	callback1(listener, &listener->onReadable, 1);
	channelClose(&listener->accepted);
}

static void remark(void* owner, const char* words)
{
	Listener* listener = owner;
	callbackText(listener, &listener->onRemark, words);
}

static void ready(Watch* watch, uint32_t events)
{
	Listener* listener = (Listener*)((char*)watch - offsetof(Listener, watch));
	Address peer;
	socklen_t size;
	int i, fd;
	for (i = 0; i < ACCEPTS_MAX && listener->fd >= 0; i++) {
		size = sizeof(peer);
		fd = accept4(listener->fd, &peer.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
				watchChange(watch, 0);
				alarmSet(&listener->pause, nowMillis() + EXHAUSTED_PAUSE, resume);
			}
			return;
		}
		if (listener->door)
			tlsDoorTake(listener->door, fd, &peer);
		else
			through(listener, fd, NULL);
	}
}

/* The door that the options ask for; throws in words when it can't be had. */
static TlsAcceptor* doorOf(xsMachine* the)
{
	char certificate[PATH_MAX], key[PATH_MAX], words[WORDS_MAX];
	TlsDoorOptions options = { .through = through, .remark = remark };
	TlsAcceptor* door;
	if (!optionText(the, "certificate", certificate, sizeof(certificate)) || !optionText(the, "key", key, sizeof(key)))
		return NULL;
	options.most = optionInteger(the, "handshakes", 64);
	options.mostPerAddress = optionInteger(the, "handshakesPerAddress", 32);
	options.time = optionInteger(the, "handshakeTime", 10000);
	door = tlsDoorOpen(certificate, key, &options, words, sizeof(words));
	if (!door)
		xsUnknownError("%s", words);
	return door;
}

/*
 * new Listener({ address?, port?, onReadable, onError?, certificate?, key?, handshakes?, handshakesPerAddress?,
 * handshakeTime?, onRemark? })
 */
static void construct(xsMachine* the)
{
	Address local;
	char address[ADDRESS_TEXT];
	int port = optionInteger(the, "port", 0);
	int hasAddress = optionText(the, "address", address, sizeof(address));
	int one = 1, fd, error = 0;
	Listener* listener;
	TlsAcceptor* door;
	if (port < 0 || port > 65535)
		xsRangeError("no port");
	addressAny(AF_INET, port, &local);
	if (hasAddress && !addressParse(address, port, &local))
		throwErrno(the, EADDRNOTAVAIL);
	door = doorOf(the);
	fd = socket(local.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd >= 0 && local.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd < 0 || bind(fd, &local.any, addressSize(&local)) < 0 || listen(fd, BACKLOG) < 0) {
		error = errno;
		if (fd >= 0)
			close(fd);
		if (door)
			tlsDoorClose(door);
		throwErrno(the, error);
	}
	listener = recordCreate(the, sizeof(Listener));
	listener->fd = fd;
	listener->accepted.fd = -1;
	listener->door = door;
	if (door)
		tlsDoorOwner(door, listener);
	optionTarget(the);
	listener->onReadable = optionFunction(the, "onReadable");
	listener->onError = optionFunction(the, "onError");
	listener->onRemark = optionFunction(the, "onRemark");
	watchStart(&listener->watch, fd, EPOLLIN, ready);
}

/* read(): the TCP object of the connection that came in, or undefined. */
static void readConnection(xsMachine* the)
{
	Listener* listener = recordThis(the, &hooks);
	Channel accepted = listener->accepted;
	if (accepted.fd < 0)
		return;
	tcpAccepted(the, accepted.fd, accepted.tls, &xsResult);
	/* Not before: if that throws, `through` closes the connection. */
	listener->accepted.fd = -1;
	listener->accepted.tls = NULL;
}

/* renew(): undefined when certificate and key have not changed; why the new ones are not taken, or "" when they are. */
static void renew(xsMachine* the)
{
	Listener* listener = recordThis(the, &hooks);
	char words[WORDS_MAX] = "";
	if (listener->door && tlsDoorRenew(listener->door, words, sizeof(words)))
		xsResult = xsString(words);
}

static void closeNow(xsMachine* the)
{
	Listener* listener = recordThis(the, &hooks);
	release(listener);
	recordRelease(listener);
}

static void portOf(xsMachine* the)
{
	Listener* listener = recordThis(the, &hooks);
	Address name;
	socklen_t size = sizeof(name);
	if (listener->fd >= 0 && getsockname(listener->fd, &name.any, &size) == 0)
		xsResult = xsInteger(addressPort(&name));
}

void buildListener(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "read", readConnection, 0, 0 },
		{ "close", closeNow, 0, 0 },
		{ "renew", renew, 0, 0 },
		{ "port", portOf, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
