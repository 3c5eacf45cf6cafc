#include "camera-memory.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int camera_memory_map(CameraMemory *region, int descriptor, size_t length, off_t offset) {
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t whole = (length + page - 1) / page * page;
	size_t size = page + whole + page;
	unsigned char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -1;
	/* Over the middle of our own pages, so that nothing else can be there and both neighbours are ours. */
	void *middle = mmap(memory + page, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, offset);
	if (middle == MAP_FAILED) {
		munmap(memory, size);
		return -1;
	}
	*region = (CameraMemory){.memory = memory, .size = size, .head = page, .room = length, .mapped = 1};
	return 0;
}

int camera_memory_allocate(CameraMemory *region, size_t length) {
	size_t size = CAMERA_HEAD_ROOM + length + CAMERA_TAIL_ROOM;
	unsigned char *memory = size < length ? NULL : malloc(size);
	if (!memory)
		return -1;
	*region = (CameraMemory){.memory = memory, .size = size, .head = CAMERA_HEAD_ROOM, .room = length};
	return 0;
}

void camera_memory_free(CameraMemory *region) {
	if (region->mapped)
		munmap(region->memory, region->size);
	else
		free(region->memory);
	*region = (CameraMemory){0};
}
