/*
 * Opens a camera, does what its arguments say, prints what it saw as lines of JSON.
 *
 *   camera-probe DEVICE FOLDER FPS COMMAND...
 *   grab N     take and give back N frames      hold N   take N frames and keep them
 *   save FILE  write the next frame to a file   drop     give back all that is kept
 *   close      close the camera                 open     open it (again)
 *   quality N  choose a quality; tells which one is in force before and after
 *   look B,H,V change brightness and flips; tells what can be changed
 *   companion  find the other device node, with H.264; open it instead
 *   key        ask for a key picture
 *   reread     check that kept pictures have not changed
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "v4l2-camera.h"

#define HELD_MAX 128

static V4l2CameraOptions options;
static V4l2Camera *camera;
static V4l2Frame held[HELD_MAX];
static unsigned sums[HELD_MAX];
static int count;

static unsigned sum(const V4l2Frame *frame) {
	unsigned total = 0;
	for (size_t i = frame->start; i < frame->end; i++)
		total = total * 31 + frame->memory[i];
	return total;
}

/* Waits for a frame and uses the room around it as the server does. Returns 0 when the camera is gone. */
static int grab(V4l2Frame *frame) {
	for (int tries = 0; tries < 500; tries++) {
		struct pollfd wait = {.fd = v4l2_camera_descriptor(camera), .events = POLLIN};
		poll(&wait, 1, 2000);
		DeviceError error;
		int got = v4l2_camera_grab(camera, frame, &error);
		if (got < 0) {
			printf("{\"gone\":%d,\"words\":\"%s\"}\n", error.number, error.words);
			return 0;
		}
		if (got) {
			memset(frame->memory + frame->start - 128, 'h', 128);
			memset(frame->memory + frame->end, 't', 64);
			return 1;
		}
	}
	printf("{\"silent\":true}\n");
	return 0;
}

static void open_it(void) {
	DeviceError error = {0};
	v4l2_camera_free(camera);
	camera = v4l2_camera_open(&options, &error);
	if (!camera) {
		for (char *at = error.words; *at; at++)
			if (*at == '"')
				*at = '\'';
		printf("{\"failed\":%d,\"words\":\"%s\"}\n", error.number, error.words);
		return;
	}
	const CameraFormat *format = v4l2_camera_format(camera);
	printf("{\"name\":\"%s\",\"path\":\"%s\",\"format\":\"%.4s\",\"width\":%u,\"height\":%u,\"fps\":%u}\n", format->name,
		format->path, (const char *)&format->fourcc, format->width, format->height, format->fps);
}

static void run(const char *command, const char *argument) {
	V4l2Frame frame = {0};
	if (!strcmp(command, "open")) {
		open_it();
	} else if (!strcmp(command, "system")) {
		if (system(argument))
			exit(3);
	} else if (!camera) {
		return;
	} else if (!strcmp(command, "grab")) {
		int frames = 0, fresh = 0;
		unsigned first = 0;
		struct timespec begun, ended;
		clock_gettime(CLOCK_MONOTONIC, &begun);
		for (int i = 0; i < atoi(argument) && grab(&frame); i++) {
			if (!frames++)
				first = frame.sequence;
			fresh += frame.fresh;
			v4l2_camera_release(camera, frame.slot);
		}
		clock_gettime(CLOCK_MONOTONIC, &ended);
		printf("{\"frames\":%d,\"sequences\":%u,\"fresh\":%d,\"milliseconds\":%ld}\n", frames, frame.sequence - first + 1,
			fresh, (ended.tv_sec - begun.tv_sec) * 1000 + (ended.tv_nsec - begun.tv_nsec) / 1000000);
	} else if (!strcmp(command, "hold")) {
		for (int i = 0; i < atoi(argument) && count < HELD_MAX && grab(&held[count]); i++) {
			sums[count] = sum(&held[count]);
			count++;
		}
		printf("{\"held\":%d}\n", count);
	} else if (!strcmp(command, "reread")) {
		int same = 0;
		for (int i = 0; i < count; i++)
			same += sum(&held[i]) == sums[i];
		printf("{\"same\":%d}\n", same);
	} else if (!strcmp(command, "quality")) {
		int before = v4l2_camera_quality(camera);
		v4l2_camera_set_quality(camera, atoi(argument));
		printf("{\"before\":%d,\"after\":%d}\n", before, v4l2_camera_quality(camera));
	} else if (!strcmp(command, "look")) {
		int brightness = 0, horizontal = 0, vertical = 0;
		sscanf(argument, "%d,%d,%d", &brightness, &horizontal, &vertical);
		v4l2_camera_set_look(camera, brightness, horizontal, vertical);
		printf("{\"look\":%d}\n", v4l2_camera_look(camera));
	} else if (!strcmp(command, "companion")) {
		static char path[CAMERA_PATH_SIZE];
		int found = camera_find_companion(v4l2_camera_format(camera), path, sizeof path);
		printf("{\"companion\":\"%s\"}\n", found ? path : "");
		if (found) {
			options.wish.device = path;
			options.wish.fourcc = V4L2_PIX_FMT_H264;
			open_it();
		}
	} else if (!strcmp(command, "key")) {
		v4l2_camera_request_key(camera);
	} else if (!strcmp(command, "drop")) {
		int kept = 0;
		while (count > 0)
			kept += v4l2_camera_release(camera, held[--count].slot);
		printf("{\"kept\":%d}\n", kept);
	} else if (!strcmp(command, "save")) {
		if (!grab(&frame))
			return;
		FILE *file = fopen(argument, "wb");
		fwrite(frame.memory + frame.start, 1, frame.end - frame.start, file);
		fclose(file);
		v4l2_camera_release(camera, frame.slot);
		v4l2_camera_release(camera, frame.slot);
	} else if (!strcmp(command, "close")) {
		v4l2_camera_close(camera);
		v4l2_camera_close(camera);
	}
}

int main(int argc, char **argv) {
	if (argc < 4)
		return 2;
	options = (V4l2CameraOptions){.wish = {.device = argv[1], .folder = argv[2], .fps = (unsigned)atoi(argv[3])},
		.quality = 80, .encoder = getenv("PROBE_ENCODER")};
	for (int i = 4; i < argc; i++) {
		int takes = !strcmp(argv[i], "grab") || !strcmp(argv[i], "hold") || !strcmp(argv[i], "save") ||
			    !strcmp(argv[i], "system") || !strcmp(argv[i], "quality") || !strcmp(argv[i], "look");
		run(argv[i], takes && i + 1 < argc ? argv[i + 1] : "");
		i += takes;
		fflush(stdout);
	}
	if (camera) {
		const V4l2Counters *c = v4l2_camera_counters(camera);
		printf("{\"lent\":%llu,\"copied\":%llu,\"passed\":%llu,\"broken\":%llu,\"starved\":%llu}\n",
			(unsigned long long)c->lent, (unsigned long long)c->copied, (unsigned long long)c->passed,
			(unsigned long long)c->broken, (unsigned long long)c->starved);
	}
	v4l2_camera_free(camera);
	return 0;
}
