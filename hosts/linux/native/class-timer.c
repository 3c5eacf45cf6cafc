/* `timer` and `time`, with the names that the Moddable SDK gives them. */
#include "xsAll.h"
#include "host.h"

typedef struct {
	Record record;
	Alarm alarm;
	xsSlot function;
	/* Milliseconds between calls; negative: once. */
	int interval;
} Timer;

static void destroy(void* data)
{
	Timer* timer = data;
	if (timer) {
		alarmCancel(&timer->alarm);
		free(timer);
	}
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Timer* timer = data;
	if (timer)
		(*markRoot)(the, &timer->function);
}

static const xsHostHooks hooks = { destroy, mark, NULL };
static xsSlot prototype;

static void ring(Alarm* alarm)
{
	Timer* timer = (Timer*)((char*)alarm - offsetof(Timer, alarm));
	if (timer->interval >= 0)
		alarmSet(alarm, nowMillis() + (timer->interval > 0 ? timer->interval : 1), ring);
	callback0(timer, &timer->function);
	if (!timer->alarm.set)
		recordRelease(timer);
}

static void start(xsMachine* the, int delay, int interval)
{
	Timer* timer;
	if (!xsIsCallable(xsArg(0)))
		xsTypeError("a callback is not a function");
	timer = recordCreateOf(the, &prototype, sizeof(Timer), &xsResult);
	timer->function = xsArg(0);
	timer->interval = interval;
	alarmSet(&timer->alarm, nowMillis() + (delay > 0 ? delay : 0), ring);
}

/* Timer.set(callback, delay = 0): calls once. Returns a handle for Timer.clear. */
static void set(xsMachine* the)
{
	start(the, xsToInteger(xsArgc) > 1 ? xsToInteger(xsArg(1)) : 0, -1);
}

/* Timer.repeat(callback, interval) */
static void repeat(xsMachine* the)
{
	int interval = xsToInteger(xsArg(1));
	start(the, interval, interval > 0 ? interval : 0);
}

/* Timer.rearm(timer, delay): sets a timer that Timer.set made again, without allocating; it may have fired. */
static void rearm(xsMachine* the)
{
	Timer* timer = recordOf(the, &xsArg(0), &hooks);
	int delay = xsToInteger(xsArg(1));
	if (!timer->record.kept) {
		timer->record.kept = 1;
		fxRemember(the, &timer->record.self);
	}
	alarmSet(&timer->alarm, nowMillis() + (delay > 0 ? delay : 0), ring);
}

/* Timer.clear(timer): also accepts undefined and timers that have fired. */
static void clear(xsMachine* the)
{
	Timer* timer;
	if (xsToInteger(xsArgc) < 1 || xsTypeOf(xsArg(0)) != xsReferenceType)
		return;
	timer = recordOf(the, &xsArg(0), &hooks);
	timer->interval = -1;
	alarmCancel(&timer->alarm);
	recordRelease(timer);
}

void buildTimer(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "set", set, 2, 0 },
		{ "repeat", repeat, 2, 0 },
		{ "rearm", rearm, 2, 0 },
		{ "clear", clear, 1, 0 },
		{ NULL, NULL, 0, 0 },
	};
	prototype = xsNewHostObject(NULL);
	xsSetHostHooks(prototype, &hooks);
	xsRemember(prototype);
	buildObject(the, result, functions);
}

/* Time.ticks: monotonic milliseconds. */
static void ticks(xsMachine* the)
{
	xsResult = xsNumber((double)nowMillis());
}

/* Time.microseconds: the same clock, finer. */
static void microseconds(xsMachine* the)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	xsResult = xsNumber((double)now.tv_sec * 1e6 + (double)(now.tv_nsec / 1000));
}

void buildTime(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "ticks", ticks, 0, 1 },
		{ "microseconds", microseconds, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildObject(the, result, functions);
}
