/* `porthole:service`: the service manager (systemd). See service-notifier.ts. */
#include "device-class.h"

#include "service-notify.h"

/* notify(state): lost when there is no service manager. */
static void notify(xsMachine* the)
{
	service_notify(xsToString(xsArg(0)));
}

/* watchdog: milliseconds; 0: no keep-alive is wanted. */
static void watchdog(xsMachine* the)
{
	xsResult = xsNumber((double)service_watchdog());
}

void buildService(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "notify", notify, 1, 0 },
		{ "watchdog", watchdog, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildObject(the, result, functions);
}
