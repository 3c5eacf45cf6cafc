/* The event loop: epoll, alarms, and promise jobs after each call into JavaScript. */
#include "xsAll.h"
#include "host.h"
#include <sys/epoll.h>

#define EVENTS_MAX 64

static int epollFd = -1;
static int watching = 0;
static struct epoll_event batch[EVENTS_MAX];
static int batchLength = 0;
static Alarm* alarms = NULL;
static int exiting = 0;
static int exitCode = 0;

static int epoll(void)
{
	if (epollFd < 0)
		epollFd = epoll_create1(EPOLL_CLOEXEC);
	return epollFd;
}

int64_t nowMillis(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void watchStart(Watch* watch, int fd, uint32_t events, void (*ready)(Watch*, uint32_t))
{
	struct epoll_event event = { .events = events, .data.ptr = watch };
	watch->fd = fd;
	watch->events = events;
	watch->ready = ready;
	epoll_ctl(epoll(), EPOLL_CTL_ADD, fd, &event);
	watching++;
}

void watchChange(Watch* watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };
	if (!watch->ready || watch->events == events)
		return;
	watch->events = events;
	if (epoll_ctl(epoll(), EPOLL_CTL_MOD, watch->fd, &event) < 0 && errno == ENOENT)
		epoll_ctl(epoll(), EPOLL_CTL_ADD, watch->fd, &event);
}

void watchStop(Watch* watch)
{
	int i;
	if (!watch->ready)
		return;
	watch->ready = NULL;
	watching--;
	epoll_ctl(epoll(), EPOLL_CTL_DEL, watch->fd, NULL);
	/* Events that are ready but not delivered must not reach a record that may be freed. */
	for (i = 0; i < batchLength; i++)
		if (batch[i].data.ptr == watch)
			batch[i].data.ptr = NULL;
}

void alarmSet(Alarm* alarm, int64_t at, void (*ring)(Alarm*))
{
	Alarm** address = &alarms;
	alarmCancel(alarm);
	alarm->at = at;
	alarm->ring = ring;
	alarm->set = 1;
	while (*address && (*address)->at <= at)
		address = &(*address)->next;
	alarm->next = *address;
	*address = alarm;
}

void alarmCancel(Alarm* alarm)
{
	Alarm** address = &alarms;
	if (!alarm->set)
		return;
	while (*address && *address != alarm)
		address = &(*address)->next;
	if (*address)
		*address = alarm->next;
	alarm->set = 0;
}

/* Promise jobs run when JavaScript has returned; unhandled rejections end the program. */
static void settle(txMachine* the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
}

static void ringDue(txMachine* the)
{
	int64_t now = nowMillis();
	/* An alarm that is set while others ring waits for the next round, even when it is due. */
	int count = 0;
	Alarm* alarm;
	for (alarm = alarms; alarm && alarm->at <= now; alarm = alarm->next)
		count++;
	while (count-- > 0 && alarms && alarms->at <= now && !exiting) {
		alarm = alarms;
		alarms = alarm->next;
		alarm->set = 0;
		alarm->ring(alarm);
		settle(the);
	}
}

static int timeout(void)
{
	int64_t wait;
	if (!alarms)
		return -1;
	wait = alarms->at - nowMillis();
	return wait <= 0 ? 0 : wait > 86400000 ? 86400000 : (int)wait;
}

static void (*beforeWait)(void) = NULL;

void loopBeforeWait(void (*call)(void))
{
	beforeWait = call;
}

static void leaveTurn(void)
{
	void (*call)(void) = beforeWait;
	beforeWait = NULL;
	if (call)
		(*call)();
}

int loopRun(xsMachine* the)
{
	settle(the);
	while (!exiting && (watching > 0 || alarms)) {
		int i, n;
		leaveTurn();
		n = epoll_wait(epoll(), batch, EVENTS_MAX, timeout());
		batchLength = n > 0 ? n : 0;
		for (i = 0; i < batchLength && !exiting; i++) {
			Watch* watch = batch[i].data.ptr;
			if (!watch)
				continue;
			batch[i].data.ptr = NULL;
			if (watch->events == 0 && !(batch[i].events & EPOLLERR)) {
				/* Hung up while not watched: reported when it is watched again. */
				epoll_ctl(epoll(), EPOLL_CTL_DEL, watch->fd, NULL);
				continue;
			}
			watch->ready(watch, batch[i].events);
			settle(the);
		}
		batchLength = 0;
		if (!exiting)
			ringDue(the);
	}
	leaveTurn();
	return exitCode;
}

void exitLoop(int code)
{
	exiting = 1;
	exitCode = code;
}
