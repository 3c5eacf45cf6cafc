/*
 * Sends lines to the machine's log service, one datagram each.
 * @see RFC 5424 §6 (format), §6.2.1 (priority); syslog(3) for /dev/log
 */
#ifndef SYSLOG_SOCKET_H
#define SYSLOG_SOCKET_H

#include <stddef.h>
#include <stdint.h>

/* Where log services listen. */
#define SYSLOG_PATH "/dev/log"
/* Every receiver should take so many octets (RFC 5424 §6.1); longer lines are cut. */
#define SYSLOG_OCTETS_MAX 2048

typedef enum { SYSLOG_ERROR = 3, SYSLOG_WARNING = 4, SYSLOG_INFO = 6, SYSLOG_DEBUG = 7 } SyslogSeverity;

typedef struct {
	int descriptor; /* -1: not connected */
	char path[104];
	char host[256];
	int64_t retry; /* seconds of the monotonic clock: when to connect again */
	uint64_t lost; /* lines that could not be sent */
} SyslogSocket;

/* Prepares; nothing is connected before the first line, and a service that comes later is found. */
void syslog_socket_open(SyslogSocket *log, const char *path);

/*
 * Sends one line; never waits: a line that the service does not take at once is lost and counted.
 * `area` is the part of the program that speaks (MSGID); `text` is UTF-8 of `length` octets; control characters in
 * either become '?'.
 */
void syslog_socket_write(
	SyslogSocket *log, SyslogSeverity severity, const char *area, const char *text, size_t length);

/* Harmless when repeated. */
void syslog_socket_close(SyslogSocket *log);

/*
 * Writes one line as RFC 5424 says into `out`. Returns its length in octets, at most SYSLOG_OCTETS_MAX.
 * `seconds` and `micros` are the time since 1970 UTC.
 */
size_t syslog_format(char out[SYSLOG_OCTETS_MAX], SyslogSeverity severity, int64_t seconds, int micros,
	const char *host, int process, const char *area, const char *text, size_t length);

#endif
