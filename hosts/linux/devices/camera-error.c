#include "camera-error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *words_of(int number) {
	switch (number) {
	case ENOENT:
		return "there is no such device; is the camera plugged in?";
	case ENODEV:
	case ENXIO:
		return "the camera was unplugged";
	case EACCES:
	case EPERM:
		return "permission denied; add the user of this program to the group video";
	case EBUSY:
		return "the camera is used by another program";
	case EIO:
		return "the camera or its cable has a fault (input/output error)";
	case ENOSPC:
		return "the USB bus has no bandwidth left; choose a smaller picture or plug the camera in elsewhere";
	case ENOMEM:
		return "out of memory";
	case ENOTTY:
		return "this is no camera";
	case EPROTO:
	case ETIMEDOUT:
		return "the camera does not answer";
	default:
		return strerror(number);
	}
}

int camera_error(CameraError *error, int number, const char *what, ...) {
	va_list rest;
	va_start(rest, what);
	int length = vsnprintf(error->words, sizeof error->words, what, rest);
	va_end(rest);
	error->number = number ? number : EINVAL;
	if (number && length >= 0 && (size_t)length < sizeof error->words)
		snprintf(error->words + length, sizeof error->words - length, ": %s", words_of(number));
	return -1;
}
