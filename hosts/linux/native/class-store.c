/* `embedded:storage/key-value`: each value in a file of its own, written so that a power cut leaves the old or the new. */
#include "xsAll.h"
#include "host.h"
#include "disk-path.h"
#include <fcntl.h>
#include <sys/stat.h>

#define VALUE_MAX 65536

typedef struct {
	Record record;
	char folder[512];
} Store;

static void destroy(void* data)
{
	free(data);
}

static const xsHostHooks hooks = { destroy, NULL, NULL };

/* new KeyValue({ path }): the folder is created if it does not exist. */
static void construct(xsMachine* the)
{
	char folder[512];
	Store* store;
	if (!optionText(the, "path", folder, sizeof(folder)) || !folder[0])
		xsTypeError("a path is missing");
	if (diskMakeRoot(folder) < 0)
		throwErrno(the, errno);
	store = recordCreate(the, sizeof(Store));
	strcpy(store->folder, folder);
	recordRelease(store);
}

/* The file of the key in xsArg(0). The key was checked in JavaScript; this keeps it inside the folder in any case. */
static void fileOf(xsMachine* the, Store* store, const char* suffix, char* path, size_t size)
{
	const char* key = xsToString(xsArg(0));
	size_t length = strlen(key);
	if (length == 0 || length > 15 || strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789.-") != length)
		xsRangeError("not a key: 1 to 15 of a-z, 0-9, dot, hyphen");
	snprintf(path, size, "%s/%s%s", store->folder, key, suffix);
}

static void flushFolder(xsMachine* the, Store* store)
{
	int fd = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		throwErrno(the, errno);
	fsync(fd);
	close(fd);
}

/* read(key): the value as text, or undefined. */
static void readValue(xsMachine* the)
{
	Store* store = recordThis(the, &hooks);
	char path[600];
	char* value;
	ssize_t length;
	int fd, error;
	fileOf(the, store, ".value", path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ENOENT)
			return;
		throwErrno(the, errno);
	}
	value = malloc(VALUE_MAX + 1);
	length = value ? read(fd, value, VALUE_MAX) : -1;
	error = errno;
	close(fd);
	if (length < 0) {
		free(value);
		throwErrno(the, error);
	}
	value[length] = 0;
	/* Another program wrote a zero octet or malformed UTF-8: reads the value up to there. */
	xsResult = xsString(value);
	free(value);
}

/* write(key, value): durable when it returns. */
static void writeValue(xsMachine* the)
{
	Store* store = recordThis(the, &hooks);
	char path[600], beside[600];
	const char* value;
	size_t length;
	int fd, error = 0;
	fileOf(the, store, ".value", path, sizeof(path));
	fileOf(the, store, ".new", beside, sizeof(beside));
	value = xsToString(xsArg(1));
	length = strlen(value);
	if (length > VALUE_MAX)
		xsRangeError("the value is too long");
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		throwErrno(the, errno);
	if (write(fd, value, length) != (ssize_t)length || fsync(fd) < 0)
		error = errno ? errno : EIO;
	close(fd);
	if (!error && rename(beside, path) < 0)
		error = errno;
	if (error) {
		unlink(beside);
		throwErrno(the, error);
	}
	flushFolder(the, store);
}

/* delete(key): harmless when there is none. */
static void deleteValue(xsMachine* the)
{
	Store* store = recordThis(the, &hooks);
	char path[600];
	fileOf(the, store, ".value", path, sizeof(path));
	if (unlink(path) < 0 && errno != ENOENT)
		throwErrno(the, errno);
	flushFolder(the, store);
}

void buildStore(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "read", readValue, 1, 0 },
		{ "write", writeValue, 2, 0 },
		{ "delete", deleteValue, 1, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}
