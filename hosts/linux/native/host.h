/* Services for native classes: readiness, alarms, records of JavaScript objects, calls back. See ../README.md. */
#ifndef PORTHOLE_HOST_H
#define PORTHOLE_HOST_H

#include "xsAll.h"
#include "xs.h"
#include <stddef.h>
#include <stdint.h>

/* ---- The event loop (loop.c) ---- */

/* Waits for a descriptor; embedded in a record, never moved while it is started. */
typedef struct Watch Watch;
struct Watch {
	int fd;
	/* EPOLLIN, EPOLLOUT; 0 while it is not wanted. */
	uint32_t events;
	/* Called with the events that are ready; may change or stop any watch. EPOLLERR and EPOLLHUP are always reported. */
	void (*ready)(Watch* watch, uint32_t events);
};
void watchStart(Watch* watch, int fd, uint32_t events, void (*ready)(Watch*, uint32_t));
void watchChange(Watch* watch, uint32_t events);
/* Forgets the descriptor, which the caller closes afterwards; harmless when repeated. */
void watchStop(Watch* watch);

/* Rings once; embedded in a record. */
typedef struct Alarm Alarm;
struct Alarm {
	int64_t at;
	Alarm* next;
	int set;
	void (*ring)(Alarm* alarm);
};
/* Rings at or after `at` (nowMillis), never inside this call; replaces the time set before. */
void alarmSet(Alarm* alarm, int64_t at, void (*ring)(Alarm*));
void alarmCancel(Alarm* alarm);

/* Monotonic time in milliseconds. */
int64_t nowMillis(void);
/* Runs until exitLoop, or until nothing is pending. */
int loopRun(xsMachine* the);
void exitLoop(int code);
/* Calls once before the loop waits again. There is one such call: that of udp-batch.c. */
void loopBeforeWait(void (*call)(void));

/* ---- Native objects (record.c) ---- */

/* First member of the record behind each native object. */
typedef struct {
	xsMachine* the;
	/* The object itself; kept alive from recordCreate to recordRelease. */
	xsSlot self;
	int kept;
} Record;

/* In a constructor: makes the object (xsResult) of the class that is constructed, and its record, all zero but for Record. */
void* recordCreate(xsMachine* the, size_t size);
/* Makes an object of a given class, not from its constructor; leaves it in *slot. */
void* recordCreateOf(xsMachine* the, xsSlot* prototype, size_t size, xsSlot* slot);
/* In a method: the record of xsThis; throws TypeError when it is of another class or not a native object. */
void* recordThis(xsMachine* the, const xsHostHooks* hooks);
void* recordOf(xsMachine* the, xsSlot* slot, const xsHostHooks* hooks);
/* The object may be collected from now on; the class's destructor frees the record. Harmless when repeated. */
void recordRelease(void* record);

/* Call back into JavaScript from the event loop; an exception ends the program with its message. Never from a method. */
void callback0(void* record, xsSlot* function);
void callback1(void* record, xsSlot* function, int argument);
void callbackText(void* record, xsSlot* function, const char* text);

/* Options of a constructor: xsArg(0). */
xsSlot optionFunction(xsMachine* the, const char* name);
/* Copies the option `target`, which callbacks find at `this.target` (ECMA-419 §9). */
void optionTarget(xsMachine* the);
int optionInteger(xsMachine* the, const char* name, int standard);
/* Copies a text option; 0 when there is none. Throws RangeError when it is too long. */
int optionText(xsMachine* the, const char* name, char* buffer, size_t size);

/* The octets of an ArrayBuffer, a Uint8Array or a host buffer; valid until the next XS call that may allocate. */
uint8_t* bufferOf(xsMachine* the, xsSlot* slot, uint32_t* length);
/* The elements of a Uint32Array, likewise. */
const uint32_t* wordsOf(xsMachine* the, xsSlot* slot, uint32_t* count);
/* The octets [start, end) given by arguments index, index + 1 and index + 2; throws RangeError when they are not inside. */
uint8_t* rangeOf(xsMachine* the, int index, uint32_t* length);
/* An object over memory of the host's, which outlives it: `new Uint8Array(it)` copies nothing. */
void hostBuffer(xsMachine* the, xsSlot* slot, void* data, uint32_t size);
/* Points a Uint8Array over a host buffer elsewhere: no allocation a datagram. */
void retarget(xsMachine* the, xsSlot* view, uint32_t offset, uint32_t length);

/* Throws Error("NAME: message"), NAME as in errno.h. */
void throwErrno(xsMachine* the, int error) __attribute__((noreturn));
/* The name of an error as in errno.h: "ECONNREFUSED". */
const char* errnoName(int error);

/* ---- Classes (classes.c) ---- */

/* A native module, for `import X from specifier`. */
typedef struct {
	const char* specifier;
	/* Leaves the class, or an object of functions, in *result. */
	void (*build)(xsMachine* the, xsSlot* result);
} NativeModule;
extern const NativeModule nativeModules[];

typedef struct {
	const char* name;
	xsCallback function;
	int length;
	/* True: a getter. */
	int isGetter;
} NativeMethod;
/* Builds a class. `methods` ends with a null name. */
void buildClass(xsMachine* the, xsSlot* result, xsCallback constructor, const xsHostHooks* hooks, const NativeMethod* methods);
/* Builds a plain object of functions. */
void buildObject(xsMachine* the, xsSlot* result, const NativeMethod* methods);

/* Arguments of the program, without its name (machine.c). */
extern int programArgc;
extern char** programArgv;

#endif
