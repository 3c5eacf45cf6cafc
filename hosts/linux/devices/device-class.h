/* Shared by the native classes of devices. */
#ifndef DEVICE_CLASS_H
#define DEVICE_CLASS_H

#include "xsAll.h"
#include "host.h"

#include "device-error.h"

/* Throws Error(message); XS's own way of throwing cuts it at 127 octets. */
static inline void throwDeviceError(xsMachine* the, const DeviceError* error)
{
	xsSlot words = xsString(error->words);
	xsResult = xsNew1(xsGlobal, xsID("Error"), words);
	xsThrow(xsResult);
}

#endif
