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

static uint32_t number(const uint8_t* at)
{
	uint32_t value;
	memcpy(&value, at, 4);
	return value;
}

static int find(const char* name, txScript* script)
{
	uint32_t count = number(moduleArchive);
	uint8_t* at = moduleArchive + 4;
	while (count-- > 0) {
		uint32_t names = number(at), symbols = number(at + 4), code = number(at + 8);
		uint8_t* data = at + 12;
		if (!strcmp((char*)data, name)) {
			if (script) {
				memset(script, 0, sizeof(*script));
				script->path = (txString)data;
				script->symbolsBuffer = (txByte*)data + ARCHIVE_ALIGN(names);
				script->symbolsSize = (txSize)symbols;
				script->codeBuffer = script->symbolsBuffer + ARCHIVE_ALIGN(symbols);
				script->codeSize = (txSize)code;
				script->version[0] = XS_MAJOR_VERSION;
				script->version[1] = XS_MINOR_VERSION;
				script->version[2] = XS_PATCH_VERSION;
			}
			return 1;
		}
		at = data + ARCHIVE_ALIGN(names) + ARCHIVE_ALIGN(symbols) + ARCHIVE_ALIGN(code);
	}
	return 0;
}

int moduleExists(const char* name)
{
	return find(name, NULL);
}

txScript* moduleScript(txMachine* the, const char* name)
{
	/* Used up before the next one is asked for. */
	static txScript script;
	return find(name, &script) ? &script : NULL;
}

#ifndef PORTHOLE_PARSER
txScript* fxParseScript(txMachine* the, void* stream, txGetter getter, txUnsigned flags)
{
	mxSyntaxError("this program has no parser");
	return NULL;
}
#endif
