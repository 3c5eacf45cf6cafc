#include "disk-path.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER (O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Closes without changing errno. */
static void closeQuietly(int fd)
{
	int error = errno;
	close(fd);
	errno = error;
}

/* The octets of the character at the start of a text; 0: it is not UTF-8. Unicode 15, table 3-7. */
static int characterLength(const unsigned char* text)
{
	int more, i;
	unsigned char low = 0x80, high = 0xbf;
	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	more = text[0] < 0xe0 ? 1 : text[0] < 0xf0 ? 2 : 3;
	if (text[0] == 0xe0)
		low = 0xa0;
	else if (text[0] == 0xed)
		high = 0x9f;
	else if (text[0] == 0xf0)
		low = 0x90;
	else if (text[0] == 0xf4)
		high = 0x8f;
	for (i = 1; i <= more; i++) {
		if (text[i] < low || text[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return more + 1;
}

int diskIsName(const char* name)
{
	const unsigned char* at = (const unsigned char*)name;
	while (*at) {
		int length = characterLength(at);
		if (!length || *at < 0x20 || *at == 0x7f || *at == '\\')
			return 0;
		at += length;
	}
	return 1;
}

int diskMakeRoot(char* path)
{
	char* slash;
	int made = 0;
	for (slash = strchr(path + 1, '/'); slash && made == 0; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		made = mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
		*slash = '/';
	}
	if (made == 0 && mkdir(path, 0700) < 0 && errno != EEXIST)
		made = -1;
	return made;
}

int diskParent(int root, const char* path, const char** name)
{
	char part[NAME_MAX + 1];
	const char* slash;
	int folder = openat(root, ".", O_RDONLY | FOLDER);
	if (folder >= 0 && !*path) {
		close(folder);
		errno = EISDIR;
		return -1;
	}
	while (folder >= 0 && (slash = strchr(path, '/'))) {
		size_t length = (size_t)(slash - path);
		int next = -1;
		if (length > NAME_MAX)
			errno = ENAMETOOLONG;
		else {
			memcpy(part, path, length);
			part[length] = 0;
			next = openat(folder, part, O_RDONLY | FOLDER);
		}
		closeQuietly(folder);
		folder = next;
		path = slash + 1;
	}
	*name = path;
	return folder;
}

int diskFolder(int root, const char* path)
{
	const char* name;
	int parent, folder;
	if (!*path)
		return openat(root, ".", O_RDONLY | FOLDER);
	parent = diskParent(root, path, &name);
	if (parent < 0)
		return -1;
	folder = openat(parent, name, O_RDONLY | FOLDER);
	closeQuietly(parent);
	return folder;
}

int diskStatAt(int folder, const char* name, struct stat* status)
{
	if (fstatat(folder, name, status, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode))
		return 0;
	errno = ELOOP;
	return -1;
}

int diskStat(int root, const char* path, struct stat* status)
{
	const char* name;
	int parent, result;
	if (!*path)
		return fstat(root, status);
	parent = diskParent(root, path, &name);
	if (parent < 0)
		return -1;
	result = diskStatAt(parent, name, status);
	closeQuietly(parent);
	return result;
}

int diskOpen(int root, const char* path, int flags)
{
	struct stat status;
	const char* name;
	int parent = diskParent(root, path, &name), file;
	if (parent < 0)
		return -1;
	/* Never waits for the other end of a pipe. */
	file = openat(parent, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	closeQuietly(parent);
	if (file < 0)
		return -1;
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode))
		return file;
	close(file);
	errno = EISDIR;
	return -1;
}

int diskMakeFolder(int root, const char* path)
{
	const char* name;
	int parent = diskParent(root, path, &name), result;
	if (parent < 0) {
		if (errno == EISDIR)
			errno = EEXIST;
		return -1;
	}
	result = mkdirat(parent, name, 0700);
	closeQuietly(parent);
	return result;
}

int diskDelete(int root, const char* path)
{
	struct stat status;
	const char* name;
	int parent = diskParent(root, path, &name), result;
	if (parent < 0)
		return -1;
	result = diskStatAt(parent, name, &status);
	if (result == 0)
		result = unlinkat(parent, name, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0);
	if (result < 0 && errno == EEXIST)
		errno = ENOTEMPTY;
	closeQuietly(parent);
	return result;
}

static int renameIn(int fromFolder, const char* from, int toFolder, const char* to)
{
	struct stat source, target;
	if (diskStatAt(fromFolder, from, &source) < 0)
		return -1;
	if (diskStatAt(toFolder, to, &target) < 0) {
		if (errno != ENOENT)
			return -1;
	}
	else if (S_ISDIR(source.st_mode) || S_ISDIR(target.st_mode)) {
		if (source.st_ino == target.st_ino && source.st_dev == target.st_dev)
			return 0;
		errno = EEXIST;
		return -1;
	}
	return renameat(fromFolder, from, toFolder, to);
}

int diskRename(int root, const char* from, const char* to)
{
	const char *fromName, *toName;
	int fromFolder = diskParent(root, from, &fromName), toFolder, result = -1;
	if (fromFolder < 0)
		return -1;
	toFolder = diskParent(root, to, &toName);
	if (toFolder >= 0) {
		result = renameIn(fromFolder, fromName, toFolder, toName);
		closeQuietly(toFolder);
	}
	closeQuietly(fromFolder);
	return result;
}
