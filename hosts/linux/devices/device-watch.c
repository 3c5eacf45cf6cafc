#include "device-watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

int device_watch_open(const char *folder) {
	int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (descriptor < 0)
		return -1;
	/* udev sets the group after it has created the node: before that we cannot open it */
	uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB;
	if (inotify_add_watch(descriptor, folder, changes) < 0) {
		int number = errno;
		close(descriptor);
		errno = number;
		return -1;
	}
	return descriptor;
}

int device_watch_update(int descriptor, const char *prefix) {
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	size_t length = strlen(prefix);
	int found = 0;
	ssize_t size;
	while ((size = read(descriptor, buffer, sizeof buffer)) > 0) {
		for (ssize_t at = 0; at < size;) {
			const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
			/* lost events may have been about any file */
			if (event->mask & IN_Q_OVERFLOW || (event->len && !strncmp(event->name, prefix, length)))
				found = 1;
			at += (ssize_t)(sizeof *event + event->len);
		}
	}
	return found;
}
