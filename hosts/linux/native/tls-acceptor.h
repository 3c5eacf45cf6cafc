/* Holds connections of a listener until they have sent their first plain octet, or completed their TLS handshake. */
#ifndef PORTHOLE_TLS_ACCEPTOR_H
#define PORTHOLE_TLS_ACCEPTOR_H
#include "address.h"
#include <stddef.h>

typedef struct TlsAcceptor TlsAcceptor;

typedef struct {
	/* A connection is ready: the callee owns the socket, and the SSL object if it speaks TLS. Called from the event loop. */
	void (*through)(void* owner, int fd, void* tls);
	/* A handshake failed; the message is for the log. Called from the event loop. */
	void (*remark)(void* owner, const char* message);
	/* The most connections held at a time, in all and from one address; which one is dropped for one more: see HANDSHAKES_MAX in src/ports/net.ts. */
	int most, mostPerAddress;
	/* How long each may take, in milliseconds. */
	int time;
} TlsAcceptorOptions;

/* Returns NULL, with the reason in the message, when the files can't be used, or when the program was built without TLS. */
TlsAcceptor* tlsAcceptorOpen(const char* certificate, const char* key, const TlsAcceptorOptions* options, char* message, size_t size);
/* Sets the owner that the callbacks get; to be called before the first connection. */
void tlsAcceptorOwner(TlsAcceptor* acceptor, void* owner);
/* Takes a connected socket, and the address that it comes from. */
void tlsAcceptorTake(TlsAcceptor* acceptor, int fd, const Address* from);
/* Reads the files again: 0 when they have not changed; 1 when they were accepted; -1 when rejected, with the reason in the message. */
int tlsAcceptorRenew(TlsAcceptor* acceptor, char* message, size_t size);
/* Drops all connections that are pending, and frees the acceptor. */
void tlsAcceptorClose(TlsAcceptor* acceptor);
#endif
