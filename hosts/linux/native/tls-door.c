/* The first moments of connections at a port that takes TLS and plain ones: the first octet tells which it is. */
#include "tls-door.h"
#include "host.h"
#ifdef PORTHOLE_TLS
#include "tls-identity.h"
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* First octet of a ClientHello: the content type `handshake` (RFC 8446 §5.1). */
#define HANDSHAKE 0x16

typedef struct Held Held;
struct Held {
	Watch watch;
	Alarm late;
	TlsAcceptor* door;
	Held *next, *previous;
	int fd;
	Address from;
	SSL* tls;
};

struct TlsAcceptor {
	TlsIdentity identity;
	TlsDoorOptions options;
	void* owner;
	/* A ring; its first is the oldest. */
	Held ring;
	int count;
};

static void letGo(Held* held)
{
	watchStop(&held->watch);
	alarmCancel(&held->late);
	held->next->previous = held->previous;
	held->previous->next = held->next;
	held->door->count--;
	free(held);
}

static void drop(Held* held)
{
	int fd = held->fd;
	SSL_free(held->tls);
	letGo(held);
	close(fd);
}

static void tooLate(Alarm* alarm)
{
	drop((Held*)((char*)alarm - offsetof(Held, late)));
}

static void pass(Held* held)
{
	TlsAcceptor* door = held->door;
	int fd = held->fd;
	SSL* tls = held->tls;
	letGo(held);
	(*door->options.through)(door->owner, fd, tls);
}

static void fail(Held* held)
{
	TlsAcceptor* door = held->door;
	char address[ADDRESS_TEXT], words[300];
	const char* reason = ERR_reason_error_string(ERR_peek_last_error());
	addressText(&held->from, address);
	snprintf(words, sizeof(words), "TLS handshake with %s failed: %s", address, reason ? reason : "the connection ended");
	ERR_clear_error();
	drop(held);
	(*door->options.remark)(door->owner, words);
}

static void shakeHands(Held* held)
{
	int result;
	ERR_clear_error();
	result = SSL_accept(held->tls);
	if (result == 1) {
		pass(held);
		return;
	}
	switch (SSL_get_error(held->tls, result)) {
	case SSL_ERROR_WANT_READ:
		watchChange(&held->watch, EPOLLIN);
		break;
	case SSL_ERROR_WANT_WRITE:
		watchChange(&held->watch, EPOLLOUT);
		break;
	default:
		fail(held);
	}
}

static void ready(Watch* watch, uint32_t events)
{
	Held* held = (Held*)((char*)watch - offsetof(Held, watch));
	uint8_t octet;
	ssize_t got;
	if (!held->tls) {
		got = recv(held->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			drop(held);
			return;
		}
		if (octet != HANDSHAKE) {
			pass(held);
			return;
		}
		held->tls = SSL_new(held->door->identity.context);
		if (!held->tls || SSL_set_fd(held->tls, held->fd) != 1) {
			drop(held);
			return;
		}
	}
	shakeHands(held);
}

TlsAcceptor* tlsDoorOpen(const char* certificate, const char* key, const TlsDoorOptions* options, char* words, size_t size)
{
	TlsAcceptor* door = calloc(1, sizeof(TlsAcceptor));
	if (!door) {
		snprintf(words, size, "no memory");
		return NULL;
	}
	snprintf(door->identity.certificate, sizeof(door->identity.certificate), "%s", certificate);
	snprintf(door->identity.key, sizeof(door->identity.key), "%s", key);
	door->options = *options;
	door->ring.next = door->ring.previous = &door->ring;
	if (tlsIdentityLoad(&door->identity, words, size))
		return door;
	free(door);
	return NULL;
}

void tlsDoorOwner(TlsAcceptor* door, void* owner)
{
	door->owner = owner;
}

static int heldFrom(TlsAcceptor* door, const Address* from)
{
	Held* held;
	int count = 0;
	for (held = door->ring.next; held != &door->ring; held = held->next)
		count += addressSameHost(&held->from, from);
	return count;
}

/* Who goes in favour of one more from an address; NULL when there is room. */
static Held* displacedBy(TlsAcceptor* door, const Address* from)
{
	Held *held, *displaced = NULL;
	int most = heldFrom(door, from);
	if (most < door->options.mostPerAddress && door->count < door->options.most)
		return NULL;
	for (held = door->ring.next; held != &door->ring; held = held->next) {
		int crowd = heldFrom(door, &held->from);
		if (crowd > most || (!displaced && addressSameHost(&held->from, from))) {
			most = crowd;
			displaced = held;
		}
	}
	return displaced;
}

void tlsDoorTake(TlsAcceptor* door, int fd, const Address* from)
{
	Held *held = calloc(1, sizeof(Held)), *displaced;
	if (!held) {
		close(fd);
		return;
	}
	displaced = displacedBy(door, from);
	if (displaced)
		drop(displaced);
	held->door = door;
	held->fd = fd;
	held->from = *from;
	held->previous = door->ring.previous;
	held->next = &door->ring;
	held->previous->next = held->next->previous = held;
	door->count++;
	alarmSet(&held->late, nowMillis() + door->options.time, tooLate);
	watchStart(&held->watch, fd, EPOLLIN, ready);
}

int tlsDoorRenew(TlsAcceptor* door, char* words, size_t size)
{
	if (!tlsIdentityChanged(&door->identity))
		return 0;
	return tlsIdentityLoad(&door->identity, words, size) ? 1 : -1;
}

void tlsDoorClose(TlsAcceptor* door)
{
	while (door->count > 0)
		drop(door->ring.next);
	SSL_CTX_free(door->identity.context);
	free(door);
}
#else
TlsAcceptor* tlsDoorOpen(const char* certificate, const char* key, const TlsDoorOptions* options, char* words, size_t size)
{
	snprintf(words, size, "this program was built without TLS: start it without --tls-certificate and --tls-key");
	return NULL;
}

void tlsDoorOwner(TlsAcceptor* door, void* owner)
{
}

void tlsDoorTake(TlsAcceptor* door, int fd, const Address* from)
{
	close(fd);
}

int tlsDoorRenew(TlsAcceptor* door, char* words, size_t size)
{
	return 0;
}

void tlsDoorClose(TlsAcceptor* door)
{
}
#endif
