/*
 * A GPIO chip without hardware: a library for LD_PRELOAD that makes one file look like the character device of a chip
 * with eight lines, of which line 3 is called SWITCH and line 5 is used by somebody else.
 *
 * Environment: FAKE_GPIO (path of the chip), FAKE_GPIO_VALUE (file with the lines' voltage: 0 or 1; writing to it is
 * an edge), FAKE_GPIO_LOG (file: how the line was asked for, as JSON).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LINES 8
#define NAMED 3
#define USED 5

static int chip = -1;
static int line = -1;
static int inverted;

int open(const char *path, int flags, ...) {
	static int (*real)(const char *, int, ...);
	va_list rest;
	va_start(rest, flags);
	int mode = va_arg(rest, int);
	va_end(rest);
	if (!real)
		real = dlsym(RTLD_NEXT, "open");
	int descriptor = real(path, flags, mode);
	if (getenv("FAKE_GPIO") && !strcmp(path, getenv("FAKE_GPIO")))
		chip = descriptor;
	return descriptor;
}

static int fail(int number) {
	errno = number;
	return -1;
}

static int request_line(struct gpio_v2_line_request *request) {
	if (request->num_lines != 1 || request->offsets[0] >= LINES)
		return fail(EINVAL);
	if (request->offsets[0] == USED)
		return fail(EBUSY);
	FILE *log = fopen(getenv("FAKE_GPIO_LOG"), "w");
	fprintf(log, "{\"line\":%u,\"flags\":%llu,\"debounce\":%u,\"consumer\":\"%s\"}\n", request->offsets[0],
		(unsigned long long)request->config.flags,
		request->config.num_attrs ? request->config.attrs[0].attr.debounce_period_us : 0, request->consumer);
	fclose(log);
	inverted = (request->config.flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW) != 0;
	line = inotify_init1(0);
	inotify_add_watch(line, getenv("FAKE_GPIO_VALUE"), IN_CLOSE_WRITE);
	request->fd = line;
	return 0;
}

static int get_values(struct gpio_v2_line_values *values) {
	FILE *file = fopen(getenv("FAKE_GPIO_VALUE"), "r");
	if (!file)
		return fail(ENODEV);
	int high = fgetc(file) == '1';
	fclose(file);
	values->bits = (high ^ inverted) & values->mask;
	return 0;
}

int ioctl(int fd, unsigned long request, ...) {
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	if (fd >= 0 && fd == line && request == GPIO_V2_LINE_GET_VALUES_IOCTL)
		return get_values(argument);
	if (fd < 0 || fd != chip)
		return fail(ENOTTY);
	if (request == GPIO_GET_CHIPINFO_IOCTL) {
		((struct gpiochip_info *)argument)->lines = LINES;
		return 0;
	}
	if (request == GPIO_V2_GET_LINEINFO_IOCTL) {
		struct gpio_v2_line_info *info = argument;
		strcpy(info->name, info->offset == NAMED ? "SWITCH" : "");
		return 0;
	}
	return request == GPIO_V2_GET_LINE_IOCTL ? request_line(argument) : fail(EINVAL);
}
