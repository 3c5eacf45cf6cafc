/*
 * One channel of a PWM chip: the signal that turns a servo.
 * @see https://docs.kernel.org/driver-api/pwm.html (sysfs), IMG-18
 */
#ifndef PWM_CHANNEL_H
#define PWM_CHANNEL_H

#include <stdint.h>

#include "device-error.h"

#define PWM_PATH_SIZE 200

/* How a channel is opened. Texts are read during the call only. */
typedef struct {
	const char *folder; /* `/sys/class/pwm` */
	unsigned chip;
	unsigned channel;
	uint32_t period; /* nanoseconds */
} PwmChannelOptions;

typedef struct {
	int descriptor; /* of the pulse's length; -1: closed */
	int enabled;
	int exported; /* by us, so we unexport it */
	uint32_t period;
	unsigned channel;
	char chip[PWM_PATH_SIZE];
} PwmChannel;

/*
 * Opens a channel; its signal starts with the first pulse. May wait half a second for the permissions that udev sets.
 * Returns 0, or -1 with `error`.
 */
int pwm_channel_open(PwmChannel *channel, const PwmChannelOptions *options, DeviceError *error);

/* Sets the pulse's length in nanoseconds, at most the period. Returns 0, or -1 with `error`. */
int pwm_channel_pulse(PwmChannel *channel, uint32_t pulse, DeviceError *error);

/* Ends the signal, so that the servo is free, and gives the channel back. Harmless when repeated. */
void pwm_channel_close(PwmChannel *channel);

#endif
