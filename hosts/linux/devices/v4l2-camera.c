#include "v4l2-camera.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "camera-memory.h"
#include "camera-pool.h"
#include "camera-look.h"
#include "camera-quality.h"
#include "jpeg-encoder.h"
#include "jpeg-picture.h"

/* Buffers requested from the device, and how many of them it must keep to fill. */
#define BUFFERS_WANTED 6
#define BUFFERS_MAX 32
#define BUFFERS_KEPT 2

/* Slots below this number are the device's buffers, the others are the pool's. */
#define POOL_SLOTS BUFFERS_MAX

/* A buffer larger than this is an error of the driver. */
#define BUFFER_OCTETS_MAX ((size_t)256 << 20)

typedef enum { BUFFER_NONE, BUFFER_QUEUED, BUFFER_OURS, BUFFER_LENT } BufferState;

struct V4l2Camera {
	int descriptor;
	int count;
	int queued;
	int quality; /* 0: no quality control */
	int endless; /* pictures without EOI in a row, up to 2: the camera writes none */
	unsigned fps;
	int64_t due; /* microseconds: a picture before this is skipped */
	CameraFormat format;
	V4l2Counters counters;
	JpegEncoder *encoder;
	CameraPool pool;
	CameraMemory memory[BUFFERS_MAX];
	BufferState state[BUFFERS_MAX];
	int fresh[BUFFERS_MAX];
};

static struct v4l2_buffer buffer_of(int index) {
	return (struct v4l2_buffer){
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = (unsigned)index};
}

/* Lets the device fill a buffer. Returns -1 with errno. */
static int enqueue(V4l2Camera *camera, int index) {
	struct v4l2_buffer buffer = buffer_of(index);
	camera->state[index] = BUFFER_OURS;
	if (camera_control(camera->descriptor, VIDIOC_QBUF, &buffer) < 0)
		return -1;
	camera->state[index] = BUFFER_QUEUED;
	camera->queued++;
	return 0;
}

