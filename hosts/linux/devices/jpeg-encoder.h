/*
 * Encodes raw pictures as JPEG with libjpeg-turbo, which is loaded when the first raw camera is opened: boards whose
 * cameras deliver Motion JPEG do not need it.
 */
#ifndef JPEG_ENCODER_H
#define JPEG_ENCODER_H

#include <stddef.h>

#include "camera-error.h"

/*
 * How pixels lie in memory: 4:2:2 with two pixels in four octets; 4:2:0 as a plane of brightness and one of both colours
 * (NV12) or one of each (YU12, of half the stride); red, green and blue.
 */
typedef enum { JPEG_YUYV, JPEG_UYVY, JPEG_NV12, JPEG_YU12, JPEG_RGB24 } JpegLayout;

typedef struct JpegEncoder JpegEncoder;

/*
 * Makes an encoder for pictures of one size.
 * `library` is a file name for dlopen; NULL for libjpeg-turbo's own.
 * Returns NULL with `error` when the library is missing or memory is short.
 */
JpegEncoder *jpeg_encoder_open(const char *library, unsigned width, unsigned height, DeviceError *error);

/* The most octets of an encoded picture. */
size_t jpeg_encoder_room(const JpegEncoder *encoder);

/* The octets of a raw picture whose lines (of its first plane) are `stride` octets apart. */
size_t jpeg_encoder_raw_size(const JpegEncoder *encoder, JpegLayout layout, size_t stride);

/*
 * Encodes as baseline 4:2:0 with the standard Huffman tables, as RTP requires (RFC 2435).
 * `pixels` has jpeg_encoder_raw_size() octets; `quality`: 1 to 100; `out` has jpeg_encoder_room() octets.
 * Returns the picture's length, 0 when it can't be encoded.
 */
size_t jpeg_encoder_encode(JpegEncoder *encoder, JpegLayout layout, const unsigned char *pixels, size_t stride,
	int quality, unsigned char *out);

void jpeg_encoder_close(JpegEncoder *encoder);

#endif
