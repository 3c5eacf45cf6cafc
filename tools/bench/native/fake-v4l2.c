/*
 * A camera without hardware: a library for LD_PRELOAD that makes one file look like a V4L2 device which yields the
 * same JPEG again and again. No kernel module is needed.
 *
 * Environment: FAKE_DEV (path of the file), FAKE_JPEG (file with the picture: JPEG, or raw pixels), FAKE_FPS [30],
 * FAKE_W [640], FAKE_H [480], FAKE_FORMAT [MJPG], FAKE_STRIDE (octets of a line) [as few as possible], FAKE_BUSY (if set, another program streams),
 * FAKE_QUALITY (LEAST-MOST: the camera compresses as it is told, and adds each quality to the file FAKE_QUALITY_LOG),
 * FAKE_BACKLOG (if set, pictures that nobody fetched in time wait in the buffers, as with a real camera; else there is
 * one a wake-up, which is all that a server in a benchmark can use).
 *
 * Deleting the file unplugs the camera, as removing a device node does: all that is asked of it fails with ENODEV.
 *
 * The device's descriptor is a timerfd, so that select and poll on it work as on a camera.
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
#define BUFFERS_MAX 32
#define QUEUE_SIZE 64 /* a power of two, at least BUFFERS_MAX */

static int device = -1;
static int width = 640;
static int height = 480;
static double rate = 30;
static uint32_t fourcc = V4L2_PIX_FMT_MJPEG;
static unsigned char *jpeg;
static size_t jpeg_size;

static void *buffers[BUFFERS_MAX];
static unsigned queue[QUEUE_SIZE];
static unsigned queue_head;
static unsigned queue_tail;
static unsigned sequence;

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
	const char *name = getenv("FAKE_JPEG");
	FILE *file = name ? fopen(name, "rb") : NULL;
	if (!file) {
		perror("FAKE_JPEG");
		exit(9);
	}
	jpeg = malloc(BUFFER_SIZE);
	jpeg_size = fread(jpeg, 1, BUFFER_SIZE, file);
	fclose(file);
}

static int is_device(const char *path) {
	const char *name = getenv("FAKE_DEV");
	return name && path && !strcmp(path, name) && !access(name, F_OK);
}

static int is_unplugged(void) {
	return access(getenv("FAKE_DEV"), F_OK) != 0;
}

