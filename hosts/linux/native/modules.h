/* Where modules come from: the archive inside the program (modules-archive.c) or a folder (modules-folder.c). */
#ifndef PORTHOLE_MODULES_H
#define PORTHOLE_MODULES_H
#include "xsAll.h"
#include "host.h"

int moduleExists(const char* name);
/* The code of a module, or NULL; throws SyntaxError when its source has errors. */
txScript* moduleScript(txMachine* the, const char* name);

/* True when a name is that of a native module. */
int isNativeModule(const char* name);
/* Source text of the module that exports a native class. */
void nativeSource(const char* name, char* buffer, size_t size);

/* @param stack slots of the stack, if more than a board has */
xsMachine* createMachine(int stack);
/* Loads and runs the main module; its asynchronous work continues in loopRun. */
void runMain(xsMachine* the, const char* name);

/* How the archive is laid out: u32 count, then of each module u32 name, symbols and code sizes, and these, 4-aligned. */
#define ARCHIVE_ALIGN(SIZE) (((SIZE) + 3u) & ~3u)
#endif
