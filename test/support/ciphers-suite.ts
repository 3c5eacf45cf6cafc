import assert from "node:assert/strict";
import { toHex } from "../../src/base/hex";
import { NoiseHandshake, type NoisePattern } from "../../src/peer/tunnel/noise-handshake";
import { type Ciphers, KEY_OCTETS, NONCE_OCTETS, TAG_OCTETS } from "../../src/ports/ciphers";

/** A published test vector of a handshake. */
interface NoiseVector {
	readonly pattern: NoisePattern;
	readonly secret?: string;
	/** Payload and ciphertext of the two messages of the handshake, then of transport messages of both sides in turn. */
	readonly messages: readonly (readonly [string, string])[];
	readonly hash: string;
}

const PROLOGUE = "4a6f686e2047616c74";
const INITIATOR = "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1";
const INITIATOR_EPHEMERAL = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a";
const RESPONDER = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893";
const RESPONDER_PUBLIC = "31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62";
const RESPONDER_EPHEMERAL = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b";

/** Published vectors of the two patterns, as several implementations of Noise share them (cacophony). */
const VECTORS: readonly NoiseVector[] = [
	{
		pattern: "IK",
		messages: [
			[
				"4c756477696720766f6e204d69736573",
				"ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444e417bc55c7a8166c993356c1be41ef67818a292426f301556c7f26b21d25ddb097153891a9a956cff47b83e63ad8d701c1342c209cff1ca5ecd43402762ac249e3bd3a4c0a145fe07cb5dae28ea13a3",
			],
			[
				"4d757272617920526f746862617264",
				"95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843af2ccf9972e22afc67aeafcd25162f7f98c363b7762e3e4cb7d272e39f27a5",
			],
			["462e20412e20486179656b", "66acfc92e3197de166809e6d4d5d003dcc819a84bc3522ca53c9d9"],
			["4361726c204d656e676572", "71f89aa6533a6de70b0826864dd75f60806ee40170c16290189eb3"],
			["4a65616e2d426170746973746520536179", "4795a3423550c8bf00386bd496a3e2c76c10669d2a75ab8f79b5094c5412a25705"],
			[
				"457567656e2042f6686d20766f6e2042617765726b",
				"aa0bb39097555c918e40be82abc2b909eb79d9eb87adb07e268fc37323a6cf904fd01fb391",
			],
		],
		hash: "669c8640d9e42a3cda2f232f78597ceefb01daa6e3df81181ccce6fc6b5026bf",
	},
	{
		pattern: "NKpsk0",
		secret: "54686973206973206d7920417573747269616e20706572737065637469766521",
		messages: [
			[
				"4c756477696720766f6e204d69736573",
				"ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944052cffc8d5cdfaed3f9ca0a86c406cf58d24cfc3cec1af5060fd25c4e8a5ac04",
			],
			[
				"4d757272617920526f746862617264",
				"95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843afd57077a1747b71254c19bd798c87ac61a2d4808a30a1372f81b2cb4d85f6",
			],
			["462e20412e20486179656b", "0ed5fabce6ef0ded315c4f213c51ea1e89be89f86c5dc98e50d15d"],
			["4361726c204d656e676572", "ba3cbc8800e6eb1b585269dca0f00fdc21f830eb1a497589215f7f"],
			["4a65616e2d426170746973746520536179", "f1205cc05144bce5aad775bc12a7d569bfdd474337cdb03b09ae5478c0cd166eb4"],
			[
				"457567656e2042f6686d20766f6e2042617765726b",
				"32b8e77e5be275d093618c2a1fef8b6c4c263b23a39d25cce751015d44a7b4003aa4f66512",
			],
		],
		hash: "c9855b6c52aeba6b7d07097d260e058ea90e85fa810c0c3e2ec3869f3f4319c9",
	},
];

/** AES-GCM: key, nonce, additional data, plaintext, ciphertext with tag. @see McGrew and Viega, test cases 4 and 16 */
const GCM: readonly (readonly [string, string, string, string, string])[] = [
	[
		"feffe9928665731c6d6a8f9467308308",
		"cafebabefacedbaddecaf888",
		"feedfacedeadbeeffeedfacedeadbeefabaddad2",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
	],
	[
		"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
		"cafebabefacedbaddecaf888",
		"feedfacedeadbeeffeedfacedeadbeefabaddad2",
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
	],
];

/** Proves that the ciphers of a host are X25519 and AES-GCM, and that they keep the contract of {@link Ciphers}. */
export function ciphersSuite(ciphers: Ciphers): void {
	it("agrees on the secrets of the published handshakes, IK and NKpsk0, in every octet (P2P-13)", () => {
		for (const vector of VECTORS) checkVector(ciphers, vector);
	});

	it("seals and opens AES-128-GCM and AES-256-GCM in place as published", () => {
		for (const [key, nonce, additional, plain, sealed] of GCM) {
			const [head, body, whole] = [octets(additional), octets(plain), octets(additional + sealed)];
			const bytes = new Uint8Array(1 + whole.length);
			bytes.set(head, 1);
			bytes.set(body, 1 + head.length);
			const cipher = ciphers.cipher(octets(key));
			const [start, end] = [1 + head.length, 1 + head.length + body.length];
			cipher.seal(octets(nonce), bytes, 1, start, end);
			assert.equal(toHex(bytes, 1), additional + sealed);
			assert.equal(bytes[0], 0);
			assert.equal(cipher.open(octets(nonce), bytes, 1, start, bytes.length), true);
			assert.equal(toHex(bytes, start, end), plain);
			cipher.close();
			cipher.close();
		}
	});

	ciphersContract(ciphers);
}

