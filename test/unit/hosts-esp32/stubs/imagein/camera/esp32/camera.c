/* What hosts/esp32/sensor/driver.c needs of the SDK's driver, which uses what esp_camera_fb_get() returns without a look. */
#include "xsHost.h"
#include "xsmc.h"
typedef struct { void *task, *mutex; xsSlot object; } CameraRecord, *Camera;
extern void vSemaphoreDelete(void*);

size_t stubTakePicture(size_t* width)
{
	camera_fb_t* picture = esp_camera_fb_get();
	size_t length = picture->len;
	*width = picture->width;
	esp_camera_fb_return(picture);
	return length;
}
