import { toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256, SHA256_OCTETS, sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import { parseIpv4 } from "../core/ipv4";
import { FLEET_CODE_OCTETS } from "../wire/fleet-message";

/**
 * The secret that the cameras of a fleet share. It seals their messages, so that an attacker on the LAN can neither
 * forge, nor change, nor relay them.
 *
 * The seal is HMAC-SHA-256, truncated to 16 octets, over the whole message and the address that it is sent from. The
 * address is not in the message: the receiver takes the datagram's source address. Otherwise an attacker could repeat a
 * message from his own address and be taken for its sender. The number of the key tells receivers which of their keys it
 * was, while an old key is being replaced.
 * @see RFC 2104 §5
 */
export class FleetKey {
	/** 1 … 255, computed from the key; it reveals nothing about it. */
	readonly number: number;
	private readonly hmac: HmacSha256;
	/** The sender's address, as it is signed, and as text: parsing it allocates on XS. */
	private readonly from = new Uint8Array(4);
	private fromText = "0.0.0.0";

	/** @param text the key, drawn at random by a camera, not chosen by a person */
	constructor(readonly text: string) {
		this.hmac = new HmacSha256(sha256(utf8Encode(`porthole fleet key ${text}`)));
		this.number = (this.hmac.sign(utf8Encode("number"))[0] % 255) + 1;
	}

	/**
	 * Writes the code into the last 16 of `length` octets.
	 * @param address the IPv4 source address of the datagram; from any other address the seal is invalid
	 */
	seal(bytes: Uint8Array, length: number, address: string): void {
		const end = length - FLEET_CODE_OCTETS;
		if (!this.setFrom(address)) this.setFrom("0.0.0.0");
		const code = this.hmac.sign(bytes, 0, end, this.from);
		for (let i = 0; i < FLEET_CODE_OCTETS; i++) bytes[end + i] = code[i];
	}

	/**
	 * Masks octets, or removes the mask: combines them with a stream that depends on this key and `label`.
	 * @param label must not be used for two different secrets
	 */
	mask(label: string, octets: Uint8Array): Uint8Array {
		const masked = octets.slice();
		for (let at = 0; at < masked.length; at += SHA256_OCTETS) {
			const stream = this.hmac.sign(utf8Encode(`mask ${at} ${label}`));
			for (let i = 0; i < SHA256_OCTETS && at + i < masked.length; i++) masked[at + i] ^= stream[i];
		}
		return masked;
	}

	/**
	 * Signs text, so that other cameras with this key know that a camera made it; it does not hide the text. The result
	 * is valid neither as a seal or a mask, nor under another label.
	 * @param label what the text is for, such as `pass`; a constant of the program, in one line
	 * @returns 32 hexadecimal digits in lower case: HMAC-SHA-256, truncated to 16 octets
	 * @see RFC 2104 §5
	 */
	sign(label: string, text: string): string {
		// Every other use starts differently: a sealed message with "PH", a mask with "mask", the number with "number".
		return toHex(this.hmac.sign(utf8Encode(`porthole ${label}\n${text}`)), 0, FLEET_CODE_OCTETS);
	}

	/** Tells whether {@link sign} gave `hex` for this label and text, in constant time. */
	verify(label: string, text: string, hex: string): boolean {
		if (hex.length !== 2 * FLEET_CODE_OCTETS) return false;
		const given = utf8Encode(hex);
		return (
			given.length === hex.length && equalInConstantTime(given, 0, utf8Encode(this.sign(label, text)), 0, given.length)
		);
	}

	/** Tells whether a message has this key's seal for the address that it came from. */
	check(bytes: Uint8Array, address: string): boolean {
		const end = bytes.length - FLEET_CODE_OCTETS;
		if (end <= 0 || !this.setFrom(address)) return false;
		return equalInConstantTime(bytes, end, this.hmac.sign(bytes, 0, end, this.from), 0, FLEET_CODE_OCTETS);
	}

	/**
	 * Sets the address that is signed behind the message. It comes last, as what this key signs is told apart by how it
	 * begins. @see sign
	 * @returns false when it is not an IPv4 address
	 */
	private setFrom(address: string): boolean {
		if (address === this.fromText) return true;
		const number = parseIpv4(address);
		if (number === undefined) return false;
		for (let i = 0; i < 4; i++) this.from[i] = number >>> (24 - 8 * i);
		this.fromText = address;
		return true;
	}
}
