/*
 * The least that sending RTP to many clients can cost on this machine: one thread, epoll, and the same packets of the same
 * length for everybody. What any server adds to this is its own.
 *
 * rtp-floor PORT FPS sendto|sendmmsg|gso [JPEG]
 *
 * Speaks just enough RTSP for rtp-load. Clients that ask for TCP get a picture with one write; the third argument is how
 * datagrams are sent: one by one, with one call for a picture, or as segments of one (UDP_SEGMENT). With a file the packets are those of
 * this picture (RFC 2435), and its last octets tell the time of its sending, for rtp-load; without one they are empty.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define CLIENTS_MAX 4096
#define PACKETS 20
#define PACKET_SIZE 1400
#define PICTURE_MAX (1 << 20)
/* RTP, RTP/JPEG, and the quantization tables of the first packet */
#define HEADERS 20
#define TABLES 132
#define FRAMED_SIZE (PACKET_SIZE + 4)
#define LISTENER UINT64_MAX
#define TIMER (UINT64_MAX - 1)

struct client {
	int fd;
	int playing;
	int over_tcp;
	struct sockaddr_in to;
};

static enum { SENDTO, SENDMMSG, GSO } mode;
static struct client clients[CLIENTS_MAX];
static unsigned client_count;
static int events;
static int media;
static unsigned char packets[PACKETS * PACKET_SIZE];
static unsigned char framed[PACKETS * FRAMED_SIZE];
static uint16_t sequence;
static uint32_t timestamp;
static uint32_t ticks;
/* Where the time is written in the last packet, 16 hexadecimal digits; NULL: nowhere. */
static unsigned char *stamp;
static const char stamp_head[] = "stamp:";

static void send_one_by_one(struct client *client) {
	for (int i = 0; i < PACKETS; i++)
		sendto(media, packets + i * PACKET_SIZE, PACKET_SIZE, 0, (void *)&client->to, sizeof client->to);
}

static void send_with_one_call(struct client *client) {
	struct mmsghdr messages[PACKETS];
	struct iovec parts[PACKETS];
	memset(messages, 0, sizeof messages);
	for (int i = 0; i < PACKETS; i++) {
		parts[i] = (struct iovec){packets + i * PACKET_SIZE, PACKET_SIZE};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &client->to;
		messages[i].msg_hdr.msg_namelen = sizeof client->to;
	}
	sendmmsg(media, messages, PACKETS, 0);
}

static void send_as_segments(struct client *client) {
	char control[CMSG_SPACE(sizeof(uint16_t))] = {0};
	struct iovec part = {packets, sizeof packets};
	struct msghdr message = {
			.msg_name = &client->to,
			.msg_namelen = sizeof client->to,
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof control,
	};
	struct cmsghdr *option = CMSG_FIRSTHDR(&message);
	uint16_t length = PACKET_SIZE;
	option->cmsg_level = IPPROTO_UDP;
	option->cmsg_type = UDP_SEGMENT;
	option->cmsg_len = CMSG_LEN(sizeof length);
	memcpy(CMSG_DATA(option), &length, sizeof length);
	if (sendmsg(media, &message, 0) < 0) {
		perror("UDP_SEGMENT");
		exit(1);
	}
}

/* Fills the packets with a picture of this size, cut off or repeated so that it needs all of them. */
static void load_picture(const char *path) {
	static unsigned char jpeg[PICTURE_MAX];
	unsigned char tables[TABLES] = {0, 0, 0, TABLES - 4};
	int width = 0, height = 0, scan = 0, type = 0;
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	int size = fread(jpeg, 1, sizeof jpeg, file);
	fclose(file);
	for (int at = 2; at + 4 < size && !scan;) {
		int length = jpeg[at + 2] << 8 | jpeg[at + 3];
		if (jpeg[at + 1] == 0xdb)
			for (int table = at + 4; table < at + 2 + length; table += 65)
				/* the first is that of the colours too, unless another follows */
				for (int id = jpeg[table] & 1; id < 2; id++)
					memcpy(tables + 4 + 64 * id, jpeg + table + 1, 64);
		if (jpeg[at + 1] == 0xc0) {
			height = jpeg[at + 5] << 8 | jpeg[at + 6];
			width = jpeg[at + 7] << 8 | jpeg[at + 8];
			type = jpeg[at + 11] == 0x22;
		}
		at += 2 + length;
		if (jpeg[at - length - 1] == 0xda)
			scan = at;
	}
	int end = size - 2; /* without EOI */
	int offset = 0;
	for (int i = 0; i < PACKETS; i++) {
		unsigned char *packet = packets + i * PACKET_SIZE;
		unsigned char header[] = {0, offset >> 16, offset >> 8, offset, type, 255, width >> 3, height >> 3};
		int start = HEADERS;
		memcpy(packet + 12, header, sizeof header);
		if (i == 0) {
			memcpy(packet + HEADERS, tables, TABLES);
			start += TABLES;
		}
		for (int to = start; to < PACKET_SIZE; to++, offset++)
			packet[to] = jpeg[scan + offset % (end - scan)];
	}
	stamp = packets + sizeof packets - 16;
	memcpy(stamp - strlen(stamp_head), stamp_head, strlen(stamp_head));
}

