/* The part of the TCP class that listeners and fan-out groups use. */
#ifndef PORTHOLE_CLASS_TCP_H
#define PORTHOLE_CLASS_TCP_H
#include "xsAll.h"
#include "host.h"

/* Makes a TCP object of a connection that came in, with its SSL object if it has one; it does nothing until `new TCP({ from })` or abort(). */
void tcpAccepted(xsMachine* the, int fd, void* tls, xsSlot* result);

/* Where a connection comes from: an address, which with `transparent` may be another machine's; NULL: any of this machine's. */
typedef struct {
	const char* address;
	int transparent;
} TcpSource;
/* Starts to connect: a socket that becomes writable when it is open or has failed; -1 with the errno in *error. */
int tcpConnect(const char* address, int port, TcpSource source, int keepAlive, int* error);
/* The record of a TCP object; valid as long as the object. */
void* tcpRecord(xsMachine* the, xsSlot* slot);
/*
 * Sends octets if the connection is ready for a frame. Returns 0 when it is not; else 1, with how many octets the kernel
 * took. JavaScript queues the rest, and the connection is not ready until it sets that again.
 */
int tcpOffer(void* record, const uint8_t* data, uint32_t length, uint32_t* sent);
#endif
