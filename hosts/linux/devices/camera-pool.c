#include "camera-pool.h"

#include <stdlib.h>

/* Sizes are rounded up, so that a region fits the next picture too. */
#define GRAIN ((size_t)16384)

static void empty(CameraPool *pool, CameraPoolSlot *slot) {
	pool->octets -= slot->memory.size;
	camera_memory_free(&slot->memory);
}

/* Frees the memory that is not used. Returns how many regions still are. */
static int trim(CameraPool *pool) {
	int used = 0;
	for (int i = 0; i < pool->count; i++) {
		if (pool->slots[i].used)
			used++;
		else
			empty(pool, &pool->slots[i]);
	}
	return used;
}

/* Finds a free place for a region, with or without memory. Returns -1 when there is none. */
static int find_place(CameraPool *pool) {
	for (int i = 0; i < pool->count; i++)
		if (!pool->slots[i].used)
			return i;
	if (pool->count == CAMERA_POOL_MAX)
		return -1;
	int count = pool->count ? pool->count * 2 : 8;
	if (count > CAMERA_POOL_MAX)
		count = CAMERA_POOL_MAX;
	CameraPoolSlot *slots = realloc(pool->slots, count * sizeof *slots);
	if (!slots)
		return -1;
	for (int i = pool->count; i < count; i++)
		slots[i] = (CameraPoolSlot){0};
	int place = pool->count;
	pool->slots = slots;
	pool->count = count;
	return place;
}

int camera_pool_take(CameraPool *pool, size_t length) {
	for (int i = 0; i < pool->count; i++) {
		CameraPoolSlot *slot = &pool->slots[i];
		if (!slot->used && slot->memory.memory && slot->memory.room >= length) {
			slot->used = 1;
			slot->fresh = 0;
			return i;
		}
	}
	size_t room = (length + GRAIN - 1) / GRAIN * GRAIN;
	if (room < length || room > CAMERA_POOL_OCTETS)
		return -1;
	int place = find_place(pool);
	if (place < 0)
		return -1;
	CameraPoolSlot *slot = &pool->slots[place];
	/* this region is too small, and so are all other free ones */
	empty(pool, slot);
	if (pool->octets + room > CAMERA_POOL_OCTETS)
		trim(pool);
	if (pool->octets + room > CAMERA_POOL_OCTETS || camera_memory_allocate(&slot->memory, room) < 0)
		return -1;
	pool->octets += slot->memory.size;
	slot->used = 1;
	slot->fresh = 1;
	return place;
}

void camera_pool_give(CameraPool *pool, int number) {
	pool->slots[number].used = 0;
}

int camera_pool_free(CameraPool *pool, int all) {
	for (int i = 0; all && i < pool->count; i++)
		pool->slots[i].used = 0;
	int used = trim(pool);
	if (!used) {
		free(pool->slots);
		*pool = (CameraPool){0};
	}
	return used;
}
