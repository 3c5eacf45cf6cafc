/* Says in words what is wrong with a camera: what happened, and what a person can do about it. */
#ifndef CAMERA_ERROR_H
#define CAMERA_ERROR_H

#include <stddef.h>

/* Octets for any text below, with the zero at its end. */
#define CAMERA_WORDS_SIZE 256

/* What happened to a camera. The words are for people, the error number is for programs. */
typedef struct {
	int number; /* an errno; 0: all is well */
	char words[CAMERA_WORDS_SIZE];
} CameraError;

/*
 * Notes an error and returns -1, so that a caller can return it at once. `what` is a format for what was tried; the
 * words for `number` follow by themselves ("no such device", "is used by another program", …).
 */
__attribute__((format(printf, 3, 4))) int camera_error(CameraError *error, int number, const char *what, ...);

#endif
