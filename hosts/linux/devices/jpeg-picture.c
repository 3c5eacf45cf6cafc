#include "jpeg-picture.h"

#include <string.h>

#include "jpeg-tables.h"

enum { SOF0 = 0xc0, SOF2 = 0xc2, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, EOI = 0xd9, SOI = 0xd8, SOS = 0xda };

/* Real pictures have 5 to 30 segments before the first scan. */
#define SEGMENTS_MAX 256
/*
 * Finds the EOI marker from behind, as drivers pad pictures to a packet, a page or the whole buffer: inside entropy-coded
 * data 0xff 0xd9 can't occur. Returns 0 when there is none.
 */
static size_t find_end(const unsigned char *memory, size_t start, size_t end) {
	for (size_t at = end; at >= start + 4; at--)
		if (memory[at - 2] == 0xff && memory[at - 1] == EOI)
			return at;
	return 0;
}

static int is_frame(int marker) {
	return marker >= SOF0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
}

static int has_length(int marker) {
	return marker >= 0xc0 && (marker < 0xd0 || marker > EOI);
}

/* Precision 8, a height and a width, 1 to 4 components of three octets each. */
static int is_frame_header(const unsigned char *body, size_t length) {
	if (length < 6 || body[0] != 8 || !(body[1] | body[2]) || !(body[3] | body[4]))
		return 0;
	return body[5] >= 1 && body[5] <= 4 && length == 6u + 3u * body[5];
}

/* Walks the segments. Returns where the SOS marker is, 0 when the picture is invalid; also reports whether it has tables. */
static size_t find_scan(const unsigned char *memory, size_t start, size_t end, int *tables) {
	size_t at = start + 2;
	size_t last = end - 2;
	int frames = 0;
	*tables = 0;
	for (int segments = 0; segments < SEGMENTS_MAX; segments++) {
		if (at + 4 > last || memory[at] != 0xff)
			return 0;
		/* a marker may be preceded by any number of fill octets */
		while (memory[at + 1] == 0xff && at + 4 < last)
			at++;
		int marker = memory[at + 1];
		size_t length = (size_t)memory[at + 2] << 8 | memory[at + 3];
		if (!has_length(marker) || length < 2 || at + 2 + length > last)
			return 0;
		const unsigned char *body = memory + at + 4;
		if (marker == DHT) {
			*tables = 1;
		} else if (marker == SOS) {
			int components = length > 2 ? body[0] : 0;
			int sound = components >= 1 && components <= 4 && length - 2 == 4u + 2u * components;
			return frames == 1 && sound ? at : 0;
		} else if (is_frame(marker)) {
			if (frames++ || marker > SOF2 || !is_frame_header(body, length - 2))
				return 0;
		}
		at += 2 + length;
	}
	return 0;
}

int jpeg_picture_end(unsigned char *memory, size_t size, size_t start, size_t *end) {
	size_t last = *end;
	if (last > size || find_end(memory, start, last))
		return 0;
	while (last > start && memory[last - 1] == 0)
		last--;
	if (size - last < 2)
		return 0;
	memory[last] = 0xff;
	memory[last + 1] = EOI;
	*end = last + 2;
	return 1;
}

int jpeg_picture_mend(unsigned char *memory, size_t *start, size_t *end) {
	if (*end < *start || *end - *start < 4 || memory[*start] != 0xff || memory[*start + 1] != SOI)
		return 0;
	size_t stop = find_end(memory, *start, *end);
	if (!stop || stop - *start < 4)
		return 0;
	int tables;
	size_t scan = find_scan(memory, *start, stop, &tables);
	if (!scan)
		return 0;
	*end = stop;
	if (!tables && *start >= JPEG_TABLES_SIZE) {
		memmove(memory + *start - JPEG_TABLES_SIZE, memory + *start, scan - *start);
		memcpy(memory + scan - JPEG_TABLES_SIZE, jpeg_standard_tables, JPEG_TABLES_SIZE);
		*start -= JPEG_TABLES_SIZE;
	}
	return 1;
}
