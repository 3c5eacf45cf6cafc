/* Runs blocking system calls in a few threads; the event loop is notified when each is done. */
#ifndef PORTHOLE_WORKER_H
#define PORTHOLE_WORKER_H

typedef struct Job Job;
struct Job {
	Job* next;
	/* Called in a thread. It must not touch the machine, nor memory that JavaScript can move. */
	void (*work)(Job* job);
	/* Called from the event loop afterwards; frees the job. */
	void (*done)(Job* job);
};

/* Queues a job; jobs start in this order and run in parallel. Returns an errno: 0, or EAGAIN when there is no thread. */
int jobStart(Job* job);
#endif
