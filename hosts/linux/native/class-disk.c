/*
 * `porthole:disk`: files below a root folder, read and written by threads (worker.c). Each call takes an object whose
 * method `ended(code, …)` is called at the end: `code` is the name of an errno, empty for success. See adapters/files.ts.
 */
#include "xsAll.h"
#include "host.h"
#include "disk-path.h"
#include "worker.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/statvfs.h>

/* The longest path, with its zero octet: FILE_PATH_MAX in src/ports/files.ts. */
#define PATH_ROOM 1025
/* Entries of a folder that are handed over together. */
#define ENTRIES 64

typedef struct {
	Record record;
	int fd;
	/* Of a listing only. */
	DIR* folder;
} Disk;

typedef struct {
	char name[NAME_MAX + 1];
	struct stat status;
} Entry;

typedef struct DiskJob DiskJob;
struct DiskJob {
	Job job;
	xsMachine* the;
	/* The object of the operation, the listener for its end, and the buffer to read into. */
	xsSlot self, listener, buffer;
	/* Does the work, in a thread. Returns 0 or an errno. */
	int (*act)(DiskJob* job);
	/* Makes the arguments behind `code`, in xsVar(0) to xsVar(2). */
	void (*tell)(xsMachine* the, DiskJob* job);
	int error;
	int fd;
	DIR* folder;
	int mode;
	off_t at;
	size_t length;
	uint32_t start;
	uint8_t* data;
	int opened;
	struct stat status;
	struct statvfs space;
	Entry* entries;
	int count;
	char path[PATH_ROOM], other[PATH_ROOM];
};

static void release(Disk* disk)
{
	if (disk->folder)
		closedir(disk->folder);
	else if (disk->fd >= 0)
		close(disk->fd);
	disk->folder = NULL;
	disk->fd = -1;
}

static void destroy(void* data)
{
	if (data) {
		release(data);
		free(data);
	}
}

static const xsHostHooks rootHooks = { destroy, NULL, NULL };
static const xsHostHooks fileHooks = { destroy, NULL, NULL };
static const xsHostHooks listHooks = { destroy, NULL, NULL };
static xsSlot filePrototype, listPrototype;

/* ---- Jobs ---- */

static int actRead(DiskJob* job);

static void work(Job* at)
{
	DiskJob* job = (DiskJob*)at;
	job->error = (*job->act)(job);
}

static void freeJob(DiskJob* job)
{
	fxForget(job->the, &job->self);
	fxForget(job->the, &job->listener);
	fxForget(job->the, &job->buffer);
	if (job->opened >= 0)
		close(job->opened);
	free(job->data);
	free(job->entries);
	free(job);
}

static void done(Job* at)
{
	DiskJob* job = (DiskJob*)at;
	xsBeginHost(job->the);
	xsVars(5);
	if (!job->error && job->tell)
		(*job->tell)(the, job);
	xsVar(3) = xsString(job->error ? errnoName(job->error) : "");
	(void)xsCall4(job->listener, xsID("ended"), xsVar(3), xsVar(0), xsVar(1), xsVar(2));
	xsEndHost(job->the);
	freeJob(job);
}

/* Makes a job for an operation on xsThis; `listener` is the index of the argument that is called at its end. */
static DiskJob* jobOf(xsMachine* the, int listener, int (*act)(DiskJob*), void (*tell)(xsMachine*, DiskJob*))
{
	DiskJob* job = calloc(1, sizeof(DiskJob));
	if (!job)
		throwErrno(the, ENOMEM);
	job->the = the;
	job->act = act;
	job->tell = tell;
	job->job.work = work;
	job->job.done = done;
	job->opened = -1;
	job->self = xsThis;
	job->listener = xsArg(listener);
	/* A slot that is remembered is a link of a list, so its value stays. */
	job->buffer = act == actRead ? xsArg(1) : xsUndefined;
	fxRemember(the, &job->self);
	fxRemember(the, &job->listener);
	fxRemember(the, &job->buffer);
	return job;
}

static void start(xsMachine* the, DiskJob* job)
{
	int error = jobStart(&job->job);
	if (error) {
		freeJob(job);
		throwErrno(the, error);
	}
}

