/* porthole-xs FOLDER MODULE [arguments]: runs a tree of compiled JavaScript, for tests and development. */
#include "modules.h"

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
	the = createMachine();
	runMain(the, argv[2]);
	return loopRun(the);
}
