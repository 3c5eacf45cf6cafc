/* `porthole:service`: the service manager and the log service. See service-notifier.ts and syslog-log.ts. */
#include "device-class.h"

#include "service-notify.h"
#include "syslog-socket.h"

static SyslogSocket syslogSocket = { .descriptor = -1 };
static int syslogOpened = 0;

/* notify(state): lost when there is no service manager. */
static void notify(xsMachine* the)
{
	service_notify(xsToString(xsArg(0)));
}

/* watchdog: milliseconds; 0: signs of life are not wanted. */
static void watchdog(xsMachine* the)
{
	xsResult = xsNumber((double)service_watchdog());
}

/* openSyslog(path): where lines go from now on; without it to /dev/log. */
static void openSyslog(xsMachine* the)
{
	syslog_socket_close(&syslogSocket);
	syslog_socket_open(&syslogSocket, xsToString(xsArg(0)));
	syslogOpened = 1;
}

/* write(severity, area, text): sends one line to the log service, or loses it. */
static void writeLine(xsMachine* the)
{
	int severity = xsToInteger(xsArg(0));
	char area[40];
	const char* text;
	if (severity < SYSLOG_ERROR || severity > SYSLOG_DEBUG)
		xsRangeError("no such severity");
	if (!syslogOpened)
		syslog_socket_open(&syslogSocket, SYSLOG_PATH);
	syslogOpened = 1;
	snprintf(area, sizeof(area), "%s", xsToString(xsArg(1)));
	text = xsToString(xsArg(2));
	syslog_socket_write(&syslogSocket, (SyslogSeverity)severity, area, text, strlen(text));
}

void buildService(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "notify", notify, 1, 0 },
		{ "watchdog", watchdog, 0, 1 },
		{ "openSyslog", openSyslog, 1, 0 },
		{ "write", writeLine, 3, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildObject(the, result, functions);
}
