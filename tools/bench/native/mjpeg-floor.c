/*
 * The least that an MJPEG server can cost on this machine: one thread, epoll, one shared frame, the newest frame
 * only. What any server adds to this is its own.
 *
 * mjpeg-floor PORT JPEG FPS writev|send|sendfile|stamp
 *
 * With stamp it sends as with send, and each picture has the time of its sending in a comment, for mjpeg-load.
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
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#define VIEWERS_MAX 8192
#define JPEG_MAX (1 << 20)
#define LISTENER UINT64_MAX
#define TIMER (UINT64_MAX - 1)

struct viewer {
	int fd;
	int alive;
	int pending; /* a newer frame came while this one was being sent */
	size_t sent; /* of the current part; part_size when idle */
};

static enum { WRITEV, SEND, SENDFILE } mode;
static struct viewer viewers[VIEWERS_MAX];
static unsigned viewer_count;
static int events;
static int memory_file;
static char *jpeg;
static size_t jpeg_size;
static char header[200];
static size_t header_size;
static char *part;
static size_t part_size;
/* Where the comment is, if there is one: its marker, its length, and 16 hexadecimal digits. */
static const char stamp_head[] = {(char)0xff, (char)0xfe, 0, 18};
#define STAMP_SIZE 20
static char *stamp;

static void finish(struct viewer *viewer) {
	close(viewer->fd);
	viewer->alive = 0;
}

/* Header, picture and line end from three places, from where the last write stopped. */
static ssize_t write_parts(struct viewer *viewer) {
	struct iovec parts[3];
	int count = 0;
	size_t offset = viewer->sent;
	if (offset < header_size) {
		parts[count].iov_base = header + offset;
		parts[count++].iov_len = header_size - offset;
		offset = header_size;
	}
	if (offset < header_size + jpeg_size) {
		parts[count].iov_base = jpeg + (offset - header_size);
		parts[count++].iov_len = header_size + jpeg_size - offset;
		offset = header_size + jpeg_size;
	}
	parts[count].iov_base = part + offset;
	parts[count++].iov_len = part_size - offset;
	return writev(viewer->fd, parts, count);
}

static ssize_t write_some(struct viewer *viewer) {
	off_t offset = viewer->sent;
	switch (mode) {
	case WRITEV:
		return write_parts(viewer);
	case SENDFILE:
		return sendfile(viewer->fd, memory_file, &offset, part_size - viewer->sent);
	default:
		return send(viewer->fd, part + viewer->sent, part_size - viewer->sent, MSG_NOSIGNAL);
	}
}

static void push(struct viewer *viewer) {
	for (;;) {
		while (viewer->sent < part_size) {
			ssize_t written = write_some(viewer);
			if (written < 0) {
				if (errno != EAGAIN)
					finish(viewer);
				return;
			}
			viewer->sent += written;
		}
		if (!viewer->pending)
			return;
		viewer->pending = 0;
		viewer->sent = 0;
	}
}

static void load(const char *path, int has_stamp) {
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	jpeg = malloc(JPEG_MAX + STAMP_SIZE);
	jpeg_size = fread(jpeg, 1, JPEG_MAX, file);
	fclose(file);
	if (has_stamp) {
		memmove(jpeg + 2 + STAMP_SIZE, jpeg + 2, jpeg_size - 2);
		memcpy(jpeg + 2, stamp_head, sizeof stamp_head);
		jpeg_size += STAMP_SIZE;
	}
	header_size = snprintf(header, sizeof header,
			"--boundarydonotcross\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n"
			"X-Timestamp: 1700000000.000000\r\n\r\n",
			jpeg_size);
	part_size = header_size + jpeg_size + 2;
	part = malloc(part_size);
	memcpy(part, header, header_size);
	memcpy(part + header_size, jpeg, jpeg_size);
	memcpy(part + header_size + jpeg_size, "\r\n", 2);
	if (has_stamp)
		stamp = part + header_size + 2 + sizeof stamp_head;
	memory_file = memfd_create("part", 0);
	if (write(memory_file, part, part_size) != (ssize_t)part_size) {
		perror("memfd");
		exit(1);
	}
}

static void watch(int fd, uint32_t what, uint64_t id) {
	struct epoll_event event = {.events = what, .data.u64 = id};
	epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
}

static int start_listener(int port) {
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int on = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	struct sockaddr_in address = {
			.sin_family = AF_INET,
			.sin_port = htons(port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) {
		perror("listen");
		exit(1);
	}
	watch(listener, EPOLLIN, LISTENER);
	return listener;
}

static int start_timer(double rate) {
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	long nanoseconds = 1e9 / rate;
	struct timespec period = {nanoseconds / 1000000000, nanoseconds % 1000000000};
	struct itimerspec setting = {period, period};
	timerfd_settime(timer, 0, &setting, NULL);
	watch(timer, EPOLLIN, TIMER);
	return timer;
}

static void take_viewer(int listener) {
	static const char answer[] = "HTTP/1.0 200 OK\r\n"
				     "Content-Type: multipart/x-mixed-replace;boundary=boundarydonotcross\r\n\r\n";
	char request[1024];
	int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (viewer_count == VIEWERS_MAX) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)!recv(fd, request, sizeof request, 0);
	(void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	viewers[viewer_count] = (struct viewer){.fd = fd, .alive = 1, .sent = part_size};
	watch(fd, EPOLLOUT | EPOLLIN | EPOLLET, viewer_count++);
}

static void new_frame(int timer) {
	uint64_t expirations;
	(void)!read(timer, &expirations, sizeof expirations);
	if (stamp) {
		struct timespec time;
		char digits[17];
		clock_gettime(CLOCK_MONOTONIC, &time);
		snprintf(digits, sizeof digits, "%016llx", time.tv_sec * 1000000000ULL + time.tv_nsec);
		memcpy(stamp, digits, 16);
	}
	for (unsigned i = 0; i < viewer_count; i++) {
		struct viewer *viewer = &viewers[i];
		if (!viewer->alive)
			continue;
		if (viewer->sent == part_size) {
			viewer->sent = 0;
			push(viewer);
		} else {
			viewer->pending = 1;
		}
	}
}

static void serve(struct viewer *viewer, uint32_t what) {
	if (!viewer->alive)
		return;
	if (what & EPOLLIN) {
		char ignored[512];
		ssize_t got = recv(viewer->fd, ignored, sizeof ignored, 0);
		if (got == 0 || (got < 0 && errno != EAGAIN)) {
			finish(viewer);
			return;
		}
	}
	if (what & EPOLLOUT && viewer->sent < part_size)
		push(viewer);
}

int main(int argc, char **argv) {
	if (argc != 5) {
		fprintf(stderr, "usage: mjpeg-floor PORT JPEG FPS writev|send|sendfile|stamp\n");
		return 2;
	}
	struct rlimit files = {VIEWERS_MAX, VIEWERS_MAX};
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	mode = !strcmp(argv[4], "writev") ? WRITEV : !strcmp(argv[4], "sendfile") ? SENDFILE : SEND;
	load(argv[2], !strcmp(argv[4], "stamp"));
	events = epoll_create1(0);
	int listener = start_listener(atoi(argv[1]));
	int timer = start_timer(atof(argv[3]));
	for (;;) {
		struct epoll_event ready[512];
		int count = epoll_wait(events, ready, 512, -1);
		for (int i = 0; i < count; i++) {
			if (ready[i].data.u64 == LISTENER)
				take_viewer(listener);
			else if (ready[i].data.u64 == TIMER)
				new_frame(timer);
			else
				serve(&viewers[ready[i].data.u64], ready[i].events);
		}
	}
}
