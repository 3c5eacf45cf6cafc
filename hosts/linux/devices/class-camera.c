/* `porthole:camera`: a V4L2 camera that lends its pictures. Its JavaScript side is camera-driver.ts (LentCamera). */
#include "device-class.h"

#include <sys/epoll.h>

#include "v4l2-camera.h"

typedef struct {
	Record record;
	Watch watch;
	V4l2Camera* camera;
	V4l2Frame frame;
	/* The descriptor reported an error: unless a picture follows, the camera is gone. */
	int troubled;
	xsSlot onReadable;
	/* The object over each slot's memory; undefined until it is asked for. */
	xsSlot* buffers;
	int count;
} Camera;

static void destroy(void* data)
{
	Camera* camera = data;
	if (!camera)
		return;
	watchStop(&camera->watch);
	v4l2_camera_free(camera->camera);
	free(camera->buffers);
	free(camera);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Camera* camera = data;
	int i;
	if (!camera)
		return;
	(*markRoot)(the, &camera->onReadable);
	for (i = 0; i < camera->count; i++)
		(*markRoot)(the, &camera->buffers[i]);
}

static const xsHostHooks hooks = { destroy, mark, NULL };

static void ready(Watch* watch, uint32_t events)
{
	Camera* camera = (Camera*)((char*)watch - offsetof(Camera, watch));
	camera->troubled = (events & (EPOLLERR | EPOLLHUP)) != 0;
	callback0(camera, &camera->onReadable);
}

/*
 * new Camera({ device?, folder?, width?, height?, fps?, quality?, h264?, encoder?, onReadable }): throws Error with a message for users.
 * `folder` [/dev] and `encoder` (file of libjpeg-turbo) are for tests.
 */
static void construct(xsMachine* the)
{
	char device[CAMERA_PATH_SIZE] = "", folder[128] = "/dev", encoder[256];
	int hasEncoder;
	V4l2CameraOptions options = { { 0 }, 0, NULL };
	DeviceError error;
	V4l2Camera* opened;
	Camera* camera;
	xsSlot onReadable = optionFunction(the, "onReadable");
	optionText(the, "device", device, sizeof(device));
	optionText(the, "folder", folder, sizeof(folder));
	hasEncoder = optionText(the, "encoder", encoder, sizeof(encoder));
	options.wish.device = device;
	options.wish.folder = folder;
	options.wish.width = (unsigned)optionInteger(the, "width", 0);
	options.wish.height = (unsigned)optionInteger(the, "height", 0);
	options.wish.fps = (unsigned)optionInteger(the, "fps", 0);
	options.wish.fourcc = optionInteger(the, "h264", 0) ? V4L2_PIX_FMT_H264 : 0;
	options.quality = optionInteger(the, "quality", 80);
	options.encoder = hasEncoder ? encoder : NULL;
	if (options.wish.width > 65535 || options.wish.height > 65535 || options.wish.fps > 1000 || options.quality < 1 ||
		options.quality > 100)
		xsRangeError("size, rate or quality out of range");
	camera = recordCreate(the, sizeof(Camera));
	camera->onReadable = onReadable;
	opened = v4l2_camera_open(&options, &error);
	if (!opened) {
		recordRelease(camera);
		throwDeviceError(the, &error);
	}
	camera->camera = opened;
	watchStart(&camera->watch, v4l2_camera_descriptor(opened), EPOLLIN, ready);
}

/* Takes the memory away from an object that JavaScript may still have: using it is a TypeError from now on. */
static void detach(xsMachine* the, Camera* camera, int slot)
{
	if (slot >= camera->count || camera->buffers[slot].kind != XS_REFERENCE_KIND)
		return;
	fxSetHostBuffer(the, &camera->buffers[slot], NULL, 0);
	camera->buffers[slot].kind = XS_UNDEFINED_KIND;
}

static void detachLost(xsMachine* the, Camera* camera)
{
	int i;
	for (i = 0; i < camera->count; i++)
		if (!v4l2_camera_holds(camera->camera, i))
			detach(the, camera, i);
}

/* grab(): the slot of the newest picture, or -1; throws Error with a message for users when the camera is gone. */
static void grab(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	DeviceError error;
	int got = v4l2_camera_grab(camera->camera, &camera->frame, &error);
	if (got == 0 && camera->troubled) {
		device_error(&error, 0, NULL, "%s: the camera has stopped", v4l2_camera_format(camera->camera)->path);
		got = -1;
	}
	camera->troubled = 0;
	if (got < 0)
		throwDeviceError(the, &error);
	if (got > 0 && camera->frame.fresh)
		detach(the, camera, camera->frame.slot);
	xsResult = xsInteger(got ? camera->frame.slot : -1);
}

/* True when there is a place for the object of a slot. */
static int reserve(Camera* camera, int slot)
{
	int i, count = slot + 8;
	xsSlot* buffers;
	if (slot < camera->count)
		return 1;
	buffers = realloc(camera->buffers, (size_t)count * sizeof(*buffers));
	if (!buffers)
		return 0;
	for (i = camera->count; i < count; i++) {
		memset(&buffers[i], 0, sizeof(*buffers));
		buffers[i].kind = XS_UNDEFINED_KIND;
	}
	camera->buffers = buffers;
	camera->count = count;
	return 1;
}

