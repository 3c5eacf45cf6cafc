#include "service-notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int service_notify(const char *state) {
	const char *path = getenv("NOTIFY_SOCKET");
	if (!path || !*path)
		return 0;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	if (length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address.sun_path, path, length);
	/* names that start with @ are abstract, not in the file system */
	if (path[0] == '@')
		address.sun_path[0] = 0;
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0)
		return -1;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	ssize_t sent = sendto(descriptor, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, size);
	int number = errno;
	close(descriptor);
	errno = number;
	return sent < 0 ? -1 : 1;
}

uint32_t service_watchdog(void) {
	const char *process = getenv("WATCHDOG_PID");
	const char *micros = getenv("WATCHDOG_USEC");
	if (!micros || (process && strtol(process, NULL, 10) != getpid()))
		return 0;
	unsigned long long value = strtoull(micros, NULL, 10) / 1000;
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}
