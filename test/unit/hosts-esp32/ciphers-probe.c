/* Calls hosts/esp32/native-peer/ciphers.c with published vectors, by Debian's mbedTLS: AES-GCM, and X25519 of RFC 7748 §6.1. */
#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include "xsmc.h"

extern void xs_porthole_public_key(xsMachine*);
extern void xs_porthole_agree(xsMachine*);
extern void xs_porthole_packet_key(xsMachine*);
extern void xs_porthole_forget_key(xsMachine*);
extern void xs_porthole_seal(xsMachine*);
extern void xs_porthole_open(xsMachine*);

/* The arguments of a call: octets or numbers, by the place of the slot. */
static struct { uint8_t bytes[256]; xsUnsignedValue length; int number; } arguments[8];
xsSlot xsThis, xsResult, stubSlots[8];
static int result;
static jmp_buf failed;

void stubFailure(xsMachine* the, const char* words) { (void)the, (void)words; longjmp(failed, 1); }
int xsmcToIntegerOf(xsMachine* the, xsSlot* slot) { (void)the; return arguments[slot - stubSlots].number; }
void xsmcSetIntegerOf(xsMachine* the, xsSlot* slot, int value) { (void)the; assert(slot == &xsResult); result = value; }
void xsmcGetBufferOf(xsMachine* the, xsSlot* slot, void** data, xsUnsignedValue* size)
{
	(void)the;
	*data = arguments[slot - stubSlots].bytes;
	*size = arguments[slot - stubSlots].length;
}

static void put(int index, const char* hex)
{
	size_t i;
	arguments[index].length = (xsUnsignedValue)(strlen(hex) / 2);
	for (i = 0; hex[i]; i += 2)
		assert(sscanf(hex + i, "%2hhx", &arguments[index].bytes[i / 2]) == 1);
}

static int has(int index, const char* hex)
{
	char text[513];
	xsUnsignedValue i;
	for (i = 0; i < arguments[index].length; i++)
		sprintf(text + 2 * i, "%02x", arguments[index].bytes[i]);
	return !strcmp(text, hex);
}

static void packet(int key, int from, int start, int end)
{
	arguments[0].number = key;
	put(1, "cafebabefacedbaddecaf888");
	arguments[3].number = from;
	arguments[4].number = start;
	arguments[5].number = end;
}

/* Whether a call fails as it should. */
static int fails(void (*call)(xsMachine*))
{
	if (setjmp(failed))
		return 1;
	call(NULL);
	return 0;
}

#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define PLAIN "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define TAG "00000000000000000000000000000000"

static void gcm(const char* key, const char* sealed)
{
	int id;
	put(0, key);
	xs_porthole_packet_key(NULL);
	id = result;
	assert(id > 0);
	put(2, "aa" AAD PLAIN TAG);
	packet(id, 1, 21, 81);
	xs_porthole_seal(NULL);
	assert(has(2, sealed));
	packet(id, 1, 21, 97);
	arguments[2].bytes[5] ^= 1;
	xs_porthole_open(NULL);
	assert(!result);
	put(2, sealed);
	xs_porthole_open(NULL);
	assert(result && !strncmp((char*)arguments[2].bytes + 21, "\xd9\x31\x32\x25", 4));
	packet(id, 1, 21, 30);
	xs_porthole_open(NULL);
	assert(!result);
	packet(id, 1, 21, 98);
	assert(fails(xs_porthole_open));
	packet(id, 1, 21, 82);
	assert(fails(xs_porthole_seal));
	packet(id, 22, 21, 60);
	assert(fails(xs_porthole_seal));
	arguments[0].number = id;
	xs_porthole_forget_key(NULL);
	packet(id, 1, 21, 81);
	assert(fails(xs_porthole_seal));
}

int main(void)
{
	int i;
	for (i = 0; i < 100; i++) {
		gcm("feffe9928665731c6d6a8f9467308308", "aa" AAD "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47");
		gcm("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "aa" AAD "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
	}
	put(0, "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893");
	put(1, ZERO);
	xs_porthole_public_key(NULL);
	assert(has(1, "31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62"));
	put(0, "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a");
	put(2, ZERO);
	xs_porthole_agree(NULL);
	assert(result && !has(2, ZERO));
	memcpy(&arguments[6], &arguments[2], sizeof(arguments[2]));
	put(1, ZERO);
	xs_porthole_public_key(NULL);
	put(0, "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893");
	xs_porthole_agree(NULL);
	assert(result && !memcmp(arguments[6].bytes, arguments[2].bytes, 32));
	put(1, ZERO);
	put(2, ZERO);
	xs_porthole_agree(NULL);
	assert(!result && has(2, ZERO));
	put(1, "01");
	assert(fails(xs_porthole_agree));
	put(0, "01");
	assert(fails(xs_porthole_packet_key));
	return 0;
}
