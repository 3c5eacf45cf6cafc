/** Octets of a SHA-1 digest. */
export const SHA1_OCTETS = 20;
const BLOCK = 64;
/** Words of the state, and of the message schedule. */
const STATE = 5;
const WORDS = 80;
/** The constants that HMAC combines with each octet of the key. @see RFC 2104 §2 (ipad, opad) */
const INNER = 0x36;
const OUTER = 0x5c;

/**
 * Computes SHA-1 digests; one object serves many messages without allocating. Only for formats that prescribe it: SHA-1 no
 * longer resists collisions, which matters for signatures but not for HMAC.
 * @see FIPS 180-4 §6.1
 */
export class Sha1 {
	/** The message schedule, whose first 16 words take the octets of the current block; then the state. */
	private readonly words = new Int32Array(WORDS + STATE);
	private filled = 0;
	private octets = 0;

	constructor() {
		this.reset();
	}

	/** Starts the next message. */
	reset(): this {
		const { words } = this;
		words[WORDS] = 0x67452301;
		words[WORDS + 1] = 0xefcdab89;
		words[WORDS + 2] = 0x98badcfe;
		words[WORDS + 3] = 0x10325476;
		words[WORDS + 4] = 0xc3d2e1f0;
		this.filled = 0;
		this.octets = 0;
		return this;
	}

	/** Adds `bytes[start, end)` to the message. */
	update(bytes: Uint8Array, start = 0, end = bytes.length): this {
		this.octets += end - start;
		const { words } = this;
		let { filled } = this;
		let at = start;
		while (at < end) {
			const word = filled >> 2;
			if ((filled & 3) === 0 && at + 4 <= end) {
				words[word] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
				at += 4;
				filled += 4;
			} else {
				words[word] = (words[word] << 8) | bytes[at++];
				filled++;
			}
			if (filled === BLOCK) {
				this.compress();
				filled = 0;
			}
		}
		this.filled = filled;
		return this;
	}

	/** Copies the state after whole blocks to `into[at, at + 5)`, from where {@link restore} continues with it. */
	save(into: Int32Array, at: number): void {
		if (this.filled !== 0) throw new RangeError("SHA-1 state within a block");
		for (let i = 0; i < STATE; i++) into[at + i] = this.words[WORDS + i];
	}

	/** Continues from a {@link save}d state, in place of hashing the same octets again. @param octets hashed until then */
	restore(from: Int32Array, at: number, octets: number): this {
		for (let i = 0; i < STATE; i++) this.words[WORDS + i] = from[at + i];
		this.filled = 0;
		this.octets = octets;
		return this;
	}

	/** Writes the digest of the message to `into[at, at + 20)`, and starts the next message. */
	digest(into: Uint8Array, at = 0): void {
		const bits = this.octets * 8;
		const { words } = this;
		let word = this.filled >> 2;
		const rest = this.filled & 3;
		words[word] = ((rest === 0 ? 0 : words[word]) << 8) | 0x80;
		words[word] <<= 8 * (3 - rest);
		if (++word > 14) {
			if (word === 15) words[15] = 0;
			this.compress();
			word = 0;
		}
		while (word < 14) words[word++] = 0;
		words[14] = Math.floor(bits / 0x100000000);
		words[15] = bits;
		this.compress();
		for (let i = 0; i < STATE; i++) {
			const value = words[WORDS + i];
			into[at + 4 * i] = value >>> 24;
			into[at + 4 * i + 1] = value >>> 16;
			into[at + 4 * i + 2] = value >>> 8;
			into[at + 4 * i + 3] = value;
		}
		this.reset();
	}

	private compress(): void {
		const { words: w } = this;
		for (let i = 16; i < WORDS; i++) {
			const x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
			w[i] = (x << 1) | (x >>> 31);
		}
		let a = w[80];
		let b = w[81];
		let c = w[82];
		let d = w[83];
		let e = w[84];
		// A loop for each of the four functions, as a choice in each step would take as long as the step.
		let i = 0;
		for (; i < 20; i++) {
			const next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + w[i] + 0x5a827999) | 0;
			e = d;
			d = c;
			c = (b << 30) | (b >>> 2);
			b = a;
			a = next;
		}
		for (; i < 40; i++) {
			const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i] + 0x6ed9eba1) | 0;
			e = d;
			d = c;
			c = (b << 30) | (b >>> 2);
			b = a;
			a = next;
		}
		for (; i < 60; i++) {
			const next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + w[i] - 0x70e44324) | 0;
			e = d;
			d = c;
			c = (b << 30) | (b >>> 2);
			b = a;
			a = next;
		}
		for (; i < WORDS; i++) {
			const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i] - 0x359d3e2a) | 0;
			e = d;
			d = c;
			c = (b << 30) | (b >>> 2);
			b = a;
			a = next;
		}
		w[80] += a;
		w[81] += b;
		w[82] += c;
		w[83] += d;
		w[84] += e;
		this.filled = 0;
	}
}

/** The key while it is hashed. */
const block = new Uint8Array(BLOCK);

/**
 * Authenticates messages with a shared key and SHA-1, as STUN's MESSAGE-INTEGRITY prescribes.
 * @see RFC 2104 §2, RFC 2202 §3, RFC 8489 §14.5
 */
export class HmacSha1 {
	private readonly hash = new Sha1();
	/** The states of the inner and the outer hash after the key, which is hashed once for all messages; then room for the code. */
	private readonly states = new Int32Array(3 * STATE);
	private readonly sum = new Uint8Array(this.states.buffer, 2 * SHA1_OCTETS);

	/** @param key any length */
	constructor(key: Uint8Array) {
		this.rekey(key);
	}

	/** Takes another key from now on. @param key any length */
	rekey(key: Uint8Array): this {
		const { hash, states } = this;
		block.fill(0);
		if (key.length > BLOCK) hash.update(key).digest(block);
		else block.set(key);
		for (let i = 0; i < BLOCK; i++) block[i] ^= INNER;
		hash.reset().update(block).save(states, 0);
		for (let i = 0; i < BLOCK; i++) block[i] ^= INNER ^ OUTER;
		hash.reset().update(block).save(states, STATE);
		hash.reset();
		return this;
	}

	/** Computes the code of `bytes[start, end)`; the {@link SHA1_OCTETS} returned are valid until the next call. */
	sign(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
		this.hash.restore(this.states, 0, BLOCK).update(bytes, start, end).digest(this.sum);
		this.hash.restore(this.states, STATE, BLOCK).update(this.sum).digest(this.sum);
		return this.sum;
	}
}
