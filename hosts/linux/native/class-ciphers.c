/* `porthole:agreement`: X25519. `porthole:packet-cipher`: AES-GCM with one key. Both by OpenSSL; see src/ports/ciphers.ts. */
#include "xsAll.h"
#include "host.h"
#ifdef PORTHOLE_TLS
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#endif

#define KEY_OCTETS 32
#define NONCE_OCTETS 12
#define TAG_OCTETS 16

typedef struct {
	Record record;
	/* NULL once it is closed. */
	void* sealing;
	void* opening;
} PacketCipher;

#ifdef PORTHOLE_TLS

static void forget(PacketCipher* cipher)
{
	EVP_CIPHER_CTX_free(cipher->sealing);
	EVP_CIPHER_CTX_free(cipher->opening);
	cipher->sealing = NULL;
	cipher->opening = NULL;
}

static void destroy(void* data)
{
	if (data) {
		forget(data);
		free(data);
	}
}

static const xsHostHooks hooks = { destroy, NULL, NULL };

/* Copies a number of octets from an argument. */
static void copyOctets(xsMachine* the, int index, uint8_t* into, uint32_t count)
{
	uint32_t length;
	uint8_t* data = bufferOf(the, &xsArg(index), &length);
	if (length != count)
		xsRangeError("a key or nonce of %u octets", length);
	memcpy(into, data, count);
}

/* new PacketCipher(key): of 16 or 32 octets. */
static void construct(xsMachine* the)
{
	uint8_t key[KEY_OCTETS];
	uint32_t length;
	uint8_t* data = bufferOf(the, &xsArg(0), &length);
	PacketCipher* cipher;
	const EVP_CIPHER* kind = length == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
	if (length != 16 && length != 32)
		xsRangeError("a key of %u octets", length);
	memcpy(key, data, length);
	cipher = recordCreate(the, sizeof(PacketCipher));
	recordRelease(cipher);
	cipher->sealing = EVP_CIPHER_CTX_new();
	cipher->opening = EVP_CIPHER_CTX_new();
	if (!cipher->sealing || !cipher->opening
		|| EVP_EncryptInit_ex(cipher->sealing, kind, NULL, key, NULL) != 1
		|| EVP_DecryptInit_ex(cipher->opening, kind, NULL, key, NULL) != 1) {
		OPENSSL_cleanse(key, sizeof(key));
		xsUnknownError("OpenSSL has no AES-GCM");
	}
	OPENSSL_cleanse(key, sizeof(key));
}

/* The octets of arguments 1 to 4, `bytes, from, start, end`, with room for more behind the end. */
static uint8_t* packetOf(xsMachine* the, uint32_t more, uint32_t* from, uint32_t* start, uint32_t* end)
{
	uint32_t length;
	uint8_t* bytes;
	*from = (uint32_t)xsToInteger(xsArg(2));
	*start = (uint32_t)xsToInteger(xsArg(3));
	*end = (uint32_t)xsToInteger(xsArg(4));
	bytes = bufferOf(the, &xsArg(1), &length);
	if (*from > *start || *start > *end || *end > length || length - *end < more)
		xsRangeError("octets %u, %u to %u of %u", *from, *start, *end, length);
	return bytes;
}

/* seal(nonce, bytes, from, start, end) */
static void seal(xsMachine* the)
{
	PacketCipher* cipher = recordThis(the, &hooks);
	uint8_t nonce[NONCE_OCTETS];
	uint32_t from, start, end;
	uint8_t* bytes;
	int done;
	if (!cipher->sealing)
		xsRangeError("a closed cipher");
	copyOctets(the, 0, nonce, NONCE_OCTETS);
	bytes = packetOf(the, TAG_OCTETS, &from, &start, &end);
	if (EVP_EncryptInit_ex(cipher->sealing, NULL, NULL, NULL, nonce) != 1
		|| (start > from && EVP_EncryptUpdate(cipher->sealing, NULL, &done, bytes + from, (int)(start - from)) != 1)
		|| (end > start && EVP_EncryptUpdate(cipher->sealing, bytes + start, &done, bytes + start, (int)(end - start)) != 1)
		|| EVP_EncryptFinal_ex(cipher->sealing, bytes + end, &done) != 1
		|| EVP_CIPHER_CTX_ctrl(cipher->sealing, EVP_CTRL_GCM_GET_TAG, TAG_OCTETS, bytes + end) != 1)
		xsUnknownError("OpenSSL can't seal");
}

