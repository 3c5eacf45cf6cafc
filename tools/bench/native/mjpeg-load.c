/*
 * Watches an MJPEG stream N times over, and measures the server meanwhile.
 *
 * mjpeg-load HOST PORT PATH VIEWERS WARM-UP MEASURE SERVER-PID [STALLED [VERIFY]]
 *
 * Times in seconds. Counts complete parts (Content-Length, then a JPEG). Bodies are discarded in the kernel
 * (MSG_TRUNC), so that the client stays cheap. STALLED more viewers ask for the stream and never read. With VERIFY
 * each picture must end with the EOI marker. Where pictures have the time of their sending (mjpeg-floor ... stamp) it also says how
 * long they took. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include "process-usage.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCRATCH_SIZE (1 << 20)
#define CONNECT_TRIES 50
#define DELAYS_MAX (1 << 20)
#define STAMP_SIZE 20 /* of a comment with 16 hexadecimal digits */

enum state { HEADER, BODY, DEAD };

struct viewer {
	int fd;
	enum state state;
	int have;     /* octets of the header so far */
	int64_t need; /* octets of the body still to come */
	int bad;
	uint64_t frames;
	uint64_t bytes;
	uint64_t frames_before; /* the measurement */
	double last;            /* when the last frame was complete */
	double longest_gap;
	double stamp; /* when the frame was sent; 0: not known */
	unsigned char header[8192];
};

struct usage {
	double cpu;
	double user;
	double system;
	double rss;
};

static int verify;
static unsigned char scratch[SCRATCH_SIZE];
/* How long frames took since the measurement began. */
static double delays[DELAYS_MAX];
static unsigned delay_count;

