/* Messages about a device: what happened, and what a person can do about it. */
#ifndef DEVICE_ERROR_H
#define DEVICE_ERROR_H

#include <stddef.h>

/* Octets of the message, with the zero at its end. */
#define DEVICE_WORDS_SIZE 256

/* What happened to a device. The message is for people, the error number is for programs. */
typedef struct {
	int number; /* an errno; 0: all is well */
	char words[DEVICE_WORDS_SIZE];
} DeviceError;

/* Words for an error number, of one kind of device; NULL where the C library's will do. */
typedef const char *(*DeviceWords)(int number);

/*
 * Notes an error and returns -1, so that a caller can return it at once. `what` is a format for what was tried; unless
 * `number` is 0, its message is appended. Control characters, which a device's name may hold, become '?'.
 */
__attribute__((format(printf, 4, 5))) int device_error(
	DeviceError *error, int number, DeviceWords words, const char *what, ...);

#endif
