#include "gpio-line.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Chips have up to some hundred lines. */
#define LINES_MAX 4096
/* The name under which others see this user of the line. */
#define CONSUMER "porthole"

static const char *words(int number) {
	switch (number) {
	case ENOENT:
		return "no such chip; gpiodetect lists the chips";
	case EACCES:
	case EPERM:
		return "permission denied; add the user of this program to the group gpio";
	case EBUSY:
		return "the line is used by another program or driver";
	case EINVAL:
	case ENXIO:
		return "the chip does not have this line or does not support these options";
	case ENOTTY:
		return "not a GPIO chip, or the kernel is older than 5.10";
	case ENODEV:
		return "the chip is gone";
	default:
		return NULL;
	}
}

/* Finds a line by its number or name. Returns its number, or -1 with errno. */
static int find(int chip, const char *name) {
	struct gpiochip_info info = {0};
	if (ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, &info) < 0)
		return -1;
	unsigned lines = info.lines < LINES_MAX ? info.lines : LINES_MAX;
	char *end;
	unsigned long number = strtoul(name, &end, 10);
	if (*name >= '0' && *name <= '9' && !*end) {
		errno = EINVAL;
		return number < lines ? (int)number : -1;
	}
	for (unsigned i = 0; i < lines; i++) {
		struct gpio_v2_line_info line = {.offset = i};
		if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &line) < 0)
			return -1;
		if (*name && !strncmp(line.name, name, sizeof line.name))
			return (int)i;
	}
	errno = EINVAL;
	return -1;
}

static uint64_t flags_of(const GpioLineOptions *options) {
	uint64_t flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
	if (options->active_low)
		flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
	switch (options->bias) {
	case GPIO_BIAS_PULL_UP:
		return flags | GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
	case GPIO_BIAS_PULL_DOWN:
		return flags | GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
	case GPIO_BIAS_NONE:
		return flags | GPIO_V2_LINE_FLAG_BIAS_DISABLED;
	default:
		return flags;
	}
}

/* Returns the line's descriptor, or -1 with errno. */
static int request(int chip, unsigned number, const GpioLineOptions *options) {
	struct gpio_v2_line_request request = {.num_lines = 1};
	request.offsets[0] = number;
	request.config.flags = flags_of(options);
	if (options->debounce) {
		request.config.num_attrs = 1;
		request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE;
		request.config.attrs[0].attr.debounce_period_us = options->debounce;
		request.config.attrs[0].mask = 1;
	}
	snprintf(request.consumer, sizeof request.consumer, "%s", CONSUMER);
	if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0)
		return -1;
	int flags = fcntl(request.fd, F_GETFL);
	if (flags < 0 || fcntl(request.fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
		fcntl(request.fd, F_SETFD, FD_CLOEXEC) < 0) {
		int number = errno;
		close(request.fd);
		errno = number;
		return -1;
	}
	return request.fd;
}

/* Returns the value, or -1 with errno. */
static int read_value(int descriptor) {
	struct gpio_v2_line_values values = {.mask = 1};
	if (ioctl(descriptor, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0)
		return -1;
	return (int)(values.bits & 1);
}

int gpio_line_open(GpioLine *line, const GpioLineOptions *options, DeviceError *error) {
	line->descriptor = -1;
	int chip = open(options->chip, O_RDWR | O_CLOEXEC);
	if (chip < 0)
		return device_error(error, errno, words, "%s", options->chip);
	int number = find(chip, options->line);
	if (number >= 0)
		line->descriptor = request(chip, (unsigned)number, options);
	int failure = line->descriptor < 0 ? errno : 0;
	close(chip);
	if (failure)
		return device_error(error, failure, words, "%s, line %s", options->chip, options->line);
	line->value = read_value(line->descriptor);
	if (line->value >= 0)
		return 0;
	device_error(error, errno, words, "%s, line %s", options->chip, options->line);
	gpio_line_close(line);
	return -1;
}

int gpio_line_update(GpioLine *line, DeviceError *error) {
	if (line->descriptor < 0)
		return 0;
	struct gpio_v2_line_event events[16];
	ssize_t length;
	/* Reads the value afterwards, because the kernel drops events when there are many. */
	while ((length = read(line->descriptor, events, sizeof events)) > 0)
		;
	if (length < 0 && errno != EAGAIN && errno != EINTR)
		return device_error(error, errno, words, "the switch");
	int value = read_value(line->descriptor);
	if (value < 0)
		return device_error(error, errno, words, "the switch");
	int changed = value != line->value;
	line->value = value;
	return changed;
}

void gpio_line_close(GpioLine *line) {
	if (line->descriptor >= 0)
		close(line->descriptor);
	line->descriptor = -1;
}
