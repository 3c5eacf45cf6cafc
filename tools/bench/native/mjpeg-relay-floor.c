/*
 * The least that a relay of MJPEG can cost on this machine: one thread, epoll, one upstream session, whole parts as they come, one
 * buffer for all viewers, the newest frame only. What any relay adds to this is its own.
 *
 * mjpeg-relay-floor PORT UPSTREAM-PORT PATH
 *
 * The upstream must say how long its parts are.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define VIEWERS_MAX 8192
#define PART_MAX (1 << 20)
#define LISTENER UINT64_MAX
#define UPSTREAM (UINT64_MAX - 1)

/* One part, for all viewers that are being sent it. */
struct frame {
	struct frame *next; /* of those that nobody needs */
	int users;
	size_t size;
	char bytes[PART_MAX];
};

struct viewer {
	int fd;
	int alive;
	struct frame *frame; /* that is being sent; NULL: it has all */
	size_t sent;
	int pending; /* a newer frame came meanwhile */
};

static struct viewer viewers[VIEWERS_MAX];
static unsigned viewer_count;
static int events;
static int upstream;
static struct frame *unused;
static struct frame *newest;
static struct frame *incoming; /* filled by the upstream */
static size_t filled;
static int is_streaming;

static struct frame *take_frame(void) {
	struct frame *frame = unused;
	if (frame)
		unused = frame->next;
	else
		frame = malloc(sizeof *frame);
	frame->users = 1;
	return frame;
}

static void release(struct frame *frame) {
	if (--frame->users > 0)
		return;
	frame->next = unused;
	unused = frame;
}

static void rest(struct viewer *viewer) {
	release(viewer->frame);
	viewer->frame = NULL;
}

static void finish(struct viewer *viewer) {
	close(viewer->fd);
	viewer->alive = 0;
	if (viewer->frame)
		rest(viewer);
}

static void begin(struct viewer *viewer) {
	viewer->frame = newest;
	viewer->sent = 0;
	viewer->pending = 0;
	newest->users++;
}

static void push(struct viewer *viewer) {
	while (viewer->frame) {
		struct frame *frame = viewer->frame;
		ssize_t written = send(viewer->fd, frame->bytes + viewer->sent, frame->size - viewer->sent, MSG_NOSIGNAL);
		if (written < 0) {
			if (errno != EAGAIN)
				finish(viewer);
			return;
		}
		viewer->sent += written;
		if (viewer->sent < frame->size)
			continue;
		rest(viewer);
		if (viewer->pending)
			begin(viewer);
	}
}

/* The incoming frame is whole. */
static void publish(size_t size) {
	struct frame *frame = incoming;
	frame->size = size;
	incoming = take_frame();
	filled -= size;
	memcpy(incoming->bytes, frame->bytes + size, filled);
	if (newest)
		release(newest);
	newest = frame;
	for (unsigned i = 0; i < viewer_count; i++) {
		struct viewer *viewer = &viewers[i];
		if (!viewer->alive)
			continue;
		if (viewer->frame) {
			viewer->pending = 1;
			continue;
		}
		begin(viewer);
		push(viewer);
	}
}

/* Forgets octets at the beginning. */
static void skip(size_t count) {
	filled -= count;
	memmove(incoming->bytes, incoming->bytes + count, filled);
}

/* Takes a part, or the answer's head. Returns 0 when there is no whole one. */
static int take_part(void) {
	char *bytes = incoming->bytes;
	char *end = memmem(bytes, filled, "\r\n\r\n", 4);
	if (!end)
		return 0;
	size_t head = end + 4 - bytes;
	if (!is_streaming) {
		is_streaming = 1;
		skip(head);
		return 1;
	}
	char *length = memmem(bytes, head, "Content-Length:", 15);
	if (!length) {
		fprintf(stderr, "a part without a length\n");
		exit(1);
	}
	size_t size = head + atol(length + 15) + 2;
	if (size > PART_MAX - 4096) {
		fprintf(stderr, "a part is too large\n");
		exit(1);
	}
	if (filled < size)
		return 0;
	publish(size);
	return 1;
}

static void read_upstream(void) {
	for (;;) {
		ssize_t got = recv(upstream, incoming->bytes + filled, PART_MAX - filled, 0);
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			fprintf(stderr, "the upstream has ended\n");
			exit(1);
		}
		filled += got;
		while (take_part())
			;
	}
}

static void watch(int fd, uint32_t what, uint64_t id) {
	struct epoll_event event = {.events = what, .data.u64 = id};
	epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
}

static struct sockaddr_in local(int port) {
	return (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = htons(port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static void connect_upstream(int port, const char *path) {
	char request[512];
	int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	struct sockaddr_in address = local(port);
	upstream = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(upstream, (void *)&address, sizeof address) < 0 || send(upstream, request, length, 0) != length) {
		perror("upstream");
		exit(1);
	}
	fcntl(upstream, F_SETFL, O_NONBLOCK);
	watch(upstream, EPOLLIN, UPSTREAM);
}

static int start_listener(int port) {
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int on = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	struct sockaddr_in address = local(port);
	if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) {
		perror("listen");
		exit(1);
	}
	watch(listener, EPOLLIN, LISTENER);
	return listener;
}

static void take_viewer(int listener) {
	static const char answer[] = "HTTP/1.0 200 OK\r\n"
				     "Content-Type: multipart/x-mixed-replace;boundary=boundarydonotcross\r\n\r\n";
	int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (viewer_count == VIEWERS_MAX) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	viewers[viewer_count] = (struct viewer){.fd = fd, .alive = 1};
	watch(fd, EPOLLOUT | EPOLLIN | EPOLLET, viewer_count++);
}

static void serve(struct viewer *viewer, uint32_t what) {
	if (!viewer->alive)
		return;
	if (what & EPOLLIN) {
		char ignored[1024];
		ssize_t got = recv(viewer->fd, ignored, sizeof ignored, 0);
		if (got == 0 || (got < 0 && errno != EAGAIN)) {
			finish(viewer);
			return;
		}
	}
	if (what & EPOLLOUT)
		push(viewer);
}

int main(int argc, char **argv) {
	if (argc != 4) {
		fprintf(stderr, "usage: mjpeg-relay-floor PORT UPSTREAM-PORT PATH\n");
		return 2;
	}
	struct rlimit files = {VIEWERS_MAX, VIEWERS_MAX};
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	events = epoll_create1(0);
	incoming = take_frame();
	connect_upstream(atoi(argv[2]), argv[3]);
	int listener = start_listener(atoi(argv[1]));
	for (;;) {
		struct epoll_event ready[512];
		int count = epoll_wait(events, ready, 512, -1);
		for (int i = 0; i < count; i++) {
			if (ready[i].data.u64 == LISTENER)
				take_viewer(listener);
			else if (ready[i].data.u64 == UPSTREAM)
				read_upstream();
			else
				serve(&viewers[ready[i].data.u64], ready[i].events);
		}
	}
}
