/* A pool of threads that take jobs from one queue. Threads are started when they are needed, and live as long as the program. */
#include "worker.h"
#include "host.h"
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* Flash cards do little in parallel, but one slow fsync should not block the others. */
#define THREADS_MAX 4

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static Job *first, **last = &first, *finished, **lastFinished = &finished;
static int threads, idle;
/* Jobs that the event loop waits for. */
static int pending;
static Watch watch = { .fd = -1 };
static int bell = -1;

static void* run(void* data)
{
	pthread_mutex_lock(&mutex);
	for (;;) {
		Job* job;
		uint64_t one = 1;
		idle++;
		while (!first)
			pthread_cond_wait(&filled, &mutex);
		idle--;
		job = first;
		first = job->next;
		if (!first)
			last = &first;
		pthread_mutex_unlock(&mutex);
		(*job->work)(job);
		pthread_mutex_lock(&mutex);
		job->next = NULL;
		*lastFinished = job;
		lastFinished = &job->next;
		if (write(bell, &one, sizeof(one)) < 0) {
			/* The counter is full, so the loop wakes up anyway. */
		}
	}
	return NULL;
}

static void ready(Watch* at, uint32_t events)
{
	uint64_t count;
	Job *job, *next;
	if (read(bell, &count, sizeof(count)) < 0)
		return;
	pthread_mutex_lock(&mutex);
	job = finished;
	finished = NULL;
	lastFinished = &finished;
	pthread_mutex_unlock(&mutex);
	for (; job; job = next) {
		next = job->next;
		/* The loop may end when nothing is pending. */
		if (--pending == 0)
			watchStop(&watch);
		(*job->done)(job);
	}
}

static int startThread(void)
{
	pthread_t thread;
	pthread_attr_t attributes;
	sigset_t all, before;
	int error;
	/* A signal that reached a thread would end the program, whatever the main thread does with it. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	error = pthread_create(&thread, &attributes, run, NULL);
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!error)
		threads++;
	return error;
}

int jobStart(Job* job)
{
	int enough;
	if (bell < 0)
		bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (bell < 0)
		return errno;
	pthread_mutex_lock(&mutex);
	enough = idle > 0 || threads == THREADS_MAX;
	pthread_mutex_unlock(&mutex);
	if (!enough && startThread() && threads == 0)
		return EAGAIN;
	if (pending++ == 0)
		watchStart(&watch, bell, EPOLLIN, ready);
	job->next = NULL;
	pthread_mutex_lock(&mutex);
	*last = job;
	last = &job->next;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&mutex);
	return 0;
}
