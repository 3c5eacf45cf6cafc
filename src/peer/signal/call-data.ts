import { isHex, toHex } from "../../base/hex";
import { toJson } from "../../base/json";
import { HmacSha256, SHA256_OCTETS } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import { parseJsonMembers } from "../../wire/json-members";
import { SIGNAL_DATA_MAX } from "./signal-message";

/** Octets of the nonce of a call. */
const CALL_NONCE_OCTETS = 16;
/** The longest description of a WebRTC connection that is accepted, in characters. @see RFC 8866 */
export const SDP_MAX = 12_000;
/** The longest candidate. @see RFC 8839 §5.1 */
const CANDIDATE_MAX = 400;
const NONCE_DIGITS = 2 * CALL_NONCE_OCTETS;
const GUEST_DIGITS = 32;

/**
 * What a browser (the caller) and a device say to each other through rendezvous servers, which can neither read nor make any media key
 * of it: an SDP has only fingerprints of keys, and every message is authenticated by {@link CallProof}.
 */
export type CallData =
	/** `guest`: identifies the guest link in hexadecimal; empty: the caller is paired. `nonce`: drawn by the caller, names the call. */
	| {
			readonly kind: "offer";
			readonly nonce: string;
			readonly guest: string;
			readonly sdp: string;
			readonly mac: string;
	  }
	| { readonly kind: "answer"; readonly nonce: string; readonly sdp: string; readonly mac: string }
	/** An address at which the sender might be reached. @see RFC 8838 */
	| {
			readonly kind: "candidate";
			readonly nonce: string;
			readonly candidate: string;
			readonly mid: string;
			readonly mac: string;
	  }
	/** The device does not take the call. Not authenticated, as both may have no common secret. `reason` is for people. */
	| { readonly kind: "refused"; readonly nonce: string; readonly reason: string };

/** Writes the data of a signal. */
export function writeCallData(data: CallData): string {
	return toJson(data);
}

/** Reads the data of a signal; `undefined` when it is malformed. */
export function readCallData(text: string): CallData | undefined {
	if (text.length > SIGNAL_DATA_MAX) return undefined;
	const members = parseJsonMembers(utf8Encode(text));
	if (members === undefined) return undefined;
	const of = (name: string): string => members.get(name) ?? "";
	const nonce = of("nonce");
	const mac = of("mac");
	const kind = of("kind");
	if (!isHex(nonce, NONCE_DIGITS)) return undefined;
	if (kind === "refused") return { kind, nonce, reason: of("reason").slice(0, 200) };
	if (!isHex(mac, 2 * SHA256_OCTETS)) return undefined;
	if (kind === "candidate") {
		const candidate = of("candidate");
		const mid = of("mid");
		if (candidate.length > CANDIDATE_MAX || mid.length > 16) return undefined;
		return { kind, nonce, candidate, mid, mac };
	}
	const sdp = of("sdp");
	if (sdp === "" || sdp.length > SDP_MAX) return undefined;
	if (kind === "answer") return { kind, nonce, sdp, mac };
	const guest = of("guest");
	if (kind !== "offer" || (guest !== "" && !isHex(guest, GUEST_DIGITS))) return undefined;
	return { kind, nonce, guest, sdp, mac };
}

/**
 * Authenticates the messages of calls with a secret that no rendezvous server has: that of a guest link, or the pin key that a paired
 * viewer shares with the home. So a server can't put its own keys in the place of the peers'.
 */
export class CallProof {
	private readonly hmac: HmacSha256;

	/** @param device the identity of the device, so that a call can't be led to another one */
	constructor(
		secret: Uint8Array,
		private readonly device: string,
	) {
		this.hmac = new HmacSha256(secret);
	}

	/**
	 * Returns the code of a message, hexadecimal digits.
	 * @param from the sender
	 * @param content SDP; or candidate, line feed, media identifier
	 */
	sign(from: "caller" | "device", nonce: string, content: string): string {
		return toHex(this.hmac.sign(utf8Encode(`porthole call\n${from}\n${this.device}\n${nonce}\n${content}`)));
	}
}
