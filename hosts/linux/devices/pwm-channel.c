#include "pwm-channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The interval of checks for a file that udev has yet to give us, and how many there are. */
#define LOOK_NANOSECONDS 25000000L
#define LOOKS 80

static const char *words(int number) {
	switch (number) {
	case ENOENT:
		return "no such PWM chip; /sys/class/pwm lists the chips (a device-tree overlay may be needed)";
	case ENODEV:
		return "the chip does not have this channel";
	case EACCES:
	case EPERM:
		return "permission denied; the user of this program must be able to write to /sys/class/pwm";
	case EBUSY:
		return "the channel is used by another program or driver";
	case EINVAL:
		return "the chip does not support this period or pulse";
	default:
		return NULL;
	}
}

/* Writes a number to a file of sysfs. Returns 0, or an errno. */
static int put(const char *path, uint32_t value) {
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	if (descriptor < 0)
		return errno;
	char text[12];
	int length = snprintf(text, sizeof text, "%u", value);
	int failure = write(descriptor, text, length) == length ? 0 : errno;
	close(descriptor);
	return failure;
}

/* Writes to a file of the channel. Returns 0, or an errno. */
static int set(const PwmChannel *channel, const char *name, uint32_t value) {
	char path[PWM_PATH_SIZE + 40];
	snprintf(path, sizeof path, "%s/pwm%u/%s", channel->chip, channel->channel, name);
	return put(path, value);
}

/* Like set(), but waits until udev has given us the file. */
static int set_patiently(const PwmChannel *channel, const char *name, uint32_t value) {
	for (int looks = 0;; looks++) {
		int failure = set(channel, name, value);
		if ((failure != EACCES && failure != ENOENT) || looks == LOOKS)
			return failure;
		struct timespec wait = {.tv_nsec = LOOK_NANOSECONDS};
		nanosleep(&wait, NULL);
	}
}

static int export_channel(PwmChannel *channel) {
	char path[PWM_PATH_SIZE + 40];
	snprintf(path, sizeof path, "%s/pwm%u", channel->chip, channel->channel);
	if (!access(path, F_OK))
		return 0;
	snprintf(path, sizeof path, "%s/export", channel->chip);
	int failure = put(path, channel->channel);
	channel->exported = !failure;
	return failure == EBUSY ? 0 : failure;
}

int pwm_channel_open(PwmChannel *channel, const PwmChannelOptions *options, DeviceError *error) {
	*channel = (PwmChannel){.descriptor = -1, .period = options->period, .channel = options->channel};
	int length = snprintf(channel->chip, sizeof channel->chip, "%s/pwmchip%u", options->folder, options->chip);
	int failure = length >= (int)sizeof channel->chip ? ENAMETOOLONG : export_channel(channel);
	/* A pulse left by another program may be longer than the new period, which the kernel would refuse. */
	if (!failure)
		failure = set_patiently(channel, "duty_cycle", 0);
	if (!failure)
		failure = set(channel, "period", options->period);
	if (!failure) {
		char path[PWM_PATH_SIZE + 40];
		snprintf(path, sizeof path, "%s/pwm%u/duty_cycle", channel->chip, channel->channel);
		channel->descriptor = open(path, O_WRONLY | O_CLOEXEC);
		failure = channel->descriptor < 0 ? errno : 0;
	}
	if (!failure)
		return 0;
	pwm_channel_close(channel);
	return device_error(error, failure, words, "PWM chip %u, channel %u", options->chip, options->channel);
}

int pwm_channel_pulse(PwmChannel *channel, uint32_t pulse, DeviceError *error) {
	char text[12];
	int length = snprintf(text, sizeof text, "%u", pulse <= channel->period ? pulse : channel->period);
	int failure = channel->descriptor < 0 ? ENODEV : 0;
	if (!failure && pwrite(channel->descriptor, text, length, 0) != length)
		failure = errno;
	if (!failure && !channel->enabled) {
		failure = set(channel, "enable", 1);
		channel->enabled = !failure;
	}
	return failure ? device_error(error, failure, words, "%s, channel %u", channel->chip, channel->channel) : 0;
}

void pwm_channel_close(PwmChannel *channel) {
	if (channel->descriptor >= 0)
		close(channel->descriptor);
	channel->descriptor = -1;
	if (channel->enabled)
		set(channel, "enable", 0);
	channel->enabled = 0;
	if (channel->exported) {
		char path[PWM_PATH_SIZE + 40];
		snprintf(path, sizeof path, "%s/unexport", channel->chip);
		put(path, channel->channel);
	}
	channel->exported = 0;
}
