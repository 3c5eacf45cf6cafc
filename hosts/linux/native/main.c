/* porthole-linux: the firmware with all its modules inside. */
#include "modules.h"

int main(int argc, char* argv[])
{
	xsMachine* the;
	programArgc = argc - 1;
	programArgv = argv + 1;
	the = createMachine(0);
	runMain(the, "hosts/linux/main");
	return loopRun(the);
}
