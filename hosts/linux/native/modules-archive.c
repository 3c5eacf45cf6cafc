/* Modules from the archive of bytecode inside the program: no file beside it, no parser. */
#include "modules.h"

__asm__(
	".section .data\n"
	".balign 16\n"
	"moduleArchive:\n"
	".incbin \"" PORTHOLE_ARCHIVE "\"\n"
	".previous\n"
);
/* Writable: XS maps symbols into the code where it lies. */
extern uint8_t moduleArchive[];

extern void fxRemapIDs(txMachine* the, txByte* codeBuffer, txSize codeSize, txID* theIDs);

static uint32_t number(const uint8_t* at)
{
	uint32_t value;
	memcpy(&value, at, 4);
	return value;
}

static uint8_t* find(const char* name)
{
	uint32_t count = number(moduleArchive);
	uint8_t* at = moduleArchive + 4;
	while (count-- > 0) {
		if (!strcmp((char*)at + 12, name))
			return at;
		at += 12 + ARCHIVE_ALIGN(number(at)) + ARCHIVE_ALIGN(number(at + 4)) + ARCHIVE_ALIGN(number(at + 8));
	}
	return NULL;
}

int moduleExists(const char* name)
{
	return find(name) != NULL;
}

/* Replaces the symbols' numbers in the code by those that they have in this machine. Done once: a module loads once. */
static void mapSymbols(txMachine* the, uint8_t* symbols, txByte* code, txSize size)
{
	txByte* p = (txByte*)symbols;
	txID count, i;
	txID* ids;
	mxDecodeID(p, count);
	ids = calloc(count, sizeof(txID));
	if (!ids)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	for (i = 1; i < count; i++) {
		ids[i] = fxNewNameC(the, (txString)p);
		p += strlen((char*)p) + 1;
	}
	fxRemapIDs(the, code, size, ids);
	free(ids);
}

txScript* moduleScript(txMachine* the, const char* name)
{
	/* Used up before the next one is asked for. Without symbols XS takes code and script for the program's own. */
	static txScript script;
	uint8_t* at = find(name);
	uint8_t* symbols;
	if (!at)
		return NULL;
	memset(&script, 0, sizeof(script));
	script.path = (txString)at + 12;
	symbols = at + 12 + ARCHIVE_ALIGN(number(at));
	script.codeBuffer = (txByte*)symbols + ARCHIVE_ALIGN(number(at + 4));
	script.codeSize = (txSize)number(at + 8);
	script.version[0] = XS_MAJOR_VERSION;
	script.version[1] = XS_MINOR_VERSION;
	script.version[2] = XS_PATCH_VERSION;
	mapSymbols(the, symbols, script.codeBuffer, script.codeSize);
	return &script;
}

#ifndef PORTHOLE_PARSER
txScript* fxParseScript(txMachine* the, void* stream, txGetter getter, txUnsigned flags)
{
	mxSyntaxError("this program has no parser");
	return NULL;
}
#endif
