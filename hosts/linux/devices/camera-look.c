#include "camera-look.h"

#include "camera-choice.h"

#define UNCHANGEABLE (V4L2_CTRL_FLAG_DISABLED | V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_GRABBED)

/* Returns 1 with the range of a control that can be set. */
static int range_of(int descriptor, unsigned id, struct v4l2_queryctrl *query) {
	*query = (struct v4l2_queryctrl){.id = id};
	return camera_control(descriptor, VIDIOC_QUERYCTRL, query) == 0 && !(query->flags & UNCHANGEABLE);
}

static void set(int descriptor, unsigned id, int value) {
	struct v4l2_control control = {.id = id, .value = value};
	camera_control(descriptor, VIDIOC_S_CTRL, &control);
}

int camera_look(int descriptor) {
	struct v4l2_queryctrl query;
	int look = range_of(descriptor, V4L2_CID_BRIGHTNESS, &query) ? CAMERA_HAS_BRIGHTNESS : 0;
	if (range_of(descriptor, V4L2_CID_HFLIP, &query) && range_of(descriptor, V4L2_CID_VFLIP, &query))
		look |= CAMERA_HAS_FLIP;
	return look;
}

void camera_set_look(int descriptor, int brightness, int horizontal, int vertical) {
	struct v4l2_queryctrl query;
	int look = camera_look(descriptor);
	if (look & CAMERA_HAS_BRIGHTNESS && range_of(descriptor, V4L2_CID_BRIGHTNESS, &query)) {
		/* A driver's range may be all numbers. */
		long long from = query.default_value;
		long long end = brightness < 0 ? query.minimum : query.maximum;
		set(descriptor, V4L2_CID_BRIGHTNESS, (int)(from + (end - from) * (brightness < 0 ? -brightness : brightness) / 100));
	}
	if (look & CAMERA_HAS_FLIP) {
		set(descriptor, V4L2_CID_HFLIP, horizontal);
		set(descriptor, V4L2_CID_VFLIP, vertical);
	}
}
