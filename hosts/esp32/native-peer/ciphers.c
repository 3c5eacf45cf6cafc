/*
 * X25519 and AES-GCM by the PSA interface of mbedTLS, which takes the chip's own AES, for ciphers.ts. The configuration of ESP-IDF needs
 * nothing for it: curve 25519 and GCM are on. Keys are named by PSA's identifiers, which fit into an integer.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "psa/crypto.h"
#include <string.h>

#define KEY_OCTETS 32
#define KEY_BITS 255
#define NONCE_OCTETS 12
#define TAG_OCTETS 16

/* The octets of an argument; throws when there are not so many. */
static uint8_t* octetsOf(xsMachine* the, xsSlot* slot, xsUnsignedValue count)
{
	void* data = NULL;
	xsUnsignedValue length = 0;
	xsmcGetBufferWritable(*slot, &data, &length);
	if (length != count)
		xsRangeError("a key or nonce of another length");
	return data;
}

static psa_key_id_t importKey(xsMachine* the, psa_key_type_t type, size_t bits, psa_algorithm_t algorithm, psa_key_usage_t usage,
	const uint8_t* key, size_t length)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id = 0;
	if (psa_crypto_init() != PSA_SUCCESS)
		xsUnknownError("mbedTLS does not start");
	psa_set_key_type(&attributes, type);
	psa_set_key_bits(&attributes, bits);
	psa_set_key_algorithm(&attributes, algorithm);
	psa_set_key_usage_flags(&attributes, usage);
	if (psa_import_key(&attributes, key, length, &id) != PSA_SUCCESS)
		xsUnknownError("mbedTLS takes no more keys");
	return id;
}

static psa_key_id_t importPrivate(xsMachine* the, xsSlot* slot)
{
	return importKey(the, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), KEY_BITS, PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE,
		octetsOf(the, slot, KEY_OCTETS), KEY_OCTETS);
}

/* publicKey(privateKey, into) */
void xs_porthole_public_key(xsMachine* the)
{
	uint8_t made[KEY_OCTETS];
	size_t length = 0;
	psa_key_id_t id = importPrivate(the, &xsArg(0));
	psa_status_t status = psa_export_public_key(id, made, sizeof(made), &length);
	psa_destroy_key(id);
	if (status != PSA_SUCCESS || length != KEY_OCTETS)
		xsUnknownError("mbedTLS has no X25519");
	memcpy(octetsOf(the, &xsArg(1), KEY_OCTETS), made, KEY_OCTETS);
}

/* agree(privateKey, publicKey, into): false when the public key is of small order. */
void xs_porthole_agree(xsMachine* the)
{
	uint8_t made[KEY_OCTETS], any = 0;
	size_t length = 0, i;
	psa_key_id_t id = importPrivate(the, &xsArg(0));
	psa_status_t status = psa_raw_key_agreement(PSA_ALG_ECDH, id, octetsOf(the, &xsArg(1), KEY_OCTETS), KEY_OCTETS, made, sizeof(made), &length);
	psa_destroy_key(id);
	for (i = 0; status == PSA_SUCCESS && i < length; i++)
		any |= made[i];
	if (any)
		memcpy(octetsOf(the, &xsArg(2), KEY_OCTETS), made, KEY_OCTETS);
	memset(made, 0, sizeof(made));
	xsmcSetBoolean(xsResult, any != 0);
}

/* packetKey(key): the identifier of an AES key of 16 or 32 octets. */
void xs_porthole_packet_key(xsMachine* the)
{
	void* data = NULL;
	xsUnsignedValue length = 0;
	xsmcGetBufferReadable(xsArg(0), &data, &length);
	if (length != 16 && length != 32)
		xsRangeError("a key of another length");
	xsmcSetInteger(xsResult, (int)importKey(the, PSA_KEY_TYPE_AES, 8 * length, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, data, length));
}

/* forget(key) */
void xs_porthole_forget_key(xsMachine* the)
{
	psa_destroy_key((psa_key_id_t)xsmcToInteger(xsArg(0)));
}

/* The octets of arguments 2 to 5, `bytes, from, start, end`, with room for more behind the end. */
static uint8_t* packetOf(xsMachine* the, xsUnsignedValue more, xsUnsignedValue* from, xsUnsignedValue* start, xsUnsignedValue* end)
{
	void* data = NULL;
	xsUnsignedValue length = 0;
	*from = (xsUnsignedValue)xsmcToInteger(xsArg(3));
	*start = (xsUnsignedValue)xsmcToInteger(xsArg(4));
	*end = (xsUnsignedValue)xsmcToInteger(xsArg(5));
	xsmcGetBufferWritable(xsArg(2), &data, &length);
	if (*from > *start || *start > *end || *end > length || length - *end < more)
		xsRangeError("a packet outside its buffer");
	return data;
}

/* seal(key, nonce, bytes, from, start, end) */
void xs_porthole_seal(xsMachine* the)
{
	xsUnsignedValue from, start, end;
	size_t made = 0;
	uint8_t* bytes = packetOf(the, TAG_OCTETS, &from, &start, &end);
	if (psa_aead_encrypt((psa_key_id_t)xsmcToInteger(xsArg(0)), PSA_ALG_GCM, octetsOf(the, &xsArg(1), NONCE_OCTETS), NONCE_OCTETS,
			bytes + from, start - from, bytes + start, end - start, bytes + start, end - start + TAG_OCTETS, &made) != PSA_SUCCESS)
		xsUnknownError("mbedTLS can't seal");
}

/* open(key, nonce, bytes, from, start, end): false when the tag at the end is wrong. */
void xs_porthole_open(xsMachine* the)
{
	xsUnsignedValue from, start, end;
	size_t made = 0;
	uint8_t* bytes = packetOf(the, 0, &from, &start, &end);
	psa_status_t status = PSA_ERROR_INVALID_SIGNATURE;
	if (end - start >= TAG_OCTETS)
		status = psa_aead_decrypt((psa_key_id_t)xsmcToInteger(xsArg(0)), PSA_ALG_GCM, octetsOf(the, &xsArg(1), NONCE_OCTETS), NONCE_OCTETS,
			bytes + from, start - from, bytes + start, end - start, bytes + start, end - start - TAG_OCTETS, &made);
	xsmcSetBoolean(xsResult, status == PSA_SUCCESS);
}
