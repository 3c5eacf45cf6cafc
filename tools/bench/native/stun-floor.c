/* stun-floor PORT: answers STUN Binding requests at 127.0.0.1 as plainly as C can, one system call for each datagram in and out. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char* argv[])
{
	struct sockaddr_in own = { .sin_family = AF_INET }, from;
	static const uint8_t cookie[4] = { 0x21, 0x12, 0xa4, 0x42 };
	uint8_t in[2048], out[32] = { 1, 1, 0, 12 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;
	if (argc != 2)
		return 2;
	own.sin_port = htons((uint16_t)atoi(argv[1]));
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr*)&own, sizeof(own)) < 0) {
		perror("stun-floor");
		return 1;
	}
	printf("open\n");
	fflush(stdout);
	for (;;) {
		socklen_t length = sizeof(from);
		const uint8_t* address = (const uint8_t*)&from.sin_addr;
		const uint8_t* port = (const uint8_t*)&from.sin_port;
		ssize_t got = recvfrom(fd, in, sizeof(in), 0, (struct sockaddr*)&from, &length);
		if (got < 20 || in[0] != 0 || in[1] != 1 || memcmp(in + 4, cookie, 4) != 0 || (in[2] << 8 | in[3]) != got - 20)
			continue;
		memcpy(out + 4, in + 4, 16);
		out[21] = 0x20;
		out[23] = 8;
		out[25] = 1;
		for (i = 0; i < 2; i++)
			out[26 + i] = port[i] ^ cookie[i];
		for (i = 0; i < 4; i++)
			out[28 + i] = address[i] ^ cookie[i];
		sendto(fd, out, sizeof(out), 0, (struct sockaddr*)&from, length);
	}
}
