/*
 * Reports the state of the program to the service manager. Does nothing without one.
 * @see sd_notify(3), sd_watchdog_enabled(3)
 */
#ifndef SERVICE_NOTIFY_H
#define SERVICE_NOTIFY_H

#include <stdint.h>

/* Sends a state, such as "READY=1" or "WATCHDOG=1". Returns 1 when it was sent, 0 without a service manager, -1 with errno. */
int service_notify(const char *state);

/* Milliseconds within which "WATCHDOG=1" must be sent again and again; 0: not wanted. */
uint32_t service_watchdog(void);

#endif
