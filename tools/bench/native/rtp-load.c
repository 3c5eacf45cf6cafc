/*
 * Plays a content by RTSP many times over, and measures the server meanwhile.
 *
 * rtp-load HOST PORT PATH CLIENTS WARM-UP MEASURE SERVER-PID udp|tcp
 *
 * Times in seconds. Counts RTP packets, gaps in their sequence numbers, and pictures (markers); packets are discarded. The
 * spacing jitter is how much the time between two pictures of a client differs from its average, on average of all. Like
 * players, each client sends a receiver report every 5 s. Where pictures tell the time of their sending (rtp-floor ... JPEG) it also
 * says how long they took. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include "process-usage.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_PORT 20000
#define LAST_PORT 60000
#define DATAGRAM_MAX 2048
#define DATAGRAMS 64
#define STREAM_ROOM (1 << 17)
#define ANSWER_ROOM 65536
#define ANSWER_TIME 10
#define REPORTS 1000000
#define REPORT_INTERVAL 5.0
/* RTCP with one report, and what precedes it between RTSP messages. */
#define REPORT_SIZE 32
#define FRAME_HEADER 4
#define DELAYS_MAX (1 << 20)
/* The last octets of each packet that are searched for the time: another packet may follow, with the end marker alone. */
#define STAMP_ROOM 64

struct client {
	int control, rtp, rtcp, port;
	int server_port; /* for reports */
	int alive;
	int is_seen;
	uint16_t last; /* sequence number */
	unsigned char source[4];
	uint64_t packets, octets, pictures, lost, reports;
	double stamp; /* when the picture was sent; 0: not known */
	/* since the measurement began */
	double picture_at, first_at, longest, spread;
	uint64_t intervals;
	unsigned char *stream;
	int have;
};

struct totals {
	uint64_t packets, octets, pictures, lost, reports, fewest;
};

static struct client *clients;
static int client_count;
static struct sockaddr_in server;
static int over_tcp;
static int events;
static double interval; /* the expected time between pictures */
static char answer[ANSWER_ROOM];
static unsigned char datagrams[DATAGRAMS][DATAGRAM_MAX];
static struct mmsghdr messages[DATAGRAMS];
static struct iovec parts[DATAGRAMS];

/* How long pictures took since the measurement began. */
static double delays[DELAYS_MAX];
static unsigned delay_count;

static void take_stamp(struct client *client, const unsigned char *packet, int length) {
	static const char head[] = "stamp:";
	int room = length < STAMP_ROOM ? length : STAMP_ROOM;
	char digits[17] = {0};
	const unsigned char *found = memmem(packet + length - room, room, head, strlen(head));
	if (!found || found + strlen(head) + 16 > packet + length)
		return;
	memcpy(digits, found + strlen(head), 16);
	client->stamp = strtoull(digits, NULL, 16) / 1e9;
}

static int ascending(const void *one, const void *other) {
	double a = *(const double *)one, b = *(const double *)other;
	return (a > b) - (a < b);
}

static void take_picture(struct client *client, double time) {
	client->pictures++;
	if (client->picture_at > 0) {
		double took = time - client->picture_at;
		if (took > client->longest)
			client->longest = took;
		if (interval > 0)
			client->spread += took > interval ? took - interval : interval - took;
		client->intervals++;
	} else {
		client->first_at = time;
	}
	client->picture_at = time;
}

static void take_packet(struct client *client, const unsigned char *packet, int length, double time) {
	if (length < 12)
		return;
	uint16_t number = packet[2] << 8 | packet[3];
	if (client->is_seen)
		client->lost += (uint16_t)(number - client->last - 1);
	client->is_seen = 1;
	client->last = number;
	memcpy(client->source, packet + 8, 4);
	client->packets++;
	client->octets += length;
	take_stamp(client, packet, length);
	if (packet[1] & 0x80) {
		if (client->stamp > 0 && delay_count < DELAYS_MAX)
			delays[delay_count++] = time - client->stamp;
		client->stamp = 0;
		take_picture(client, time);
	}
}

/* ---- Control ---- */

/* Reads past a packet that comes between messages. */
static int skip_packet(int fd) {
	unsigned char head[3];
	static unsigned char body[65536];
	if (recv(fd, head, 3, MSG_WAITALL) != 3)
		return 0;
	int length = head[1] << 8 | head[2];
	return length == 0 || recv(fd, body, length, MSG_WAITALL) == length;
}

