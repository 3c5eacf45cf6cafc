import type { Millis } from "./time";

/** How long another machine may keep using our address before we give it up. @see RFC 5227 §2.4, DEFEND_INTERVAL */
export const DEFEND_INTERVAL: Millis = 10_000;
/** How much longer the machine with the lower hardware address keeps it: otherwise both might give it up at the same moment. */
export const KEPT_LONGER: Millis = 5000;
/** Silence after which a conflict is over, so that the next one is a new conflict. */
export const CONFLICT_OVER: Millis = 6000;

/** What to do about another machine that uses our address. */
export type Defence =
	/** Announce it once, and tell the app. */
	| "defend"
	/** Wait: it was defended a moment ago. */
	| "wait"
	/** Give the address up. */
	| "yield";

/**
 * Decides how long an address is defended against another machine that uses it, by RFC 5227 §2.4 (b): one announcement
 * at the start, so that two machines do not announce it forever, and an end after {@link DEFEND_INTERVAL}, at one of two machines sooner
 * than at the other.
 *
 * Its owner looks for others every two seconds or so and calls {@link heard} when there is one.
 */
export class AddressDefence {
	private began: Millis = -Infinity;
	private last: Millis = -Infinity;

	/**
	 * Another machine used the address just now.
	 * @param own the hardware address of this machine, in lower case, and of the other one
	 */
	heard(now: Millis, own: string, other: string): Defence {
		const over = now - this.last > CONFLICT_OVER;
		this.last = now;
		if (over) {
			this.began = now;
			return "defend";
		}
		return now - this.began >= DEFEND_INTERVAL + (own < other ? KEPT_LONGER : 0) ? "yield" : "wait";
	}
}
