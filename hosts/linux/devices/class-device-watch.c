/* `porthole:device-watch`: reports device nodes that appear and disappear. */
#include "device-class.h"

#include <sys/epoll.h>

#include "device-watch.h"

typedef struct {
	Record record;
	Watch watch;
	char prefix[32];
	xsSlot onChanged;
} DeviceWatch;

static void release(DeviceWatch* devices)
{
	int descriptor = devices->watch.ready ? devices->watch.fd : -1;
	watchStop(&devices->watch);
	if (descriptor >= 0)
		close(descriptor);
}

static void destroy(void* data)
{
	if (data) {
		release(data);
		free(data);
	}
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	if (data)
		(*markRoot)(the, &((DeviceWatch*)data)->onChanged);
}

static const xsHostHooks hooks = { destroy, mark, NULL };

static void ready(Watch* watch, uint32_t events)
{
	DeviceWatch* devices = (DeviceWatch*)((char*)watch - offsetof(DeviceWatch, watch));
	if (device_watch_update(watch->fd, devices->prefix))
		callback0(devices, &devices->onChanged);
}

/* new DeviceWatch({ folder, prefix, onChanged }) */
static void construct(xsMachine* the)
{
	char folder[128] = "/dev", prefix[32] = "";
	DeviceWatch* devices;
	int descriptor;
	xsSlot onChanged = optionFunction(the, "onChanged");
	optionText(the, "folder", folder, sizeof(folder));
	optionText(the, "prefix", prefix, sizeof(prefix));
	devices = recordCreate(the, sizeof(DeviceWatch));
	devices->onChanged = onChanged;
	strcpy(devices->prefix, prefix);
	descriptor = device_watch_open(folder);
	if (descriptor < 0) {
		recordRelease(devices);
		throwErrno(the, errno);
	}
	watchStart(&devices->watch, descriptor, EPOLLIN, ready);
}

static void closeNow(xsMachine* the)
{
	DeviceWatch* devices = recordThis(the, &hooks);
	release(devices);
	recordRelease(devices);
}

void buildDeviceWatch(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "close", closeNow, 0, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
