/* Accepts connections at a port for both TLS and plain ones: the first octet tells them apart. */
#include "tls-acceptor.h"
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
	TlsAcceptor* acceptor;
	Held *next, *previous;
	int fd;
	Address from;
	SSL* tls;
};

struct TlsAcceptor {
	TlsIdentity identity;
	TlsAcceptorOptions options;
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
	held->acceptor->count--;
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
	TlsAcceptor* acceptor = held->acceptor;
	int fd = held->fd;
	SSL* tls = held->tls;
	letGo(held);
	(*acceptor->options.through)(acceptor->owner, fd, tls);
}

static void fail(Held* held)
{
	TlsAcceptor* acceptor = held->acceptor;
	char address[ADDRESS_TEXT], message[300];
	const char* reason = ERR_reason_error_string(ERR_peek_last_error());
	addressText(&held->from, address);
	snprintf(message, sizeof(message), "TLS handshake with %s failed: %s", address, reason ? reason : "the connection ended");
	ERR_clear_error();
	drop(held);
	(*acceptor->options.remark)(acceptor->owner, message);
}

static void stepHandshake(Held* held)
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
		held->tls = SSL_new(held->acceptor->identity.context);
		if (!held->tls || SSL_set_fd(held->tls, held->fd) != 1) {
			drop(held);
			return;
		}
	}
	stepHandshake(held);
}

TlsAcceptor* tlsAcceptorOpen(const char* certificate, const char* key, const TlsAcceptorOptions* options, char* message, size_t size)
{
	TlsAcceptor* acceptor = calloc(1, sizeof(TlsAcceptor));
	if (!acceptor) {
		snprintf(message, size, "no memory");
		return NULL;
	}
	snprintf(acceptor->identity.certificate, sizeof(acceptor->identity.certificate), "%s", certificate);
	snprintf(acceptor->identity.key, sizeof(acceptor->identity.key), "%s", key);
	acceptor->options = *options;
	acceptor->ring.next = acceptor->ring.previous = &acceptor->ring;
	if (tlsIdentityLoad(&acceptor->identity, message, size))
		return acceptor;
	free(acceptor);
	return NULL;
}

void tlsAcceptorOwner(TlsAcceptor* acceptor, void* owner)
{
	acceptor->owner = owner;
}

static int heldFrom(TlsAcceptor* acceptor, const Address* from)
{
	Held* held;
	int count = 0;
	for (held = acceptor->ring.next; held != &acceptor->ring; held = held->next)
		count += addressSameHost(&held->from, from);
	return count;
}

/* The connection that is dropped for one more from an address; NULL when there is room. */
static Held* displacedBy(TlsAcceptor* acceptor, const Address* from)
{
	Held *held, *displaced = NULL;
	int most = heldFrom(acceptor, from);
	if (most < acceptor->options.mostPerAddress && acceptor->count < acceptor->options.most)
		return NULL;
	for (held = acceptor->ring.next; held != &acceptor->ring; held = held->next) {
		int crowd = heldFrom(acceptor, &held->from);
		if (crowd > most || (!displaced && addressSameHost(&held->from, from))) {
			most = crowd;
			displaced = held;
		}
	}
	return displaced;
}

void tlsAcceptorTake(TlsAcceptor* acceptor, int fd, const Address* from)
{
	Held *held = calloc(1, sizeof(Held)), *displaced;
	if (!held) {
		close(fd);
		return;
	}
	displaced = displacedBy(acceptor, from);
	if (displaced)
		drop(displaced);
	held->acceptor = acceptor;
	held->fd = fd;
	held->from = *from;
	held->previous = acceptor->ring.previous;
	held->next = &acceptor->ring;
	held->previous->next = held->next->previous = held;
	acceptor->count++;
	alarmSet(&held->late, nowMillis() + acceptor->options.time, tooLate);
	watchStart(&held->watch, fd, EPOLLIN, ready);
}

int tlsAcceptorRenew(TlsAcceptor* acceptor, char* message, size_t size)
{
	if (!tlsIdentityChanged(&acceptor->identity))
		return 0;
	return tlsIdentityLoad(&acceptor->identity, message, size) ? 1 : -1;
}

void tlsAcceptorClose(TlsAcceptor* acceptor)
{
	while (acceptor->count > 0)
		drop(acceptor->ring.next);
	SSL_CTX_free(acceptor->identity.context);
	free(acceptor);
}
#else
TlsAcceptor* tlsAcceptorOpen(const char* certificate, const char* key, const TlsAcceptorOptions* options, char* message, size_t size)
{
	snprintf(message, size, "this program was built without TLS: start it without --tls-certificate and --tls-key");
	return NULL;
}

void tlsAcceptorOwner(TlsAcceptor* acceptor, void* owner)
{
}

void tlsAcceptorTake(TlsAcceptor* acceptor, int fd, const Address* from)
{
	close(fd);
}

int tlsAcceptorRenew(TlsAcceptor* acceptor, char* message, size_t size)
{
	return 0;
}

void tlsAcceptorClose(TlsAcceptor* acceptor)
{
}
#endif
