/*
 * Plays the log service and the service manager, and prints the datagrams that came as lines of JSON (octets in hex).
 *
 *   service-probe syslog SOCKET AREA TEXT REPEAT   the text is sent REPEAT times as one line
 *   service-probe restart SOCKET                   the log service comes late, goes and comes again
 *   service-probe notify SOCKET STATE
 *   service-probe listen SOCKET SECONDS            prints "{}" when it listens
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "service-notify.h"
#include "syslog-socket.h"

/* A socket that hears what is sent to `path`; a path that begins with @ is abstract. */
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

static void print_heard(int descriptor) {
	unsigned char octets[8192];
	ssize_t length;
	while ((length = recv(descriptor, octets, sizeof octets, 0)) >= 0) {
		printf("{\"hex\":\"");
		for (ssize_t i = 0; i < length; i++)
			printf("%02x", octets[i]);
		printf("\"}\n");
	}
}

static void try_syslog(const char *path, const char *area, const char *text, int repeat) {
	SyslogSocket log;
	int ear = hear(path);
	size_t length = strlen(text);
	char *line = malloc(length * repeat + 1);
	for (int i = 0; i < repeat; i++)
		memcpy(line + i * length, text, length);
	syslog_socket_open(&log, path);
	syslog_socket_write(&log, SYSLOG_WARNING, area, line, length * repeat);
	print_heard(ear);
	syslog_socket_close(&log);
	free(line);
}

static void try_restart(const char *path) {
	SyslogSocket log;
	syslog_socket_open(&log, path);
	syslog_socket_write(&log, SYSLOG_INFO, "a", "too early", 9);
	int ear = hear(path);
	syslog_socket_write(&log, SYSLOG_INFO, "a", "not yet", 7);
	usleep(1100000);
	syslog_socket_write(&log, SYSLOG_INFO, "a", "first", 5);
	print_heard(ear);
	close(ear);
	ear = hear(path);
	syslog_socket_write(&log, SYSLOG_INFO, "a", "second", 6);
	print_heard(ear);
	for (int i = 0; i < 1000; i++)
		syslog_socket_write(&log, SYSLOG_INFO, "a", "flood", 5);
	printf("{\"lost\":%d}\n", (int)log.lost);
	syslog_socket_close(&log);
	syslog_socket_close(&log);
}

int main(int argc, char **argv) {
	if (argc == 6)
		try_syslog(argv[2], argv[3], argv[4], atoi(argv[5]));
	else if (argc == 3)
		try_restart(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "listen")) {
		int ear = hear(argv[2]);
		printf("{}\n");
		fflush(stdout);
		sleep((unsigned)atoi(argv[3]));
		print_heard(ear);
	} else if (argc == 4) {
		int ear = hear(argv[2]);
		int sent = service_notify(argv[3]);
		printf("{\"sent\":%d,\"watchdog\":%u}\n", sent, service_watchdog());
		print_heard(ear);
	}
	return 0;
}
