/* How octets go over a connected socket: as they are, or by TLS. Functions return as send and recv do: -1 with errno, EAGAIN for "wait". */
#ifndef PORTHOLE_CHANNEL_H
#define PORTHOLE_CHANNEL_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
	/* -1: closed. */
	int fd;
	/* The SSL object of OpenSSL; NULL: plain. */
	void* tls;
	/* Reading has to wait until TLS can send (EPOLLOUT). */
	int readWaitsForOut;
	/* TLS may hold more octets although the kernel has none, so no event comes: look again. */
	int more;
	/* The sending side has ended. */
	int endSent;
	/* Octets that the kernel took, of a plain connection; of TLS until it was closed. @see channelSent */
	uint64_t sent;
} Channel;

/* Sends as much as possible without blocking. */
ssize_t channelSend(Channel* channel, const uint8_t* data, size_t length);
/* Reads what is available, up to the buffer's size; 0 at the end of the peer's data. */
ssize_t channelReceive(Channel* channel, uint8_t* data, size_t length);
/* Returns how many octets can be read at least, without consuming them; 0 at the end. */
ssize_t channelPeek(Channel* channel);
/* Ends the sending side in good order; -1 with EAGAIN: call again when the socket can be written. */
int channelEnd(Channel* channel);
/* Octets that the kernel took since the connection began; by TLS those of TLS, with its handshake. */
uint64_t channelSent(Channel* channel);
/* Frees everything at once, in good order or not; harmless when repeated. */
void channelClose(Channel* channel);
#endif
