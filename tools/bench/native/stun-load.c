/*
 * Measures how many STUN Binding requests a second a server answers.
 *
 * stun-load ADDRESS PORT SIZE SECONDS PID: SOCKETS sockets have WINDOW requests of SIZE octets each on the way and send another one for
 * each answer, whose transaction ID and XOR-MAPPED-ADDRESS are checked. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include "process-usage.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKETS 16
#define WINDOW 4
#define COOKIE 0x2112a442u
#define ROOM 256

typedef struct {
	int fd;
	uint16_t port;
	uint32_t next;
	/* The transactions under way. */
	uint32_t waiting[WINDOW];
} Client;

static Client clients[SOCKETS];
static int size;
static long answered = 0, wrong = 0, octets = 0;

static void put16(uint8_t* at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t* at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static uint32_t get32(const uint8_t* at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void writeRequest(Client* client, uint8_t* bytes, int slot)
{
	memset(bytes, 0, (size_t)size);
	put16(bytes, 1);
	put16(bytes + 2, (unsigned)size - 20);
	put32(bytes + 4, COOKIE);
	put32(bytes + 8, (uint32_t)slot);
	put32(bytes + 12, client->next);
	client->waiting[slot] = client->next++;
	if (size >= 24) {
		put16(bytes + 20, 0x8022);
		put16(bytes + 22, (unsigned)size - 24);
		memset(bytes + 24, ' ', (size_t)size - 24);
	}
}

static void sendAll(Client* client, const int* slots, int count)
{
	static uint8_t bytes[WINDOW][ROOM];
	struct mmsghdr out[WINDOW];
	struct iovec vectors[WINDOW];
	int i;
	memset(out, 0, sizeof(out));
	for (i = 0; i < count; i++) {
		writeRequest(client, bytes[i], slots[i]);
		vectors[i].iov_base = bytes[i];
		vectors[i].iov_len = (size_t)size;
		out[i].msg_hdr.msg_iov = &vectors[i];
		out[i].msg_hdr.msg_iovlen = 1;
	}
	if (sendmmsg(client->fd, out, (unsigned)count, 0) < count)
		wrong++;
}

/* Returns the slot that an answer is for; -1 when it is wrong. */
static int check(const Client* client, const uint8_t* bytes, int length)
{
	int slot = (int)get32(bytes + 8), at;
	if (length < 32 || bytes[0] != 1 || bytes[1] != 1 || slot >= WINDOW || get32(bytes + 12) != client->waiting[slot])
		return -1;
	for (at = 20; at + 12 <= length; at += 4 + ((bytes[at + 2] << 8 | bytes[at + 3]) + 3) / 4 * 4)
		if (bytes[at] == 0 && bytes[at + 1] == 0x20)
			return ((bytes[at + 6] << 8 | bytes[at + 7]) ^ (int)(COOKIE >> 16)) == client->port ? slot : -1;
	return -1;
}

static int receiveAll(Client* client)
{
	static uint8_t bytes[WINDOW][ROOM];
	struct mmsghdr in[WINDOW];
	struct iovec vectors[WINDOW];
	int slots[WINDOW], count, i, right = 0;
	memset(in, 0, sizeof(in));
	for (i = 0; i < WINDOW; i++) {
		vectors[i].iov_base = bytes[i];
		vectors[i].iov_len = ROOM;
		in[i].msg_hdr.msg_iov = &vectors[i];
		in[i].msg_hdr.msg_iovlen = 1;
	}
	count = recvmmsg(client->fd, in, WINDOW, MSG_DONTWAIT, NULL);
	for (i = 0; i < count; i++) {
		int slot = check(client, bytes[i], (int)in[i].msg_len);
		octets += in[i].msg_len;
		if (slot < 0)
			wrong++;
		else
			slots[right++] = slot;
	}
	answered += right;
	if (right > 0)
		sendAll(client, slots, right);
	return count > 0;
}

int main(int argc, char* argv[])
{
	struct sockaddr_in server = { .sin_family = AF_INET }, own;
	struct pollfd polls[SOCKETS];
	socklen_t length = sizeof(own);
	static const int all[WINDOW] = { 0, 1, 2, 3 };
	double seconds, start, cpu;
	int pid, i, lost = 0;
	if (argc != 6) {
		fprintf(stderr, "stun-load ADDRESS PORT SIZE SECONDS PID\n");
		return 2;
	}
	size = atoi(argv[3]);
	seconds = atof(argv[4]);
	pid = atoi(argv[5]);
	if (size < 20 || size > ROOM || size % 4 != 0 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1)
		return 2;
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	for (i = 0; i < SOCKETS; i++) {
		clients[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (connect(clients[i].fd, (struct sockaddr*)&server, sizeof(server)) < 0
			|| getsockname(clients[i].fd, (struct sockaddr*)&own, &length) < 0) {
			perror("stun-load");
			return 1;
		}
		clients[i].port = ntohs(own.sin_port);
		polls[i].fd = clients[i].fd;
		polls[i].events = POLLIN;
		sendAll(&clients[i], all, WINDOW);
	}
	start = now();
	cpu = cpu_seconds(pid);
	while (now() - start < seconds) {
		int busy = 0;
		for (i = 0; i < SOCKETS; i++)
			busy |= receiveAll(&clients[i]);
		if (busy || poll(polls, SOCKETS, 200) > 0)
			continue;
		lost++;
		for (i = 0; i < SOCKETS; i++)
			sendAll(&clients[i], all, WINDOW);
	}
	seconds = now() - start;
	cpu = cpu_seconds(pid) - cpu;
	printf("{\"perSecond\":%.0f,\"perCpuSecond\":%.0f,\"answer\":%.1f,\"stalls\":%d,\"wrong\":%ld,\"megabytes\":%.1f}\n", (double)answered / seconds,
		cpu > 0 ? (double)answered / cpu : 0, answered > 0 ? (double)octets / (double)answered : 0, lost, wrong,
		rss_megabytes(pid));
	return 0;
}
