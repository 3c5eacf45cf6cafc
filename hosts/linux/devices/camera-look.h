/* Brightness and flip of cameras whose driver has controls for them. */
#ifndef CAMERA_LOOK_H
#define CAMERA_LOOK_H

/* What a driver has controls for; flip needs both directions. */
#define CAMERA_HAS_BRIGHTNESS 1
#define CAMERA_HAS_FLIP 2

/* Returns what can be changed: a sum of CAMERA_HAS_BRIGHTNESS and CAMERA_HAS_FLIP. */
int camera_look(int descriptor);

/*
 * Changes what can be changed; possible while the camera streams. Brightness: -100 to 100, where 0 is the driver's default, and
 * the ends of the scale are those of the driver's range. The flips are 0 or 1.
 * @see https://docs.kernel.org/userspace-api/media/v4l/control.html (V4L2_CID_BRIGHTNESS, V4L2_CID_HFLIP, V4L2_CID_VFLIP)
 */
void camera_set_look(int descriptor, int brightness, int horizontal, int vertical);

#endif