static void read_ticks(int pid, struct usage *usage) {
	char text[2048];
	unsigned long user = 0;
	unsigned long system = 0;
	snprintf(text, sizeof text, "/proc/%d/stat", pid);
	FILE *file = fopen(text, "r");
	if (!file)
		return;
	size_t length = fread(text, 1, sizeof text - 1, file);
	text[length] = 0;
	fclose(file);
	char *end_of_name = strrchr(text, ')');
	if (end_of_name)
		sscanf(end_of_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	double ticks = sysconf(_SC_CLK_TCK);
	usage->user = user / ticks;
	usage->system = system / ticks;
}

static struct usage usage_of(int pid) {
	struct usage usage = {.cpu = cpu_seconds(pid), .rss = rss_megabytes(pid)};
	read_ticks(pid, &usage);
	return usage;
}

static void count_frame(struct viewer *viewer) {
	double time = now();
	viewer->frames++;
	if (viewer->last > 0 && time - viewer->last > viewer->longest_gap)
		viewer->longest_gap = time - viewer->last;
	viewer->last = time;
	if (viewer->stamp > 0 && delay_count < DELAYS_MAX)
		delays[delay_count++] = time - viewer->stamp;
	viewer->state = HEADER;
	viewer->have = 0;
}

/* Returns 0 when there is nothing more to read now. */
static int read_body(struct viewer *viewer) {
	int64_t want = viewer->need < SCRATCH_SIZE ? viewer->need : SCRATCH_SIZE;
	int flags = MSG_TRUNC;
	if (verify && viewer->need > 2)
		want = viewer->need - 2 < SCRATCH_SIZE ? viewer->need - 2 : SCRATCH_SIZE;
	else if (verify)
		flags = 0;
	ssize_t got = recv(viewer->fd, scratch, want, flags);
	if (got <= 0) {
		if (got == 0 || errno != EAGAIN)
			viewer->state = DEAD;
		return 0;
	}
	if (verify && flags == 0 && got == 2 && !(scratch[0] == 0xff && scratch[1] == 0xd9))
		viewer->bad++;
	viewer->bytes += got;
	viewer->need -= got;
	if (viewer->need == 0)
		count_frame(viewer);
	return 1;
}

static double stamp_of(const unsigned char *picture) {
	static const unsigned char head[] = {0xff, 0xfe, 0, 18};
	char digits[17] = {0};
	if (memcmp(picture + 2, head, sizeof head))
		return 0;
	memcpy(digits, picture + 2 + sizeof head, 16);
	return strspn(digits, "0123456789abcdef") == 16 ? strtoull(digits, NULL, 16) / 1e9 : 0;
}

static unsigned char *find_content_length(struct viewer *viewer) {
	static const char name[] = "Content-Length:";
	int size = sizeof name - 1;
	for (int i = 0; i + size < viewer->have; i++)
		if (!strncasecmp((char *)viewer->header + i, name, size))
			return viewer->header + i + size;
	return NULL;
}

/* Returns 0 when there is nothing more to read now. */
static int read_header(struct viewer *viewer) {
	int limit = sizeof viewer->header - 1;
	if (viewer->have >= limit)
		viewer->have = 0;
	int want = limit - viewer->have < 2048 ? limit - viewer->have : 2048;
	ssize_t got = recv(viewer->fd, viewer->header + viewer->have, want, 0);
	if (got <= 0) {
		if (got == 0 || errno != EAGAIN)
			viewer->state = DEAD;
		return 0;
	}
	viewer->bytes += got;
	viewer->have += got;
	unsigned char *end = viewer->header + viewer->have;
	*end = 0;
	unsigned char *length = find_content_length(viewer);
	unsigned char *line_end = length ? memmem(length, end - length, "\r\n", 2) : NULL;
	unsigned char *picture = line_end ? memmem(line_end, end - line_end, "\xff\xd8\xff", 3) : NULL;
	if (!picture || end - picture < 2 + STAMP_SIZE)
		return 1;
	viewer->stamp = stamp_of(picture);
	viewer->need = atoll((char *)length) - (end - picture);
	if (viewer->need <= 0)
		count_frame(viewer); /* a tiny picture, all of it here; what follows it is lost */
	else
		viewer->state = BODY;
	return 1;
}

static void read_viewer(struct viewer *viewer) {
	/* a limit, or one fast stream would starve the others */
	for (int i = 0; i < 64; i++) {
		int more = viewer->state == BODY ? read_body(viewer) : viewer->state == HEADER ? read_header(viewer) : 0;
		if (!more)
			return;
	}
}

static void poll_viewers(int events, int timeout) {
	struct epoll_event ready[512];
	int count = epoll_wait(events, ready, 512, timeout);
	for (int i = 0; i < count; i++) {
		struct viewer *viewer = ready[i].data.ptr;
		read_viewer(viewer);
		if (viewer->state == DEAD)
			epoll_ctl(events, EPOLL_CTL_DEL, viewer->fd, NULL);
	}
}

/* Returns 0 when the server does not take the viewer. */
static int open_viewer(struct viewer *viewer, const struct sockaddr_in *server, const char *path, int stalled) {
	char request[512];
	int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	int small = 8192;
	for (int i = 0; i < CONNECT_TRIES; i++) {
		viewer->fd = socket(AF_INET, SOCK_STREAM, 0);
		if (stalled)
			setsockopt(viewer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
		if (connect(viewer->fd, (const void *)server, sizeof *server) == 0) {
			int sent = send(viewer->fd, request, length, MSG_NOSIGNAL) == length;
			fcntl(viewer->fd, F_SETFL, O_NONBLOCK);
			return sent;
		}
		close(viewer->fd);
		usleep(20000);
	}
	viewer->state = DEAD;
	return 0;
}

static int ascending(const void *a, const void *b) {
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static void print(struct viewer *viewers, int count, int stalled, int failures, double seconds, uint64_t bytes_before,
		const struct usage *before, const struct usage *after) {
	double *rates = calloc(count, sizeof *rates);
	uint64_t frames = 0;
	uint64_t bytes = 0;
	int dead = 0;
	int bad = 0;
	double gap = 0;
	for (int i = 0; i < count; i++) {
		uint64_t measured = viewers[i].frames - viewers[i].frames_before;
		frames += measured;
		bytes += viewers[i].bytes;
		rates[i] = measured / seconds;
		dead += viewers[i].state == DEAD;
		bad += viewers[i].bad;
		if (viewers[i].longest_gap > gap)
			gap = viewers[i].longest_gap;
	}
	qsort(rates, count, sizeof *rates, ascending);
	struct rusage own;
	getrusage(RUSAGE_SELF, &own);
	double cpu = after->cpu - before->cpu;
	printf("{\"viewers\":%d,\"stalled\":%d,\"seconds\":%.2f,", count, stalled, seconds);
	printf("\"fps\":%.0f,\"fpsMin\":%.1f,\"fpsMedian\":%.1f,\"fpsMax\":%.1f,\"gapMs\":%.0f,\"megabytesPerSecond\":%.1f,",
			frames / seconds, rates[0], rates[count / 2], rates[count - 1], gap * 1000,
			(bytes - bytes_before) / seconds / 1e6);
	printf("\"cpuSeconds\":%.3f,\"cpuPer1000Frames\":%.5f,\"userSeconds\":%.2f,\"systemSeconds\":%.2f,", cpu,
			frames ? cpu / frames * 1000 : 0, after->user - before->user, after->system - before->system);
	qsort(delays, delay_count, sizeof *delays, ascending);
	printf("\"delayMedianMs\":%.3f,\"delay99Ms\":%.3f,", delay_count ? delays[delay_count / 2] * 1000 : 0,
			delay_count ? delays[(unsigned)(delay_count * 0.99)] * 1000 : 0);
	printf("\"rssBefore\":%.2f,\"rssAfter\":%.2f,\"dead\":%d,\"bad\":%d,\"failures\":%d,\"clientCpuSeconds\":%.2f}\n",
			before->rss, after->rss, dead, bad, failures,
			own.ru_utime.tv_sec + own.ru_stime.tv_sec + (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6);
	free(rates);
}

int main(int argc, char **argv) {
	if (argc < 8) {
		fprintf(stderr, "usage: mjpeg-load HOST PORT PATH VIEWERS WARM-UP MEASURE SERVER-PID [STALLED [VERIFY]]\n");
		return 2;
	}
	int count = atoi(argv[4]);
	double warm_up = atof(argv[5]);
	double measure = atof(argv[6]);
	int pid = atoi(argv[7]);
	int stalled = argc > 8 ? atoi(argv[8]) : 0;
	verify = argc > 9 ? atoi(argv[9]) : 0;
	if (count < 1 || stalled < 0)
		return 2;

	struct rlimit files = {8192, 8192};
	setrlimit(RLIMIT_NOFILE, &files);
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	inet_pton(AF_INET, argv[1], &server.sin_addr);
	struct viewer *viewers = calloc(count + stalled, sizeof *viewers);
	int events = epoll_create1(0);
	int failures = 0;

	for (int i = 0; i < count + stalled; i++) {
		failures += !open_viewer(&viewers[i], &server, argv[3], i >= count);
		if (i < count && viewers[i].state != DEAD) {
			struct epoll_event event = {.events = EPOLLIN, .data.ptr = &viewers[i]};
			epoll_ctl(events, EPOLL_CTL_ADD, viewers[i].fd, &event);
		}
		/* those who are there already go on watching */
		if (i % 50 == 49)
			poll_viewers(events, 0);
	}

	for (double end = now() + warm_up; now() < end;)
		poll_viewers(events, 5);
	uint64_t bytes_before = 0;
	for (int i = 0; i < count; i++) {
		viewers[i].frames_before = viewers[i].frames;
		viewers[i].longest_gap = 0;
		bytes_before += viewers[i].bytes;
	}
	delay_count = 0;
	struct usage before = usage_of(pid);
	double start = now();
	while (now() < start + measure)
		poll_viewers(events, 5);
	double seconds = now() - start;
	struct usage after = usage_of(pid);
	print(viewers, count, stalled, failures, seconds, bytes_before, &before, &after);
	return 0;
}
