#include "device-error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int device_error(DeviceError *error, int number, DeviceWords words, const char *what, ...) {
	va_list rest;
	va_start(rest, what);
	int length = vsnprintf(error->words, sizeof error->words, what, rest);
	va_end(rest);
	error->number = number ? number : EINVAL;
	if (number && length >= 0 && (size_t)length < sizeof error->words) {
		const char *why = words ? words(number) : NULL;
		snprintf(error->words + length, sizeof error->words - length, ": %s", why ? why : strerror(number));
	}
	for (char *at = error->words; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	return -1;
}