/* Reads a message octet by octet, so that no packet after it is touched. */
static int read_answer(int fd) {
	int have = 0;
	int need = ANSWER_ROOM - 1;
	while (have < need) {
		if (recv(fd, answer + have, 1, 0) != 1)
			return 0;
		if (have == 0 && answer[0] == '$') {
			if (!skip_packet(fd))
				return 0;
			continue;
		}
		answer[++have] = 0;
		if (need < ANSWER_ROOM - 1 || have < 4 || memcmp(answer + have - 4, "\r\n\r\n", 4))
			continue;
		char *length = strcasestr(answer, "Content-Length:");
		need = have + (length ? atoi(length + 15) : 0);
		if (need >= ANSWER_ROOM)
			return 0;
	}
	return !strncmp(answer, "RTSP/1.0 200", 12);
}

__attribute__((format(printf, 2, 3))) static int ask(int fd, const char *format, ...) {
	char request[1500];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(request, sizeof request, format, arguments);
	va_end(arguments);
	return length < (int)sizeof request && send(fd, request, length, MSG_NOSIGNAL) == length && read_answer(fd);
}

static int bind_port(int port) {
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int room = 1 << 21;
	struct sockaddr_in address = {
			.sin_family = AF_INET,
			.sin_port = htons(port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (bind(fd, (void *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

static int bind_ports(struct client *client) {
	static int next = FIRST_PORT;
	for (; next < LAST_PORT; next += 2) {
		client->rtp = bind_port(next);
		client->rtcp = bind_port(next + 1);
		if (client->rtp >= 0 && client->rtcp >= 0) {
			client->port = next;
			next += 2;
			return 1;
		}
		close(client->rtp);
		close(client->rtcp);
	}
	return 0;
}

/* The URL of the video: what its `a=control` says. */
static void track_url(const char *url, char *out, size_t room) {
	char control[400] = "";
	char *video = strstr(answer, "m=video");
	char *line = video ? strstr(video, "a=control:") : NULL;
	if (line)
		sscanf(line + 10, "%399[^\r\n]", control);
	if (!strncmp(control, "rtsp:", 5))
		snprintf(out, room, "%s", control);
	else if (control[0] && control[0] != '*')
		snprintf(out, room, "%s/%s", url, control);
	else
		snprintf(out, room, "%s", url);
}

static int play(struct client *client, const char *url) {
	char track[800];
	char session[128] = "";
	char transport[128];
	struct timeval limit = {ANSWER_TIME, 0};
	int fd = client->control = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (connect(fd, (const void *)&server, sizeof server) < 0)
		return 0;
	if (!ask(fd, "DESCRIBE %s RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n", url))
		return 0;
	track_url(url, track, sizeof track);
	if (over_tcp)
		snprintf(transport, sizeof transport, "RTP/AVP/TCP;unicast;interleaved=0-1");
	else if (bind_ports(client))
		snprintf(transport, sizeof transport, "RTP/AVP;unicast;client_port=%d-%d", client->port, client->port + 1);
	else
		return 0;
	if (!ask(fd, "SETUP %s RTSP/1.0\r\nCSeq: 2\r\nTransport: %s\r\n\r\n", track, transport))
		return 0;
	char *ports = strcasestr(answer, "server_port=");
	if (ports)
		sscanf(ports, "%*[^-]-%d", &client->server_port);
	char *line = strcasestr(answer, "Session:");
	if (line)
		sscanf(line + 8, " %127[^;\r\n]", session);
	return ask(fd, "PLAY %s RTSP/1.0\r\nCSeq: 3\r\nSession: %s\r\nRange: npt=0-\r\n\r\n", url, session);
}

static void watch(int fd, uint64_t id) {
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = id};
	epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
}

static int start_client(int index, const char *url) {
	struct client *client = &clients[index];
	if (!play(client, url))
		return 0;
	client->alive = 1;
	fcntl(client->control, F_SETFL, O_NONBLOCK);
	watch(client->control, index);
	if (over_tcp) {
		client->stream = malloc(STREAM_ROOM);
	} else {
		watch(client->rtp, index + REPORTS);
		watch(client->rtcp, index + 2 * REPORTS);
	}
	return 1;
}

/* ---- Media ---- */

static void take_stream(struct client *client, int got) {
	double time = now();
	int at = 0;
	client->have += got;
	while (client->have - at >= 4) {
		unsigned char *head = client->stream + at;
		int length = head[2] << 8 | head[3];
		if (head[0] != '$') { /* an answer to nothing that was asked, or a fault of the server */
			at++;
			continue;
		}
		if (client->have - at < 4 + length)
			break;
		if (head[1] == 0)
			take_packet(client, head + 4, length, time);
		else
			client->reports++;
		at += 4 + length;
	}
	client->have -= at;
	memmove(client->stream, client->stream + at, client->have);
}

static void take_control(struct client *client) {
	char octets[2048];
	ssize_t got = over_tcp ? recv(client->control, client->stream + client->have, STREAM_ROOM - client->have, 0)
			       : recv(client->control, octets, sizeof octets, 0);
	if (got > 0 && over_tcp)
		take_stream(client, got);
	if (got > 0 || (got < 0 && errno == EAGAIN))
		return;
	client->alive = 0;
	epoll_ctl(events, EPOLL_CTL_DEL, client->control, NULL);
}

static void take_datagrams(struct client *client) {
	for (;;) {
		int got = recvmmsg(client->rtp, messages, DATAGRAMS, MSG_DONTWAIT, NULL);
		if (got <= 0)
			return;
		double time = now();
		for (int i = 0; i < got; i++)
			take_packet(client, datagrams[i], messages[i].msg_len, time);
		if (got < DATAGRAMS)
			return;
	}
}

static void poll_clients(int timeout) {
	struct epoll_event ready[256];
	int count = epoll_wait(events, ready, 256, timeout);
	for (int i = 0; i < count; i++) {
		struct client *client = &clients[ready[i].data.u64 % REPORTS];
		char octets[2048];
		switch (ready[i].data.u64 / REPORTS) {
		case 0:
			take_control(client);
			break;
		case 1:
			take_datagrams(client);
			break;
		default:
			while (recv(client->rtcp, octets, sizeof octets, 0) > 0)
				client->reports++;
		}
	}
}

/* "All is well" (RFC 3550 §6.4.2). */
static void send_report(struct client *client, int index) {
	unsigned char frame[FRAME_HEADER + REPORT_SIZE] = {'$', 1, 0, REPORT_SIZE, 0x81, 201, 0, REPORT_SIZE / 4 - 1};
	unsigned char *report = frame + FRAME_HEADER;
	report[6] = index >> 8;
	report[7] = index & 255;
	memcpy(report + 8, client->source, 4);
	report[18] = client->last >> 8;
	report[19] = client->last & 255;
	if (!client->alive || !client->is_seen)
		return;
	if (over_tcp) {
		(void)!send(client->control, frame, sizeof frame, MSG_NOSIGNAL);
		return;
	}
	struct sockaddr_in to = server;
	to.sin_port = htons(client->server_port);
	sendto(client->rtcp, report, REPORT_SIZE, 0, (void *)&to, sizeof to);
}

/* Lets a share of the clients report, so that each does once in the interval. */
static void send_reports(void) {
	static double before;
	static int next;
	double time = now();
	double due = before > 0 ? (time - before) * client_count / REPORT_INTERVAL : 0;
	if (before > 0 && due < 1)
		return;
	before = time;
	for (int i = 0; i < (int)due && i < client_count; i++, next = (next + 1) % client_count)
		send_report(&clients[next], next);
}

static void poll_until(double end) {
	while (now() < end) {
		poll_clients(5);
		send_reports();
	}
}

static struct totals totals(void) {
	struct totals sum = {.fewest = UINT64_MAX};
	for (int i = 0; i < client_count; i++) {
		sum.packets += clients[i].packets;
		sum.octets += clients[i].octets;
		sum.pictures += clients[i].pictures;
		sum.lost += clients[i].lost;
		sum.reports += clients[i].reports;
		if (clients[i].pictures < sum.fewest)
			sum.fewest = clients[i].pictures;
	}
	return sum;
}

/* Measures how far pictures are apart on average, so that the spread around it can be summed up as they come. */
static double average_interval(void) {
	double took = 0;
	uint64_t count = 0;
	for (int i = 0; i < client_count; i++) {
		took += clients[i].picture_at - clients[i].first_at;
		count += clients[i].intervals;
	}
	return count ? took / count : 0;
}

static void begin_measurement(void) {
	interval = average_interval();
	delay_count = 0;
	for (int i = 0; i < client_count; i++) {
		struct client *client = &clients[i];
		client->pictures = client->intervals = 0;
		client->longest = client->spread = 0;
	}
}

static void print(int failures, double seconds, double cpu, double rss_first, double rss_before, double rss_after,
		const struct totals *before) {
	struct totals after = totals();
	double packets = after.packets - before->packets;
	double spread = 0, longest = 0;
	uint64_t intervals = 0;
	int dead = 0;
	for (int i = 0; i < client_count; i++) {
		spread += clients[i].spread;
		intervals += clients[i].intervals;
		dead += !clients[i].alive;
		if (clients[i].longest > longest)
			longest = clients[i].longest;
	}
	struct rusage own;
	getrusage(RUSAGE_SELF, &own);
	printf("{\"clients\":%d,\"tcp\":%s,\"seconds\":%.2f,\"packetsPerSecond\":%.0f,\"picturesPerSecond\":%.1f,", client_count,
			over_tcp ? "true" : "false", seconds, packets / seconds, after.pictures / seconds);
	printf("\"fewestPerSecond\":%.1f,\"megabytesPerSecond\":%.1f,\"octets\":%llu,\"lost\":%llu,\"reports\":%llu,",
			after.fewest / seconds, (after.octets - before->octets) / seconds / 1e6,
			(unsigned long long)(after.octets - before->octets), (unsigned long long)(after.lost - before->lost),
			(unsigned long long)(after.reports - before->reports));
	printf("\"jitterMs\":%.3f,\"gapMs\":%.1f,\"cpuSeconds\":%.4f,\"cpuPer1000Packets\":%.6f,",
			intervals ? spread / intervals * 1000 : 0, longest * 1000, cpu, packets > 0 ? cpu / packets * 1000 : 0);
	qsort(delays, delay_count, sizeof *delays, ascending);
	printf("\"delayMedianMs\":%.3f,\"delay99Ms\":%.3f,", delay_count ? delays[delay_count / 2] * 1000 : 0,
			delay_count ? delays[(unsigned)(delay_count * 0.99)] * 1000 : 0);
	printf("\"rssFirst\":%.2f,\"rssBefore\":%.2f,\"rssAfter\":%.2f,\"failures\":%d,\"dead\":%d,\"clientCpuSeconds\":%.2f}\n",
			rss_first, rss_before, rss_after, failures, dead,
			own.ru_utime.tv_sec + own.ru_stime.tv_sec + (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6);
}

int main(int argc, char **argv) {
	if (argc != 9) {
		fprintf(stderr, "usage: rtp-load HOST PORT PATH CLIENTS WARM-UP MEASURE SERVER-PID udp|tcp\n");
		return 2;
	}
	client_count = atoi(argv[4]);
	double warm_up = atof(argv[5]);
	double measure = atof(argv[6]);
	int pid = atoi(argv[7]);
	over_tcp = !strcmp(argv[8], "tcp");
	if (client_count < 1 || client_count > REPORTS)
		return 2;
	struct rlimit files = {16384, 16384};
	setrlimit(RLIMIT_NOFILE, &files);
	server.sin_family = AF_INET;
	server.sin_port = htons(atoi(argv[2]));
	inet_pton(AF_INET, argv[1], &server.sin_addr);
	char url[512];
	snprintf(url, sizeof url, "rtsp://%s:%s%s", argv[1], argv[2], argv[3]);
	clients = calloc(client_count, sizeof *clients);
	events = epoll_create1(0);
	for (int i = 0; i < DATAGRAMS; i++) {
		parts[i] = (struct iovec){datagrams[i], DATAGRAM_MAX};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}

	double rss_first = 0;
	int failures = 0;
	for (int i = 0; i < client_count; i++) {
		failures += !start_client(i, url);
		/* those that are there already go on playing */
		poll_clients(0);
		send_reports();
		if (i == 0) {
			poll_until(now() + 0.5);
			rss_first = rss_megabytes(pid);
		}
	}
	poll_until(now() + warm_up);
	struct totals before = totals();
	begin_measurement();
	before.pictures = 0;
	double rss_before = rss_megabytes(pid);
	double cpu = cpu_seconds(pid);
	double start = now();
	poll_until(start + measure);
	double seconds = now() - start;
	cpu = cpu_seconds(pid) - cpu;
	print(failures, seconds, cpu, rss_first, rss_before, rss_megabytes(pid), &before);
	return 0;
}
