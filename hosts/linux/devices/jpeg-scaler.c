#include "jpeg-scaler.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* From the TurboJPEG interface, which is stable since version 1.4; declared here, so that no header is needed. */
#define TJSAMP_420 2
#define TJPF_RGB 0
#define TJFLAG_NOREALLOC 1024
#define TJFLAG_FASTDCT 2048
#define TJFLAG_LIMITSCANS 32768

/* What a scan of all coefficients takes in the worst case, at 6 octets a pixel: 50 MB. 3840 × 2160 are fewer. */
#define PIXELS_MAX (1u << 23)
#define QUALITY 70
/* The most segments before the frame header. */
#define SEGMENTS_MAX 256

struct JpegScaler {
	void *library;
	void *(*decompressor)(void);
	void *(*compressor)(void);
	int (*decompress)(void *decompressor, const unsigned char *picture, unsigned long length, unsigned char *pixels,
		int width, int stride, int height, int format, int flags);
	unsigned long (*size_of)(int width, int height, int subsampling);
	int (*compress)(void *compressor, const unsigned char *pixels, int width, int stride, int height, int format,
		unsigned char **out, unsigned long *length, int subsampling, int quality, int flags);
	int (*destroy)(void *handle);
};

typedef struct {
	unsigned width, height;
} Size;

