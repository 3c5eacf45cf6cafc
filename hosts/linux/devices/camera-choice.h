/* Finds the camera and the format that best match a request. */
#ifndef CAMERA_CHOICE_H
#define CAMERA_CHOICE_H

#include <linux/videodev2.h>
#include <stdint.h>

#include "camera-error.h"

/* The camera that is wanted. Texts are read during the call only. */
typedef struct {
	/* A path (`/dev/video0`, `/dev/v4l/by-id/…`); a part of a camera's name in any case; empty: any camera. */
	const char *device;
	/* Folder with the devices. */
	const char *folder;
	/* Size of the picture; 0: CAMERA_WIDTH × CAMERA_HEIGHT. The camera's nearest is taken. */
	unsigned width;
	unsigned height;
	/* Most pictures a second; 0: as many as the camera gives. */
	unsigned fps;
	/* V4L2_PIX_FMT_H264: that format and no other; 0: the best of those that JPEG pictures can be made of. */
	uint32_t fourcc;
} CameraWish;

#define CAMERA_WIDTH 1280
#define CAMERA_HEIGHT 720

#define CAMERA_PATH_SIZE 288

/* The camera that was found. */
typedef struct {
	char path[CAMERA_PATH_SIZE];
	char name[33]; /* from the driver; untrusted bytes, so escape them before showing them */
	char bus[33];  /* where the camera is plugged in, the same for all device nodes of one camera */
	uint32_t fourcc;
	unsigned width;
	unsigned height;
	unsigned stride; /* octets of a line, of the first plane where there are several; 0 for compressed formats */
	unsigned fps;    /* 0: not known */
} CameraFormat;

/* True for formats whose buffers are compressed pictures already: JPEG or H.264. */
int camera_is_compressed(uint32_t fourcc);

/* Opens the device. Returns its descriptor (non-blocking), or -1 with `error`. */
int camera_choose_device(const CameraWish *wish, CameraFormat *format, DeviceError *error);

/*
 * Finds another device node of a camera which gives H.264, beside the camera's own: some USB cameras have one node for Motion
 * JPEG and one for H.264. Returns 1 with its path, or 0.
 */
int camera_find_companion(const CameraFormat *format, char *path, size_t size);

/* Sets the format: MJPEG if available, else a raw one. Returns 0, or -1 with `error`. */
int camera_choose_format(int descriptor, const CameraWish *wish, CameraFormat *format, DeviceError *error);

/* ioctl that is tried again when a signal interrupts it. Returns 0, or -1 with errno. */
int camera_control(int descriptor, unsigned long request, void *argument);

#endif
