import { HmacSha256, SHA256_OCTETS, Sha256 } from "../../base/sha256";
import { CIPHER_KEY_OCTETS_LONG, type Ciphers, NONCE_OCTETS, type PacketCipher, TAG_OCTETS } from "../../ports/ciphers";

/** The single octets that end the inputs of HKDF. @see Noise Protocol Framework §4.3 */
const ONE = new Uint8Array([1]);
const TWO = new Uint8Array([2]);
const THREE = new Uint8Array([3]);
const NOTHING = new Uint8Array(0);

/**
 * The symmetric half of a Noise handshake with AES-256-GCM and SHA-256: the chaining key, the hash of all that both sides have
 * said, and the current cipher.
 * @see Noise Protocol Framework §5.2
 */
export class NoiseSymmetric {
	/** The hash of the handshake so far. */
	readonly hash = new Uint8Array(SHA256_OCTETS);
	private readonly sha = new Sha256();
	private chain: Uint8Array;
	private cipher: PacketCipher | undefined;
	private key: Uint8Array | undefined;
	private readonly nonce = new Uint8Array(NONCE_OCTETS);

	/** @param name of the protocol, at most 32 characters */
	constructor(
		private readonly ciphers: Ciphers,
		name: string,
	) {
		for (let i = 0; i < name.length; i++) this.hash[i] = name.charCodeAt(i);
		this.chain = this.hash.slice();
	}

	/** Returns a copy that goes on from here, whatever happens to this object. */
	copy(): NoiseSymmetric {
		const copy = new NoiseSymmetric(this.ciphers, "");
		copy.hash.set(this.hash);
		copy.chain = this.chain.slice();
		if (this.key !== undefined) copy.use(this.key.slice());
		copy.nonce.set(this.nonce);
		return copy;
	}

	/** MixHash. */
	mixHash(bytes: Uint8Array, start = 0, end = bytes.length): void {
		this.sha.update(this.hash).update(bytes, start, end).digest(this.hash);
	}

	/** MixKey. */
	mixKey(input: Uint8Array): void {
		const [chain, key] = this.derive(input);
		this.chain = chain;
		this.use(key);
	}

	/** MixKeyAndHash, for a pre-shared key. */
	mixKeyAndHash(input: Uint8Array): void {
		const [chain, hash, key] = this.derive(input);
		this.chain = chain;
		this.mixHash(hash);
		this.use(key);
	}

	/** EncryptAndHash. @returns the octets of the message: the ciphertext with its tag, or the plaintext before there is a key */
	encrypt(plain: Uint8Array): Uint8Array {
		const { cipher } = this;
		if (cipher === undefined) {
			this.mixHash(plain);
			return plain;
		}
		const end = SHA256_OCTETS + plain.length;
		const bytes = new Uint8Array(end + TAG_OCTETS);
		bytes.set(this.hash);
		bytes.set(plain, SHA256_OCTETS);
		cipher.seal(this.nonce, bytes, 0, SHA256_OCTETS, end);
		this.nonce[NONCE_OCTETS - 1]++;
		this.mixHash(bytes, SHA256_OCTETS);
		return bytes.subarray(SHA256_OCTETS);
	}

	/** DecryptAndHash. @returns the plaintext; `undefined` when it was not made with the same keys and the same history */
	decrypt(message: Uint8Array): Uint8Array | undefined {
		const { cipher } = this;
		if (cipher === undefined) {
			this.mixHash(message);
			return message;
		}
		if (message.length < TAG_OCTETS) return undefined;
		const bytes = new Uint8Array(SHA256_OCTETS + message.length);
		bytes.set(this.hash);
		bytes.set(message, SHA256_OCTETS);
		if (!cipher.open(this.nonce, bytes, 0, SHA256_OCTETS, bytes.length)) return undefined;
		this.nonce[NONCE_OCTETS - 1]++;
		this.mixHash(message);
		return bytes.subarray(SHA256_OCTETS, bytes.length - TAG_OCTETS);
	}

	/** Split: the keys of both directions, the initiator's first; the handshake is over. */
	split(): readonly [Uint8Array, Uint8Array] {
		const [first, second] = this.derive(NOTHING);
		this.close();
		return [first, second];
	}

	/** Forgets the keys. */
	close(): void {
		this.cipher?.close();
		this.cipher = undefined;
		this.key?.fill(0);
		this.chain.fill(0);
	}

	private use(key: Uint8Array): void {
		this.cipher?.close();
		this.key?.fill(0);
		this.key = key.subarray(0, CIPHER_KEY_OCTETS_LONG);
		this.cipher = this.ciphers.cipher(this.key);
		this.nonce.fill(0);
	}

	/** HKDF with three outputs. */
	private derive(input: Uint8Array): readonly [Uint8Array, Uint8Array, Uint8Array] {
		const hmac = new HmacSha256(new HmacSha256(this.chain).sign(input));
		const first = hmac.sign(ONE).slice();
		const second = hmac.sign(first, 0, first.length, TWO).slice();
		return [first, second, hmac.sign(second, 0, second.length, THREE).slice()];
	}
}
