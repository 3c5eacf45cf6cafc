/*
 * Encodes raw pictures as JPEG with libjpeg-turbo, which is loaded when the first raw camera is opened: boards whose
 * cameras deliver Motion JPEG do not need it.
 */
#ifndef JPEG_ENCODER_H
#define JPEG_ENCODER_H

#include <stddef.h>

#include "camera-error.h"

/* How pixels lie in memory: 4:2:2, two pixels in four octets. */
typedef enum { JPEG_YUYV, JPEG_UYVY } JpegLayout;

typedef struct JpegEncoder JpegEncoder;

/*
 * Makes an encoder for pictures of one size.
 * `library` is a file name for dlopen; NULL for libjpeg-turbo's own.
 * Returns NULL with `error` when the library is missing or memory is short.
 */
JpegEncoder *jpeg_encoder_open(const char *library, unsigned width, unsigned height, DeviceError *error);

/* The most octets of an encoded picture. */
size_t jpeg_encoder_room(const JpegEncoder *encoder);

/*
 * Encodes as baseline 4:2:0 with the standard Huffman tables, as RTP requires (RFC 2435).
 * `stride`: octets of a line, at least 2 × width; `quality`: 1 to 100; `out` has jpeg_encoder_room() octets.
 * Returns the picture's length, 0 when it can't be encoded.
 */
size_t jpeg_encoder_encode(JpegEncoder *encoder, JpegLayout layout, const unsigned char *pixels, size_t stride,
	int quality, unsigned char *out);

void jpeg_encoder_close(JpegEncoder *encoder);

#endif
