#include "camera-error.h"

#include <errno.h>

const char *camera_words(int number) {
	switch (number) {
	case ENOENT:
		return "no such device; is the camera plugged in?";
	case ENODEV:
	case ENXIO:
		return "the camera was unplugged";
	case EACCES:
	case EPERM:
		return "permission denied; add the user of this program to the group video";
	case EBUSY:
		return "the camera is used by another program";
	case EIO:
		return "the camera or its cable has a fault (input/output error)";
	case ENOSPC:
		return "the USB bus has no bandwidth left; choose a smaller picture or plug the camera in elsewhere";
	case ENOTTY:
		return "not a camera";
	case EPROTO:
	case ETIMEDOUT:
		return "the camera does not answer";
	default:
		return NULL;
	}
}
