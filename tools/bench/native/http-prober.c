/*
 * Asks a web server for a page at a fixed rate, each time over a new connection, and says who answered when.
 *
 * http-prober ADDRESS PORT INTERVAL PATIENCE MARK...
 *
 * Times in milliseconds. Every INTERVAL a connection is opened and GET / is sent, whatever became of the earlier ones;
 * one that is not answered within PATIENCE is given up. Prints one line for each, when it ends, fields separated by
 * tabs: when it was opened, when it ended (milliseconds of CLOCK_MONOTONIC), "ok" or why not, who answered. An answer
 * is good when its status is 200, or 401 from somebody who says in the head who asks for a password; who answered is the
 * text after the first MARK that occurs in it, up to "<" or a quotation mark.
 * Runs until a signal ends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FLIGHT_MAX 4096
#define ANSWER_MAX 16384
#define WHO_MAX 80
#define PORT_FIRST 1024
#define PORT_LAST 65535

enum state { CONNECTING, READING };

struct probe {
	enum state state;
	int64_t opened; /* nanoseconds */
	int have;       /* octets of the answer so far */
	char *answer;
};

static struct sockaddr_in server;
static char request[128];
static char **marks;
static int marks_count;

/* Parallel, the probes in flight first. */
static struct probe probes[FLIGHT_MAX];
static struct pollfd polls[FLIGHT_MAX];
static int flight;

static int64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void report(int64_t opened, const char *outcome, const char *who) {
	printf("%.3f\t%.3f\t%s\t%s\n", opened / 1e6, now() / 1e6, outcome, who);
}

/* Ends probe i; the last one takes its place. */
static void end(int i, const char *outcome, const char *who) {
	/* Reset instead of closing in order: no port is left waiting for minutes. */
	struct linger reset = {.l_onoff = 1, .l_linger = 0};
	report(probes[i].opened, outcome, who);
	setsockopt(polls[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(polls[i].fd);
	free(probes[i].answer);
	flight--;
	probes[i] = probes[flight];
	polls[i] = polls[flight];
}

/*
 * Gives a connection the next port of all. A router goes on translating a connection that was never answered for two
 * minutes; were its port used again by then, the new connection would lead to the previous one.
 */
static void choose_port(int fd) {
	static int port = PORT_LAST;
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr = {INADDR_ANY}};
	for (int tries = 0; tries < 100; tries++) {
		port = port == PORT_LAST ? PORT_FIRST : port + 1;
		own.sin_port = htons(port);
		if (bind(fd, (struct sockaddr *)&own, sizeof own) == 0) return;
	}
	perror("http-prober");
	exit(1);
}

static void begin(void) {
	int64_t opened = now();
	if (flight == FLIGHT_MAX) {
		report(opened, "too many in flight", "");
		return;
	}
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	char *answer = malloc(ANSWER_MAX + 1);
	if (fd < 0 || answer == NULL) {
		perror("http-prober");
		exit(1);
	}
	choose_port(fd);
	if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) {
		report(opened, strerrorname_np(errno), "");
		close(fd);
		free(answer);
		return;
	}
	probes[flight] = (struct probe){.state = CONNECTING, .opened = opened, .have = 0, .answer = answer};
	polls[flight] = (struct pollfd){.fd = fd, .events = POLLOUT, .revents = 0};
	flight++;
}

/* Finds out who answered. Returns 0 while no mark has come whole, with the name after it. */
static int find_who(const char *answer, int marks_tried, char *who) {
	for (int m = 0; m < marks_tried; m++) {
		const char *found = strstr(answer, marks[m]);
		if (found == NULL) continue;
		found += strlen(marks[m]);
		size_t length = strcspn(found, "<\"");
		if (found[length] == '\0' || length >= WHO_MAX) continue;
		for (size_t i = 0; i < length; i++) who[i] = (unsigned char)found[i] < ' ' ? '?' : found[i];
		who[length] = '\0';
		return 1;
	}
	return 0;
}

