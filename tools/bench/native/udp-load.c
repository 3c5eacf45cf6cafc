/*
 * Measures how many datagrams a second a program takes and sends on.
 *
 * udp-load TO-PORT BACK-PORT SIZE SECONDS PID: sends to 127.0.0.1:TO-PORT as fast as the program takes them, with at
 * most WINDOW on the way, and counts what comes back to BACK-PORT. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 256
#define BATCH 64

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU seconds of a process, by the kernel's count of ticks. */
static double cpuOf(int pid)
{
	char path[64];
	char text[1024];
	unsigned long user, system;
	FILE* file;
	size_t length;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = 0;
	char* at = strrchr(text, ')');
	if (!at || sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static long residentOf(int pid)
{
	char path[64];
	long pages = 0;
	FILE* file;
	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

int main(int argc, char* argv[])
{
	static unsigned char payload[65536], space[BATCH][2048];
	struct mmsghdr out[BATCH], in[BATCH];
	struct iovec to, from[BATCH];
	struct sockaddr_in peer = { .sin_family = AF_INET }, own = { .sin_family = AF_INET };
	struct timeval wait = { 0, 20000 };
	int buffer = 4 << 20, fd, size, pid, i;
	double seconds, start, cpu;
	long sent = 0, got = 0, lost = 0, wrong = 0;
	if (argc != 6) {
		fprintf(stderr, "udp-load TO-PORT BACK-PORT SIZE SECONDS PID\n");
		return 2;
	}
	size = atoi(argv[3]);
	seconds = atof(argv[4]);
	pid = atoi(argv[5]);
	if (size < 4 || size > 2048)
		return 2;
	peer.sin_port = htons((unsigned short)atoi(argv[1]));
	own.sin_port = htons((unsigned short)atoi(argv[2]));
	peer.sin_addr.s_addr = own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (bind(fd, (struct sockaddr*)&own, sizeof(own)) < 0 || connect(fd, (struct sockaddr*)&peer, sizeof(peer)) < 0) {
		perror("udp-load");
		return 1;
	}
	memset(out, 0, sizeof(out));
	memset(in, 0, sizeof(in));
	to.iov_base = payload;
	to.iov_len = (size_t)size;
	for (i = 0; i < BATCH; i++) {
		out[i].msg_hdr.msg_iov = &to;
		out[i].msg_hdr.msg_iovlen = 1;
		from[i].iov_base = space[i];
		from[i].iov_len = sizeof(space[i]);
		in[i].msg_hdr.msg_iov = &from[i];
		in[i].msg_hdr.msg_iovlen = 1;
	}
	start = now();
	cpu = cpuOf(pid);
	while (now() - start < seconds) {
		int n;
		while (sent - got - lost + BATCH <= WINDOW) {
			n = sendmmsg(fd, out, BATCH, 0);
			if (n <= 0)
				break;
			sent += n;
		}
		n = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
		if (n > 0) {
			got += n;
			if (in[0].msg_len != (unsigned)size || space[0][2] != 0x5a || space[0][3] != 0xa5)
				wrong++;
		}
		else
			lost = sent - got;
	}
	seconds = now() - start;
	cpu = cpuOf(pid) - cpu;
	printf("{\"perSecond\":%.0f,\"cpuSeconds\":%.3f,\"perCpuSecond\":%.0f,\"lost\":%ld,\"wrong\":%ld,\"megabytes\":%.1f}\n", (double)got / seconds, cpu,
		cpu > 0 ? (double)got / cpu : 0, lost, wrong, (double)residentOf(pid) / 1048576);
	return 0;
}
