import { type Ciphers, KEY_OCTETS, TAG_OCTETS } from "../../ports/ciphers";
import { NoiseSymmetric } from "./noise-symmetric";

/**
 * `IK`: both sides prove a static key, and the initiator knows the responder's. `NKpsk0`: only the responder proves one, and both know
 * a secret.
 * @see Noise Protocol Framework §7.5, §9.4
 */
export type NoisePattern = "IK" | "NKpsk0";

/** One step of a message. */
type Token = "e" | "s" | "ee" | "es" | "se" | "ss" | "psk";

const MESSAGES: Readonly<Record<NoisePattern, readonly (readonly Token[])[]>> = Object.freeze({
	IK: [
		["e", "es", "s", "ss"],
		["e", "ee", "se"],
	],
	NKpsk0: [
		["psk", "e", "es"],
		["e", "ee"],
	],
});

/** What a side knows before a handshake. */
export interface NoiseSetup {
	readonly pattern: NoisePattern;
	readonly isInitiator: boolean;
	/** What both sides must agree on beforehand; it is not sent. */
	readonly prologue: Uint8Array;
	/** The own private key: of the responder, and with IK of the initiator. */
	readonly own?: Uint8Array;
	/** The responder's public key; given to the initiator. */
	readonly remote?: Uint8Array;
	/** The secret of NKpsk0, 32 octets. */
	readonly secret?: Uint8Array;
}

/**
 * A Noise handshake of two messages, `Noise_IK_25519_AESGCM_SHA256` or `Noise_NKpsk0_25519_AESGCM_SHA256`. Once a message was refused
 * the object is of no more use.
 * @see Noise Protocol Framework, revision 34, §5.3
 */
export class NoiseHandshake {
	/** The other side's static public key: as given, or as it came with the first message of IK. */
	remote: Uint8Array | undefined;
	private symmetric: NoiseSymmetric;
	private readonly messages: readonly (readonly Token[])[];
	private ephemeral: Uint8Array | undefined;
	private remoteEphemeral: Uint8Array | undefined;
	private at = 0;

	constructor(
		private readonly ciphers: Ciphers,
		private readonly setup: NoiseSetup,
	) {
		const { pattern, isInitiator, prologue, own, remote } = setup;
		this.symmetric = new NoiseSymmetric(ciphers, `Noise_${pattern}_25519_AESGCM_SHA256`);
		this.messages = MESSAGES[pattern];
		this.remote = remote;
		this.symmetric.mixHash(prologue);
		this.symmetric.mixHash(isInitiator ? needed(remote) : ciphers.publicKeyOf(needed(own)));
	}

	/** The hash of the handshake so far, which names it to both sides. */
	get hash(): Uint8Array {
		return this.symmetric.hash;
	}

	/** Returns a copy that goes on from here, so that a forged message can't spoil the handshake. */
	copy(): NoiseHandshake {
		const copy = Object.assign(Object.create(NoiseHandshake.prototype) as NoiseHandshake, this);
		copy.symmetric = this.symmetric.copy();
		// Each object wipes its own.
		copy.ephemeral = this.ephemeral?.slice();
		return copy;
	}

	/** Makes the next message. @returns `undefined` when the other side's key is not acceptable */
	write(payload: Uint8Array): Uint8Array | undefined {
		const parts: Uint8Array[] = [];
		for (const token of this.messages[this.at++]) {
			if (token === "e") {
				this.ephemeral = this.ciphers.drawKey();
				const key = this.ciphers.publicKeyOf(this.ephemeral);
				this.mixEphemeral(key);
				parts.push(key);
			} else if (token === "s") {
				parts.push(this.symmetric.encrypt(this.ciphers.publicKeyOf(needed(this.setup.own))));
			} else if (!this.mix(token)) {
				return undefined;
			}
		}
		parts.push(this.symmetric.encrypt(payload));
		return joined(parts);
	}

	/** Reads the next message, which is not changed. @returns its payload; `undefined` when it is not acceptable */
	read(message: Uint8Array): Uint8Array | undefined {
		let at = 0;
		for (const token of this.messages[this.at++]) {
			const isKey = token === "e" || token === "s";
			const end = at + (token === "s" ? KEY_OCTETS + TAG_OCTETS : KEY_OCTETS);
			if (isKey && end > message.length) return undefined;
			if (token === "e") {
				this.remoteEphemeral = message.slice(at, end);
				this.mixEphemeral(this.remoteEphemeral);
			} else if (token === "s") {
				this.remote = this.symmetric.decrypt(message.subarray(at, end))?.slice();
				if (this.remote === undefined) return undefined;
			} else if (!this.mix(token)) {
				return undefined;
			}
			if (isKey) at = end;
		}
		return this.symmetric.decrypt(message.subarray(at));
	}

	/** Ends the handshake after its last message. @returns the keys to send with and to receive with, 32 octets each */
	split(): { readonly send: Uint8Array; readonly receive: Uint8Array } {
		const [first, second] = this.symmetric.split();
		this.close();
		return this.setup.isInitiator ? { send: first, receive: second } : { send: second, receive: first };
	}

	/** Forgets all keys. */
	close(): void {
		this.symmetric.close();
		this.ephemeral?.fill(0);
	}

	private mixEphemeral(key: Uint8Array): void {
		this.symmetric.mixHash(key);
		if (this.setup.secret !== undefined) this.symmetric.mixKey(key);
	}

	/** Mixes a secret of both sides in. The first letter of a token is the initiator's key, the second one the responder's. */
	private mix(token: Token): boolean {
		if (token === "psk") {
			this.symmetric.mixKeyAndHash(needed(this.setup.secret));
			return true;
		}
		const { isInitiator, own } = this.setup;
		const ours = token[isInitiator ? 0 : 1] === "e" ? this.ephemeral : own;
		const theirs = token[isInitiator ? 1 : 0] === "e" ? this.remoteEphemeral : this.remote;
		const agreed = this.ciphers.agree(needed(ours), needed(theirs));
		if (agreed === undefined) return false;
		this.symmetric.mixKey(agreed);
		return true;
	}
}

function needed(key: Uint8Array | undefined): Uint8Array {
	if (key === undefined) throw new TypeError("a key is missing");
	return key;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	let length = 0;
	for (const part of parts) length += part.length;
	const whole = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
