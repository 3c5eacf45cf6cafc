/*
 * A camera without hardware: a library for LD_PRELOAD that makes one file look like a V4L2 device which yields the
 * same JPEG again and again, and optionally a second file like another node of the same camera which yields H.264. No
 * kernel module is needed.
 *
 * Environment: FAKE_DEV (path of the file), FAKE_JPEG (file with the picture: JPEG, or raw pixels), FAKE_FPS [30],
 * FAKE_W [640], FAKE_H [480], FAKE_FORMAT [MJPG], FAKE_STRIDE (octets of a line) [as few as possible], FAKE_BUSY (if set, another program streams),
 * FAKE_QUALITY (LEAST-MOST: the camera compresses as it is told, and adds each quality to the file FAKE_QUALITY_LOG),
 * FAKE_LOOK (LEAST:DEFAULT:MOST: the camera has brightness and both flips, and adds each change, ID VALUE, to the file FAKE_LOOK_LOG),
 * FAKE_H264 (file with an H.264 byte stream whose pictures begin with delimiters; one a buffer, again and again): the
 * format H264, which FAKE_DEV offers too if FAKE_H264_BESIDE is set; FAKE_DEV2 (path of the second node, which has only that
 * format), FAKE_BUS2 (where that is plugged in, if elsewhere); asking for a key picture goes back to the first one,
 * FAKE_BACKLOG (if set, pictures that nobody fetched in time wait in the buffers, as with a real camera; else there is
 * one a wake-up, which is all that a server in a benchmark can use).
 *
 * Deleting the file unplugs the camera, as removing a device node does: all that is asked of it fails with ENODEV.
 *
 * A device's descriptor is a timerfd, so that select and poll on it work as on a camera.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_SIZE (1 << 20)
#define FILE_MAX (8 << 20)
#define BUFFERS_MAX 32
#define QUEUE_SIZE 64 /* a power of two, at least BUFFERS_MAX */

/* One device node. */
typedef struct {
	const char *variable; /* the environment variable with its path */
	int fd;
	uint32_t fourcc; /* the format that is set; 0: not yet known */
	void *buffers[BUFFERS_MAX];
	unsigned queue[QUEUE_SIZE];
	unsigned queue_head;
	unsigned queue_tail;
	uint64_t filled;
	unsigned sequence;
	size_t h264_at;
} Device;

static Device devices[] = {{.variable = "FAKE_DEV", .fd = -1}, {.variable = "FAKE_DEV2", .fd = -1}};
#define DEVICES (sizeof devices / sizeof *devices)

static int width = 640;
static int height = 480;
static double rate = 30;
static uint32_t fourcc = V4L2_PIX_FMT_MJPEG;
static unsigned char *jpeg;
static size_t jpeg_size;
static unsigned char *h264;
static size_t h264_size;

/* Reads a file that an environment variable names. Returns NULL when it is not set. */
static unsigned char *load_file(const char *variable, size_t *size, int needed) {
	const char *name = getenv(variable);
	if (!name && !needed)
		return NULL;
	FILE *file = name ? fopen(name, "rb") : NULL;
	if (!file) {
		perror(variable);
		exit(9);
	}
	unsigned char *bytes = malloc(FILE_MAX);
	*size = fread(bytes, 1, FILE_MAX, file);
	fclose(file);
	return bytes;
}

static void load(void) {
	if (jpeg)
		return;
	if (getenv("FAKE_FPS"))
		rate = atof(getenv("FAKE_FPS"));
	if (getenv("FAKE_W"))
		width = atoi(getenv("FAKE_W"));
	if (getenv("FAKE_H"))
		height = atoi(getenv("FAKE_H"));
	const char *kind = getenv("FAKE_FORMAT");
	if (kind && strlen(kind) == 4)
		fourcc = v4l2_fourcc(kind[0], kind[1], kind[2], kind[3]);
	jpeg = load_file("FAKE_JPEG", &jpeg_size, 1);
	h264 = load_file("FAKE_H264", &h264_size, 0);
}

/* Finds the device of a path, or NULL. */
static Device *device_at(const char *path) {
	for (size_t i = 0; i < DEVICES; i++) {
		const char *name = getenv(devices[i].variable);
		if (name && path && !strcmp(path, name) && !access(name, F_OK))
			return &devices[i];
	}
	return NULL;
}

/* Finds the device of a descriptor, or NULL. */
static Device *device_of(int fd) {
	for (size_t i = 0; fd >= 0 && i < DEVICES; i++)
		if (devices[i].fd == fd)
			return &devices[i];
	return NULL;
}

static int is_unplugged(const Device *device) {
	return access(getenv(device->variable), F_OK) != 0;
}