/** The part of the contract that toy ciphers keep, too. */
export function ciphersContract(ciphers: Ciphers): void {
	it("agrees on the same secret from both sides, and on another one with any other key", () => {
		const [a, b, c] = [ciphers.drawKey(), ciphers.drawKey(), ciphers.drawKey()];
		const ab = ciphers.agree(a, ciphers.publicKeyOf(b));
		assert.equal(a.length, KEY_OCTETS);
		assert.deepEqual(ab, ciphers.agree(b, ciphers.publicKeyOf(a)));
		assert.equal(ab?.length, KEY_OCTETS);
		assert.notDeepEqual(ab, ciphers.agree(a, ciphers.publicKeyOf(c)));
	});

	it("takes any octets as a private key, and no public key of small order", () => {
		for (const octet of [0, 255]) {
			const key = new Uint8Array(KEY_OCTETS).fill(octet);
			assert.deepEqual(
				ciphers.agree(key, ciphers.publicKeyOf(RESPONDER_KEY)),
				ciphers.agree(RESPONDER_KEY, ciphers.publicKeyOf(key)),
			);
		}
		assert.equal(ciphers.agree(RESPONDER_KEY, new Uint8Array(KEY_OCTETS)), undefined);
	});

	it("opens nothing that was changed in any place, cut off, or sealed with another nonce or key", () => {
		const cipher = ciphers.cipher(new Uint8Array(16).fill(7));
		const nonce = new Uint8Array(NONCE_OCTETS).fill(9);
		const sealed = new Uint8Array(11 + 40 + TAG_OCTETS).fill(3);
		cipher.seal(nonce, sealed, 0, 11, 51);
		for (let at = 0; at < sealed.length; at++) {
			const changed = sealed.slice();
			changed[at] ^= 1 << (at % 8);
			assert.equal(cipher.open(nonce, changed, 0, 11, changed.length), false, `octet ${at}`);
		}
		for (let length = 11; length < sealed.length; length++) {
			assert.equal(cipher.open(nonce, sealed.slice(0, length), 0, 11, length), false, `${length} octets`);
		}
		const otherNonce = nonce.slice();
		otherNonce[11]++;
		assert.equal(cipher.open(otherNonce, sealed.slice(), 0, 11, sealed.length), false);
		assert.equal(ciphers.cipher(new Uint8Array(16).fill(8)).open(nonce, sealed.slice(), 0, 11, sealed.length), false);
		assert.equal(cipher.open(nonce, sealed, 0, 11, sealed.length), true);
		assert.deepEqual(sealed.slice(11, 51), new Uint8Array(40).fill(3));
	});

	it("seals packets without content", () => {
		const cipher = ciphers.cipher(new Uint8Array(32).fill(1));
		const bytes = new Uint8Array(TAG_OCTETS);
		cipher.seal(new Uint8Array(NONCE_OCTETS), bytes, 0, 0, 0);
		assert.equal(cipher.open(new Uint8Array(NONCE_OCTETS), bytes, 0, 0, TAG_OCTETS), true);
	});
}

const RESPONDER_KEY = octets(RESPONDER);

function checkVector(ciphers: Ciphers, { pattern, secret, messages, hash }: NoiseVector): void {
	const common = { pattern, prologue: octets(PROLOGUE), ...(secret !== undefined && { secret: octets(secret) }) };
	const initiator = new NoiseHandshake(withKey(ciphers, INITIATOR_EPHEMERAL), {
		...common,
		isInitiator: true,
		remote: octets(RESPONDER_PUBLIC),
		...(pattern === "IK" && { own: octets(INITIATOR) }),
	});
	const responder = new NoiseHandshake(withKey(ciphers, RESPONDER_EPHEMERAL), {
		...common,
		isInitiator: false,
		own: RESPONDER_KEY,
	});
	for (const [n, [payload, ciphertext]] of messages.slice(0, 2).entries()) {
		const [from, to] = n === 0 ? [initiator, responder] : [responder, initiator];
		const message = from.write(octets(payload)) as Uint8Array;
		assert.equal(toHex(message), ciphertext, pattern);
		assert.equal(toHex(to.read(message) as Uint8Array), payload);
	}
	assert.equal(toHex(initiator.hash), hash);
	assert.equal(toHex(responder.hash), hash);
	if (pattern === "IK") assert.deepEqual(responder.remote, ciphers.publicKeyOf(octets(INITIATOR)));
	const [a, b] = [initiator.split(), responder.split()];
	assert.deepEqual([a.send, a.receive], [b.receive, b.send]);
	for (const [n, [payload, ciphertext]] of messages.slice(2).entries()) {
		const bytes = new Uint8Array(payload.length / 2 + TAG_OCTETS);
		bytes.set(octets(payload));
		const nonce = new Uint8Array(NONCE_OCTETS);
		nonce[11] = n >> 1;
		ciphers.cipher(n % 2 === 0 ? a.send : a.receive).seal(nonce, bytes, 0, 0, payload.length / 2);
		assert.equal(toHex(bytes), ciphertext);
	}
}

/** The same ciphers, but the next key that is drawn is given. */
function withKey(ciphers: Ciphers, key: string): Ciphers {
	return {
		drawKey: () => octets(key),
		publicKeyOf: (privateKey) => ciphers.publicKeyOf(privateKey),
		agree: (privateKey, publicKey) => ciphers.agree(privateKey, publicKey),
		cipher: (of) => ciphers.cipher(of),
	};
}

function octets(hex: string): Uint8Array {
	return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
