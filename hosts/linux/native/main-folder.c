/* porthole-xs FOLDER MODULE [arguments]: runs a tree of compiled JavaScript, for tests and development. */
#include "modules.h"

/* Tests use Array.prototype.flat on large arrays, which takes XS a slot of the stack for each item. */
#define TESTS_STACK 65536

extern void setModuleFolder(const char*);

int main(int argc, char* argv[])
{
	xsMachine* the;
	if (argc < 3) {
		fprintf(stderr, "porthole-xs FOLDER MODULE [arguments]\n");
		return 2;
	}
	setModuleFolder(argv[1]);
	programArgc = argc - 3;
	programArgv = argv + 3;
	the = createMachine(TESTS_STACK);
	runMain(the, argv[2]);
	return loopRun(the);
}
