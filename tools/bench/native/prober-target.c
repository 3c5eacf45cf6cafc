/*
 * The least web server that http-prober can tell from others: answers whatever is asked with its name.
 *
 * prober-target PORT NAME
 *
 * One connection at a time, on all addresses of the machine. Runs until a signal ends it.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv) {
	if (argc != 3 || strlen(argv[2]) > 64) {
		fprintf(stderr, "usage: prober-target PORT NAME\n");
		return 2;
	}
	char answer[256];
	char request[2048];
	int size = snprintf(answer, sizeof answer,
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n<h1>%s</h1>",
		strlen(argv[2]) + 9, argv[2]);
	int on = 1;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = {INADDR_ANY}};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
		perror("prober-target");
		return 1;
	}
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0) continue;
		/* A client that connects and says nothing holds up the others for an instant only. */
		struct timeval limit = {.tv_sec = 0, .tv_usec = 100000};
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		if (recv(fd, request, sizeof request, 0) > 0) send(fd, answer, size, MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
		while (recv(fd, request, sizeof request, 0) > 0) continue;
		close(fd);
	}
}
