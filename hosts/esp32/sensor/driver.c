/*
 * The SDK's driver of the camera sensor, made safe for a sensor that gives no picture, or that does not answer.
 *
 * esp_camera_fb_get() returns NULL when no picture has come for four seconds, and the driver (SDK 8.2.3) uses the
 * result without a check: the board would restart, again and again. Here the driver gets an empty picture instead.
 */
#include "esp_camera.h"

/* Its size is not 0, because the driver takes that for a camera whose first picture has not come. */
static uint8_t nothing;
static camera_fb_t empty = { .buf = &nothing, .len = 0, .width = 1, .height = 1 };

static camera_fb_t* getPicture(void)
{
	camera_fb_t* picture = esp_camera_fb_get();
	return picture ? picture : &empty;
}

static void returnPicture(camera_fb_t* picture)
{
	if (picture != &empty)
		esp_camera_fb_return(picture);
}

#define esp_camera_fb_get getPicture
#define esp_camera_fb_return returnPicture
/*
 * The path is relative to the SDK's modules/io/common, which is in the compiler's search path. The SDK's tools find
 * identifiers in this file only, so those of the driver are named here: xsID_brightness, xsID_byteLength, xsID_camera,
 * xsID_conrast, xsID_contrast, xsID_denoise, xsID_height, xsID_imageType, xsID_model, xsID_onReadable, xsID_prototype,
 * xsID_saturation, xsID_sharpness, xsID_whiteBalance, xsID_width.
 */
#include "../imagein/camera/esp32/camera.c"

/*
 * discard(): frees what the constructor of a camera that did not answer left: the object stays remembered, and a camera that
 * is tried again and again would fill the memory.
 */
void xs_porthole_camera_discard(xsMachine* the)
{
	Camera camera = xsmcGetHostData(xsThis);
	if (!camera || camera->task)
		return;
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	xsForget(camera->object);
	if (camera->mutex)
		vSemaphoreDelete(camera->mutex);
	c_free(camera);
}
