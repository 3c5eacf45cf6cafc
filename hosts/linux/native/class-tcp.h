/* What a listener needs of the TCP class. */
#ifndef PORTHOLE_CLASS_TCP_H
#define PORTHOLE_CLASS_TCP_H
#include "xsAll.h"
#include "host.h"

/* Makes a TCP object of a connection that came in; it does nothing until `new TCP({ from })` or abort(). */
void tcpAccepted(xsMachine* the, int fd, xsSlot* result);
#endif
