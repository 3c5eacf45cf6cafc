/*
 * The least that sending RTP to many clients can cost on this machine: one thread, epoll, and the same packets of the same
 * length for everybody. What any server adds to this is its own.
 *
 * rtp-floor PORT FPS sendto|sendmmsg|gso
 *
 * Speaks just enough RTSP for rtp-load. Clients that ask for TCP get a picture with one write; the third argument is how
 * datagrams are sent: one by one, with one call for a picture, or as segments of one (UDP_SEGMENT).
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

static void make_picture(void) {
	for (int i = 0; i < PACKETS; i++, sequence++) {
		unsigned char *packet = packets + i * PACKET_SIZE;
		unsigned char *frame = framed + i * FRAMED_SIZE;
		packet[0] = 0x80;
		packet[1] = 26 | (i == PACKETS - 1 ? 0x80 : 0);
		packet[2] = sequence >> 8;
		packet[3] = sequence & 255;
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
	static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=floor\r\nt=0 0\r\n"
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
	if (!strncmp(request, "DESCRIBE", 8)) {
		snprintf(text, sizeof text,
				"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
				strlen(sdp), sdp);
	} else if (!strncmp(request, "SETUP", 5)) {
		char *port = strstr(request, "client_port=");
		client->over_tcp = !port;
		client->to.sin_family = AF_INET;
		client->to.sin_port = htons(port ? atoi(port + 12) : 0);
		client->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		snprintf(text, sizeof text, "RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1\r\nTransport: %s\r\n\r\n",
				port ? "RTP/AVP;unicast;client_port=1-2;server_port=3-4" : "RTP/AVP/TCP;interleaved=0-1");
	} else {
		snprintf(text, sizeof text, "RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1\r\n\r\n");
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
	if (argc != 4) {
		fprintf(stderr, "usage: rtp-floor PORT FPS sendto|sendmmsg|gso\n");
		return 2;
	}
	struct rlimit files = {2 * CLIENTS_MAX, 2 * CLIENTS_MAX};
	int buffer = 4 << 20;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	mode = !strcmp(argv[3], "gso") ? GSO : !strcmp(argv[3], "sendmmsg") ? SENDMMSG : SENDTO;
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
