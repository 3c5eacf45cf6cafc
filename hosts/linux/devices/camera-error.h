/* Error messages of cameras. */
#ifndef CAMERA_ERROR_H
#define CAMERA_ERROR_H

#include "device-error.h"

/* The message for an error number; NULL for the C library's. */
const char *camera_words(int number);

/* Notes an error of a camera and returns -1. @see device_error */
#define camera_error(error, number, ...) device_error(error, number, camera_words, __VA_ARGS__)

#endif
