/* Random numbers of the system, for system-random.ts: the engine's own are the same at each start of the simulator. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include <errno.h>
#include <sys/random.h>

/* Fills the whole array. */
void xs_porthole_random(xsMachine* the)
{
	void* data;
	xsUnsignedValue length, at = 0;
	xsmcGetBufferWritable(xsArg(0), &data, &length);
	while (at < length) {
		ssize_t got = getrandom((uint8_t*)data + at, length - at, 0);
		if (got > 0)
			at += (xsUnsignedValue)got;
		else if (got == 0 || errno != EINTR)
			xsUnknownError("the system gives no random numbers");
	}
}
