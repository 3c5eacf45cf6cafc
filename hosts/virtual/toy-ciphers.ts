import {
	CIPHER_KEY_OCTETS,
	CIPHER_KEY_OCTETS_LONG,
	type Ciphers,
	KEY_OCTETS,
	type PacketCipher,
	TAG_OCTETS,
} from "../../src/ports/ciphers";
import type { Random } from "../../src/ports/random";

/** The largest prime below 2^16, and a generator. */
const PRIME = 65521;
const BASE = 17364;
/** The prime of FNV-1a. */
const FACTOR = 0x01000193;

/**
 * Ciphers for tests and simulations: they have the properties that protocols rely on, run on every engine, and protect nothing.
 *
 * A private key is 16 numbers; the public key is their products with a constant, so that agreement is a multiplication.
 */
export class ToyCiphers implements Ciphers {
	/** Calls of {@link agree}, for tests that bound the cost. */
	agreements = 0;

	constructor(private readonly random: Random) {}

	drawKey(): Uint8Array {
		const key = new Uint8Array(KEY_OCTETS);
		this.random.fill(key);
		return key;
	}

	publicKeyOf(privateKey: Uint8Array): Uint8Array {
		const base = new Uint8Array(KEY_OCTETS);
		for (let i = 0; i < KEY_OCTETS; i += 2) {
			base[i] = BASE >> 8;
			base[i + 1] = BASE & 255;
		}
		return multiply(privateKey, base) ?? base;
	}

	agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
		this.agreements++;
		return multiply(privateKey, publicKey);
	}

	cipher(key: Uint8Array): PacketCipher {
		return new ToyCipher(key);
	}
}

/** Multiplies two vectors of 16-bit numbers; `undefined` when one of the products is zero. */
function multiply(a: Uint8Array, b: Uint8Array): Uint8Array | undefined {
	if (a.length !== KEY_OCTETS || b.length !== KEY_OCTETS)
		throw new RangeError(`a key of ${a.length}, ${b.length} octets`);
	const product = new Uint8Array(KEY_OCTETS);
	for (let i = 0; i < KEY_OCTETS; i += 2) {
		// Any octets are a private key: a factor that would be zero is replaced.
		const x = ((a[i] << 8) | a[i + 1]) % PRIME || 1;
		const y = ((b[i] << 8) | b[i + 1]) % PRIME;
		if (y === 0) return undefined;
		const z = (x * y) % PRIME;
		product[i] = z >> 8;
		product[i + 1] = z & 255;
	}
	return product;
}

/** Each octet is changed by a state that all before have made; the tag is that of the end. */
class ToyCipher implements PacketCipher {
	private readonly seed: number;
	private isClosed = false;

	constructor(key: Uint8Array) {
		if (key.length !== CIPHER_KEY_OCTETS && key.length !== CIPHER_KEY_OCTETS_LONG) {
			throw new RangeError(`a key of ${key.length} octets`);
		}
		this.seed = mix(0x811c9dc5, key, 0, key.length);
	}

	seal(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): void {
		let state = this.begin(nonce, bytes, from, start);
		for (let at = start; at < end; at++) {
			const octet = (bytes[at] ^ (state >>> 24)) & 255;
			bytes[at] = octet;
			state = (Math.imul(state ^ octet, FACTOR) + 1) | 0;
		}
		for (let i = 0; i < TAG_OCTETS; i++) {
			state = Math.imul(state, FACTOR) + 1;
			bytes[end + i] = state >>> 24;
		}
	}

	open(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): boolean {
		const tag = end - TAG_OCTETS;
		if (tag < start) return false;
		let state = this.begin(nonce, bytes, from, start);
		for (let at = start; at < tag; at++) {
			const octet = bytes[at];
			bytes[at] = octet ^ (state >>> 24);
			state = (Math.imul(state ^ octet, FACTOR) + 1) | 0;
		}
		for (let i = 0; i < TAG_OCTETS; i++) {
			state = Math.imul(state, FACTOR) + 1;
			if (bytes[tag + i] !== state >>> 24) return false;
		}
		return true;
	}

	close(): void {
		this.isClosed = true;
	}

	/** The state after the key, the nonce and the additional data. */
	private begin(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number): number {
		if (this.isClosed) throw new RangeError("a closed cipher");
		return mix(mix(this.seed, nonce, 0, nonce.length) ^ (start - from), bytes, from, start);
	}
}

/** FNV-1a, which the ciphers go on with. */
function mix(state: number, bytes: Uint8Array, start: number, end: number): number {
	let mixed = state;
	for (let at = start; at < end; at++) mixed = Math.imul(mixed ^ bytes[at], FACTOR);
	return mixed;
}
