/* `embedded:io/socket/listener`, ECMA-419 §10.6, with a local address, the port that was bound, and TLS. */
#include "class-tcp.h"
#include "address.h"
#include "channel.h"
#include "tls-acceptor.h"
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BACKLOG 511
/* The most connections taken at one wake-up; the others wait their turn. */
#define ACCEPTS_MAX 32
/* The longest message about TLS: two paths and some text. */
#define MESSAGE_MAX (2 * PATH_MAX + 200)
/* Without descriptors or memory, the next look comes after this many milliseconds. */
#define EXHAUSTED_PAUSE 100

typedef struct {
	Record record;
	Watch watch;
	Alarm pause;
	int fd;
	/* The connection that onReadable reports. */
	Channel accepted;
	/* NULL: all connections are plain. */
	TlsAcceptor* acceptor;
	xsSlot onReadable, onError, onRemark;
} Listener;

static void release(Listener* listener)
{
	watchStop(&listener->watch);
	alarmCancel(&listener->pause);
	channelClose(&listener->accepted);
	if (listener->acceptor)
		tlsAcceptorClose(listener->acceptor);
	listener->acceptor = NULL;
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

/* Offers a connection to JavaScript, which must read it during the call. */
static void through(void* owner, int fd, void* tls)
{
	Listener* listener = owner;
	listener->accepted.fd = fd;
	listener->accepted.tls = tls;
	callback1(listener, &listener->onReadable, 1);
	channelClose(&listener->accepted);
}

static void remark(void* owner, const char* message)
{
	Listener* listener = owner;
	callbackText(listener, &listener->onRemark, message);
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
		if (listener->acceptor)
			tlsAcceptorTake(listener->acceptor, fd, &peer);
		else
			through(listener, fd, NULL);
	}
}

/* Creates the acceptor for the options; throws with a message on failure. */
static TlsAcceptor* acceptorOf(xsMachine* the)
{
	char certificate[PATH_MAX], key[PATH_MAX], message[MESSAGE_MAX];
	TlsAcceptorOptions options = { .through = through, .remark = remark };
	TlsAcceptor* acceptor;
	if (!optionText(the, "certificate", certificate, sizeof(certificate)) || !optionText(the, "key", key, sizeof(key)))
		return NULL;
	options.most = optionInteger(the, "handshakes", 64);
	options.mostPerAddress = optionInteger(the, "handshakesPerAddress", 32);
	options.time = optionInteger(the, "handshakeTime", 10000);
	acceptor = tlsAcceptorOpen(certificate, key, &options, message, sizeof(message));
	if (!acceptor)
		xsUnknownError("%s", message);
	return acceptor;
}

/*
 * new Listener({ address?, port?, transparent?, onReadable, onError?, certificate?, key?, handshakes?,
 * handshakesPerAddress?, handshakeTime?, onRemark? })
 */
static void construct(xsMachine* the)
{
	Address local;
	char address[ADDRESS_TEXT];
	int port = optionInteger(the, "port", 0);
	int hasAddress = optionText(the, "address", address, sizeof(address));
	int transparent = optionInteger(the, "transparent", 0);
	int one = 1, fd, error = 0;
	Listener* listener;
	TlsAcceptor* acceptor;
	if (port < 0 || port > 65535)
		xsRangeError("no port");
	addressAny(AF_INET, port, &local);
	if (hasAddress && !addressParse(address, port, &local))
		throwErrno(the, EADDRNOTAVAIL);
	acceptor = acceptorOf(the);
	fd = socket(local.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd >= 0 && local.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd >= 0 && transparent)
		error = addressTransparent(fd, local.any.sa_family);
	if (!error && (fd < 0 || bind(fd, &local.any, addressSize(&local)) < 0 || listen(fd, BACKLOG) < 0))
		error = errno;
	if (error) {
		if (fd >= 0)
			close(fd);
		if (acceptor)
			tlsAcceptorClose(acceptor);
		throwErrno(the, error);
	}
	listener = recordCreate(the, sizeof(Listener));
	listener->fd = fd;
	listener->accepted.fd = -1;
	listener->acceptor = acceptor;
	if (acceptor)
		tlsAcceptorOwner(acceptor, listener);
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

/* renew(): undefined when certificate and key have not changed; the reason why the new ones were rejected, or "" when they were accepted. */
static void renew(xsMachine* the)
{
	Listener* listener = recordThis(the, &hooks);
	char message[MESSAGE_MAX] = "";
	if (listener->acceptor && tlsAcceptorRenew(listener->acceptor, message, sizeof(message)))
		xsResult = xsString(message);
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
