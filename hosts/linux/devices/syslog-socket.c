#include "syslog-socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "porthole"
/* System daemons (RFC 5424 §6.2.1, table 1). */
#define FACILITY 3
/* Seconds between two tries to connect. */
#define RETRY 1
/* Characters that MSGID and HOSTNAME can have. */
#define AREA_MAX 32
#define HOST_MAX 255

/* Copies printable ASCII without spaces, at most `most` characters; a hyphen stands for nothing. */
static void put_word(char *to, const char *from, size_t most) {
	size_t length = 0;
	for (; from[length] && length < most; length++)
		to[length] = from[length] > 0x20 && from[length] < 0x7f ? from[length] : '?';
	if (!length)
		to[length++] = '-';
	to[length] = 0;
}

/* Copies text without control characters and without half a character at the end. Returns its length. */
static size_t put_text(char *to, size_t room, const char *text, size_t length) {
	if (length > room) {
		length = room;
		/* text[length] is the first octet left out: if it continues a character, its beginning goes too */
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	for (size_t i = 0; i < length; i++)
		to[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
	return length;
}

size_t syslog_format(char out[SYSLOG_OCTETS_MAX], SyslogSeverity severity, int64_t seconds, int micros,
	const char *host, int process, const char *area, const char *text, size_t length) {
	char when[32], name[HOST_MAX + 1], id[AREA_MAX + 1];
	time_t time = (time_t)seconds;
	struct tm date;
	gmtime_r(&time, &date);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &date);
	put_word(name, host, HOST_MAX);
	put_word(id, area, AREA_MAX);
	int head = snprintf(out, SYSLOG_OCTETS_MAX, "<%d>1 %s.%06dZ %s %s %d %s - ", FACILITY * 8 + severity, when, micros,
		name, PROGRAM, process, id);
	return head + put_text(out + head, SYSLOG_OCTETS_MAX - head, text, length);
}

void syslog_socket_open(SyslogSocket *log, const char *path) {
	*log = (SyslogSocket){.descriptor = -1};
	snprintf(log->path, sizeof log->path, "%s", path);
	if (gethostname(log->host, sizeof log->host - 1) < 0)
		log->host[0] = 0;
}

static int is_connected(SyslogSocket *log) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (log->descriptor >= 0)
		return 1;
	if (now.tv_sec < log->retry)
		return 0;
	log->retry = now.tv_sec + RETRY;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, log->path, sizeof log->path);
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0)
		return 0;
	if (connect(descriptor, (const struct sockaddr *)&address, sizeof address) < 0) {
		close(descriptor);
		return 0;
	}
	log->descriptor = descriptor;
	return 1;
}

void syslog_socket_write(
	SyslogSocket *log, SyslogSeverity severity, const char *area, const char *text, size_t length) {
	char line[SYSLOG_OCTETS_MAX];
	struct timeval now;
	gettimeofday(&now, NULL);
	size_t size = syslog_format(
		line, severity, now.tv_sec, (int)now.tv_usec, log->host, (int)getpid(), area, text, length);
	for (int tries = 0; tries < 2 && is_connected(log); tries++) {
		if (send(log->descriptor, line, size, MSG_NOSIGNAL) >= 0)
			return;
		if (errno == EAGAIN || errno == ENOBUFS || errno == EMSGSIZE)
			break;
		/* the service was restarted: its new socket is at once there, or after a while */
		syslog_socket_close(log);
		log->retry = 0;
	}
	log->lost++;
}

void syslog_socket_close(SyslogSocket *log) {
	if (log->descriptor >= 0)
		close(log->descriptor);
	log->descriptor = -1;
}