/* The formats of a device, in order; 0: there is no such format. */
static uint32_t format_of(const Device *device, unsigned index) {
	if (device != devices)
		return index ? 0 : V4L2_PIX_FMT_H264;
	if (index == 0)
		return fourcc;
	return index == 1 && getenv("FAKE_H264_BESIDE") ? V4L2_PIX_FMT_H264 : 0;
}

/* 0 where the format is compressed; of planar formats those of the first plane. */
static unsigned octets_of_line(uint32_t fourcc) {
	const char *stride = getenv("FAKE_STRIDE");
	if (stride && atoi(stride))
		return (unsigned)atoi(stride);
	switch (fourcc) {
	case V4L2_PIX_FMT_MJPEG:
	case V4L2_PIX_FMT_H264:
		return 0;
	case V4L2_PIX_FMT_NV12:
	case V4L2_PIX_FMT_YUV420:
		return ((unsigned)width + 1) / 2 * 2;
	case V4L2_PIX_FMT_RGB24:
		return 3 * (unsigned)width;
	default:
		return 2 * (unsigned)width;
	}
}

static int open_device(Device *device, int flags) {
	load();
	/* a node may be opened again while it is open, to look at its formats */
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | (flags & O_NONBLOCK ? TFD_NONBLOCK : 0));
	device->fd = fd;
	device->fourcc = format_of(device, 0);
	return fd;
}

#define REPLACE_OPEN(name)                                                                                             \
	int name(const char *path, int flags, ...) {                                                                   \
		static int (*real)(const char *, int, ...);                                                            \
		va_list rest;                                                                                          \
		va_start(rest, flags);                                                                                 \
		int mode = va_arg(rest, int);                                                                          \
		va_end(rest);                                                                                          \
		Device *device = device_at(path);                                                                      \
		if (device)                                                                                            \
			return open_device(device, flags);                                                             \
		if (!real)                                                                                             \
			real = dlsym(RTLD_NEXT, #name);                                                                \
		return real(path, flags, mode);                                                                        \
	}

REPLACE_OPEN(open)
/* where files are always large, the C library's headers make open64 of open, and mmap64 of mmap */
#ifndef __USE_FILE_OFFSET64
REPLACE_OPEN(open64)
#endif

int __open_2(const char *path, int flags) {
	return open(path, flags);
}

int __open64_2(const char *path, int flags) {
	return open64(path, flags);
}

int close(int fd) {
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "close");
	/* the number may become that of another file */
	Device *device = device_of(fd);
	if (device)
		device->fd = -1;
	return real(fd);
}

static void stream(const Device *device, int on) {
	struct itimerspec timer = {0};
	if (on) {
		long nanoseconds = (long)(1e9 / rate);
		timer.it_interval.tv_sec = nanoseconds / 1000000000L;
		timer.it_interval.tv_nsec = nanoseconds % 1000000000L;
		timer.it_value = timer.it_interval;
	}
	timerfd_settime(device->fd, 0, &timer, NULL);
}

static int again(void) {
	errno = EAGAIN;
	return -1;
}

static int invalid(void) {
	errno = EINVAL;
	return -1;
}

static int query_capability(const Device *device, struct v4l2_capability *capability) {
	memset(capability, 0, sizeof *capability);
	strcpy((char *)capability->driver, "fake");
	strcpy((char *)capability->card, "fake");
	const char *bus = device == devices ? NULL : getenv("FAKE_BUS2");
	snprintf((char *)capability->bus_info, sizeof capability->bus_info, "%s", bus ? bus : "usb-fake-1");
	capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	capability->capabilities = capability->device_caps | V4L2_CAP_DEVICE_CAPS;
	return 0;
}

static int enumerate_input(struct v4l2_input *input) {
	if (input->index)
		return invalid();
	input->type = V4L2_INPUT_TYPE_CAMERA;
	strcpy((char *)input->name, "fake");
	return 0;
}

static int enumerate_format(const Device *device, struct v4l2_fmtdesc *format) {
	uint32_t offered = format_of(device, format->index);
	if (!offered)
		return invalid();
	int compressed = offered == V4L2_PIX_FMT_MJPEG || offered == V4L2_PIX_FMT_H264;
	format->pixelformat = offered;
	format->flags = compressed ? V4L2_FMT_FLAG_COMPRESSED : 0;
	memcpy(format->description, &offered, sizeof offered);
	return 0;
}

static int enumerate_size(struct v4l2_frmsizeenum *size) {
	if (size->index)
		return invalid();
	size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	size->discrete.width = width;
	size->discrete.height = height;
	return 0;
}

