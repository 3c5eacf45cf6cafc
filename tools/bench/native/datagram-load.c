/*
 * Measures how many prepared STUN requests a second a server answers with success.
 *
 * datagram-load ADDRESS PORT FILE SECONDS PID: the file has the number of sockets and the port of each, then messages with their length
 * before each, all numbers in 16 bits. Each socket has WINDOW messages on the way, every so-many-th of the file, again and again, and
 * sends another one for each answer. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include "process-usage.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKETS_MAX 64
#define WINDOW 4
#define ROOM 1280

typedef struct {
	int fd;
	long next;
} Client;

static Client clients[SOCKETS_MAX];
static uint8_t* file;
static long* places;
static long messages = 0;
static int sockets;
static long answered = 0, wrong = 0, octets = 0, asked = 0;

static unsigned get16(const uint8_t* at)
{
	return (unsigned)(at[0] << 8 | at[1]);
}

static void sendSome(Client* client, int count)
{
	struct mmsghdr out[WINDOW];
	struct iovec vectors[WINDOW];
	int i;
	memset(out, 0, sizeof(out));
	for (i = 0; i < count; i++) {
		uint8_t* at = file + places[client->next];
		vectors[i].iov_base = at + 2;
		vectors[i].iov_len = get16(at);
		asked += get16(at);
		out[i].msg_hdr.msg_iov = &vectors[i];
		out[i].msg_hdr.msg_iovlen = 1;
		client->next += sockets;
		if (client->next >= messages)
			client->next %= sockets;
	}
	if (sendmmsg(client->fd, out, (unsigned)count, 0) < count)
		wrong++;
}

static int receiveAll(Client* client)
{
	static uint8_t bytes[WINDOW][ROOM];
	struct mmsghdr in[WINDOW];
	struct iovec vectors[WINDOW];
	int count, i;
	memset(in, 0, sizeof(in));
	for (i = 0; i < WINDOW; i++) {
		vectors[i].iov_base = bytes[i];
		vectors[i].iov_len = ROOM;
		in[i].msg_hdr.msg_iov = &vectors[i];
		in[i].msg_hdr.msg_iovlen = 1;
	}
	count = recvmmsg(client->fd, in, WINDOW, MSG_DONTWAIT, NULL);
	for (i = 0; i < count; i++) {
		octets += in[i].msg_len;
		if (in[i].msg_len < 20 || bytes[i][0] != 1 || bytes[i][1] != 1)
			wrong++;
		else
			answered++;
	}
	if (count > 0)
		sendSome(client, count);
	return count > 0;
}

static int readFile(const char* name)
{
	FILE* stream = fopen(name, "rb");
	long size, at;
	if (stream == NULL || fseek(stream, 0, SEEK_END) < 0)
		return -1;
	size = ftell(stream);
	rewind(stream);
	file = malloc((size_t)size);
	places = malloc(sizeof(long) * (size_t)(size / 20 + 1));
	if (file == NULL || places == NULL || fread(file, 1, (size_t)size, stream) != (size_t)size)
		return -1;
	fclose(stream);
	sockets = (int)get16(file);
	if (sockets < 1 || sockets > SOCKETS_MAX)
		return -1;
	for (at = 2 + 2 * sockets; at + 2 <= size; at += 2 + (long)get16(file + at))
		places[messages++] = at;
	return messages < sockets * WINDOW ? -1 : 0;
}

int main(int argc, char* argv[])
{
	struct sockaddr_in server = { .sin_family = AF_INET };
	struct pollfd polls[SOCKETS_MAX];
	double seconds, start, cpu;
	int pid, i, lost = 0;
	if (argc != 6) {
		fprintf(stderr, "datagram-load ADDRESS PORT FILE SECONDS PID\n");
		return 2;
	}
	seconds = atof(argv[4]);
	pid = atoi(argv[5]);
	if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 || readFile(argv[3]) < 0)
		return 2;
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	for (i = 0; i < sockets; i++) {
		struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr = server.sin_addr };
		own.sin_port = htons((uint16_t)get16(file + 2 + 2 * i));
		clients[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
		clients[i].next = i;
		if (bind(clients[i].fd, (struct sockaddr*)&own, sizeof(own)) < 0
			|| connect(clients[i].fd, (struct sockaddr*)&server, sizeof(server)) < 0) {
			perror("datagram-load");
			return 1;
		}
		polls[i].fd = clients[i].fd;
		polls[i].events = POLLIN;
		sendSome(&clients[i], WINDOW);
	}
	start = now();
	cpu = cpu_seconds(pid);
	while (now() - start < seconds) {
		int busy = 0;
		for (i = 0; i < sockets; i++)
			busy |= receiveAll(&clients[i]);
		if (busy || poll(polls, (nfds_t)sockets, 200) > 0)
			continue;
		lost++;
		for (i = 0; i < sockets; i++)
			sendSome(&clients[i], WINDOW);
	}
	seconds = now() - start;
	cpu = cpu_seconds(pid) - cpu;
	printf("{\"perSecond\":%.0f,\"perCpuSecond\":%.0f,\"answer\":%.1f,\"request\":%.1f,\"stalls\":%d,\"wrong\":%ld,\"megabytes\":%.1f}\n", (double)answered / seconds,
		cpu > 0 ? (double)answered / cpu : 0, answered > 0 ? (double)octets / (double)answered : 0, (double)asked / ((double)answered + 1), lost, wrong,
		rss_megabytes(pid));
	return 0;
}
