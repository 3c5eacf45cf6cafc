/* `porthole:files`: reading pictures and settings, and taking a folder for this process alone. */
#include "xsAll.h"
#include "host.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

/* read(path, limit): the file as an ArrayBuffer. Throws Error("EFBIG…") when it is longer than limit. */
static void readFile(xsMachine* the)
{
	struct stat info;
	uint32_t size, at = 0;
	xsIntegerValue limit = xsToInteger(xsArg(1));
	int fd = open(xsToString(xsArg(0)), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		throwErrno(the, errno);
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_size > limit) {
		int error = S_ISDIR(info.st_mode) ? EISDIR : S_ISREG(info.st_mode) ? EFBIG : EINVAL;
		close(fd);
		throwErrno(the, error);
	}
	/* The kernel's own files (/proc) have no size. */
	if (info.st_size == 0) {
		char* text = malloc((size_t)limit);
		ssize_t got = 1;
		while (text && got > 0 && at < (uint32_t)limit) {
			got = read(fd, text + at, (size_t)limit - at);
			if (got > 0)
				at += (uint32_t)got;
		}
		close(fd);
		if (!text || got < 0) {
			int error = text ? errno : ENOMEM;
			free(text);
			throwErrno(the, error);
		}
		xsResult = xsArrayBuffer(text, (xsIntegerValue)at);
		free(text);
		return;
	}
	size = (uint32_t)info.st_size;
	xsResult = xsArrayBuffer(NULL, (xsIntegerValue)size);
	while (at < size) {
		uint32_t length;
		ssize_t got = read(fd, bufferOf(the, &xsResult, &length) + at, size - at);
		if (got <= 0)
			break;
		at += (uint32_t)got;
	}
	close(fd);
	if (at < size)
		throwErrno(the, EIO);
}

/* list(folder): the names in a folder, in no order. */
static void listFolder(xsMachine* the)
{
	struct dirent* entry;
	xsIndex count = 0;
	DIR* folder = opendir(xsToString(xsArg(0)));
	if (!folder)
		throwErrno(the, errno);
	xsResult = xsNewArray(0);
	while ((entry = readdir(folder)) && count < 65536)
		if (entry->d_name[0] != '.')
			xsSetIndex(xsResult, count++, xsString(entry->d_name));
	closedir(folder);
}

/* kind(path): "file", "folder", "other", or undefined when it does not exist. */
static void kind(xsMachine* the)
{
	struct stat info;
	if (stat(xsToString(xsArg(0)), &info) == 0)
		xsResult = xsString(S_ISREG(info.st_mode) ? "file" : S_ISDIR(info.st_mode) ? "folder" : "other");
}

/* lock(path): takes a lock file until the program ends. Returns false when another process has it. */
static void lock(xsMachine* the)
{
	int fd = open(xsToString(xsArg(0)), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		throwErrno(the, errno);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		xsResult = xsTrue;
	else {
		close(fd);
		xsResult = xsFalse;
	}
}

void buildFiles(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "read", readFile, 2, 0 },
		{ "list", listFolder, 1, 0 },
		{ "kind", kind, 1, 0 },
		{ "lock", lock, 1, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildObject(the, result, functions);
}