static int enumerate_interval(struct v4l2_frmivalenum *interval) {
	if (interval->index)
		return invalid();
	interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	interval->discrete.numerator = 1;
	interval->discrete.denominator = (int)rate;
	return 0;
}

/* A device has one size, and keeps its format unless it is asked for another one that it has. */
static int format(Device *device, struct v4l2_format *format, int set) {
	uint32_t offered;
	for (unsigned i = 0; set && (offered = format_of(device, i)); i++)
		if (offered == format->fmt.pix.pixelformat)
			device->fourcc = offered;
	format->fmt.pix.width = width;
	format->fmt.pix.height = height;
	if (getenv("FAKE_BUSY")) {
		errno = EBUSY;
		return -1;
	}
	format->fmt.pix.pixelformat = device->fourcc;
	format->fmt.pix.field = V4L2_FIELD_NONE;
	format->fmt.pix.bytesperline = octets_of_line(device->fourcc);
	format->fmt.pix.sizeimage = BUFFER_SIZE;
	format->fmt.pix.colorspace = V4L2_COLORSPACE_JPEG;
	return 0;
}

static int parameters(struct v4l2_streamparm *parameters) {
	parameters->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
	parameters->parm.capture.timeperframe.numerator = 1;
	parameters->parm.capture.timeperframe.denominator = (int)rate;
	return 0;
}

/* Returns 0 with the range of the control, if it is the one that there is. */
static int quality_range(uint32_t id, int *least, int *most) {
	const char *range = getenv("FAKE_QUALITY");
	if (id != V4L2_CID_JPEG_COMPRESSION_QUALITY || !range || sscanf(range, "%d-%d", least, most) != 2)
		return invalid();
	return 0;
}

/* Returns 1 with the range of a control of the picture's look, if it is one. */
static int look_range(struct v4l2_queryctrl *query) {
	const char *range = getenv("FAKE_LOOK");
	if (!range)
		return 0;
	if (query->id == V4L2_CID_BRIGHTNESS)
		return sscanf(range, "%d:%d:%d", &query->minimum, &query->default_value, &query->maximum) == 3;
	query->maximum = 1;
	return query->id == V4L2_CID_HFLIP || query->id == V4L2_CID_VFLIP;
}

static int query_control(struct v4l2_queryctrl *query) {
	if (look_range(query))
		return 0;
	if (quality_range(query->id, &query->minimum, &query->maximum))
		return -1;
	query->type = V4L2_CTRL_TYPE_INTEGER;
	query->step = 1;
	query->flags = getenv("FAKE_QUALITY_LOG") ? 0 : V4L2_CTRL_FLAG_READ_ONLY;
	return 0;
}

static int set_control(Device *device, const struct v4l2_control *control) {
	if (control->id == V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME && device->fourcc == V4L2_PIX_FMT_H264) {
		device->h264_at = 0;
		return 0;
	}
	struct v4l2_queryctrl look = {.id = control->id};
	if (look_range(&look)) {
		FILE *looks = fopen(getenv("FAKE_LOOK_LOG"), "a");
		if (looks) {
			fprintf(looks, "%x %d\n", control->id - V4L2_CID_BASE, control->value);
			fclose(looks);
		}
		return 0;
	}
	int least, most;
	if (quality_range(control->id, &least, &most))
		return -1;
	if (control->value < least || control->value > most) {
		errno = ERANGE;
		return -1;
	}
	FILE *file = fopen(getenv("FAKE_QUALITY_LOG"), "a");
	if (file) {
		fprintf(file, "%d\n", control->value);
		fclose(file);
	}
	return 0;
}

static int request_buffers(Device *device, struct v4l2_requestbuffers *request) {
	if (request->memory != V4L2_MEMORY_MMAP)
		return invalid();
	if (request->count > BUFFERS_MAX)
		request->count = BUFFERS_MAX;
	device->queue_head = device->queue_tail = 0;
	device->filled = 0;
	return 0;
}

static int query_buffer(struct v4l2_buffer *buffer) {
	if (buffer->index >= BUFFERS_MAX)
		return invalid();
	buffer->length = BUFFER_SIZE;
	buffer->m.offset = buffer->index * BUFFER_SIZE;
	buffer->flags = 0;
	return 0;
}

static int enqueue(Device *device, const struct v4l2_buffer *buffer) {
	if (buffer->index >= BUFFERS_MAX)
		return invalid();
	device->queue[device->queue_tail++ % QUEUE_SIZE] = buffer->index;
	return 0;
}

