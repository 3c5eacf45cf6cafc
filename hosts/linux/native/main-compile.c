/* porthole-xsc FOLDER ARCHIVE MODULE…: compiles modules to bytecode and writes the archive of modules-archive.c. */
#include "modules.h"

extern void setModuleFolder(const char*);

static void put(FILE* file, const void* data, uint32_t size)
{
	static const char zeros[4] = { 0 };
	if (fwrite(data, 1, size, file) != size || fwrite(zeros, 1, ARCHIVE_ALIGN(size) - size, file) != ARCHIVE_ALIGN(size) - size) {
		perror("porthole-xsc");
		exit(1);
	}
}

static void putNumber(FILE* file, uint32_t value)
{
	put(file, &value, 4);
}

/* Marks code and strings as lying in the program, so that XS runs and reads them where they are and copies nothing. */
static void stayInPlace(txByte* code, txSize size)
{
	txByte* p = code;
	while (p < code + size) {
		txU1 operation = *(txU1*)p;
		txS1 width = gxCodeSizes[operation];
		txU2 two;
		txU4 four;
		if (operation >= XS_CODE_CODE_1 && operation <= XS_CODE_CODE_4)
			*p = (txByte)(operation - XS_CODE_CODE_1 + XS_CODE_CODE_ARCHIVE_1);
		else if (operation >= XS_CODE_STRING_1 && operation <= XS_CODE_STRING_4)
			*p = (txByte)(operation - XS_CODE_STRING_1 + XS_CODE_STRING_ARCHIVE_1);
		if (width > 0)
			p += width;
		else if (width == 0)
			p += 1 + sizeof(txID);
		else if (width == -1)
			p += 2 + ((txU1*)p)[1];
		else if (width == -2) {
			memcpy(&two, p + 1, 2);
			p += 3 + two;
		}
		else {
			memcpy(&four, p + 1, 4);
			p += 5 + four;
		}
	}
}

static int compile(txMachine* machine, FILE* file, const char* name)
{
	int fine = 0;
	xsBeginHost(machine);
	xsTry {
		txScript* script = moduleScript(the, name);
		if (script && script->codeSize > 0) {
			stayInPlace(script->codeBuffer, script->codeSize);
			putNumber(file, (uint32_t)strlen(name) + 1);
			putNumber(file, (uint32_t)script->symbolsSize);
			putNumber(file, (uint32_t)script->codeSize);
			put(file, name, (uint32_t)strlen(name) + 1);
			put(file, script->symbolsBuffer, (uint32_t)script->symbolsSize);
			put(file, script->codeBuffer, (uint32_t)script->codeSize);
			fine = 1;
		}
	}
	xsCatch {
		fprintf(stderr, "porthole-xsc: %s: %s\n", name, xsToString(xsException));
	}
	xsEndHost(machine);
	return fine;
}

int main(int argc, char* argv[])
{
	const NativeModule* native;
	uint32_t count = 0;
	txMachine* the;
	FILE* file;
	int i;
	if (argc < 4) {
		fprintf(stderr, "porthole-xsc FOLDER ARCHIVE MODULE...\n");
		return 2;
	}
	setModuleFolder(argv[1]);
	file = fopen(argv[2], "wb");
	if (!file) {
		perror(argv[2]);
		return 1;
	}
	the = createMachine(0);
	for (native = nativeModules; native->specifier; native++)
		count++;
	putNumber(file, count + (uint32_t)(argc - 3));
	for (native = nativeModules; native->specifier; native++)
		if (!compile(the, file, native->specifier))
			return 1;
	for (i = 3; i < argc; i++) {
		if (!compile(the, file, argv[i])) {
			fprintf(stderr, "porthole-xsc: %s was not compiled\n", argv[i]);
			return 1;
		}
	}
	return fclose(file) == 0 ? 0 : 1;
}