static void copyPath(xsMachine* the, int index, char* to)
{
	const char* path = xsToString(xsArg(index));
	if (strlen(path) >= PATH_ROOM)
		throwErrno(the, ENAMETOOLONG);
	strcpy(to, path);
}

static int result(int value)
{
	return value < 0 ? errno : 0;
}

static double millisOf(const struct stat* status)
{
	return (double)status->st_mtim.tv_sec * 1000.0 + (double)(status->st_mtim.tv_nsec / 1000000);
}

/* ---- The root ---- */

/* new Disk({ root }): the folder is created if it does not exist. */
static void construct(xsMachine* the)
{
	char root[PATH_MAX];
	Disk* disk;
	int fd;
	if (!optionText(the, "root", root, sizeof(root)))
		throwErrno(the, EINVAL);
	fd = diskMakeRoot(root) < 0 ? -1 : open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		throwErrno(the, errno);
	disk = recordCreate(the, sizeof(Disk));
	disk->fd = fd;
	/* Lives as long as there is a reference to it; a job has one. */
	recordRelease(disk);
}

static DiskJob* rootJob(xsMachine* the, int listener, int (*act)(DiskJob*), void (*tell)(xsMachine*, DiskJob*))
{
	Disk* disk = recordThis(the, &rootHooks);
	char path[PATH_ROOM] = "";
	DiskJob* job;
	if (listener > 0)
		copyPath(the, 0, path);
	job = jobOf(the, listener, act, tell);
	job->fd = disk->fd;
	strcpy(job->path, path);
	return job;
}

static int actOpen(DiskJob* job)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_RDWR | O_CREAT | O_EXCL, O_RDWR | O_CREAT };
	job->opened = diskOpen(job->fd, job->path, flags[job->mode & 3]);
	return job->opened < 0 ? errno : result(fstat(job->opened, &job->status));
}

static void adopt(xsMachine* the, DiskJob* job, xsSlot* prototype)
{
	Disk* file = recordCreateOf(the, prototype, sizeof(Disk), &xsVar(0));
	file->fd = job->opened;
	job->opened = -1;
	recordRelease(file);
}

static void tellOpen(xsMachine* the, DiskJob* job)
{
	adopt(the, job, &filePrototype);
	xsVar(1) = xsNumber((double)job->status.st_size);
}

/* open(path, mode, listener): mode 0 read, 1 update, 2 create, 3 create or update; ended("", file, size) */
static void openFile(xsMachine* the)
{
	int mode = xsToInteger(xsArg(1));
	DiskJob* job = rootJob(the, 2, actOpen, tellOpen);
	job->mode = mode;
	start(the, job);
}

static int actStat(DiskJob* job)
{
	return result(diskStat(job->fd, job->path, &job->status));
}

static void tellStat(xsMachine* the, DiskJob* job)
{
	int folder = S_ISDIR(job->status.st_mode);
	xsVar(0) = xsBoolean(folder);
	xsVar(1) = xsNumber(folder ? 0.0 : (double)job->status.st_size);
	xsVar(2) = xsNumber(millisOf(&job->status));
}

/* stat(path, listener): ended("", isFolder, size, modified) */
static void statPath(xsMachine* the)
{
	start(the, rootJob(the, 1, actStat, tellStat));
}

static int actOpenList(DiskJob* job)
{
	job->opened = diskFolder(job->fd, job->path);
	return result(job->opened);
}

static void tellOpenList(xsMachine* the, DiskJob* job)
{
	Disk* list;
	int fd = job->opened;
	adopt(the, job, &listPrototype);
	list = fxGetHostData(the, &xsVar(0));
	list->folder = fdopendir(fd);
}

/* openList(path, listener): ended("", list) */
static void openList(xsMachine* the)
{
	start(the, rootJob(the, 1, actOpenList, tellOpenList));
}

static int actMakeFolder(DiskJob* job)
{
	return result(diskMakeFolder(job->fd, job->path));
}

static void makeFolder(xsMachine* the)
{
	start(the, rootJob(the, 1, actMakeFolder, NULL));
}

static int actRename(DiskJob* job)
{
	return result(diskRename(job->fd, job->path, job->other));
}

