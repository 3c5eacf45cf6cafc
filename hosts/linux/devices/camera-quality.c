#include "camera-quality.h"

#include "camera-choice.h"

#define UNCHANGEABLE (V4L2_CTRL_FLAG_DISABLED | V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_GRABBED)

int camera_set_quality(int descriptor, int quality) {
	struct v4l2_queryctrl query = {.id = V4L2_CID_JPEG_COMPRESSION_QUALITY};
	if (camera_control(descriptor, VIDIOC_QUERYCTRL, &query) < 0 || query.flags & UNCHANGEABLE)
		return 0;
	struct v4l2_control control = {.id = V4L2_CID_JPEG_COMPRESSION_QUALITY, .value = quality};
	if (control.value > query.maximum)
		control.value = query.maximum;
	if (control.value < query.minimum)
		control.value = query.minimum;
	return camera_control(descriptor, VIDIOC_S_CTRL, &control) == 0;
}
