/*
 * Memory for pictures with room before and behind each, so that one write can send a picture with its header fields
 * and the boundary that follows it, without a copy.
 *
 * A region is [head | picture | tail]. Regions of a device hold the device's own buffer in the middle: the pages
 * before and behind it are ours. Regions of ordinary memory are used for pictures encoded here, and for copies when
 * too many of the device's buffers are lent.
 */
#ifndef CAMERA_MEMORY_H
#define CAMERA_MEMORY_H

#include <stddef.h>
#include <sys/types.h>

/* Least octets before a picture: header fields of a part, and the Huffman tables that Motion JPEG leaves out. */
#define CAMERA_HEAD_ROOM 1024
/* Least octets behind a picture, for the boundary. */
#define CAMERA_TAIL_ROOM 64

/* One region. */
typedef struct {
	unsigned char *memory; /* NULL: none */
	size_t size;           /* of all of it */
	size_t head;           /* where the picture starts */
	size_t room;           /* octets for the picture itself */
	int mapped;            /* how it is freed */
} CameraMemory;

/*
 * Maps a buffer of a V4L2 device (`length` octets at `offset`) between two pages of our own.
 * Returns 0, or -1 with errno; then nothing is mapped.
 */
int camera_memory_map(CameraMemory *region, int descriptor, size_t length, off_t offset);

/* Allocates a region for pictures of `length` octets. Returns 0, or -1 with errno. */
int camera_memory_allocate(CameraMemory *region, size_t length);

/* Frees a region; harmless when there is none. */
void camera_memory_free(CameraMemory *region);

#endif
