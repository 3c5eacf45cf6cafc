/* What the native classes of devices share. */
#ifndef DEVICE_CLASS_H
#define DEVICE_CLASS_H

#include "xsAll.h"
#include "host.h"

#include "device-error.h"

/* Throws Error(words); XS's own way of throwing cuts them at 127 octets. */
static inline void throwDeviceError(xsMachine* the, const DeviceError* error)
{
	xsSlot words = xsString(error->words);
	xsResult = xsNew1(xsGlobal, xsID("Error"), words);
	xsThrow(xsResult);
}

#endif
