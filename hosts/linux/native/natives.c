/* Native modules as JavaScript sees them: one line of source each. */
#include "modules.h"

int isNativeModule(const char* name)
{
	const NativeModule* module;
	for (module = nativeModules; module->specifier; module++)
		if (!strcmp(module->specifier, name))
			return 1;
	return 0;
}

void nativeSource(const char* name, char* buffer, size_t size)
{
	snprintf(buffer, size, "export default native[\"%s\"];", name);
}
