/** Octets of an X25519 key, public or private, and of what two sides agree on. @see RFC 7748 §6.1 */
export const KEY_OCTETS = 32;
/** Octets of an AES-128 key: packets. */
export const CIPHER_KEY_OCTETS = 16;
/** Octets of an AES-256 key: handshakes. @see Noise Protocol Framework §12.4 */
export const CIPHER_KEY_OCTETS_LONG = 32;
/** Octets of a nonce of AES-GCM. @see RFC 5116 §5.1 */
export const NONCE_OCTETS = 12;
/** Octets that {@link PacketCipher.seal} adds. @see RFC 5116 §5.1 */
export const TAG_OCTETS = 16;

/** AES-128-GCM or AES-256-GCM with one key. @see NIST SP 800-38D */
export interface PacketCipher {
	/**
	 * Encrypts `bytes[start, end)` in place and writes the tag behind it, at `[end, end + TAG_OCTETS)`.
	 * @param nonce {@link NONCE_OCTETS}; never to be used twice with a key
	 * @param from the additional data are `bytes[from, start)`: authenticated, not encrypted
	 */
	seal(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): void;
	/**
	 * Decrypts `bytes[start, end - TAG_OCTETS)` in place.
	 * @returns false when the tag at the end is wrong; the octets are then undefined and must not be used
	 */
	open(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): boolean;
	/** Forgets the key; the cipher is not to be used any more. Harmless when repeated. */
	close(): void;
}

/** The ciphers of a host: node:crypto, OpenSSL, mbedTLS. None of them is written here. */
export interface Ciphers {
	/** Draws a private key. @returns {@link KEY_OCTETS} */
	drawKey(): Uint8Array;
	/** Returns the public key of a private key. Any {@link KEY_OCTETS} are a private key. */
	publicKeyOf(privateKey: Uint8Array): Uint8Array;
	/**
	 * X25519: what the owners of two key pairs can both compute.
	 * @returns `undefined` when the public key is of small order, so that the result would be zero: never to be accepted
	 * @see RFC 7748 §6.1
	 */
	agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
	/** Makes a cipher. @param key {@link CIPHER_KEY_OCTETS} or {@link CIPHER_KEY_OCTETS_LONG} */
	cipher(key: Uint8Array): PacketCipher;
}
