/*
 * Tries the switch, the servo's signal and the watch on a folder; prints what it saw as lines of JSON.
 *
 *   line-probe gpio CHIP LINE BIAS ACTIVE_LOW DEBOUNCE COMMAND...   each command is run by the shell, then the line read
 *   line-probe pwm FOLDER CHIP CHANNEL PERIOD PULSE...
 *   line-probe watch FOLDER PREFIX COMMAND...
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device-watch.h"
#include "gpio-line.h"
#include "pwm-channel.h"

/* The program's pauses: at the fourth one PROBE_AT_LOOK is run by the shell, as udev makes files while the program waits for them. */
int nanosleep(const struct timespec *wait, struct timespec *rest) {
	static int looks;
	const char *command = getenv("PROBE_AT_LOOK");
	if (command && ++looks == 4 && system(command))
		exit(3);
	return clock_nanosleep(CLOCK_MONOTONIC, 0, wait, rest);
}

/* Waits for a change, not for long. Returns whether there was any. */
static int wait_for(int descriptor) {
	struct pollfd wait = {.fd = descriptor, .events = POLLIN};
	return poll(&wait, 1, 300) > 0;
}

static int say(const DeviceError *error) {
	printf("{\"failed\":%d,\"words\":\"%s\"}\n", error->number, error->words);
	return 0;
}

static int try_gpio(int argc, char **argv) {
	GpioLineOptions options = {.chip = argv[0], .line = argv[1], .bias = (GpioBias)atoi(argv[2]),
		.active_low = atoi(argv[3]), .debounce = (uint32_t)atoi(argv[4])};
	GpioLine line;
	DeviceError error;
	if (gpio_line_open(&line, &options, &error) < 0)
		return say(&error);
	printf("{\"value\":%d}\n", line.value);
	for (int i = 5; i < argc; i++) {
		if (system(argv[i]))
			return 3;
		int woken = wait_for(line.descriptor);
		int changed = gpio_line_update(&line, &error);
		if (changed < 0) {
			gpio_line_close(&line);
			return say(&error);
		}
		printf("{\"woken\":%d,\"changed\":%d,\"value\":%d}\n", woken, changed, line.value);
	}
	gpio_line_close(&line);
	gpio_line_close(&line);
	printf("{\"afterwards\":%d}\n", gpio_line_update(&line, &error));
	return 0;
}

static int try_pwm(int argc, char **argv) {
	PwmChannelOptions options = {.folder = argv[0], .chip = (unsigned)atoi(argv[1]), .channel = (unsigned)atoi(argv[2]),
		.period = (uint32_t)atoi(argv[3])};
	PwmChannel channel;
	DeviceError error;
	if (pwm_channel_open(&channel, &options, &error) < 0)
		return say(&error);
	printf("{\"exported\":%d,\"enabled\":%d}\n", channel.exported, channel.enabled);
	for (int i = 4; i < argc; i++) {
		if (pwm_channel_pulse(&channel, (uint32_t)atoi(argv[i]), &error) < 0)
			return say(&error);
	}
	char command[400];
	snprintf(command, sizeof command, "cd %s/pwm%d && echo \"[$(cat period),$(cat duty_cycle),$(cat enable)]\"",
		channel.chip, (int)channel.channel);
	fflush(stdout);
	if (system(command))
		return 3;
	pwm_channel_close(&channel);
	pwm_channel_close(&channel);
	int after = pwm_channel_pulse(&channel, 1, &error);
	printf("{\"afterwards\":%d}\n", after);
	return 0;
}

static int try_watch(int argc, char **argv) {
	int watch = device_watch_open(argv[0]);
	if (watch < 0) {
		printf("{\"failed\":%d}\n", errno);
		return 0;
	}
	for (int i = 2; i < argc; i++) {
		if (system(argv[i]))
			return 3;
		int woken = wait_for(watch);
		int told = device_watch_update(watch, argv[1]);
		printf("{\"woken\":%d,\"told\":%d}\n", woken, told);
	}
	return 0;
}

int main(int argc, char **argv) {
	if (argc < 4)
		return 2;
	if (!strcmp(argv[1], "gpio"))
		return argc < 7 ? 2 : try_gpio(argc - 2, argv + 2);
	if (!strcmp(argv[1], "pwm"))
		return argc < 6 ? 2 : try_pwm(argc - 2, argv + 2);
	return try_watch(argc - 2, argv + 2);
}
