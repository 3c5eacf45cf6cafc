/* Modules from JavaScript files in a folder, parsed when they are imported: for tests and development. */
#include "modules.h"
#include "xsScript.h"

static const char* folder = ".";

void setModuleFolder(const char* path)
{
	folder = path;
}

static void fileOf(const char* name, char* path, size_t size)
{
	snprintf(path, size, "%s/%s.js", folder, name);
}

int moduleExists(const char* name)
{
	char path[1024];
	fileOf(name, path, sizeof(path));
	return isNativeModule(name) || access(path, R_OK) == 0;
}

static txScript* parse(txMachine* the, FILE* file, const char* path)
{
	txParser parser;
	txParserJump jump;
	txScript* script = NULL;
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	parser.source = fxNewParserSymbol(&parser, (txString)path);
	if (c_setjmp(jump.jmp_buf) == 0) {
		fxParserTree(&parser, file, (txGetter)fgetc, mxStrictFlag | mxDebugFlag, NULL);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	fxTerminateParser(&parser);
	return script;
}

txScript* moduleScript(txMachine* the, const char* name)
{
	char path[1024];
	char source[256];
	txScript* script;
	FILE* file;
	if (isNativeModule(name)) {
		nativeSource(name, source, sizeof(source));
		file = fmemopen(source, strlen(source), "r");
	}
	else {
		fileOf(name, path, sizeof(path));
		file = fopen(path, "r");
	}
	if (!file)
		return NULL;
	script = parse(the, file, name);
	fclose(file);
	return script;
}
