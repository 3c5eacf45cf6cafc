/* Datagrams of one size to one peer that leave together: one call and one pass through the kernel for up to 32. */
#ifndef PORTHOLE_UDP_BATCH_H
#define PORTHOLE_UDP_BATCH_H
#include <netinet/in.h>
#include <stdint.h>

/* Sends a datagram, at the latest when the event loop has nothing else to do. What can't be sent is lost. */
void batchSend(int fd, const struct sockaddr_in* to, const uint8_t* data, uint32_t length);
/* Sends what waits. To be called before a socket is closed or sends in another way. */
void batchFlush(void);
#endif