JpegScaler *jpeg_scaler_open(const char *library) {
	JpegScaler *scaler = calloc(1, sizeof *scaler);
	if (!scaler)
		return NULL;
	scaler->library = dlopen(library ? library : "libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
	if (scaler->library) {
		*(void **)&scaler->decompressor = dlsym(scaler->library, "tjInitDecompress");
		*(void **)&scaler->compressor = dlsym(scaler->library, "tjInitCompress");
		*(void **)&scaler->decompress = dlsym(scaler->library, "tjDecompress2");
		*(void **)&scaler->size_of = dlsym(scaler->library, "tjBufSize");
		*(void **)&scaler->compress = dlsym(scaler->library, "tjCompress2");
		*(void **)&scaler->destroy = dlsym(scaler->library, "tjDestroy");
	}
	if (scaler->decompressor && scaler->compressor && scaler->decompress && scaler->size_of && scaler->compress &&
		scaler->destroy)
		return scaler;
	jpeg_scaler_close(scaler);
	return NULL;
}

/* Finds the size of a baseline picture. Returns 0 when it is none, or is too large. ITU-T T.81 §B.2.2 */
static int read_size(const unsigned char *picture, size_t length, Size *size) {
	size_t at = 2;
	if (length < 4 || picture[0] != 0xff || picture[1] != 0xd8)
		return 0;
	for (int i = 0; i < SEGMENTS_MAX; i++) {
		while (at + 1 < length && picture[at] == 0xff && picture[at + 1] == 0xff)
			at++;
		if (at + 10 > length || picture[at] != 0xff)
			return 0;
		unsigned marker = picture[at + 1], octets = picture[at + 2] * 256u + picture[at + 3];
		if (marker == 0xc0 || marker == 0xc1) {
			size->height = picture[at + 5] * 256u + picture[at + 6];
			size->width = picture[at + 7] * 256u + picture[at + 8];
			return picture[at + 4] == 8 && size->width && size->height &&
				(uint64_t)size->width * size->height <= PIXELS_MAX;
		}
		/* Another kind of frame, the pictures' end, their data, or a marker without a length, behind which the library would look. */
		if ((marker >= 0xc2 && marker <= 0xda && marker != 0xc4) || marker < 0xc0 || octets < 2)
			return 0;
		at += 2 + octets;
	}
	return 0;
}

/* The smallest size in which the picture can be decoded at once that is as wide at least. */
static Size decoded_size(Size whole, unsigned width) {
	unsigned parts = 8;
	while (parts > 1 && (whole.width + parts - 1) / parts < width)
		parts /= 2;
	return (Size){(whole.width + parts - 1) / parts, (whole.height + parts - 1) / parts};
}

/* Where a pixel's middle lies in a line of another length, in 1/256 pixels. */
static unsigned position(unsigned at, unsigned from, unsigned to) {
	int64_t middle = ((2 * (int64_t)at + 1) * from * 128) / to - 128;
	int64_t most = ((int64_t)from - 1) * 256;
	return (unsigned)(middle < 0 ? 0 : middle > most ? most : middle);
}

/* Draws the pixels of `from` in another size, as the weighted mean of four each. */
static void resample(const unsigned char *from, Size is, unsigned char *to, Size wanted) {
	for (unsigned y = 0; y < wanted.height; y++) {
		unsigned down = position(y, is.height, wanted.height), v = down % 256;
		const unsigned char *line = from + (size_t)(down / 256) * is.width * 3;
		const unsigned char *next = down / 256 + 1 < is.height ? line + (size_t)is.width * 3 : line;
		for (unsigned x = 0; x < wanted.width; x++) {
			unsigned across = position(x, is.width, wanted.width), h = across % 256, left = across / 256 * 3;
			unsigned right = across / 256 + 1 < is.width ? left + 3 : left;
			for (int i = 0; i < 3; i++) {
				unsigned above = line[left + i] * (256 - h) + line[right + i] * h;
				unsigned below = next[left + i] * (256 - h) + next[right + i] * h;
				*to++ = (unsigned char)((above * (256 - v) + below * v + 32768) >> 16);
			}
		}
	}
}

static unsigned char *decode(const JpegScaler *scaler, const unsigned char *picture, size_t length, Size size) {
	unsigned char *pixels = malloc((size_t)size.width * size.height * 3);
	void *decompressor = scaler->decompressor();
	int failed = !pixels || !decompressor ||
		scaler->decompress(decompressor, picture, length, pixels, (int)size.width, 0, (int)size.height, TJPF_RGB,
			TJFLAG_FASTDCT | TJFLAG_LIMITSCANS);
	if (decompressor)
		scaler->destroy(decompressor);
	if (!failed)
		return pixels;
	free(pixels);
	return NULL;
}

static size_t encode(const JpegScaler *scaler, const unsigned char *pixels, Size size, unsigned char **out) {
	unsigned long length = scaler->size_of((int)size.width, (int)size.height, TJSAMP_420);
	unsigned char *made = malloc(length);
	void *compressor = scaler->compressor();
	int failed = !made || !compressor ||
		scaler->compress(compressor, pixels, (int)size.width, 0, (int)size.height, TJPF_RGB, &made, &length, TJSAMP_420,
			QUALITY, TJFLAG_NOREALLOC | TJFLAG_FASTDCT);
	if (compressor)
		scaler->destroy(compressor);
	if (failed) {
		free(made);
		return 0;
	}
	*out = made;
	return length;
}

size_t jpeg_scaler_scale(
	const JpegScaler *scaler, const unsigned char *picture, size_t length, unsigned width, unsigned char **out) {
	Size whole;
	*out = NULL;
	if (!read_size(picture, length, &whole) || !width || width >= whole.width)
		return 0;
	Size wanted = {width, (unsigned)(((uint64_t)whole.height * width + whole.width / 2) / whole.width)};
	if (!wanted.height)
		wanted.height = 1;
	Size decoded = decoded_size(whole, width);
	unsigned char *pixels = decode(scaler, picture, length, decoded);
	if (!pixels)
		return 0;
	size_t made = 0;
	if (decoded.width == wanted.width && decoded.height == wanted.height)
		made = encode(scaler, pixels, wanted, out);
	else {
		unsigned char *small = malloc((size_t)wanted.width * wanted.height * 3);
		if (small) {
			resample(pixels, decoded, small, wanted);
			made = encode(scaler, small, wanted, out);
		}
		free(small);
	}
	free(pixels);
	return made;
}

void jpeg_scaler_close(JpegScaler *scaler) {
	if (!scaler)
		return;
	if (scaler->library)
		dlclose(scaler->library);
	free(scaler);
}