static int map_buffers(V4l2Camera *camera, DeviceError *error) {
	const char *path = camera->format.path;
	struct v4l2_requestbuffers request = {
		.count = BUFFERS_WANTED, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
	if (camera_control(camera->descriptor, VIDIOC_REQBUFS, &request) < 0)
		return camera_error(error, errno, "%s", path);
	if (request.count < 2)
		return camera_error(error, ENOMEM, "%s: buffers of the camera", path);
	camera->count = request.count < BUFFERS_MAX ? (int)request.count : BUFFERS_MAX;
	for (int i = 0; i < camera->count; i++) {
		struct v4l2_buffer buffer = buffer_of(i);
		if (camera_control(camera->descriptor, VIDIOC_QUERYBUF, &buffer) < 0)
			return camera_error(error, errno, "%s", path);
		if (!buffer.length || buffer.length > BUFFER_OCTETS_MAX)
			return camera_error(error, 0, "%s: the driver reports a buffer of %u octets", path, buffer.length);
		if (camera_memory_map(&camera->memory[i], camera->descriptor, buffer.length, buffer.m.offset) < 0)
			return camera_error(error, errno, "%s: buffers of the camera", path);
		camera->fresh[i] = 1;
	}
	return 0;
}

static int start(V4l2Camera *camera, DeviceError *error) {
	for (int i = 0; i < camera->count; i++)
		if (enqueue(camera, i) < 0)
			return camera_error(error, errno, "%s", camera->format.path);
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	if (camera_control(camera->descriptor, VIDIOC_STREAMON, &type) < 0)
		return camera_error(error, errno, "%s", camera->format.path);
	return 0;
}

V4l2Camera *v4l2_camera_open(const V4l2CameraOptions *options, DeviceError *error) {
	V4l2Camera *camera = calloc(1, sizeof *camera);
	if (!camera) {
		camera_error(error, ENOMEM, "camera");
		return NULL;
	}
	CameraFormat *format = &camera->format;
	camera->fps = options->wish.fps;
	camera->descriptor = camera_choose_device(&options->wish, format, error);
	if (camera->descriptor < 0 || camera_choose_format(camera->descriptor, &options->wish, format, error) < 0)
		goto failed;
	if (!camera_is_compressed(format->fourcc)) {
		camera->encoder = jpeg_encoder_open(options->encoder, format->width, format->height, error);
		if (!camera->encoder)
			goto failed;
	}
	if (camera->encoder ||
		(format->fourcc != V4L2_PIX_FMT_H264 && camera_set_quality(camera->descriptor, options->quality)))
		camera->quality = options->quality;
	if (map_buffers(camera, error) == 0 && start(camera, error) == 0)
		return camera;
failed:
	v4l2_camera_free(camera);
	return NULL;
}

const CameraFormat *v4l2_camera_format(const V4l2Camera *camera) {
	return &camera->format;
}

int v4l2_camera_quality(const V4l2Camera *camera) {
	return camera->quality;
}

void v4l2_camera_set_quality(V4l2Camera *camera, int quality) {
	if (!camera->quality || camera->descriptor < 0)
		return;
	if (camera->encoder || camera_set_quality(camera->descriptor, quality))
		camera->quality = quality;
}

int v4l2_camera_look(const V4l2Camera *camera) {
	return camera->descriptor < 0 ? 0 : camera_look(camera->descriptor);
}

void v4l2_camera_set_look(V4l2Camera *camera, int brightness, int horizontal, int vertical) {
	if (camera->descriptor >= 0)
		camera_set_look(camera->descriptor, brightness, horizontal, vertical);
}

void v4l2_camera_request_key(V4l2Camera *camera) {
	struct v4l2_control control = {.id = V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME, .value = 1};
	if (camera->descriptor >= 0)
		camera_control(camera->descriptor, VIDIOC_S_CTRL, &control);
}

int v4l2_camera_descriptor(const V4l2Camera *camera) {
	return camera->descriptor;
}

const V4l2Counters *v4l2_camera_counters(const V4l2Camera *camera) {
	return &camera->counters;
}

/* True for a picture that the requested rate skips. Allows a tenth of a period, because cameras jitter. */
static int comes_too_fast(V4l2Camera *camera, const struct v4l2_buffer *buffer) {
	if (!camera->fps)
		return 0;
	int64_t period = 1000000 / camera->fps;
	int64_t at = (int64_t)buffer->timestamp.tv_sec * 1000000 + buffer->timestamp.tv_usec;
	/* a clock that jumped back must not stop the pictures */
	if (at < camera->due - period / 10 && at > camera->due - 2 * period)
		return 1;
	camera->due = (at - camera->due < period ? camera->due : at) + period;
	return 0;
}

/* Takes a buffer that is filled. Returns its index, -1: none; -2: errno. */
static int dequeue(V4l2Camera *camera, struct v4l2_buffer *buffer) {
	*buffer = buffer_of(0);
	if (camera_control(camera->descriptor, VIDIOC_DQBUF, buffer) < 0)
		return errno == EAGAIN ? -1 : -2;
	int index = (int)buffer->index;
	if (index >= camera->count || camera->state[index] != BUFFER_QUEUED) {
		errno = EIO;
		return -2;
	}
	camera->queued--;
	camera->state[index] = BUFFER_OURS;
	return index;
}

static int is_bad(const V4l2Camera *camera, const struct v4l2_buffer *buffer) {
	return buffer->flags & V4L2_BUF_FLAG_ERROR || buffer->bytesused == 0 ||
	       buffer->bytesused > camera->memory[buffer->index].room;
}

/* Takes the oldest buffer that is filled, unless that is bad. Returns its index, -1: none; -2: errno. */
static int dequeue_oldest(V4l2Camera *camera, struct v4l2_buffer *oldest) {
	int index = dequeue(camera, oldest);
	if (index < 0 || !is_bad(camera, oldest))
		return index;
	camera->counters.broken++;
	return enqueue(camera, index) < 0 ? -2 : -1;
}

/* Takes all buffers that are filled, gives back all but the newest good one. Returns its index, -1: none; -2: errno. */
static int dequeue_newest(V4l2Camera *camera, struct v4l2_buffer *newest) {
	int found = -1;
	for (int i = 0; i < camera->count; i++) {
		struct v4l2_buffer buffer;
		int index = dequeue(camera, &buffer);
		if (index == -2)
			return -2;
		if (index < 0)
			break;
		int bad = is_bad(camera, &buffer);
		int late = !bad && comes_too_fast(camera, &buffer);
		if (bad)
			camera->counters.broken++;
		else if (late || found >= 0)
			camera->counters.passed++;
		int back = bad || late ? index : found;
		if (back >= 0 && enqueue(camera, back) < 0)
			return -2;
		if (!bad && !late) {
			found = index;
			*newest = buffer;
		}
	}
	return found;
}

static void fill_frame(V4l2Frame *frame, int slot, int fresh, const CameraMemory *memory, size_t start, size_t end) {
	*frame = (V4l2Frame){.slot = slot, .fresh = fresh, .memory = memory->memory, .size = memory->size, .start = start,
		.end = end, .sequence = frame->sequence};
}

static JpegLayout layout_of(uint32_t fourcc) {
	switch (fourcc) {
	case V4L2_PIX_FMT_UYVY:
		return JPEG_UYVY;
	case V4L2_PIX_FMT_NV12:
		return JPEG_NV12;
	case V4L2_PIX_FMT_YUV420:
		return JPEG_YU12;
	case V4L2_PIX_FMT_RGB24:
		return JPEG_RGB24;
	default:
		return JPEG_YUYV;
	}
}

/* Encodes a raw picture into the pool. Returns 1, or 0 when that is impossible. */
static int encode(V4l2Camera *camera, int index, size_t used, V4l2Frame *frame) {
	const CameraFormat *format = &camera->format;
	const CameraMemory *raw = &camera->memory[index];
	JpegLayout layout = layout_of(format->fourcc);
	if (used < jpeg_encoder_raw_size(camera->encoder, layout, format->stride)) {
		camera->counters.broken++;
		return 0;
	}
	int taken = camera_pool_take(&camera->pool, jpeg_encoder_room(camera->encoder));
	if (taken < 0) {
		camera->counters.starved++;
		return 0;
	}
	CameraPoolSlot *slot = &camera->pool.slots[taken];
	size_t length = jpeg_encoder_encode(camera->encoder, layout, raw->memory + raw->head, format->stride,
		camera->quality, slot->memory.memory + slot->memory.head);
	if (!length) {
		camera_pool_give(&camera->pool, taken);
		camera->counters.broken++;
		return 0;
	}
	fill_frame(frame, POOL_SLOTS + taken, slot->fresh, &slot->memory, slot->memory.head, slot->memory.head + length);
	return 1;
}

/* Copies a picture into the pool, because too many buffers are lent. Returns 1, or 0 when that is impossible. */
static int copy(V4l2Camera *camera, const unsigned char *picture, size_t length, V4l2Frame *frame) {
	int taken = camera_pool_take(&camera->pool, length);
	if (taken < 0) {
		camera->counters.starved++;
		return 0;
	}
	CameraPoolSlot *slot = &camera->pool.slots[taken];
	memcpy(slot->memory.memory + slot->memory.head, picture, length);
	camera->counters.copied++;
	fill_frame(frame, POOL_SLOTS + taken, slot->fresh, &slot->memory, slot->memory.head, slot->memory.head + length);
	return 1;
}

/* Lends memory[start, end) of a filled buffer, or a copy of it. Returns 1, or 0 when that is impossible. */
static int lend(V4l2Camera *camera, int index, size_t start, size_t end, V4l2Frame *frame) {
	CameraMemory *memory = &camera->memory[index];
	if (camera->queued < BUFFERS_KEPT || memory->size - end < CAMERA_TAIL_ROOM)
		return copy(camera, memory->memory + start, end - start, frame);
	fill_frame(frame, index, camera->fresh[index], memory, start, end);
	camera->fresh[index] = 0;
	camera->state[index] = BUFFER_LENT;
	return 1;
}

/* Makes a frame of a filled buffer. Returns 1, or 0; the buffer is lent (then 1), or still ours. */
static int make_frame(V4l2Camera *camera, int index, size_t used, V4l2Frame *frame) {
	if (camera->encoder)
		return encode(camera, index, used, frame);
	CameraMemory *memory = &camera->memory[index];
	size_t start = memory->head;
	size_t end = start + used;
	if (camera->format.fourcc == V4L2_PIX_FMT_H264)
		return lend(camera, index, start, end, frame);
	/* One picture without EOI was cut short; with the second in a row, the camera writes none. */
	if (!jpeg_picture_end(memory->memory, memory->size, start, &end))
		camera->endless = 0;
	else if (camera->endless < 2)
		camera->endless++;
	if (camera->endless == 1 || !jpeg_picture_mend(memory->memory, &start, &end)) {
		camera->counters.broken++;
		return 0;
	}
	return lend(camera, index, start, end, frame);
}

int v4l2_camera_grab(V4l2Camera *camera, V4l2Frame *frame, DeviceError *error) {
	struct v4l2_buffer newest = {0};
	int is_ordered = camera->format.fourcc == V4L2_PIX_FMT_H264;
	int index = camera->descriptor < 0 ? -1
		    : is_ordered		   ? dequeue_oldest(camera, &newest)
					   : dequeue_newest(camera, &newest);
	if (index == -2)
		return camera_error(error, errno, "%s", camera->format.path);
	if (index < 0)
		return 0;
	frame->sequence = newest.sequence;
	int made = make_frame(camera, index, newest.bytesused, frame);
	if (camera->state[index] == BUFFER_OURS && enqueue(camera, index) < 0) {
		int number = errno;
		if (made)
			v4l2_camera_release(camera, frame->slot);
		return camera_error(error, number, "%s", camera->format.path);
	}
	camera->counters.lent += made;
	return made;
}

static int is_lent(const V4l2Camera *camera, int slot) {
	if (slot < POOL_SLOTS)
		return slot >= 0 && camera->state[slot] == BUFFER_LENT;
	return slot - POOL_SLOTS < camera->pool.count && camera->pool.slots[slot - POOL_SLOTS].used;
}

int v4l2_camera_release(V4l2Camera *camera, int slot) {
	if (!is_lent(camera, slot))
		return v4l2_camera_holds(camera, slot);
	if (slot >= POOL_SLOTS) {
		camera_pool_give(&camera->pool, slot - POOL_SLOTS);
		if (camera->descriptor < 0)
			camera_pool_free(&camera->pool, 0);
	} else if (camera->descriptor < 0) {
		camera->state[slot] = BUFFER_NONE;
		camera_memory_free(&camera->memory[slot]);
	} else {
		/* a camera that was unplugged says so at the next grab */
		enqueue(camera, slot);
	}
	return v4l2_camera_holds(camera, slot);
}

int v4l2_camera_holds(const V4l2Camera *camera, int slot) {
	if (slot < POOL_SLOTS)
		return slot >= 0 && camera->memory[slot].memory != NULL;
	return slot - POOL_SLOTS < camera->pool.count && camera->pool.slots[slot - POOL_SLOTS].memory.memory != NULL;
}

static void free_buffers(V4l2Camera *camera, int all) {
	for (int i = 0; i < BUFFERS_MAX; i++) {
		if (!all && camera->state[i] == BUFFER_LENT)
			continue;
		camera->state[i] = BUFFER_NONE;
		camera_memory_free(&camera->memory[i]);
	}
	camera_pool_free(&camera->pool, all);
}

void v4l2_camera_close(V4l2Camera *camera) {
	if (camera->descriptor < 0)
		return;
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	camera_control(camera->descriptor, VIDIOC_STREAMOFF, &type);
	close(camera->descriptor);
	camera->descriptor = -1;
	jpeg_encoder_close(camera->encoder);
	camera->encoder = NULL;
	free_buffers(camera, 0);
}

void v4l2_camera_free(V4l2Camera *camera) {
	if (!camera)
		return;
	v4l2_camera_close(camera);
	free_buffers(camera, 1);
	free(camera);
}
