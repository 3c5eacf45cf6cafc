/* `embedded:io/socket/listener`, ECMA-419 §10.6, with a local address and the port that was bound. */
#include "class-tcp.h"
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BACKLOG 511
/* The most connections taken at one wake-up; the others wait their turn. */
#define ACCEPTS_MAX 32
/* Without descriptors or memory, the next look comes after this many milliseconds. */
#define EXHAUSTED_PAUSE 100

typedef struct {
	Record record;
	Watch watch;
	Alarm pause;
	int fd;
	int accepted;
	xsSlot onReadable, onError;
} Listener;

static void release(Listener* listener)
{
	watchStop(&listener->watch);
	alarmCancel(&listener->pause);
	if (listener->accepted >= 0)
		close(listener->accepted);
	if (listener->fd >= 0)
		close(listener->fd);
	listener->accepted = listener->fd = -1;
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
}

static const xsHostHooks hooks = { destroy, mark, NULL };

static void resume(Alarm* alarm)
{
	Listener* listener = (Listener*)((char*)alarm - offsetof(Listener, pause));
	watchChange(&listener->watch, EPOLLIN);
}

static void ready(Watch* watch, uint32_t events)
{
	Listener* listener = (Listener*)((char*)watch - offsetof(Listener, watch));
	int i;
	for (i = 0; i < ACCEPTS_MAX && listener->fd >= 0; i++) {
		listener->accepted = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (listener->accepted < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
				watchChange(watch, 0);
				alarmSet(&listener->pause, nowMillis() + EXHAUSTED_PAUSE, resume);
			}
			return;
		}
		callback1(listener, &listener->onReadable, 1);
		if (listener->fd >= 0 && listener->accepted >= 0) {
			close(listener->accepted);
			listener->accepted = -1;
		}
	}
}

/* new Listener({ address?, port?, onReadable, onError? }) */
static void construct(xsMachine* the)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	char address[64];
	int port = optionInteger(the, "port", 0);
	int hasAddress = optionText(the, "address", address, sizeof(address));
	int one = 1, fd, error = 0;
	Listener* listener;
	if (port < 0 || port > 65535)
		xsRangeError("no port");
	local.sin_port = htons((uint16_t)port);
	if (hasAddress && inet_pton(AF_INET, address, &local.sin_addr) != 1)
		throwErrno(the, EADDRNOTAVAIL);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		throwErrno(the, errno);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr*)&local, sizeof(local)) < 0 || listen(fd, BACKLOG) < 0) {
		error = errno;
		close(fd);
		throwErrno(the, error);
	}
	listener = recordCreate(the, sizeof(Listener));
	listener->fd = fd;
	listener->accepted = -1;
	optionTarget(the);
	listener->onReadable = optionFunction(the, "onReadable");
	listener->onError = optionFunction(the, "onError");
	watchStart(&listener->watch, fd, EPOLLIN, ready);
}

/* read(): the TCP object of the connection that came in, or undefined. */
static void readConnection(xsMachine* the)
{
	Listener* listener = recordThis(the, &hooks);
	int fd = listener->accepted;
	if (fd < 0)
		return;
	listener->accepted = -1;
	tcpAccepted(the, fd, &xsResult);
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
	struct sockaddr_in name;
	socklen_t size = sizeof(name);
	if (listener->fd >= 0 && getsockname(listener->fd, (struct sockaddr*)&name, &size) == 0)
		xsResult = xsInteger(ntohs(name.sin_port));
}

void buildListener(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "read", readConnection, 0, 0 },
		{ "close", closeNow, 0, 0 },
		{ "port", portOf, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