/* rename(from, to, listener) */
static void renamePath(xsMachine* the)
{
	char other[PATH_ROOM];
	DiskJob* job;
	copyPath(the, 1, other);
	job = rootJob(the, 2, actRename, NULL);
	strcpy(job->other, other);
	start(the, job);
}

static int actDelete(DiskJob* job)
{
	return result(diskDelete(job->fd, job->path));
}

static void deletePath(xsMachine* the)
{
	start(the, rootJob(the, 1, actDelete, NULL));
}

static int actSyncFolder(DiskJob* job)
{
	job->opened = diskFolder(job->fd, job->path);
	return job->opened < 0 ? errno : result(fsync(job->opened));
}

static void syncFolder(xsMachine* the)
{
	start(the, rootJob(the, 1, actSyncFolder, NULL));
}

static int actSpace(DiskJob* job)
{
	return result(fstatvfs(job->fd, &job->space));
}

static void tellSpace(xsMachine* the, DiskJob* job)
{
	xsVar(0) = xsNumber((double)job->space.f_bavail * (double)job->space.f_frsize);
	xsVar(1) = xsNumber((double)job->space.f_blocks * (double)job->space.f_frsize);
}

/* space(listener): ended("", free, total) */
static void space(xsMachine* the)
{
	start(the, rootJob(the, 0, actSpace, tellSpace));
}

/* ---- A listing ---- */

static int actNext(DiskJob* job)
{
	struct dirent* entry;
	job->entries = malloc(ENTRIES * sizeof(Entry));
	if (!job->entries)
		return ENOMEM;
	while (job->count < ENTRIES) {
		Entry* one = &job->entries[job->count];
		errno = 0;
		entry = readdir(job->folder);
		if (!entry)
			return errno;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		/* A string that is not UTF-8 would make the engine throw wherever it is used. */
		if (!diskIsName(entry->d_name))
			continue;
		/* Entries deleted in the meantime are left out, as links are. */
		if (diskStatAt(dirfd(job->folder), entry->d_name, &one->status) < 0)
			continue;
		snprintf(one->name, sizeof(one->name), "%s", entry->d_name);
		job->count++;
	}
	return 0;
}

static void tellNext(xsMachine* the, DiskJob* job)
{
	xsIndex at = 0;
	int i;
	xsVar(0) = xsNewArray(0);
	for (i = 0; i < job->count; i++) {
		const struct stat* status = &job->entries[i].status;
		int folder = S_ISDIR(status->st_mode);
		xsSetIndex(xsVar(0), at++, xsString(job->entries[i].name));
		xsSetIndex(xsVar(0), at++, xsBoolean(folder));
		xsSetIndex(xsVar(0), at++, xsNumber(folder ? 0.0 : (double)status->st_size));
		xsSetIndex(xsVar(0), at++, xsNumber(millisOf(status)));
	}
}

/* next(listener): ended("", [name, isFolder, size, modified, …]); an empty array is the end */
static void next(xsMachine* the)
{
	Disk* list = recordThis(the, &listHooks);
	DiskJob* job;
	if (!list->folder)
		throwErrno(the, EBADF);
	job = jobOf(the, 0, actNext, tellNext);
	job->folder = list->folder;
	start(the, job);
}

static void closeList(xsMachine* the)
{
	release(recordThis(the, &listHooks));
}

/* ---- An open file ---- */

static DiskJob* fileJob(xsMachine* the, int listener, int (*act)(DiskJob*), void (*tell)(xsMachine*, DiskJob*))
{
	Disk* file = recordThis(the, &fileHooks);
	DiskJob* job;
	if (file->fd < 0)
		throwErrno(the, EBADF);
	job = jobOf(the, listener, act, tell);
	job->fd = file->fd;
	return job;
}

