/* What hosts/esp32/native uses of XS in C, for a check of syntax and types without the Moddable SDK. */
#pragma once
#include <stdint.h>
#include <stdlib.h>
typedef struct xsMachine xsMachine;
typedef struct { int kind; } xsSlot;
typedef uint32_t xsUnsignedValue;
typedef int xsIdentifier;
typedef void (*xsMarkRoot)(xsMachine*, xsSlot*);
typedef struct { void (*destructor)(void*); void (*mark)(xsMachine*, void*, xsMarkRoot); void (*sweep)(xsMachine*, void*); } xsHostHooks;
extern xsSlot xsThis, xsResult, stubSlots[8];
#define xsVar(index) (stubSlots[index])
#define xsArg(index) (stubSlots[index])
extern xsSlot xsReference(xsSlot*);
extern void stubFailure(xsMachine*, const char*) __attribute__((noreturn));
#define xsUnknownError(words) stubFailure(the, words)
#define xsRangeError(words) stubFailure(the, words)
#define xsTypeError(words) stubFailure(the, words)
extern void xsmcVarsOf(xsMachine*, int);
#define xsmcVars(count) xsmcVarsOf(the, count)
extern void xsmcGetOf(xsMachine*, xsSlot*, xsSlot*, xsIdentifier);
#define xsmcGet(to, from, id) xsmcGetOf(the, &(to), &(from), id)
extern int xsmcToIntegerOf(xsMachine*, xsSlot*);
#define xsmcToInteger(slot) xsmcToIntegerOf(the, &(slot))
extern char* xsmcToStringOf(xsMachine*, xsSlot*);
#define xsmcToString(slot) xsmcToStringOf(the, &(slot))
extern char* xsmcToStringBufferOf(xsMachine*, xsSlot*, char*, xsUnsignedValue);
#define xsmcToStringBuffer(slot, buffer, size) xsmcToStringBufferOf(the, &(slot), buffer, size)
extern void xsmcSetIntegerOf(xsMachine*, xsSlot*, int);
#define xsmcSetInteger(slot, value) xsmcSetIntegerOf(the, &(slot), value)
#define xsmcSetBoolean(slot, value) xsmcSetIntegerOf(the, &(slot), value)
extern void xsmcSetStringOf(xsMachine*, xsSlot*, const char*);
#define xsmcSetString(slot, text) xsmcSetStringOf(the, &(slot), text)
extern void* xsmcGetHostDataOf(xsMachine*, xsSlot*, void*);
#define xsmcGetHostData(slot) xsmcGetHostDataOf(the, &(slot), NULL)
#define xsmcGetHostDataValidate(slot, hooks) xsmcGetHostDataOf(the, &(slot), hooks)
extern void xsmcSetHostDataOf(xsMachine*, xsSlot*, void*);
#define xsmcSetHostData(slot, data) xsmcSetHostDataOf(the, &(slot), data)
extern void xsmcSetHostDestructorOf(xsMachine*, xsSlot*, void (*)(void*));
#define xsmcSetHostDestructor(slot, destructor) xsmcSetHostDestructorOf(the, &(slot), destructor)
extern void xsSetHostHooksOf(xsMachine*, xsSlot*, xsHostHooks*);
#define xsSetHostHooks(slot, hooks) xsSetHostHooksOf(the, &(slot), hooks)
extern void xsmcGetBufferOf(xsMachine*, xsSlot*, void**, xsUnsignedValue*);
#define xsmcGetBufferReadable(slot, data, size) xsmcGetBufferOf(the, &(slot), data, size)
#define xsmcGetBufferWritable(slot, data, size) xsmcGetBufferOf(the, &(slot), data, size)
extern void xsRememberOf(xsMachine*, xsSlot*);
#define xsRemember(slot) xsRememberOf(the, &(slot))
#define xsForget(slot) xsRememberOf(the, &(slot))
extern void xsCallFunction0Of(xsMachine*, xsSlot, xsSlot);
#define xsCallFunction0(function, object) xsCallFunction0Of(the_, function, object)
#define xsBeginHost(machine) { xsMachine* the_ = (machine)
#define xsEndHost(machine) }
