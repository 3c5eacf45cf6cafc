/* disk-probe ROOT OPERATION PATH [PATH]…: does operations of disk-path.c, and prints the number of the error of each, 0 for none. */
#include "disk-path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
	int root = open(argv[1], O_RDONLY | O_DIRECTORY);
	for (int i = 2; i + 1 < argc; i += 2) {
		const char *path = argv[i + 1];
		struct stat status;
		int result = -1;
		errno = 0;
		if (!strcmp(argv[i], "open"))
			result = diskOpen(root, path, O_RDWR | O_CREAT);
		else if (!strcmp(argv[i], "stat"))
			result = diskStat(root, path, &status);
		else if (!strcmp(argv[i], "folder"))
			result = diskFolder(root, path);
		else if (!strcmp(argv[i], "make"))
			result = diskMakeFolder(root, path);
		else if (!strcmp(argv[i], "delete"))
			result = diskDelete(root, path);
		else if (!strcmp(argv[i], "rename"))
			result = diskRename(root, "file", path);
		else if (!strcmp(argv[i], "name")) {
			result = diskIsName(path) ? 0 : -1;
			errno = EINVAL;
		}
		printf("%s %s: %s\n", argv[i], path, result < 0 ? strerrorname_np(errno) : "done");
		if (result > 2)
			close(result);
	}
	return 0;
}