static int actRead(DiskJob* job)
{
	size_t at = 0;
	while (at < job->length) {
		ssize_t got = pread(job->fd, job->data + at, job->length - at, job->at + (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		at += (size_t)got;
	}
	job->length = at;
	return 0;
}

static void tellRead(xsMachine* the, DiskJob* job)
{
	uint32_t size;
	uint8_t* to = bufferOf(the, &job->buffer, &size);
	if (job->start <= size && job->length <= size - job->start)
		memcpy(to + job->start, job->data, job->length);
	xsVar(0) = xsNumber((double)job->length);
}

/* read(at, bytes, start, end, listener): ended("", count) */
static void readRange(xsMachine* the)
{
	xsNumberValue at = xsToNumber(xsArg(0));
	uint32_t length;
	DiskJob* job;
	rangeOf(the, 1, &length);
	job = fileJob(the, 4, actRead, tellRead);
	job->at = (off_t)at;
	job->length = length;
	job->start = (uint32_t)xsToInteger(xsArg(2));
	/* The collector moves a buffer's octets, so the thread has its own. */
	job->data = malloc(length ? length : 1);
	if (!job->data) {
		freeJob(job);
		throwErrno(the, ENOMEM);
	}
	start(the, job);
}

static int actWrite(DiskJob* job)
{
	size_t at = 0;
	while (at < job->length) {
		ssize_t put = pwrite(job->fd, job->data + at, job->length - at, job->at + (off_t)at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno;
		if (put == 0)
			return ENOSPC;
		at += (size_t)put;
	}
	return 0;
}

static void tellCount(xsMachine* the, DiskJob* job)
{
	xsVar(0) = xsNumber((double)job->length);
}

/* write(at, bytes, start, end, listener): ended("", count) */
static void writeRange(xsMachine* the)
{
	xsNumberValue at = xsToNumber(xsArg(0));
	uint32_t length;
	DiskJob* job = fileJob(the, 4, actWrite, tellCount);
	uint8_t* data = rangeOf(the, 1, &length);
	job->at = (off_t)at;
	job->length = length;
	job->data = malloc(length ? length : 1);
	if (!job->data) {
		freeJob(job);
		throwErrno(the, ENOMEM);
	}
	memcpy(job->data, data, length);
	start(the, job);
}

static int actTruncate(DiskJob* job)
{
	return result(ftruncate(job->fd, job->at));
}

/* truncate(length, listener) */
static void truncateFile(xsMachine* the)
{
	xsNumberValue at = xsToNumber(xsArg(0));
	DiskJob* job = fileJob(the, 1, actTruncate, NULL);
	job->at = (off_t)at;
	start(the, job);
}

static int actSync(DiskJob* job)
{
	return result(fsync(job->fd));
}

/* sync(listener) */
static void syncFile(xsMachine* the)
{
	start(the, fileJob(the, 0, actSync, NULL));
}

/* length: octets of the file as it is now; undefined when it is closed. */
static void lengthOf(xsMachine* the)
{
	Disk* file = recordThis(the, &fileHooks);
	struct stat status;
	if (file->fd >= 0 && fstat(file->fd, &status) == 0)
		xsResult = xsNumber((double)status.st_size);
}

/* close(): no operation may be under way. */
static void closeFile(xsMachine* the)
{
	release(recordThis(the, &fileHooks));
}

static void never(xsMachine* the)
{
	xsTypeError("only a disk makes these");
}

void buildDisk(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "open", openFile, 3, 0 },
		{ "stat", statPath, 2, 0 },
		{ "openList", openList, 2, 0 },
		{ "makeFolder", makeFolder, 2, 0 },
		{ "rename", renamePath, 3, 0 },
		{ "delete", deletePath, 2, 0 },
		{ "syncFolder", syncFolder, 2, 0 },
		{ "space", space, 1, 0 },
		{ NULL, NULL, 0, 0 },
	};
	static const NativeMethod fileMethods[] = {
		{ "read", readRange, 5, 0 },
		{ "write", writeRange, 5, 0 },
		{ "truncate", truncateFile, 2, 0 },
		{ "sync", syncFile, 1, 0 },
		{ "close", closeFile, 0, 0 },
		{ "length", lengthOf, 0, 1 },
		{ NULL, NULL, 0, 0 },
	};
	static const NativeMethod listMethods[] = {
		{ "next", next, 1, 0 },
		{ "close", closeList, 0, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, never, &fileHooks, fileMethods);
	filePrototype = xsGet(*result, xsID("prototype"));
	xsRemember(filePrototype);
	buildClass(the, result, never, &listHooks, listMethods);
	listPrototype = xsGet(*result, xsID("prototype"));
	xsRemember(listPrototype);
	buildClass(the, result, construct, &rootHooks, methods);
}