/* Judges what has come of an answer. Returns nonzero when the probe has ended. */
static int judge(int i, int complete) {
	char who[WHO_MAX] = "";
	struct probe *probe = &probes[i];
	probe->answer[probe->have] = '\0';
	if (probe->have < 13 && !complete) return 0;
	if (strncmp(probe->answer, "HTTP/1.", 7) != 0 || probe->have < 13) {
		end(i, probe->have == 0 ? "closed" : "not HTTP", "");
		return 1;
	}
	if (strncmp(probe->answer + 9, "401", 3) == 0) {
		/* The head names the camera; the page for strangers is the same everywhere. */
		char *body = strstr(probe->answer, "\r\n\r\n");
		if (body == NULL && !complete) return 0;
		if (body != NULL) *body = '\0';
		if (find_who(probe->answer, marks_count, who)) {
			end(i, "ok", who);
			return 1;
		}
	}
	if (strncmp(probe->answer + 9, "200", 3) != 0) {
		char status[16];
		snprintf(status, sizeof status, "status %.3s", probe->answer + 9);
		end(i, status, "");
		return 1;
	}
	/* The first mark decides as soon as it is there; the others are for pages that end without it. */
	if (find_who(probe->answer, complete ? marks_count : 1, who)) {
		end(i, "ok", who);
		return 1;
	}
	if (complete) end(i, "nobody's name", "");
	return complete;
}

/* Lets probe i go on. Returns nonzero when it has ended. */
static int advance(int i) {
	struct probe *probe = &probes[i];
	if (probe->state == CONNECTING) {
		int error = 0;
		socklen_t size = sizeof error;
		getsockopt(polls[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
		/* The request fits into the buffer of a new connection. */
		if (error == 0 && send(polls[i].fd, request, strlen(request), MSG_NOSIGNAL) < 0) error = errno;
		if (error != 0) {
			end(i, strerrorname_np(error), "");
			return 1;
		}
		probe->state = READING;
		polls[i].events = POLLIN;
		return 0;
	}
	ssize_t got = recv(polls[i].fd, probe->answer + probe->have, ANSWER_MAX - probe->have, 0);
	if (got < 0) {
		if (errno == EAGAIN || errno == EINTR) return 0;
		end(i, strerrorname_np(errno), "");
		return 1;
	}
	probe->have += got;
	return judge(i, got == 0 || probe->have == ANSWER_MAX);
}

int main(int argc, char **argv) {
	if (argc < 6) {
		fprintf(stderr, "usage: http-prober ADDRESS PORT INTERVAL PATIENCE MARK...\n");
		return 2;
	}
	int64_t interval = atof(argv[3]) * 1e6;
	int64_t patience = atof(argv[4]) * 1e6;
	server.sin_family = AF_INET;
	server.sin_port = htons(atoi(argv[2]));
	if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 || interval <= 0 || patience <= 0) {
		fprintf(stderr, "http-prober: not an IPv4 address, or a time that is not positive\n");
		return 2;
	}
	snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n", argv[1], argv[2]);
	marks = argv + 5;
	marks_count = argc - 5;
	struct rlimit files = {.rlim_cur = FLIGHT_MAX + 16, .rlim_max = FLIGHT_MAX + 16};
	setrlimit(RLIMIT_NOFILE, &files);

	int64_t next = now();
	for (;;) {
		int64_t time = now();
		if (time >= next) {
			begin();
			next += interval;
			/* After a stall of this machine: go on at the rate, don't make up for what was missed. */
			if (next < time) next = time + interval;
		}
		for (int i = flight - 1; i >= 0; i--) {
			if (time - probes[i].opened > patience) end(i, "no answer", "");
		}
		fflush(stdout);
		int64_t wait = next - now();
		if (wait < 0) wait = 0;
		struct timespec timeout = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
		if (ppoll(polls, flight, &timeout, NULL) <= 0) continue;
		/* From the end: one that ends is replaced by one that has been served. */
		for (int i = flight - 1; i >= 0; i--) {
			if (polls[i].revents != 0) advance(i);
		}
	}
}