/* open(nonce, bytes, from, start, end): false when the tag at the end is wrong. */
static void openPacket(xsMachine* the)
{
	PacketCipher* cipher = recordThis(the, &hooks);
	uint8_t nonce[NONCE_OCTETS];
	uint8_t rest[TAG_OCTETS];
	uint32_t from, start, end;
	uint8_t* bytes;
	int done;
	if (!cipher->opening)
		xsRangeError("a closed cipher");
	copyOctets(the, 0, nonce, NONCE_OCTETS);
	bytes = packetOf(the, 0, &from, &start, &end);
	xsResult = xsFalse;
	if (end - start < TAG_OCTETS)
		return;
	end -= TAG_OCTETS;
	if (EVP_DecryptInit_ex(cipher->opening, NULL, NULL, NULL, nonce) == 1
		&& EVP_CIPHER_CTX_ctrl(cipher->opening, EVP_CTRL_GCM_SET_TAG, TAG_OCTETS, bytes + end) == 1
		&& (start == from || EVP_DecryptUpdate(cipher->opening, NULL, &done, bytes + from, (int)(start - from)) == 1)
		&& (end == start || EVP_DecryptUpdate(cipher->opening, bytes + start, &done, bytes + start, (int)(end - start)) == 1)
		&& EVP_DecryptFinal_ex(cipher->opening, rest, &done) == 1)
		xsResult = xsTrue;
	else
		ERR_clear_error();
}

/* close(): forgets the key; harmless when repeated. */
static void closeCipher(xsMachine* the)
{
	forget(recordThis(the, &hooks));
}

/* publicKeyOf(privateKey, into) */
static void publicKeyOf(xsMachine* the)
{
	uint8_t key[KEY_OCTETS], made[KEY_OCTETS];
	uint32_t length;
	size_t count = sizeof(made);
	uint8_t* into;
	EVP_PKEY* pair;
	int done;
	copyOctets(the, 0, key, KEY_OCTETS);
	pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, key, KEY_OCTETS);
	OPENSSL_cleanse(key, sizeof(key));
	done = pair && EVP_PKEY_get_raw_public_key(pair, made, &count) == 1;
	EVP_PKEY_free(pair);
	into = bufferOf(the, &xsArg(1), &length);
	if (!done || length != KEY_OCTETS)
		xsUnknownError("OpenSSL has no X25519");
	memcpy(into, made, KEY_OCTETS);
}

/* agree(privateKey, publicKey, into): false when the public key is of small order. */
static void agree(xsMachine* the)
{
	uint8_t key[KEY_OCTETS], other[KEY_OCTETS], made[KEY_OCTETS];
	uint32_t length;
	size_t count = sizeof(made);
	uint8_t* into;
	EVP_PKEY* pair;
	EVP_PKEY* peer;
	EVP_PKEY_CTX* context;
	int done;
	copyOctets(the, 0, key, KEY_OCTETS);
	copyOctets(the, 1, other, KEY_OCTETS);
	pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, key, KEY_OCTETS);
	OPENSSL_cleanse(key, sizeof(key));
	peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, other, KEY_OCTETS);
	context = pair ? EVP_PKEY_CTX_new(pair, NULL) : NULL;
	done = context && peer && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1
		&& EVP_PKEY_derive(context, made, &count) == 1 && count == KEY_OCTETS;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(pair);
	ERR_clear_error();
	into = bufferOf(the, &xsArg(2), &length);
	if (length != KEY_OCTETS)
		xsRangeError("a key of %u octets", length);
	if (done)
		memcpy(into, made, KEY_OCTETS);
	OPENSSL_cleanse(made, sizeof(made));
	xsResult = done ? xsTrue : xsFalse;
}

#else

static void destroy(void* data)
{
	free(data);
}

static const xsHostHooks hooks = { destroy, NULL, NULL };

static void absent(xsMachine* the)
{
	xsUnknownError("this program was built without OpenSSL");
}

#define construct absent
#define seal absent
#define openPacket absent
#define closeCipher absent
#define publicKeyOf absent
#define agree absent

#endif

/* isThere: whether the program was built with OpenSSL; without it all calls throw. */
static void isThere(xsMachine* the)
{
#ifdef PORTHOLE_TLS
	xsResult = xsTrue;
#else
	xsResult = xsFalse;
#endif
}

void buildPacketCipher(xsMachine* the, xsSlot* result)
{
	static const NativeMethod methods[] = {
		{ "close", closeCipher, 0, 0 },
		{ "open", openPacket, 5, 0 },
		{ "seal", seal, 5, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildClass(the, result, construct, &hooks, methods);
}

void buildAgreement(xsMachine* the, xsSlot* result)
{
	static const NativeMethod functions[] = {
		{ "agree", agree, 3, 0 },
		{ "isThere", isThere, 0, 1 },
		{ "publicKeyOf", publicKeyOf, 2, 0 },
		{ NULL, NULL, 0, 0 },
	};
	buildObject(the, result, functions);
}
