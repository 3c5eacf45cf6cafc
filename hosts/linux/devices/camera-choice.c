#include "camera-choice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The most devices that are examined; the kernel has numbers up to 255. */
#define DEVICES_MAX 256
/* The most formats of one device that are examined. */
#define FORMATS_MAX 64

/* The formats that can be used, best first. */
static const uint32_t usable[] = {V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_JPEG, V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_UYVY,
	V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_RGB24};
#define USABLE_COUNT (sizeof usable / sizeof *usable)

int camera_control(int descriptor, unsigned long request, void *argument) {
	int result;
	do
		result = ioctl(descriptor, request, argument);
	while (result < 0 && errno == EINTR);
	return result;
}

int camera_is_compressed(uint32_t fourcc) {
	return fourcc == V4L2_PIX_FMT_MJPEG || fourcc == V4L2_PIX_FMT_JPEG || fourcc == V4L2_PIX_FMT_H264;
}

/* Returns 0 when the device captures pictures by streaming, or an errno. */
static int query(int descriptor, CameraFormat *format) {
	struct v4l2_capability capability = {0};
	if (camera_control(descriptor, VIDIOC_QUERYCAP, &capability) < 0)
		return errno;
	uint32_t can = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
	if (!(can & V4L2_CAP_VIDEO_CAPTURE) || !(can & V4L2_CAP_STREAMING))
		return ENOTTY;
	snprintf(format->name, sizeof format->name, "%.32s", (const char *)capability.card);
	snprintf(format->bus, sizeof format->bus, "%.32s", (const char *)capability.bus_info);
	return 0;
}

/* Opens one device if it is a camera. Returns its descriptor, or -1 with errno. */
static int open_camera(const char *path, CameraFormat *format) {
	int descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return -1;
	int failure = query(descriptor, format);
	if (failure) {
		close(descriptor);
		errno = failure;
		return -1;
	}
	snprintf(format->path, sizeof format->path, "%s", path);
	return descriptor;
}

static int contains(const char *text, const char *part) {
	size_t length = strlen(part);
	for (; *text; text++)
		if (!strncasecmp(text, part, length))
			return 1;
	return length == 0;
}

static int by_number(const void *a, const void *b) {
	return *(const int *)a - *(const int *)b;
}

/* Lists the numbers of video devices in a folder, lowest first. Returns how many. */
static int list(const char *folder, int *numbers) {
	DIR *directory = opendir(folder);
	if (!directory)
		return 0;
	int count = 0;
	for (struct dirent *entry; count < DEVICES_MAX && (entry = readdir(directory));) {
		int number, length = 0;
		if (sscanf(entry->d_name, "video%3d%n", &number, &length) == 1 && number >= 0 && !entry->d_name[length])
			numbers[count++] = number;
	}
	closedir(directory);
	qsort(numbers, count, sizeof *numbers, by_number);
	return count;
}

static int search(const CameraWish *wish, CameraFormat *format, DeviceError *error) {
	int numbers[DEVICES_MAX];
	int count = list(wish->folder, numbers);
	char names[160] = "";
	int refused = 0;
	for (int i = 0; i < count; i++) {
		char path[CAMERA_PATH_SIZE];
		if (snprintf(path, sizeof path, "%s/video%d", wish->folder, numbers[i]) >= (int)sizeof path)
			break;
		int descriptor = open_camera(path, format);
		if (descriptor >= 0 && contains(format->name, wish->device))
			return descriptor;
		if (descriptor < 0) {
			if (errno == EACCES || errno == EPERM)
				refused = errno;
			continue;
		}
		close(descriptor);
		size_t used = strlen(names);
		snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", format->name);
	}
	if (names[0])
		return camera_error(error, 0, "no camera is called \"%.60s\"; found: %s", wish->device, names);
	if (refused)
		return camera_error(error, refused, "%s/video*", wish->folder);
	camera_error(error, 0, "no camera found; is it plugged in?");
	error->number = ENOENT;
	return -1;
}

int camera_choose_device(const CameraWish *wish, CameraFormat *format, DeviceError *error) {
	if (wish->device[0] != '/')
		return search(wish, format, error);
	if (strlen(wish->device) >= sizeof format->path)
		return camera_error(error, ENAMETOOLONG, "%.60s…", wish->device);
	int descriptor = open_camera(wish->device, format);
	return descriptor >= 0 ? descriptor : camera_error(error, errno, "%s", wish->device);
}

static int offers(int descriptor, uint32_t fourcc) {
	for (unsigned index = 0; index < FORMATS_MAX; index++) {
		struct v4l2_fmtdesc entry = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
		if (camera_control(descriptor, VIDIOC_ENUM_FMT, &entry) < 0)
			return 0;
		if (entry.pixelformat == fourcc)
			return 1;
	}
	return 0;
}

