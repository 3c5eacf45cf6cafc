/* Runs hosts/simulator/native/random.c without the SDK: prints 64 of its random octets. */
#include "xsmc.h"
#include <stdio.h>

extern void xs_porthole_random(xsMachine* the);

static uint8_t octets[64];
xsSlot xsThis, xsResult, stubSlots[8];

void xsmcGetBufferOf(xsMachine* the, xsSlot* slot, void** data, xsUnsignedValue* size)
{
	(void)the;
	(void)slot;
	*data = octets;
	*size = sizeof(octets);
}

void stubFailure(xsMachine* the, const char* words)
{
	(void)the;
	fputs(words, stderr);
	exit(1);
}

int main(void)
{
	unsigned i;
	xs_porthole_random(NULL);
	for (i = 0; i < sizeof(octets); i++)
		printf("%02x", octets[i]);
	return 0;
}
