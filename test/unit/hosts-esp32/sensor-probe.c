/* Takes pictures with hosts/esp32/sensor/driver.c from a sensor that gives one, then none, and discards the camera. */
#include <assert.h>
#include <stddef.h>
#include "xsmc.h"
#include "esp_camera.h"

extern size_t stubTakePicture(size_t* width);
extern void xs_porthole_camera_discard(xsMachine*);

xsSlot xsThis;
static camera_fb_t whole = { .len = 1000, .width = 640, .height = 480 };
static camera_fb_t* next;
static int returned, deleted, forgotten;
static void* data;

camera_fb_t* esp_camera_fb_get(void) { return next; }
void esp_camera_fb_return(camera_fb_t* picture) { assert(picture == &whole); returned++; }
void* xsmcGetHostDataOf(xsMachine* the, xsSlot* slot, void* hooks) { (void)the, (void)slot, (void)hooks; return data; }
void xsmcSetHostDataOf(xsMachine* the, xsSlot* slot, void* to) { (void)the, (void)slot; data = to; }
void xsmcSetHostDestructorOf(xsMachine* the, xsSlot* slot, void (*to)(void*)) { (void)the, (void)slot; assert(!to); }
void xsRememberOf(xsMachine* the, xsSlot* slot) { (void)the, (void)slot; forgotten++; }
void vSemaphoreDelete(void* mutex) { assert(mutex == &whole); deleted++; }

int main(void)
{
	struct { void *task, *mutex; xsSlot object; }* camera;
	size_t width;
	next = &whole;
	assert(stubTakePicture(&width) == 1000 && width == 640 && returned == 1);
	next = NULL;
	assert(stubTakePicture(&width) == 0 && width > 0 && returned == 1);
	xs_porthole_camera_discard(NULL);
	data = camera = calloc(1, sizeof(*camera));
	camera->mutex = &whole;
	xs_porthole_camera_discard(NULL);
	assert(!data && deleted == 1 && forgotten == 1);
	return 0;
}
