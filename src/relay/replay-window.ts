import type { Millis } from "../core/time";

/** How far the clocks of a relay and an origin may differ. */
export const CLOCKS_DIFFER_MAX: Millis = 300_000;
/** How many relays are remembered. */
const RELAYS_MAX = 256;

/**
 * Tells messages that were signed for the first time from copies that somebody recorded: each message of a relay has a later time
 * than all before it, and none is older than this program's start.
 */
export class ReplayWindow {
	private readonly latest = new Map<string, Millis>();
	/** The time of the relay that was forgotten last: older messages may be copies of its. */
	private forgotten: Millis;

	/** @param start the date at the start, in milliseconds since 1970 */
	constructor(start: Millis) {
		this.forgotten = start;
	}

	/**
	 * Takes the time of a message whose signature was checked.
	 * @param now the date
	 * @returns false: it may be a copy, or the clocks differ too much
	 */
	take(relay: string, time: Millis, now: Millis): boolean {
		if (!(Math.abs(time - now) <= CLOCKS_DIFFER_MAX) || time <= (this.latest.get(relay) ?? this.forgotten))
			return false;
		this.latest.delete(relay);
		this.latest.set(relay, time);
		if (this.latest.size > RELAYS_MAX) {
			for (const [name, last] of this.latest) {
				this.latest.delete(name);
				this.forgotten = Math.max(this.forgotten, last);
				break;
			}
		}
		return true;
	}
}
