/* The part of UDP sockets that the fan-out class uses. */
#ifndef PORTHOLE_CLASS_UDP_H
#define PORTHOLE_CLASS_UDP_H
#include "xsAll.h"
#include "host.h"
#include "address.h"

/* The descriptor of a UDP object; -1 when it is closed. */
int udpDescriptor(xsMachine* the, xsSlot* slot);
/* The address in an argument that is the name of a peer; valid until something is allocated. */
const Address* udpName(xsMachine* the, int index);
/* Arguments index (a Uint32Array) and index + 1 (a count): offsets into `size` octets, checked. */
const uint32_t* udpOffsets(xsMachine* the, int index, uint32_t size, int* count);
#endif
