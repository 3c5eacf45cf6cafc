/*
 * A Video4Linux2 camera that lends its newest picture without copying it.
 *
 * The owner waits until the descriptor is readable, then calls v4l2_camera_grab(). A frame is lent until
 * v4l2_camera_release() is called with its slot; it stays valid even when the camera is closed or unplugged meanwhile.
 *
 * H.264 is lent picture by picture in order, as none can be left out; JPEG as the newest picture.
 *
 * No viewer can starve the others: when the device has only two buffers left, pictures are copied into ordinary memory
 * and lent from there.
 * @see https://docs.kernel.org/userspace-api/media/v4l/ (streaming I/O by memory mapping), IMG-17
 */
#ifndef V4L2_CAMERA_H
#define V4L2_CAMERA_H

#include <stdint.h>

#include "camera-choice.h"
#include "camera-error.h"

typedef struct V4l2Camera V4l2Camera;

/* How a camera is opened. */
typedef struct {
	CameraWish wish;
	/* JPEG quality, for pictures encoded here and for cameras with a quality control; 1 to 100. */
	int quality;
	/* File name of libjpeg-turbo for dlopen; NULL: its own. */
	const char *encoder;
} V4l2CameraOptions;

/* One picture: memory[start, end) is the JPEG or the H.264 access unit; the rest of memory[0, size) may be written to. */
typedef struct {
	int slot;  /* for v4l2_camera_release() */
	int fresh; /* the slot's memory is not the same as when the slot was lent last */
	unsigned char *memory;
	size_t size;
	size_t start;
	size_t end;
	uint32_t sequence; /* counts the camera's pictures, lost ones included */
} V4l2Frame;

/* Counts of the pictures so far. */
typedef struct {
	uint64_t lent;
	uint64_t copied;  /* of those lent, how many had to be copied */
	uint64_t passed;  /* superseded by newer ones, or above the requested rate */
	uint64_t broken;  /* not a complete picture */
	uint64_t starved; /* no memory was left to lend */
} V4l2Counters;

/* Opens a camera and starts it. Returns NULL with `error`. */
V4l2Camera *v4l2_camera_open(const V4l2CameraOptions *options, DeviceError *error);

/* The camera's properties; valid until it is closed. */
const CameraFormat *v4l2_camera_format(const V4l2Camera *camera);

/* What can be changed of how the pictures look: CAMERA_HAS_…; 0 after close. @see camera-look.h */
int v4l2_camera_look(const V4l2Camera *camera);

/* Changes brightness (-100 to 100) and flips (0 or 1), as far as they can be changed. No effect after close. */
void v4l2_camera_set_look(V4l2Camera *camera, int brightness, int horizontal, int vertical);

/* The quality of pictures, 1 to 100; 0: no quality control. */
int v4l2_camera_quality(const V4l2Camera *camera);

/* Sets the quality, 1 to 100, from one of the next pictures on. No effect where v4l2_camera_quality() is 0, or after close. */
void v4l2_camera_set_quality(V4l2Camera *camera, int quality);

/* Asks for a key picture of H.264 soon; no effect where the driver has no such control. */
void v4l2_camera_request_key(V4l2Camera *camera);

/* Becomes readable when there is a picture or an error. -1 after close. */
int v4l2_camera_descriptor(const V4l2Camera *camera);

/* Takes the newest picture, of H.264 the oldest. Returns 1 with `frame`, 0 when there is none, -1 with `error`: the camera must be closed. */
int v4l2_camera_grab(V4l2Camera *camera, V4l2Frame *frame, DeviceError *error);

/* Gives a frame back. Returns 0 when that freed its memory (after close), else 1. */
int v4l2_camera_release(V4l2Camera *camera, int slot);

const V4l2Counters *v4l2_camera_counters(const V4l2Camera *camera);

/* True while the slot has memory: lent slots keep it, the others lose it at close. */
int v4l2_camera_holds(const V4l2Camera *camera, int slot);

/* Stops, and frees all memory that is not lent. Harmless when repeated. */
void v4l2_camera_close(V4l2Camera *camera);

/* Closes and frees everything, lent or not. Harmless for NULL. */
void v4l2_camera_free(V4l2Camera *camera);

#endif
