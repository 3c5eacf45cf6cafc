/*
 * Feeds mutations of a picture to the code that looks at what cameras give. The sanitizers find what it does wrong.
 *
 *   jpeg-fuzz FILE SEED ROUNDS     prints how many were taken for whole pictures, and how many were refused
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jpeg-picture.h"

static unsigned state;

/* Numerical Recipes' generator: the same on every machine. */
static unsigned next(unsigned below) {
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % below;
}

/* Changes some octets, mostly in the headers; cuts, doubles or moves a piece now and then. Returns the new length. */
static size_t mutate(unsigned char *picture, size_t length, size_t room) {
	for (unsigned changes = next(6); changes > 0; changes--) {
		size_t at = next(2) ? next(700) : next((unsigned)length);
		if (at < length)
			picture[at] = next(3) ? (unsigned char)next(256) : next(2) ? 0xff : 0;
	}
	if (!next(4))
		length = next((unsigned)length + 1);
	if (!next(8) && length > 600) {
		size_t from = next((unsigned)length / 2), size = next(400);
		memmove(picture + from, picture + from + size / 2, size);
	}
	if (!next(8) && length + 512 < room) {
		memset(picture + length, next(2) ? 0 : (int)next(256), 512);
		length += 512;
	}
	return length;
}

int main(int argc, char **argv) {
	static unsigned char picture[1 << 20];
	if (argc < 4)
		return 2;
	FILE *file = fopen(argv[1], "rb");
	if (!file)
		return 3;
	size_t length = fread(picture, 1, sizeof picture, file);
	fclose(file);
	state = (unsigned)atoi(argv[2]);
	int good = 0, refused = 0;
	for (int round = atoi(argv[3]); round > 0; round--) {
		/* Memory of just the size, so that one octet too far is seen; room before it is there or is missing. */
		size_t head = next(2) ? JPEG_TABLES_SIZE : next(JPEG_TABLES_SIZE);
		unsigned char *copy = malloc(length + 1024);
		memcpy(copy, picture, length);
		size_t size = mutate(copy, length, length + 1024);
		unsigned char *memory = malloc(head + size + 1);
		memset(memory, 0xaa, head);
		memcpy(memory + head, copy, size);
		memory = realloc(memory, head + size ? head + size : 1);
		size_t start = head, end = head + size;
		if (!jpeg_picture_mend(memory, &start, &end)) {
			refused++;
			/* a rejected picture is unchanged */
			if (start != head || end != head + size || memcmp(memory + head, copy, size))
				return 4;
			/* an end is written inside the memory, or nothing changes */
			size_t last = end;
			int ended = jpeg_picture_end(memory, head + size, start, &last);
			if (ended ? last > head + size || memory[last - 1] != 0xd9 : last != end)
				return 5;
		} else {
			good++;
			if (start > head || end > head + size || end - start < 4 || memory[start] != 0xff ||
				memory[start + 1] != 0xd8 || memory[end - 2] != 0xff || memory[end - 1] != 0xd9)
				return 5;
			/* a picture that was mended needs no more mending */
			size_t again = start, until = end;
			if (!jpeg_picture_mend(memory, &again, &until) || again != start || until != end) {
				if (start >= JPEG_TABLES_SIZE)
					return 6;
			}
		}
		free(copy);
		free(memory);
	}
	printf("{\"good\":%d,\"refused\":%d}\n", good, refused);
	return 0;
}
