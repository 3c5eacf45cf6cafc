/*
 * Plays the service manager and prints the datagrams that arrived as lines of JSON (octets in hex).
 *
 *   service-probe notify SOCKET STATE
 *   service-probe listen SOCKET SECONDS            prints "{}" when it listens; ends after STOPPING=1, or after so long
 */
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "service-notify.h"

/* A socket that receives the messages to `path`; a path that starts with @ is abstract. */
static int hear(const char *path) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = 0;
	else
		unlink(path);
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (bind(descriptor, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)))
		exit(3);
	return descriptor;
}

/* Returns whether the program has said that it ends. */
static int print_heard(int descriptor) {
	static const char stopping[] = "STOPPING=1";
	unsigned char octets[8192];
	ssize_t length;
	int is_over = 0;
	while ((length = recv(descriptor, octets, sizeof octets, 0)) >= 0) {
		printf("{\"hex\":\"");
		for (ssize_t i = 0; i < length; i++)
			printf("%02x", octets[i]);
		printf("\"}\n");
		is_over |= length == sizeof stopping - 1 && !memcmp(octets, stopping, sizeof stopping - 1);
	}
	return is_over;
}

int main(int argc, char **argv) {
	if (argc == 4 && !strcmp(argv[1], "listen")) {
		int ear = hear(argv[2]);
		printf("{}\n");
		fflush(stdout);
		struct pollfd wait = {.fd = ear, .events = POLLIN};
		while (poll(&wait, 1, 1000 * atoi(argv[3])) > 0 && !print_heard(ear)) {
		}
	} else if (argc == 4) {
		int ear = hear(argv[2]);
		int sent = service_notify(argv[3]);
		printf("{\"sent\":%d,\"watchdog\":%u}\n", sent, service_watchdog());
		print_heard(ear);
	}
	return 0;
}
