/*
 * Looks at a JPEG picture in the memory that a camera filled, and mends it in place: no entropy-coded octet is read or
 * moved, but for the search of a lost end.
 */
#ifndef JPEG_PICTURE_H
#define JPEG_PICTURE_H

#include <stddef.h>

/* Octets of the DHT segment that Motion JPEG leaves out: marker, length, the four tables of ITU-T T.81 Annex K.3. */
#define JPEG_TABLES_SIZE 420

/*
 * Checks that memory[*start, *end) is one whole JPEG that browsers show: SOI, sound segments up to the first scan
 * with one frame header, EOI. What a camera adds behind EOI (up to 4,096 octets) is cut off by moving *end.
 *
 * Pictures without Huffman tables get the standard ones: the segments before the scan move JPEG_TABLES_SIZE octets
 * towards the front, so *start must leave that much room; a picture without that room is left as it is.
 * Returns 1, or 0 for anything else (cut short, no JPEG, lossless, arithmetic); then nothing has changed.
 */
int jpeg_picture_mend(unsigned char *memory, size_t *start, size_t *end);

#endif
