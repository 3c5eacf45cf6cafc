/* Regions of ordinary memory for pictures, used again and again. */
#ifndef CAMERA_POOL_H
#define CAMERA_POOL_H

#include "camera-memory.h"

/*
 * The most regions, and the most octets in all of them. Each stalled viewer can hold one picture; beyond
 * this, pictures are dropped until one is released.
 */
#define CAMERA_POOL_MAX 1024
#define CAMERA_POOL_OCTETS ((size_t)64 << 20)

typedef struct {
	CameraMemory memory;
	int used;
	int fresh; /* the memory was not handed out before */
} CameraPoolSlot;

typedef struct {
	CameraPoolSlot *slots;
	int count;
	size_t octets;
} CameraPool;

/*
 * Takes a region with room for `length` octets. Returns its number, or -1 when the limits are reached.
 * A number's memory may have changed since it was used last; then `fresh` is set.
 */
int camera_pool_take(CameraPool *pool, size_t length);

/* Gives a region back. */
void camera_pool_give(CameraPool *pool, int number);

/* Frees the regions that are not used; all of them when `all` is set. Returns how many are still used. */
int camera_pool_free(CameraPool *pool, int all);

#endif
