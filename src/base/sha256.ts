/** Octets of a SHA-256 digest. */
export const SHA256_OCTETS = 32;
const BLOCK = 64;
/** Words of the state, and of the message schedule. */
const STATE = 8;
const WORDS = 64;
/** The constants that HMAC combines with each octet of the key. @see RFC 2104 §2 (ipad, opad) */
const INNER = 0x36;
const OUTER = 0x5c;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. @see FIPS 180-4 §4.2.2 */
const K = new Int32Array([
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
]);

const INITIAL: readonly number[] = Object.freeze([
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/**
 * Computes SHA-256 digests; one object serves many messages without allocating.
 * @see FIPS 180-4 §6.2
 */
export class Sha256 {
	/** The message schedule, whose first 16 words take the octets of the current block; then the state. */
	private readonly words = new Int32Array(WORDS + STATE);
	private filled = 0;
	private octets = 0;

	constructor() {
		this.reset();
	}

	/** Starts the next message. */
	reset(): this {
		for (let i = 0; i < STATE; i++) this.words[WORDS + i] = INITIAL[i];
		this.filled = 0;
		this.octets = 0;
		return this;
	}

	/** Adds `bytes[start, end)` to the message. */
	update(bytes: Uint8Array, start = 0, end = bytes.length): this {
		this.octets += end - start;
		const { words } = this;
		for (let at = start; at < end; at++) {
			const word = this.filled >> 2;
			words[word] = (words[word] << 8) | bytes[at];
			if (++this.filled === BLOCK) this.compress();
		}
		return this;
	}

	/** Copies the state after whole blocks to `into[at, at + 8)`, from where {@link restore} continues with it. */
	save(into: Int32Array, at: number): void {
		if (this.filled !== 0) throw new RangeError("SHA-256 state within a block");
		for (let i = 0; i < STATE; i++) into[at + i] = this.words[WORDS + i];
	}

	/** Continues from a {@link save}d state, in place of hashing the same octets again. @param octets hashed until then */
	restore(from: Int32Array, at: number, octets: number): this {
		for (let i = 0; i < STATE; i++) this.words[WORDS + i] = from[at + i];
		this.filled = 0;
		this.octets = octets;
		return this;
	}

	/** Writes the digest of the message to `into[at, at + 32)`, and starts the next message. */
	digest(into: Uint8Array, at = 0): void {
		const bits = this.octets * 8;
		this.take(0x80);
		while (this.filled !== BLOCK - 8) this.take(0);
		this.words[14] = Math.floor(bits / 0x100000000);
		this.words[15] = bits;
		this.compress();
		for (let i = 0; i < SHA256_OCTETS; i++) into[at + i] = this.words[WORDS + (i >> 2)] >>> (24 - 8 * (i & 3));
		this.reset();
	}

	private take(octet: number): void {
		const word = this.filled >> 2;
		this.words[word] = (this.words[word] << 8) | octet;
		if (++this.filled === BLOCK) this.compress();
	}

	private compress(): void {
		const { words: w } = this;
		for (let i = 16; i < 64; i++) {
			const x = w[i - 15];
			const y = w[i - 2];
			const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
			const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
			w[i] = w[i - 16] + s0 + w[i - 7] + s1;
		}
		// Not by destructuring: on XS its iterator allocates.
		let a = w[64];
		let b = w[65];
		let c = w[66];
		let d = w[67];
		let e = w[68];
		let f = w[69];
		let g = w[70];
		let h = w[71];
		for (let i = 0; i < 64; i++) {
			const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
			const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
			const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
			const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
			h = g;
			g = f;
			f = e;
			e = (d + t1) | 0;
			d = c;
			c = b;
			b = a;
			a = (t1 + t2) | 0;
		}
		w[64] += a;
		w[65] += b;
		w[66] += c;
		w[67] += d;
		w[68] += e;
		w[69] += f;
		w[70] += g;
		w[71] += h;
		this.filled = 0;
	}
}

/** Hashes a whole message. @returns {@link SHA256_OCTETS} octets */
export function sha256(message: Uint8Array): Uint8Array {
	const digest = new Uint8Array(SHA256_OCTETS);
	new Sha256().update(message).digest(digest);
	return digest;
}

/**
 * Authenticates messages with a shared key.
 * @see RFC 2104 §2, RFC 4231
 */
export class HmacSha256 {
	private readonly hash = new Sha256();
	/** The states of the inner and the outer hash after the key, which is hashed once for all messages. */
	private readonly states = new Int32Array(3 * STATE);
	/** The code, behind the states in the same buffer: a buffer of its own takes more slots on XS. */
	private readonly sum = new Uint8Array(this.states.buffer, 2 * SHA256_OCTETS);

	/** @param key any length; shorter than 32 octets is weak */
	constructor(key: Uint8Array) {
		const block = new Uint8Array(BLOCK);
		if (key.length > BLOCK) this.hash.update(key).digest(block);
		else block.set(key);
		for (let i = 0; i < BLOCK; i++) block[i] ^= INNER;
		this.hash.reset().update(block).save(this.states, 0);
		for (let i = 0; i < BLOCK; i++) block[i] ^= INNER ^ OUTER;
		this.hash.reset().update(block).save(this.states, STATE);
	}

	/**
	 * Computes the code of `bytes[start, end)`, followed by all of `more`; the result is valid until the next call.
	 * @param more octets that both sides know and do not send
	 */
	sign(bytes: Uint8Array, start = 0, end = bytes.length, more?: Uint8Array): Uint8Array {
		this.hash.restore(this.states, 0, BLOCK).update(bytes, start, end);
		if (more !== undefined) this.hash.update(more);
		this.hash.digest(this.sum);
		this.hash.restore(this.states, STATE, BLOCK).update(this.sum).digest(this.sum);
		return this.sum;
	}
}

/** Compares `length` octets in a time that does not depend on where they differ. */
export function equalInConstantTime(
	a: Uint8Array,
	aStart: number,
	b: Uint8Array,
	bStart: number,
	length: number,
): boolean {
	let difference = 0;
	for (let i = 0; i < length; i++) difference |= a[aStart + i] ^ b[bStart + i];
	return difference === 0;
}
