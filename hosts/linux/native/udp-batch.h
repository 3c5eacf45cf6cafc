/* Sends datagrams, many with one call of the kernel where they have one length and one receiver. */
#ifndef PORTHOLE_UDP_BATCH_H
#define PORTHOLE_UDP_BATCH_H
#include "address.h"
#include <stdint.h>

/* Sends a datagram now, or a little later in this turn of the loop, together with those that follow. It is lost if it can't be sent. */
void batchSend(int fd, const Address* to, const uint8_t* data, uint32_t length);
/*
 * Sends consecutive datagrams: the i-th is data[offsets[i], offsets[i + 1]). Returns how many the
 * kernel took, and in *octets those of their octets.
 */
int batchSendRun(int fd, const Address* to, const uint8_t* data, const uint32_t* offsets, int count, uint32_t* octets);
/* Sends the waiting datagrams; call it before a socket is closed, and before anything else is sent by it. */
void batchFlush(void);
#endif
