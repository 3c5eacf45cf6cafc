#include "jpeg-encoder.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From the TurboJPEG interface, which is stable since version 1.4; declared here, so that no header is needed. */
#define TJSAMP_420 2
#define TJPF_RGB 0
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
	int (*compress_rgb)(void *compressor, const unsigned char *pixels, int width, int stride, int height, int format,
		unsigned char **out, unsigned long *length, int subsampling, int quality, int flags);
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
	*(void **)&encoder->compress_rgb = dlsym(encoder->library, "tjCompress2");
	*(void **)&encoder->destroy = dlsym(encoder->library, "tjDestroy");
	if (initialise && encoder->size_of && encoder->compress && encoder->compress_rgb && encoder->destroy)
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
		/* the encoder reads whole pairs of lines and of pixels */
		encoder->planes[i] = malloc((size_t)encoder->strides[i] * ((height + 1) / 2) * (i ? 1 : 2));
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

size_t jpeg_encoder_raw_size(const JpegEncoder *encoder, JpegLayout layout, size_t stride) {
	size_t width = encoder->width, height = encoder->height, half = (height + 1) / 2, pairs = (width + 1) / 2;
	switch (layout) {
	case JPEG_NV12:
		return stride * (height + half - 1) + pairs * 2;
	case JPEG_YU12:
		return stride * height + stride / 2 * (2 * half - 1) + pairs;
	case JPEG_RGB24:
		return stride * (height - 1) + width * 3;
	default:
		return stride * (height - 1) + width * 2;
	}
}

/* Copies every `step`th octet. */
static void pick(unsigned char *to, const unsigned char *from, unsigned count, unsigned step) {
	for (unsigned i = 0; i < count; i++)
		to[i] = from[step * i];
}

/* Averages every fourth octet of two lines. */
static void average(unsigned char *to, const unsigned char *line, const unsigned char *next, unsigned count) {
	for (unsigned i = 0; i < count; i++)
		to[i] = (line[4 * i] + next[4 * i] + 1) >> 1;
}

/* Extracts the brightness; with an odd width or height the last column or line is doubled, as the encoder reads pairs. */
static void split_luma(JpegEncoder *encoder, const unsigned char *pixels, size_t stride, unsigned step) {
	size_t to = (size_t)encoder->strides[0];
	for (unsigned y = 0; y < encoder->height; y++) {
		unsigned char *line = encoder->planes[0] + y * to;
		pick(line, pixels + y * stride, encoder->width, step);
		if (encoder->width % 2)
			line[encoder->width] = line[encoder->width - 1];
	}
	if (encoder->height % 2)
		memcpy(encoder->planes[0] + encoder->height * to, encoder->planes[0] + (encoder->height - 1) * to, to);
}

/* Extracts the colours of 4:2:2 from two lines at a time; `at` is the offset of the first pixel pair's blue. */
static void split_chroma(JpegEncoder *encoder, const unsigned char *pixels, size_t stride, unsigned at) {
	/* Pairs of pixels only: with an odd width the last pixel has no colour. */
	unsigned pairs = encoder->width / 2;
	for (unsigned y = 0; y < encoder->height; y += 2) {
		const unsigned char *line = pixels + y * stride + at;
		const unsigned char *next = y + 1 < encoder->height ? line + stride : line;
		for (unsigned i = 1; i <= 2; i++) {
			unsigned char *to = encoder->planes[i] + (size_t)(y / 2) * encoder->strides[i];
			average(to, line + 2 * (i - 1), next + 2 * (i - 1), pairs);
			if (encoder->width % 2)
				to[pairs] = pairs ? to[pairs - 1] : 128;
		}
	}
}

/* Extracts the colours of 4:2:0: `step` 2 for a plane of both, 1 for a plane of each. */
static void copy_chroma(JpegEncoder *encoder, const unsigned char *pixels, size_t stride, unsigned step) {
	unsigned pairs = (encoder->width + 1) / 2, half = (encoder->height + 1) / 2;
	for (unsigned i = 1; i <= 2; i++) {
		const unsigned char *from = pixels + (i - 1) * (step == 2 ? 1 : stride * half);
		for (unsigned y = 0; y < half; y++)
			pick(encoder->planes[i] + (size_t)y * encoder->strides[i], from + y * stride, pairs, step);
	}
}

size_t jpeg_encoder_encode(JpegEncoder *encoder, JpegLayout layout, const unsigned char *pixels, size_t stride,
	int quality, unsigned char *out) {
	unsigned long length = jpeg_encoder_room(encoder);
	int flags = TJFLAG_NOREALLOC | TJFLAG_FASTDCT;
	int failed;
	if (layout == JPEG_RGB24) {
		failed = encoder->compress_rgb(encoder->compressor, pixels, encoder->width, (int)stride, encoder->height,
			TJPF_RGB, &out, &length, TJSAMP_420, quality, flags);
		return failed ? 0 : length;
	}
	const unsigned char *colours = pixels + stride * encoder->height;
	split_luma(encoder, pixels + (layout == JPEG_UYVY), stride, layout == JPEG_YUYV || layout == JPEG_UYVY ? 2 : 1);
	if (layout == JPEG_NV12)
		copy_chroma(encoder, colours, stride, 2);
	else if (layout == JPEG_YU12)
		copy_chroma(encoder, colours, stride / 2, 1);
	else
		split_chroma(encoder, pixels, stride, layout == JPEG_YUYV);
	const unsigned char *planes[3] = {encoder->planes[0], encoder->planes[1], encoder->planes[2]};
	failed = encoder->compress(encoder->compressor, planes, encoder->width, encoder->strides, encoder->height,
		TJSAMP_420, &out, &length, quality, flags);
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
