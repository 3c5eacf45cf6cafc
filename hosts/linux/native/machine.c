/* The XS machine of a board: creation, module lookup and fatal errors. */
#include "xsAll.h"
#include "host.h"
#include "modules.h"

int programArgc = 0;
char** programArgv = NULL;

#ifdef PORTHOLE_PARSER
/* What runs tests and compiles has memory enough: with less, the collector would take a third of the time. */
#define MEMORY 64
#else
#define MEMORY 1
#endif

/* Small at first; grows as the program needs, see grown(). Sizes in octets and slots (32 octets on 64 bits, 16 on 32). */
static xsCreation creation = {
	MEMORY * 64 * 1024, /* initial chunks */
	MEMORY * 16 * 1024, /* incremental chunks */
	MEMORY * 4 * 1024, /* initial heap */
	MEMORY * 2 * 1024, /* incremental heap */
	4 * 1024, /* stack */
	2 * 1024, /* initial keys */
	1024, /* incremental keys */
	1993, /* name modulo */
	127, /* symbol modulo */
	64 * 1024, /* parser buffer */
	1993, /* parser table modulo */
	0,
};

void fxCreateMachinePlatform(txMachine* the)
{
	the->promiseJobs = 0;
}

void fxDeleteMachinePlatform(txMachine* the)
{
}

/*
 * Memory grows in steps that grow with it: by a twelfth up to what an idle camera needs, by a third beyond. With equal steps the
 * collector, which runs when a step's worth of memory is used up, would take most of the time of a program with hundreds of
 * connections.
 */
#define IDLE_HEAP (112 * 1024)

static void grown(txMachine* the)
{
	int part = the->maximumHeapCount < IDLE_HEAP ? 12 : 3;
	txSize chunks = the->maximumChunksSize / part, slots = the->maximumHeapCount / part;
	if (the->minimumChunksSize < chunks)
		the->minimumChunksSize = chunks & ~4095;
	if (the->minimumHeapCount < slots)
		the->minimumHeapCount = slots;
}

void* fxAllocateChunks(txMachine* the, txSize size)
{
	grown(the);
	return malloc(size);
}

void fxFreeChunks(txMachine* the, void* chunks)
{
	free(chunks);
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	grown(the);
	return malloc(count * sizeof(txSlot));
}

void fxFreeSlots(txMachine* the, void* slots)
{
	free(slots);
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

static void printException(txMachine* the)
{
	mxTry(the) {
		xsSlot stack;
		if (mxException.kind == XS_REFERENCE_KIND) {
			stack = xsGet(mxException, xsID("stack"));
			if (xsTest(stack))
				fprintf(stderr, "%s\n", xsToString(stack));
			else
				fprintf(stderr, "%s\n", xsToString(mxException));
		}
		else
			fprintf(stderr, "%s\n", xsToString(mxException));
	}
	mxCatch(the) {
	}
}

void fxAbort(txMachine* the, int status)
{
	switch (status) {
	case XS_STACK_OVERFLOW_EXIT: fprintf(stderr, "porthole: the stack is full\n"); break;
	case XS_NOT_ENOUGH_MEMORY_EXIT: fprintf(stderr, "porthole: memory is full\n"); break;
	case XS_NO_MORE_KEYS_EXIT: fprintf(stderr, "porthole: too many property names\n"); break;
	case XS_UNHANDLED_EXCEPTION_EXIT:
	case XS_UNHANDLED_REJECTION_EXIT:
		fprintf(stderr, "porthole: %s: ", status == XS_UNHANDLED_EXCEPTION_EXIT ? "exception" : "rejected promise");
		printException(the);
		break;
	default: fprintf(stderr, "porthole: XS ended with status %d\n", status); break;
	}
	/* 70: an internal error (sysexits.h). */
	_exit(70);
}

/* `native[specifier]` holds the exports of native modules. */
static void buildNatives(txMachine* the)
{
	const NativeModule* module;
	xsBeginHost(the);
	xsVars(4);
	xsVar(0) = xsNewObject();
	for (module = nativeModules; module->specifier; module++) {
		(*module->build)(the, &xsVar(3));
		xsDefine(xsVar(0), xsID(module->specifier), xsVar(3), xsDefault);
	}
	xsSet(xsGlobal, xsID("native"), xsVar(0));
	xsEndHost(the);
}

xsMachine* createMachine(int stack)
{
	xsMachine* the;
	if (stack > creation.stackCount)
		creation.stackCount = stack;
	fxInitializeSharedCluster();
	the = xsCreateMachine(&creation, "porthole", NULL);
	if (!the) {
		fprintf(stderr, "porthole: no memory for a machine\n");
		exit(70);
	}
	buildNatives(the);
	return the;
}

/* Joins a relative specifier to the name of the module that imports it: `../base/text` from `src/wire/xml`. */
static int joinPath(const char* base, const char* specifier, char* out, size_t size)
{
	char* slash;
	if (strlen(base) >= size)
		return 0;
	strcpy(out, base);
	slash = strrchr(out, '/');
	*(slash ? slash : out) = 0;
	while (*specifier) {
		size_t length = strcspn(specifier, "/");
		if (length == 2 && specifier[0] == '.' && specifier[1] == '.') {
			slash = strrchr(out, '/');
			if (!slash && !*out)
				return 0;
			*(slash ? slash : out) = 0;
		}
		else if (!(length == 1 && specifier[0] == '.') && length > 0) {
			size_t used = strlen(out);
			if (used + length + 2 > size)
				return 0;
			if (used)
				out[used++] = '/';
			memcpy(out + used, specifier, length);
			out[used + length] = 0;
		}
		specifier += length;
		if (*specifier == '/')
			specifier++;
	}
	return 1;
}

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* slot)
{
	char specifier[512], path[512];
	size_t length;
	fxToStringBuffer(the, slot, specifier, sizeof(specifier));
	length = strlen(specifier);
	if (length > 3 && !strcmp(specifier + length - 3, ".js"))
		specifier[length - 3] = 0;
	if (specifier[0] == '.') {
		if (moduleID == XS_NO_ID || !joinPath(fxGetKeyName(the, moduleID), specifier, path, sizeof(path)))
			return XS_NO_ID;
	}
	else
		strcpy(path, specifier);
	return moduleExists(path) ? fxNewNameC(the, path) : XS_NO_ID;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	txScript* script = moduleScript(the, fxGetKeyName(the, moduleID));
	if (script)
		fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}

/* Called when a module fails to load. */
static void rejected(xsMachine* the)
{
	mxException = xsArg(0);
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

static void fulfilled(xsMachine* the)
{
}

void runMain(xsMachine* the, const char* name)
{
	xsBeginHost(the);
	xsVars(3);
	xsVar(0) = xsAwaitImport(name, XS_IMPORT_ASYNC);
	xsVar(1) = xsNewHostFunction(fulfilled, 1);
	xsVar(2) = xsNewHostFunction(rejected, 1);
	xsCall2(xsVar(0), xsID("then"), xsVar(1), xsVar(2));
	xsEndHost(the);
}
