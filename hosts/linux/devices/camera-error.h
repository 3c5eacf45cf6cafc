/* Words for what goes wrong with cameras. */
#ifndef CAMERA_ERROR_H
#define CAMERA_ERROR_H

#include "device-error.h"

/* Words for an error number; NULL where the C library's will do. */
const char *camera_words(int number);

/* Notes an error of a camera and returns -1. @see device_error */
#define camera_error(error, number, ...) device_error(error, number, camera_words, __VA_ARGS__)

#endif
