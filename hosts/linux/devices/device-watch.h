/* Reports devices that appear and disappear: a watch on the folder with the device nodes. @see inotify(7) */
#ifndef DEVICE_WATCH_H
#define DEVICE_WATCH_H

/* Watches a folder. Returns a descriptor that is readable after changes, or -1 with errno. */
int device_watch_open(const char *folder);

/* Reads the pending events. Returns 1 when a file whose name starts with `prefix` appeared, disappeared or got other permissions. */
int device_watch_update(int descriptor, const char *prefix);

#endif
