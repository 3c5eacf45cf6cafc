#include "jpeg-encoder.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

/* From the TurboJPEG interface, which is stable since version 1.4; declared here, so that no header is needed. */
#define TJSAMP_420 2
#define TJFLAG_NOREALLOC 1024
#define TJFLAG_FASTDCT 2048

/* A driver that reports a larger picture is faulty. */
#define SIDE_MAX 16384

struct JpegEncoder {
	void *library;
	void *compressor;
	unsigned long (*size_of)(int width, int height, int subsampling);
	int (*compress)(void *compressor, const unsigned char **planes, int width, const int *strides, int height,
		int subsampling, unsigned char **out, unsigned long *length, int quality, int flags);
	int (*destroy)(void *compressor);
	unsigned width;
	unsigned height;
	unsigned char *planes[3];
	int strides[3];
};

/* Finds the functions. Returns 0 when one is missing. */
static int find(JpegEncoder *encoder) {
	void *(*initialise)(void) = (void *(*)(void))dlsym(encoder->library, "tjInitCompress");
	*(void **)&encoder->size_of = dlsym(encoder->library, "tjBufSize");
	*(void **)&encoder->compress = dlsym(encoder->library, "tjCompressFromYUVPlanes");
	*(void **)&encoder->destroy = dlsym(encoder->library, "tjDestroy");
	if (initialise && encoder->size_of && encoder->compress && encoder->destroy)
		encoder->compressor = initialise();
	return encoder->compressor != NULL;
}

JpegEncoder *jpeg_encoder_open(const char *library, unsigned width, unsigned height, DeviceError *error) {
	if (!width || !height || width > SIDE_MAX || height > SIDE_MAX) {
		camera_error(error, 0, "a picture of %u×%u can't be encoded", width, height);
		return NULL;
	}
	JpegEncoder *encoder = calloc(1, sizeof *encoder);
	if (!encoder) {
		camera_error(error, ENOMEM, "JPEG encoder");
		return NULL;
	}
	encoder->library = dlopen(library ? library : "libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
	if (!encoder->library || !find(encoder)) {
		camera_error(error, 0, "this camera delivers raw pictures, and libjpeg-turbo, which compresses them, is not "
				       "installed (on Debian: apt install libturbojpeg0)");
		error->number = ENOSYS;
		jpeg_encoder_close(encoder);
		return NULL;
	}
	encoder->width = width;
	encoder->height = height;
	unsigned half = (width + 1) / 2;
	for (int i = 0; i < 3; i++) {
		encoder->strides[i] = i ? half : half * 2;
		encoder->planes[i] = malloc((size_t)encoder->strides[i] * (i ? (height + 1) / 2 : height));
		if (!encoder->planes[i]) {
			camera_error(error, ENOMEM, "JPEG encoder");
			jpeg_encoder_close(encoder);
			return NULL;
		}
	}
	return encoder;
}

size_t jpeg_encoder_room(const JpegEncoder *encoder) {
	return encoder->size_of(encoder->width, encoder->height, TJSAMP_420);
}

/* Extracts the brightness of one line; `luma` is the offset of the first pixel's. */
static void split_luma(unsigned char *to, const unsigned char *line, unsigned width, int luma) {
	for (unsigned x = 0; x < width; x++)
		to[x] = line[2 * x + luma];
}

/* Averages the colour of two lines; `chroma` is the offset of the first pixel pair's blue. */
static void split_chroma(unsigned char *blue, unsigned char *red, const unsigned char *line, const unsigned char *next,
	unsigned pairs, int chroma) {
	for (unsigned x = 0; x < pairs; x++) {
		unsigned at = 4 * x + chroma;
		blue[x] = (line[at] + next[at] + 1) >> 1;
		red[x] = (line[at + 2] + next[at + 2] + 1) >> 1;
	}
}

size_t jpeg_encoder_encode(JpegEncoder *encoder, JpegLayout layout, const unsigned char *pixels, size_t stride,
	int quality, unsigned char *out) {
	/* Pairs of pixels only: with an odd width the last pixel has no colour. */
	unsigned pairs = encoder->width / 2;
	int luma = layout == JPEG_UYVY;
	for (unsigned y = 0; y < encoder->height; y++) {
		const unsigned char *line = pixels + y * stride;
		split_luma(encoder->planes[0] + (size_t)y * encoder->strides[0], line, encoder->width, luma);
		if (y % 2)
			continue;
		const unsigned char *next = y + 1 < encoder->height ? line + stride : line;
		size_t at = (size_t)(y / 2) * encoder->strides[1];
		split_chroma(encoder->planes[1] + at, encoder->planes[2] + at, line, next, pairs, !luma);
		if (encoder->width % 2) {
			encoder->planes[1][at + pairs] = pairs ? encoder->planes[1][at + pairs - 1] : 128;
			encoder->planes[2][at + pairs] = pairs ? encoder->planes[2][at + pairs - 1] : 128;
		}
	}
	unsigned long length = jpeg_encoder_room(encoder);
	const unsigned char *planes[3] = {encoder->planes[0], encoder->planes[1], encoder->planes[2]};
	int failed = encoder->compress(encoder->compressor, planes, encoder->width, encoder->strides, encoder->height,
		TJSAMP_420, &out, &length, quality, TJFLAG_NOREALLOC | TJFLAG_FASTDCT);
	return failed ? 0 : length;
}

void jpeg_encoder_close(JpegEncoder *encoder) {
	if (!encoder)
		return;
	if (encoder->compressor)
		encoder->destroy(encoder->compressor);
	for (int i = 0; i < 3; i++)
		free(encoder->planes[i]);
	if (encoder->library)
		dlclose(encoder->library);
	free(encoder);
}
