import { toHex } from "../base/hex";
import type { Millis } from "../core/time";
import type { UsernameToken } from "./username-token";

/** How far the clocks of client and camera may differ. */
const SKEW: Millis = 300_000;
/** The most tokens that are remembered. */
const TOKENS_MAX = 1024;

/** Why a token is not accepted although it proves the password. */
export type TokenFault =
	/** It was made at another time than now: the clocks differ by more than 5 minutes. */
	| "clock"
	/** It was used before. */
	| "used";

/**
 * Accepts each token once, for five minutes before and after the time at which it says that it was made.
 *
 * Only tokens that prove the password take memory. If there are more than fit, the older ones are forgotten, and none of their
 * time is accepted any more. While the date is not known, a token of any time is accepted, once.
 * @see WS-Security UsernameToken Profile 1.0 §3.1, ONVIF Core §5.9.4
 */
export class UsedTokens {
	/** When each token that was used was made, by nonce and time. */
	private readonly used = new Map<string, Millis>();
	/** Tokens made until then are no longer accepted. */
	private floor = -Infinity;

	/**
	 * Records the use of a token that proves the password.
	 * @param utc the date; `undefined` while it is not known
	 * @returns why it is not accepted; `undefined`: it is
	 */
	use(utc: Millis | undefined, { nonce, created, createdAt }: UsernameToken): TokenFault | undefined {
		if (utc !== undefined && !(Math.abs(utc - createdAt) <= SKEW)) return "clock";
		if (utc !== undefined && createdAt <= this.floor) return "used";
		const key = `${toHex(nonce)} ${created}`;
		if (this.used.has(key)) return "used";
		if (this.used.size >= TOKENS_MAX) this.forget(utc);
		this.used.set(key, createdAt);
		return undefined;
	}

	/** Forgets a quarter of the tokens, or all that are too old. */
	private forget(utc: Millis | undefined): void {
		if (utc === undefined) {
			// Without a date there is no order but that of their use.
			let left = TOKENS_MAX >> 2;
			for (const key of this.used.keys()) if (left-- > 0) this.used.delete(key);
			return;
		}
		for (const [key, at] of this.used) if (Math.abs(utc - at) > SKEW) this.used.delete(key);
		if (this.used.size < TOKENS_MAX) return;
		const times = Array.from(this.used.values()).sort((a, b) => a - b);
		this.floor = Math.max(this.floor, times[TOKENS_MAX >> 2]);
		for (const [key, at] of this.used) if (at <= this.floor) this.used.delete(key);
	}
}