/* 0 where the format is compressed; of planar formats those of the first plane. */
static unsigned octets_of_line(void) {
	const char *stride = getenv("FAKE_STRIDE");
	if (stride && atoi(stride))
		return (unsigned)atoi(stride);
	switch (fourcc) {
	case V4L2_PIX_FMT_MJPEG:
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

static int open_device(int flags) {
	load();
	device = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | (flags & O_NONBLOCK ? TFD_NONBLOCK : 0));
	return device;
}

#define REPLACE_OPEN(name)                                                                                             \
	int name(const char *path, int flags, ...) {                                                                   \
		static int (*real)(const char *, int, ...);                                                            \
		va_list rest;                                                                                          \
		va_start(rest, flags);                                                                                 \
		int mode = va_arg(rest, int);                                                                          \
		va_end(rest);                                                                                          \
		if (is_device(path))                                                                                   \
			return open_device(flags);                                                                     \
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
	if (fd >= 0 && fd == device)
		device = -1;
	return real(fd);
}

static void stream(int on) {
	struct itimerspec timer = {0};
	if (on) {
		long nanoseconds = (long)(1e9 / rate);
		timer.it_interval.tv_sec = nanoseconds / 1000000000L;
		timer.it_interval.tv_nsec = nanoseconds % 1000000000L;
		timer.it_value = timer.it_interval;
	}
	timerfd_settime(device, 0, &timer, NULL);
}

static int again(void) {
	errno = EAGAIN;
	return -1;
}

static int invalid(void) {
	errno = EINVAL;
	return -1;
}

static int query_capability(struct v4l2_capability *capability) {
	memset(capability, 0, sizeof *capability);
	strcpy((char *)capability->driver, "fake");
	strcpy((char *)capability->card, "fake");
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

static int enumerate_format(struct v4l2_fmtdesc *format) {
	if (format->index)
		return invalid();
	format->pixelformat = fourcc;
	format->flags = fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
	memcpy(format->description, &fourcc, sizeof fourcc);
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

/* Getting, setting and trying a format all answer with the only one there is. */
static int format(struct v4l2_format *format) {
	format->fmt.pix.width = width;
	format->fmt.pix.height = height;
	if (getenv("FAKE_BUSY")) {
		errno = EBUSY;
		return -1;
	}
	format->fmt.pix.pixelformat = fourcc;
	format->fmt.pix.field = V4L2_FIELD_NONE;
	format->fmt.pix.bytesperline = octets_of_line();
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

static int query_control(struct v4l2_queryctrl *query) {
	if (quality_range(query->id, &query->minimum, &query->maximum))
		return -1;
	query->type = V4L2_CTRL_TYPE_INTEGER;
	query->step = 1;
	query->flags = getenv("FAKE_QUALITY_LOG") ? 0 : V4L2_CTRL_FLAG_READ_ONLY;
	return 0;
}

static int set_control(const struct v4l2_control *control) {
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

static int request_buffers(struct v4l2_requestbuffers *request) {
	if (request->memory != V4L2_MEMORY_MMAP)
		return invalid();
	if (request->count > BUFFERS_MAX)
		request->count = BUFFERS_MAX;
	queue_head = queue_tail = 0;
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

static int enqueue(const struct v4l2_buffer *buffer) {
	if (buffer->index >= BUFFERS_MAX)
		return invalid();
	queue[queue_tail++ % QUEUE_SIZE] = buffer->index;
	return 0;
}

static int dequeue(struct v4l2_buffer *buffer) {
	static uint64_t filled;
	uint64_t expirations = 0;
	if (read(device, &expirations, sizeof expirations) != sizeof expirations)
		expirations = 0;
	filled = getenv("FAKE_BACKLOG") ? filled + expirations : expirations;
	if (filled > queue_tail - queue_head)
		filled = queue_tail - queue_head;
	if (!filled)
		return again();
	filled--;
	unsigned index = queue[queue_head++ % QUEUE_SIZE];
	memcpy(buffers[index], jpeg, jpeg_size);
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	buffer->index = index;
	buffer->bytesused = jpeg_size;
	buffer->length = BUFFER_SIZE;
	buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	buffer->sequence = sequence++;
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
	if (fd < 0 || fd != device)
		return real(fd, request, argument);
	if (is_unplugged()) {
		errno = ENODEV;
		return -1;
	}
	/* callers that keep the request in an int hand it over with its sign extended */
	switch (request & 0xffffffffUL) {
	case VIDIOC_QUERYCAP:
		return query_capability(argument);
	case VIDIOC_S_INPUT:
		return 0;
	case VIDIOC_G_INPUT:
		*(int *)argument = 0;
		return 0;
	case VIDIOC_ENUMINPUT:
		return enumerate_input(argument);
	case VIDIOC_ENUM_FMT:
		return enumerate_format(argument);
	case VIDIOC_ENUM_FRAMESIZES:
		return enumerate_size(argument);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return enumerate_interval(argument);
	case VIDIOC_G_FMT:
	case VIDIOC_S_FMT:
	case VIDIOC_TRY_FMT:
		return format(argument);
	case VIDIOC_G_PARM:
	case VIDIOC_S_PARM:
		return parameters(argument);
	case VIDIOC_QUERYCTRL:
		return query_control(argument);
	case VIDIOC_S_CTRL:
		return set_control(argument);
	case VIDIOC_REQBUFS:
		return request_buffers(argument);
	case VIDIOC_QUERYBUF:
		return query_buffer(argument);
	case VIDIOC_QBUF:
		return enqueue(argument);
	case VIDIOC_DQBUF:
		return dequeue(argument);
	case VIDIOC_STREAMON:
		stream(1);
		return 0;
	case VIDIOC_STREAMOFF:
		stream(0);
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
		if (fd < 0 || fd != device)                                                                            \
			return real(address, length, protection, flags, fd, offset);                                   \
		int fixed = flags & MAP_FIXED;                                                                         \
		void *memory =                                                                                         \
		    real(address, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);         \
		buffers[offset / BUFFER_SIZE] = memory;                                                                \
		return memory;                                                                                         \
	}

#ifdef __USE_FILE_OFFSET64
REPLACE_MMAP(mmap, "mmap64")
#else
REPLACE_MMAP(mmap, "mmap")
REPLACE_MMAP(mmap64, "mmap64")
#endif