/* Puts the next picture of the byte stream into a buffer: from one delimiter to the next. Returns its length. */
static size_t next_h264(Device *device, unsigned char *to) {
	static const unsigned char delimiter[] = {0, 0, 0, 1, 9};
	if (!h264)
		return 0;
	if (device->h264_at >= h264_size)
		device->h264_at = 0;
	const unsigned char *from = h264 + device->h264_at;
	size_t left = h264_size - device->h264_at;
	const unsigned char *next = memmem(from + 1, left - 1, delimiter, sizeof delimiter);
	size_t length = next ? (size_t)(next - from) : left;
	memcpy(to, from, length);
	device->h264_at += length;
	return length;
}

static int dequeue(Device *device, struct v4l2_buffer *buffer) {
	uint64_t expirations = 0;
	if (read(device->fd, &expirations, sizeof expirations) != sizeof expirations)
		expirations = 0;
	uint64_t filled = getenv("FAKE_BACKLOG") ? device->filled + expirations : expirations;
	if (filled > device->queue_tail - device->queue_head)
		filled = device->queue_tail - device->queue_head;
	device->filled = filled;
	if (!filled)
		return again();
	device->filled--;
	unsigned index = device->queue[device->queue_head++ % QUEUE_SIZE];
	size_t length = jpeg_size;
	if (device->fourcc == V4L2_PIX_FMT_H264)
		length = next_h264(device, device->buffers[index]);
	else
		memcpy(device->buffers[index], jpeg, jpeg_size);
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	buffer->index = index;
	buffer->bytesused = length;
	buffer->length = BUFFER_SIZE;
	buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	buffer->sequence = device->sequence++;
	buffer->memory = V4L2_MEMORY_MMAP;
	buffer->timestamp.tv_sec = now.tv_sec;
	buffer->timestamp.tv_usec = now.tv_nsec / 1000;
	return 0;
}

int ioctl(int fd, unsigned long request, ...) {
	static int (*real)(int, unsigned long, ...);
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	if (!real)
		real = dlsym(RTLD_NEXT, "ioctl");
	Device *device = device_of(fd);
	if (!device)
		return real(fd, request, argument);
	if (is_unplugged(device)) {
		errno = ENODEV;
		return -1;
	}
	/* callers that keep the request in an int hand it over with its sign extended */
	switch (request & 0xffffffffUL) {
	case VIDIOC_QUERYCAP:
		return query_capability(device, argument);
	case VIDIOC_S_INPUT:
		return 0;
	case VIDIOC_G_INPUT:
		*(int *)argument = 0;
		return 0;
	case VIDIOC_ENUMINPUT:
		return enumerate_input(argument);
	case VIDIOC_ENUM_FMT:
		return enumerate_format(device, argument);
	case VIDIOC_ENUM_FRAMESIZES:
		return enumerate_size(argument);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return enumerate_interval(argument);
	case VIDIOC_G_FMT:
	case VIDIOC_TRY_FMT:
		return format(device, argument, 0);
	case VIDIOC_S_FMT:
		return format(device, argument, 1);
	case VIDIOC_G_PARM:
	case VIDIOC_S_PARM:
		return parameters(argument);
	case VIDIOC_QUERYCTRL:
		return query_control(argument);
	case VIDIOC_S_CTRL:
		return set_control(device, argument);
	case VIDIOC_REQBUFS:
		return request_buffers(device, argument);
	case VIDIOC_QUERYBUF:
		return query_buffer(argument);
	case VIDIOC_QBUF:
		return enqueue(device, argument);
	case VIDIOC_DQBUF:
		return dequeue(device, argument);
	case VIDIOC_STREAMON:
		stream(device, 1);
		return 0;
	case VIDIOC_STREAMOFF:
		stream(device, 0);
		return 0;
	default:
		return invalid();
	}
}

#define REPLACE_MMAP(name, original)                                                                                  \
	void *name(void *address, size_t length, int protection, int flags, int fd, off_t offset) {                    \
		static void *(*real)(void *, size_t, int, int, int, off_t);                                            \
		if (!real)                                                                                             \
			real = dlsym(RTLD_NEXT, original);                                                             \
		Device *device = device_of(fd);                                                                        \
		if (!device)                                                                                           \
			return real(address, length, protection, flags, fd, offset);                                   \
		int fixed = flags & MAP_FIXED;                                                                         \
		void *memory =                                                                                         \
		    real(address, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);         \
		device->buffers[offset / BUFFER_SIZE] = memory;                                                        \
		return memory;                                                                                         \
	}

#ifdef __USE_FILE_OFFSET64
REPLACE_MMAP(mmap, "mmap64")
#else
REPLACE_MMAP(mmap, "mmap")
REPLACE_MMAP(mmap64, "mmap64")
#endif
