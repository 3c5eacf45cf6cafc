#pragma once
#include "xsmc.h"
extern xsSlot* builtinGetCallbackOf(xsMachine*, xsIdentifier);
#define builtinGetCallback(the, id) builtinGetCallbackOf(the, id)