/* memory(slot): the memory of the picture that grab gave last, whose slot it must be. */
static void memory(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	int slot = xsToInteger(xsArg(0));
	if (!camera->frame.memory || slot != camera->frame.slot || !v4l2_camera_holds(camera->camera, slot))
		xsRangeError("this slot is not lent");
	if (!reserve(camera, slot))
		throwErrno(the, ENOMEM);
	if (camera->buffers[slot].kind != XS_REFERENCE_KIND) {
		hostBuffer(the, &xsResult, camera->frame.memory, (uint32_t)camera->frame.size);
		/* A reference to the memory keeps the camera, and so the memory, alive. */
		xsDefine(xsResult, xsID("camera"), xsThis, xsDontEnum);
		camera->buffers[slot] = xsResult;
	}
	xsResult = camera->buffers[slot];
}

/* release(slot): harmless for a slot that is not lent. */
static void releaseSlot(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	int slot = xsToInteger(xsArg(0));
	if (!v4l2_camera_release(camera->camera, slot))
		detachLost(the, camera);
}

/* close(): harmless when repeated; lent slots stay until they are released. */
static void closeNow(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	watchStop(&camera->watch);
	v4l2_camera_close(camera->camera);
	detachLost(the, camera);
	recordRelease(camera);
}

/* setQuality(quality): 1 to 100. */
static void setQuality(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	int quality = xsToInteger(xsArg(0));
	if (quality < 1 || quality > 100)
		xsRangeError("quality out of range");
	v4l2_camera_set_quality(camera->camera, quality);
}

/* setLook(brightness, horizontal, vertical): -100 to 100, and 0 or 1. */
static void setLook(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	int brightness = xsToInteger(xsArg(0));
	int horizontal = xsToInteger(xsArg(1));
	int vertical = xsToInteger(xsArg(2));
	if (brightness < -100 || brightness > 100)
		xsRangeError("brightness out of range");
	v4l2_camera_set_look(camera->camera, brightness, horizontal != 0, vertical != 0);
}

/* requestKey(): asks for a key picture of H.264. */
static void requestKey(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	v4l2_camera_request_key(camera->camera);
}

/* companion(): the path of the camera's other device node with H.264; undefined: it has none. */
static void companion(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	char path[CAMERA_PATH_SIZE];
	if (camera_find_companion(v4l2_camera_format(camera->camera), path, sizeof(path)))
		xsResult = xsString(path);
}

static void fresh(xsMachine* the)
{
	Camera* camera = recordThis(the, &hooks);
	xsResult = xsBoolean(camera->frame.fresh);
}

static void tellInteger(xsMachine* the, size_t value)
{
	xsResult = xsInteger((xsIntegerValue)(value & 0x7fffffff));
}

static Camera* self(xsMachine* the) { return recordThis(the, &hooks); }
static const CameraFormat* formatOf(xsMachine* the) { return v4l2_camera_format(self(the)->camera); }
static const V4l2Counters* countersOf(xsMachine* the) { return v4l2_camera_counters(self(the)->camera); }

static void start(xsMachine* the) { tellInteger(the, self(the)->frame.start); }
static void end(xsMachine* the) { tellInteger(the, self(the)->frame.end); }
static void sequence(xsMachine* the) { tellInteger(the, self(the)->frame.sequence); }
static void width(xsMachine* the) { tellInteger(the, formatOf(the)->width); }
static void height(xsMachine* the) { tellInteger(the, formatOf(the)->height); }
static void quality(xsMachine* the) { xsResult = xsInteger(v4l2_camera_quality(self(the)->camera)); }
static void look(xsMachine* the) { xsResult = xsInteger(v4l2_camera_look(self(the)->camera)); }
static void copied(xsMachine* the) { xsResult = xsNumber((double)countersOf(the)->copied); }
static void broken(xsMachine* the) { xsResult = xsNumber((double)countersOf(the)->broken); }
static void path(xsMachine* the) { xsResult = xsString((char*)formatOf(the)->path); }

/* Untrusted text from the device: characters other than printable ASCII become '?'. */
static void tellText(xsMachine* the, const char* text, size_t size)
{
	char clean[64];
	size_t i;
	for (i = 0; i < size && i < sizeof(clean) - 1 && text[i]; i++)
		clean[i] = text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?';
	clean[i] = 0;
	xsResult = xsString(clean);
}

static void name(xsMachine* the)
{
	const CameraFormat* format = formatOf(the);
	tellText(the, format->name, sizeof(format->name));
}

static void fourcc(xsMachine* the)
{
	tellText(the, (const char*)&formatOf(the)->fourcc, 4);
}

void buildCamera(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "grab", grab, 0, 0 },
		{ "memory", memory, 1, 0 },
		{ "release", releaseSlot, 1, 0 },
		{ "setQuality", setQuality, 1, 0 },
		{ "setLook", setLook, 3, 0 },
		{ "requestKey", requestKey, 0, 0 },
		{ "companion", companion, 0, 0 },
		{ "close", closeNow, 0, 0 },
		{ "start", start, 0, 1 },
		{ "end", end, 0, 1 },
		{ "sequence", sequence, 0, 1 },
		{ "fresh", fresh, 0, 1 },
		{ "path", path, 0, 1 },
		{ "name", name, 0, 1 },
		{ "format", fourcc, 0, 1 },
		{ "width", width, 0, 1 },
		{ "height", height, 0, 1 },
		{ "quality", quality, 0, 1 },
		{ "look", look, 0, 1 },
		{ "copied", copied, 0, 1 },
		{ "broken", broken, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
