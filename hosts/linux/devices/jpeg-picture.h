/*
 * Checks a JPEG picture in a camera's buffer, and repairs it in place. Entropy-coded data is never moved, and read only
 * to search for a missing end.
 */
#ifndef JPEG_PICTURE_H
#define JPEG_PICTURE_H

#include <stddef.h>

/* Octets of the DHT segment that Motion JPEG leaves out: marker, length, the four tables of ITU-T T.81 Annex K.3. */
#define JPEG_TABLES_SIZE 420

/*
 * Checks that memory[*start, *end) is one whole JPEG that browsers show: SOI, sound segments up to the first scan
 * with one frame header, EOI. Padding behind EOI, however long, is cut off by moving *end.
 *
 * Pictures without Huffman tables get the standard ones: the segments before the scan move JPEG_TABLES_SIZE octets
 * towards the front, so *start must leave that much room; a picture without that room is left as it is.
 * Returns 1, or 0 for anything else (truncated, not a JPEG, lossless, arithmetic); then nothing has changed.
 */
int jpeg_picture_mend(unsigned char *memory, size_t *start, size_t *end);

/*
 * Appends EOI to a picture in memory[start, *end) that has none, in place of zeros that pad it; `size` is that of the memory.
 * Returns 1, or 0 when there is an EOI, or no room for one; then nothing has changed.
 */
int jpeg_picture_end(unsigned char *memory, size_t size, size_t start, size_t *end);

#endif
