/*
 * Scales a picture, or mutations of it. The sanitizers find what the code does wrong.
 *
 *   jpeg-scaler-probe scale FILE WIDTH OUT     prints {"length"}: 0 when it can't be scaled
 *   jpeg-scaler-probe fuzz FILE SEED ROUNDS    prints how many were scaled, and how many were refused
 *   jpeg-scaler-probe missing LIBRARY          prints {"missing"}: 1 when the library can't be loaded
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg-scaler.h"

static unsigned state;

/* Numerical Recipes' generator: the same on every machine. */
static unsigned next(unsigned below) {
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % below;
}

static size_t mutate(unsigned char *picture, size_t length) {
	for (unsigned changes = next(5); changes > 0; changes--) {
		size_t at = next(2) ? next(700) : next((unsigned)length);
		if (at < length)
			picture[at] = next(3) ? (unsigned char)next(256) : next(2) ? 0xff : 0;
	}
	return next(4) ? length : next((unsigned)length + 1);
}

int main(int argc, char **argv) {
	static unsigned char picture[1 << 20];
	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "missing")) {
		JpegScaler *none = jpeg_scaler_open(argv[2]);
		printf("{\"missing\":%d}\n", none == NULL);
		jpeg_scaler_close(none);
		return 0;
	}
	JpegScaler *scaler = jpeg_scaler_open(NULL);
	FILE *file = fopen(argv[2], "rb");
	if (!file || !scaler || argc < 5)
		return 3;
	size_t length = fread(picture, 1, sizeof picture, file);
	fclose(file);
	if (!strcmp(argv[1], "scale")) {
		unsigned char *small;
		size_t made = jpeg_scaler_scale(scaler, picture, length, (unsigned)atoi(argv[3]), &small);
		file = fopen(argv[4], "wb");
		if (made)
			fwrite(small, 1, made, file);
		fclose(file);
		free(small);
		printf("{\"length\":%zu}\n", made);
	} else {
		int good = 0, refused = 0;
		state = (unsigned)atoi(argv[3]);
		for (int round = atoi(argv[4]); round > 0; round--) {
			/* Memory of just the size, so that one octet too far is seen. */
			unsigned char *copy = malloc(length), *small;
			memcpy(copy, picture, length);
			size_t size = mutate(copy, length);
			copy = realloc(copy, size ? size : 1);
			if (jpeg_scaler_scale(scaler, copy, size, 1 + next(400), &small))
				good++;
			else
				refused++;
			free(small);
			free(copy);
		}
		printf("{\"good\":%d,\"refused\":%d}\n", good, refused);
	}
	jpeg_scaler_close(scaler);
	return 0;
}
