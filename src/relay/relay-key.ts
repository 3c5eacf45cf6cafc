import { fromHex, isHex, toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256, SHA256_OCTETS } from "../base/sha256";
import { utf8Encode } from "../base/text";

/** Octets of a relay key. */
const RELAY_KEY_OCTETS = SHA256_OCTETS;
/** Hexadecimal digits of a signature: HMAC-SHA-256, truncated to 16 octets. @see RFC 2104 §5 */
export const RELAY_SIGNATURE_DIGITS = 32;

/** What a key that is derived from a relay's key signs. A signature for one purpose is not valid for another. */
export type RelayKeyUse = "tickets" | "registration";

/**
 * Returns the key that a relay shares with a fleet. Every member of the fleet can compute it, so nobody has to store it; a relay
 * can't compute the fleet's key or another relay's key from it.
 * @param fleetKey the text of the fleet's key
 * @param relay the relay's name: {@link isRelayName}
 */
export function relayKeyOf(fleetKey: string, relay: string): Uint8Array {
	return new HmacSha256(utf8Encode(fleetKey)).sign(utf8Encode(`porthole relay ${relay}`)).slice();
}

/** Writes a relay key as people copy it: 64 hexadecimal digits. */
export function relayKeyText(key: Uint8Array): string {
	return toHex(key);
}

/** Reads a relay key of 64 hexadecimal digits in lower case; `undefined` if it isn't one. */
export function parseRelayKey(text: string): Uint8Array | undefined {
	return fromHex(text, RELAY_KEY_OCTETS);
}

/**
 * Signs messages between a relay and an origin, and checks signatures, with a key derived from the relay's key: HMAC-SHA-256 under
 * HMAC-SHA-256(relay key, `porthole ` + use).
 */
export class RelaySigner {
	private readonly hmac: HmacSha256;

	/** @param relayKey the key that relay and origin share @param use what is signed */
	constructor(relayKey: Uint8Array, use: RelayKeyUse) {
		this.hmac = new HmacSha256(new HmacSha256(relayKey).sign(utf8Encode(`porthole ${use}`)).slice());
	}

	/** Signs octets. @returns {@link RELAY_SIGNATURE_DIGITS} hexadecimal digits in lower case */
	sign(octets: Uint8Array): string {
		return toHex(this.hmac.sign(octets), 0, RELAY_SIGNATURE_DIGITS / 2);
	}

	/** Tells whether {@link sign} gave `hex` for these octets, in constant time. */
	verify(octets: Uint8Array, hex: string): boolean {
		if (!isHex(hex, RELAY_SIGNATURE_DIGITS)) return false;
		const wanted = utf8Encode(this.sign(octets));
		return equalInConstantTime(utf8Encode(hex), 0, wanted, 0, RELAY_SIGNATURE_DIGITS);
	}
}