int camera_find_companion(const CameraFormat *format, char *path, size_t size) {
	int numbers[DEVICES_MAX];
	/* the path may be a link, such as those in /dev/v4l/by-id */
	char *own = realpath(format->path, NULL);
	char *slash = own ? strrchr(own, '/') : NULL;
	int found = 0;
	if (slash && format->bus[0]) {
		const char *name = slash + 1;
		*slash = 0;
		int count = list(own, numbers);
		for (int i = 0; i < count && !found; i++) {
			CameraFormat other;
			int length = snprintf(path, size, "%s/video%d", own, numbers[i]);
			if (length >= (int)size || !strcmp(strrchr(path, '/') + 1, name))
				continue;
			int descriptor = open_camera(path, &other);
			if (descriptor < 0)
				continue;
			found = !strcmp(other.bus, format->bus) && offers(descriptor, V4L2_PIX_FMT_H264);
			close(descriptor);
		}
	}
	free(own);
	return found;
}

/* Finds the best format. Returns it, or 0; then `offered` lists the formats that the camera has. */
static uint32_t best_format(int descriptor, char *offered, size_t size) {
	size_t best = USABLE_COUNT;
	offered[0] = 0;
	for (unsigned index = 0; index < FORMATS_MAX; index++) {
		struct v4l2_fmtdesc entry = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
		if (camera_control(descriptor, VIDIOC_ENUM_FMT, &entry) < 0)
			break;
		for (size_t i = 0; i < best; i++)
			if (entry.pixelformat == usable[i])
				best = i;
		size_t used = strlen(offered);
		snprintf(offered + used, size - used, "%s%.4s", used ? ", " : "", (const char *)&entry.pixelformat);
	}
	return best < USABLE_COUNT ? usable[best] : 0;
}

static unsigned set_rate(int descriptor, unsigned fps) {
	struct v4l2_streamparm parameters = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
	struct v4l2_fract *period = &parameters.parm.capture.timeperframe;
	if (camera_control(descriptor, VIDIOC_G_PARM, &parameters) < 0)
		return 0;
	if (fps && parameters.parm.capture.capability & V4L2_CAP_TIMEPERFRAME) {
		period->numerator = 1;
		period->denominator = fps;
		if (camera_control(descriptor, VIDIOC_S_PARM, &parameters) < 0)
			return 0;
	}
	return period->numerator ? period->denominator / period->numerator : 0;
}

/* The fewest octets of a line, of the first plane where there are several. */
static unsigned least_stride(uint32_t fourcc, unsigned width) {
	switch (fourcc) {
	case V4L2_PIX_FMT_NV12:
	case V4L2_PIX_FMT_YUV420:
		return (width + 1) / 2 * 2;
	case V4L2_PIX_FMT_RGB24:
		return width * 3;
	default:
		return width * 2;
	}
}

int camera_choose_format(int descriptor, const CameraWish *wish, CameraFormat *format, DeviceError *error) {
	char offered[120];
	uint32_t fourcc = best_format(descriptor, offered, sizeof offered);
	if (wish->fourcc) {
		fourcc = wish->fourcc;
		if (!offers(descriptor, fourcc))
			return camera_error(error, 0, "%s offers no H.264, only: %s", format->path, offered);
	} else if (!fourcc)
		return camera_error(error, 0, "%s offers neither MJPEG nor YUYV, only: %s (UYVY, NV12, YU12 and RGB24 work too)",
			format->path, offered);
	struct v4l2_format set = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
	struct v4l2_pix_format *pixels = &set.fmt.pix;
	pixels->pixelformat = fourcc;
	pixels->width = wish->width ? wish->width : CAMERA_WIDTH;
	pixels->height = wish->height ? wish->height : CAMERA_HEIGHT;
	pixels->field = V4L2_FIELD_ANY;
	if (camera_control(descriptor, VIDIOC_S_FMT, &set) < 0)
		return camera_error(error, errno, "%s", format->path);
	if (pixels->pixelformat != fourcc)
		return camera_error(error, 0, "%s does not deliver the format that it offers", format->path);
	format->fourcc = fourcc;
	format->width = pixels->width;
	format->height = pixels->height;
	format->stride = camera_is_compressed(fourcc) ? 0 : pixels->bytesperline;
	unsigned least = least_stride(fourcc, format->width);
	if (!camera_is_compressed(fourcc) && format->stride < least)
		format->stride = least;
	format->fps = set_rate(descriptor, wish->fps);
	return 0;
}
