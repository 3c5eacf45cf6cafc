/* The JPEG quality of cameras that compress, where the driver has a control for it. */
#ifndef CAMERA_QUALITY_H
#define CAMERA_QUALITY_H

/*
 * Sets the quality, 1 to 100, or the nearest that the driver has; possible while the camera streams.
 * Returns 1, or 0 where the driver has no such control, or refuses the value.
 * @see https://docs.kernel.org/userspace-api/media/v4l/ext-ctrls-jpeg.html (V4L2_CID_JPEG_COMPRESSION_QUALITY)
 */
int camera_set_quality(int descriptor, int quality);

#endif
