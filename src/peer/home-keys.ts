import { toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256, sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Ciphers } from "../ports/ciphers";
import { KEY_OCTETS } from "../ports/ciphers";
import { HOME_DIGITS } from "./peer-registry";

/** Octets of the proof that a key is of a device of a home. */
export const PROOF_OCTETS = 16;

/** Returns the identifier of the home that has this account: the first 16 octets of the SHA-256 of its public key, in hexadecimal. */
export function homeOf(accountPublicKey: Uint8Array): string {
	return toHex(sha256(accountPublicKey), 0, HOME_DIGITS / 2);
}

/**
 * Returns the key that a home and a rendezvous server share, with which the requests of devices are signed.
 * @param agreed what {@link Ciphers.agree} gave for the one's private and the other's public key
 */
export function accountKeyOf(agreed: Uint8Array): Uint8Array {
	return derive(agreed, "porthole rendezvous");
}

/** Returns the key from which the secrets of a home's peer tickets are made. */
export function ticketKeyOf(accountKey: Uint8Array): Uint8Array {
	return derive(accountKey, "porthole peer tickets");
}

/**
 * Returns the proof that a device of the home has this key. Viewers check it with the key that they got at pairing, which no server
 * knows.
 * @param pinKey {@link HomeKeys.pinKey}
 * @param peer the device, PEER_DIGITS
 * @param publicKey its key, KEY_OCTETS
 * @returns PROOF_OCTETS
 */
export function proofOf(pinKey: Uint8Array, peer: string, publicKey: Uint8Array): Uint8Array {
	return new HmacSha256(pinKey)
		.sign(utf8Encode(`porthole device${peer}`), 0, undefined, publicKey)
		.slice(0, PROOF_OCTETS);
}

/** Tells whether a device of the home has this key. @see proofOf */
export function provesDevice(pinKey: Uint8Array, peer: string, publicKey: Uint8Array, proof: Uint8Array): boolean {
	if (publicKey.length !== KEY_OCTETS || proof.length !== PROOF_OCTETS) return false;
	return equalInConstantTime(proof, 0, proofOf(pinKey, peer, publicKey), 0, PROOF_OCTETS);
}

/**
 * The keys of a home, all made from one secret that its devices share: the key of the fleet, or a stored one of a device alone. So
 * devices and rendezvous servers authenticate each other without any enrolment.
 */
export class HomeKeys {
	/** The home's identifier, HOME_DIGITS. */
	readonly home: string;
	/** The public key of the home's account, which a server that doesn't know the home must be sent once. */
	readonly accountPublicKey: Uint8Array;
	/** Proves keys of devices to viewers. Viewers get it at pairing, servers never. @see proofOf */
	readonly pinKey: Uint8Array;
	private readonly accountPrivateKey: Uint8Array;

	/** @param secret of any length; its holders are members of the home */
	constructor(
		private readonly ciphers: Pick<Ciphers, "publicKeyOf" | "agree">,
		secret: Uint8Array,
	) {
		this.accountPrivateKey = derive(secret, "porthole home account");
		this.accountPublicKey = ciphers.publicKeyOf(this.accountPrivateKey);
		this.home = homeOf(this.accountPublicKey);
		this.pinKey = derive(secret, "porthole device pins");
	}

	/**
	 * Returns the key shared with a rendezvous server; it costs a Diffie-Hellman, so keep it.
	 * @returns `undefined` for a server key of small order, which nobody owns
	 */
	accountKey(serverPublicKey: Uint8Array): Uint8Array | undefined {
		const agreed = this.ciphers.agree(this.accountPrivateKey, serverPublicKey);
		return agreed === undefined ? undefined : accountKeyOf(agreed);
	}
}

function derive(key: Uint8Array, label: string): Uint8Array {
	return new HmacSha256(key).sign(utf8Encode(label)).slice();
}