static void make_picture(void) {
	if (stamp) {
		struct timespec time;
		char digits[17];
		clock_gettime(CLOCK_MONOTONIC, &time);
		snprintf(digits, sizeof digits, "%016llx", time.tv_sec * 1000000000ULL + time.tv_nsec);
		memcpy(stamp, digits, 16);
	}
	timestamp += ticks;
	for (int i = 0; i < PACKETS; i++, sequence++) {
		unsigned char *packet = packets + i * PACKET_SIZE;
		unsigned char *frame = framed + i * FRAMED_SIZE;
		packet[0] = 0x80;
		packet[1] = 26 | (i == PACKETS - 1 ? 0x80 : 0);
		packet[2] = sequence >> 8;
		packet[3] = sequence & 255;
		packet[4] = timestamp >> 24;
		packet[5] = timestamp >> 16;
		packet[6] = timestamp >> 8;
		packet[7] = timestamp;
		packet[11] = 7;
		frame[0] = '$';
		frame[1] = 0;
		frame[2] = PACKET_SIZE >> 8;
		frame[3] = PACKET_SIZE & 255;
		memcpy(frame + 4, packet, PACKET_SIZE);
	}
}

static void send_picture(int timer) {
	uint64_t expirations;
	(void)!read(timer, &expirations, sizeof expirations);
	make_picture();
	for (unsigned i = 0; i < client_count; i++) {
		struct client *client = &clients[i];
		if (!client->playing)
			continue;
		if (client->over_tcp)
			(void)!send(client->fd, framed, sizeof framed, MSG_NOSIGNAL);
		else if (mode == SENDTO)
			send_one_by_one(client);
		else if (mode == SENDMMSG)
			send_with_one_call(client);
		else
			send_as_segments(client);
	}
}

static void watch(int fd, uint64_t id) {
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = id};
	epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
}

static void take_client(int listener) {
	int on = 1;
	int fd = accept(listener, NULL, NULL);
	if (fd < 0)
		return;
	if (client_count == CLIENTS_MAX) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	clients[client_count].fd = fd;
	watch(fd, client_count++);
}

static void answer(struct client *client) {
	static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=floor\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
				  "m=video 0 RTP/AVP 26\r\na=control:track0\r\n";
	char request[2048];
	char text[600];
	ssize_t got = recv(client->fd, request, sizeof request - 1, 0);
	if (got <= 0) {
		client->playing = 0;
		epoll_ctl(events, EPOLL_CTL_DEL, client->fd, NULL);
		return;
	}
	request[got] = 0;
	if (request[0] == '$') /* a report */
		return;
	char *numbered = strcasestr(request, "CSeq:");
	int number = numbered ? atoi(numbered + 5) : 0;
	if (!strncmp(request, "DESCRIBE", 8)) {
		snprintf(text, sizeof text,
				"RTSP/1.0 200 OK\r\nCSeq: %d\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
				number, strlen(sdp), sdp);
	} else if (!strncmp(request, "SETUP", 5)) {
		char *port = strstr(request, "client_port=");
		client->over_tcp = !port;
		client->to.sin_family = AF_INET;
		client->to.sin_port = htons(port ? atoi(port + 12) : 0);
		client->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		snprintf(text, sizeof text, "RTSP/1.0 200 OK\r\nCSeq: %d\r\nSession: 1\r\nTransport: %s\r\n\r\n", number,
				port ? "RTP/AVP;unicast;client_port=1-2;server_port=3-4" : "RTP/AVP/TCP;interleaved=0-1");
	} else {
		snprintf(text, sizeof text, "RTSP/1.0 200 OK\r\nCSeq: %d\r\nSession: 1\r\n%s\r\n", number,
				strncmp(request, "OPTIONS", 7) ? "" : "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n");
		if (!strncmp(request, "PLAY", 4))
			client->playing = 1;
	}
	(void)!send(client->fd, text, strlen(text), MSG_NOSIGNAL);
}

static int start_listener(int port) {
	int listener = socket(AF_INET, SOCK_STREAM, 0);
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
	watch(listener, LISTENER);
	return listener;
}

static int start_timer(double rate) {
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	long nanoseconds = 1e9 / rate;
	struct timespec period = {nanoseconds / 1000000000, nanoseconds % 1000000000};
	struct itimerspec setting = {period, period};
	timerfd_settime(timer, 0, &setting, NULL);
	watch(timer, TIMER);
	return timer;
}

int main(int argc, char **argv) {
	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: rtp-floor PORT FPS sendto|sendmmsg|gso [JPEG]\n");
		return 2;
	}
	struct rlimit files = {2 * CLIENTS_MAX, 2 * CLIENTS_MAX};
	int buffer = 4 << 20;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	mode = !strcmp(argv[3], "gso") ? GSO : !strcmp(argv[3], "sendmmsg") ? SENDMMSG : SENDTO;
	ticks = 90000 / atof(argv[2]);
	if (argc == 5)
		load_picture(argv[4]);
	media = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(media, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	events = epoll_create1(0);
	int listener = start_listener(atoi(argv[1]));
	int timer = start_timer(atof(argv[2]));
	for (;;) {
		struct epoll_event ready[256];
		int count = epoll_wait(events, ready, 256, -1);
		for (int i = 0; i < count; i++) {
			if (ready[i].data.u64 == LISTENER)
				take_client(listener);
			else if (ready[i].data.u64 == TIMER)
				send_picture(timer);
			else
				answer(&clients[ready[i].data.u64]);
		}
	}
}
