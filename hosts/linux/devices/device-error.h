/* Error messages of devices: the problem and its remedy. */
#ifndef DEVICE_ERROR_H
#define DEVICE_ERROR_H

#include <stddef.h>

/* Octets of the message, with the zero at its end. */
#define DEVICE_WORDS_SIZE 256

/* An error of a device. The message is for users, the error number is for programs. */
typedef struct {
	int number; /* an errno; 0: no error number */
	char words[DEVICE_WORDS_SIZE];
} DeviceError;

/* The message for an error number, of one kind of device; NULL for the C library's. */
typedef const char *(*DeviceWords)(int number);

/*
 * Notes an error and returns -1, so that a caller can return it at once. `what` is a format that names the attempt; unless
 * `number` is 0, its message is appended. Control characters, which a device's name may hold, become '?'.
 */
__attribute__((format(printf, 4, 5))) int device_error(
	DeviceError *error, int number, DeviceWords words, const char *what, ...);

#endif
