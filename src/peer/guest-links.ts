import { HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Seconds } from "../core/time";
import type { Random } from "../ports/random";
import { GUEST_ID_OCTETS, type GuestPass } from "./tunnel/tunnel-contract";

/** Octets of the end of a guest link, in seconds since 1970, at the beginning of its identifier. */
const END_OCTETS = 5;
const LABEL = utf8Encode("porthole guest ");

/**
 * Makes and knows the secrets of the guest links to this device. None is stored: each is computed from the device's private key and the
 * link's identifier, which contains its end.
 */
export class GuestLinks {
	/**
	 * @param privateKey of the device
	 * @param epoch text that changes when the owner ends all logins; with it all guest links end
	 */
	constructor(
		private readonly privateKey: Uint8Array,
		private readonly epoch: () => string,
	) {}

	/** Makes a link. @param until when it ends, in seconds since 1970 */
	issue(random: Random, until: Seconds): GuestPass {
		const id = new Uint8Array(GUEST_ID_OCTETS);
		random.fill(id);
		let rest = Math.floor(until);
		for (let i = END_OCTETS - 1; i >= 0; i--) {
			id[i] = rest % 256;
			rest = Math.floor(rest / 256);
		}
		return { id, secret: this.secret(id) };
	}

	/**
	 * Returns the secret of a link; `undefined` when it has ended, or whether it has is not known.
	 * @param now seconds since 1970; `undefined`: the date is not known
	 */
	secretOf(id: Uint8Array, now: Seconds | undefined): Uint8Array | undefined {
		if (id.length !== GUEST_ID_OCTETS || now === undefined) return undefined;
		let until = 0;
		for (let i = 0; i < END_OCTETS; i++) until = until * 256 + id[i];
		return until > now ? this.secret(id) : undefined;
	}

	private secret(id: Uint8Array): Uint8Array {
		const epoch = utf8Encode(this.epoch());
		const text = new Uint8Array(LABEL.length + epoch.length);
		text.set(LABEL);
		text.set(epoch, LABEL.length);
		return new HmacSha256(this.privateKey).sign(text, 0, undefined, id).slice();
	}
}
