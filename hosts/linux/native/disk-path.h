/* Opens files and folders below a root folder, never following a symbolic link. Functions return -1 with errno. */
#ifndef PORTHOLE_DISK_PATH_H
#define PORTHOLE_DISK_PATH_H
#include <sys/stat.h>

/* Whether a name on the medium can be part of a path, as src/ports/files.ts says: UTF-8 without control characters and backslashes. */
int diskIsName(const char* name);
/* Creates a folder and its parents, for its owner only; it may exist. Changes the path during the call. */
int diskMakeRoot(char* path);
/* Opens the folder that holds the last name of a path, and finds that name; for the root EISDIR. */
int diskParent(int root, const char* path, const char** name);
/* Opens a folder; the empty path is the root. */
int diskFolder(int root, const char* path);
/* Reads the status of a file or folder: ELOOP for links and anything else. */
int diskStat(int root, const char* path, struct stat* status);
/* Does the same for a name in an open folder. */
int diskStatAt(int folder, const char* name, struct stat* status);
/* Opens a regular file. */
int diskOpen(int root, const char* path, int flags);
/* Renames as src/ports/files.ts says: a file may replace a file, nothing else is replaced. */
int diskRename(int root, const char* from, const char* to);
int diskDelete(int root, const char* path);
int diskMakeFolder(int root, const char* path);
#endif
