/*
 * Makes small copies of JPEG pictures with libjpeg-turbo, which is loaded when the first one is wanted: pictures are decoded to a half, a
 * quarter or an eighth of their size at once (in the DCT), which takes a fraction of the time.
 */
#ifndef JPEG_SCALER_H
#define JPEG_SCALER_H

#include <stddef.h>

typedef struct JpegScaler JpegScaler;

/*
 * `library` is a file name for dlopen; NULL for libjpeg-turbo's own.
 * Returns NULL when the library is missing, or memory is short.
 */
JpegScaler *jpeg_scaler_open(const char *library);

/*
 * Scales a baseline picture of 8 megapixels at most down to `width` pixels, keeping its proportions. Threads may call it at the same time.
 * Leaves the picture in *out, which the caller frees. Returns its length; 0 with *out NULL when it can't be scaled.
 */
size_t jpeg_scaler_scale(
	const JpegScaler *scaler, const unsigned char *picture, size_t length, unsigned width, unsigned char **out);

void jpeg_scaler_close(JpegScaler *scaler);

#endif
