import {
	type CipherGCMTypes,
	createCipheriv,
	createDecipheriv,
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	type KeyObject,
	randomBytes,
} from "node:crypto";
import { CIPHER_KEY_OCTETS, type Ciphers, KEY_OCTETS, type PacketCipher, TAG_OCTETS } from "../../src/ports/ciphers";

/** The DER encodings of an X25519 private and public key, up to the key itself. @see RFC 8410 §7, §4 */
const PRIVATE_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_HEAD = Buffer.from("302a300506032b656e032100", "hex");

/** {@link Ciphers} by node:crypto. */
export class NodeCiphers implements Ciphers {
	drawKey(): Uint8Array {
		return new Uint8Array(randomBytes(KEY_OCTETS));
	}

	publicKeyOf(privateKey: Uint8Array): Uint8Array {
		return rawPublicKey(createPublicKey(privateKeyObject(privateKey)));
	}

	agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
		const key = createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, publicKey]), format: "der", type: "spki" });
		try {
			return new Uint8Array(diffieHellman({ privateKey: privateKeyObject(privateKey), publicKey: key }));
		} catch {
			// OpenSSL refuses public keys of small order.
			return undefined;
		}
	}

	cipher(key: Uint8Array): PacketCipher {
		return new NodeCipher(key);
	}
}

class NodeCipher implements PacketCipher {
	private readonly kind: CipherGCMTypes;
	private key: Uint8Array | undefined;

	constructor(key: Uint8Array) {
		this.kind = key.length === CIPHER_KEY_OCTETS ? "aes-128-gcm" : "aes-256-gcm";
		this.key = key.slice();
	}

	seal(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): void {
		const cipher = createCipheriv(this.kind, this.held(), nonce, { authTagLength: TAG_OCTETS });
		cipher.setAAD(bytes.subarray(from, start));
		bytes.set(cipher.update(bytes.subarray(start, end)), start);
		cipher.final();
		bytes.set(cipher.getAuthTag(), end);
	}

	open(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): boolean {
		const tag = end - TAG_OCTETS;
		if (tag < start) return false;
		const decipher = createDecipheriv(this.kind, this.held(), nonce, { authTagLength: TAG_OCTETS });
		decipher.setAuthTag(bytes.subarray(tag, end));
		decipher.setAAD(bytes.subarray(from, start));
		const plain = decipher.update(bytes.subarray(start, tag));
		try {
			decipher.final();
		} catch {
			return false;
		}
		bytes.set(plain, start);
		return true;
	}

	close(): void {
		this.key?.fill(0);
		this.key = undefined;
	}

	private held(): Uint8Array {
		if (this.key === undefined) throw new RangeError("a closed cipher");
		return this.key;
	}
}

function privateKeyObject(key: Uint8Array): KeyObject {
	return createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, key]), format: "der", type: "pkcs8" });
}

function rawPublicKey(key: KeyObject): Uint8Array {
	return new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(PUBLIC_HEAD.length));
}
