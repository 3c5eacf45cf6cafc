import agreement from "porthole:agreement";
import NativeCipher from "porthole:packet-cipher";
import { type Ciphers, KEY_OCTETS, type PacketCipher } from "../../../src/ports/ciphers";

/** {@link Ciphers} by OpenSSL. */
class LinuxCiphers implements Ciphers {
	constructor(private readonly random: (bytes: Uint8Array) => void) {}

	drawKey(): Uint8Array {
		const key = new Uint8Array(KEY_OCTETS);
		this.random(key);
		return key;
	}

	publicKeyOf(privateKey: Uint8Array): Uint8Array {
		const key = new Uint8Array(KEY_OCTETS);
		agreement.publicKeyOf(privateKey, key);
		return key;
	}

	agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
		const secret = new Uint8Array(KEY_OCTETS);
		return agreement.agree(privateKey, publicKey, secret) ? secret : undefined;
	}

	cipher(key: Uint8Array): PacketCipher {
		return new NativeCipher(key);
	}
}

/**
 * The ciphers of this program; `undefined` when it was built without OpenSSL.
 * @param random the host's own source: fills the whole array with unpredictable octets
 */
export function linuxCiphers(random: (bytes: Uint8Array) => void): Ciphers | undefined {
	return agreement.isThere ? new LinuxCiphers(random) : undefined;
}
