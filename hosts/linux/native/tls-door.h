/* Holds connections of a listener until they have sent their first plain octet, or are through their TLS handshake. */
#ifndef PORTHOLE_TLS_DOOR_H
#define PORTHOLE_TLS_DOOR_H
#include "address.h"
#include <stddef.h>

typedef struct TlsAcceptor TlsAcceptor;

typedef struct {
	/* A connection is through: the callee has the socket, and the SSL object if it speaks TLS. Called from the event loop. */
	void (*through)(void* owner, int fd, void* tls);
	/* A handshake failed: words for the log. Called from the event loop. */
	void (*remark)(void* owner, const char* words);
	/* The most connections held at a time, in all and from one address; who goes for one more: HANDSHAKES_MAX, src/ports/net.ts. */
	int most, mostPerAddress;
	/* How long each may take, in milliseconds. */
	int time;
} TlsDoorOptions;

/* Returns NULL, with the reason in words, when the files can't be used, or when the program was built without TLS. */
TlsAcceptor* tlsDoorOpen(const char* certificate, const char* key, const TlsDoorOptions* options, char* words, size_t size);
/* Says what calls back are to be given; to be called before the first connection. */
void tlsDoorOwner(TlsAcceptor* door, void* owner);
/* Takes a connected socket, and the address that it comes from. */
void tlsDoorTake(TlsAcceptor* door, int fd, const Address* from);
/* Reads the files again: 0 when they have not changed; 1 when they are taken; -1 when not, for the reason in words. */
int tlsDoorRenew(TlsAcceptor* door, char* words, size_t size);
/* Drops what is held, and frees the door. */
void tlsDoorClose(TlsAcceptor* door);
#endif
