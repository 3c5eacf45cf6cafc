import type { Millis } from "../core/time";

/** How many wrong passwords an address may send before it has to wait. */
const FREE = 4;
/** The longest wait after a wrong password. */
const WAIT_MAX: Millis = 300000;
/** After this time without a wrong password, an address is forgotten. */
const MEMORY: Millis = 900000;
/** The most addresses that are remembered, of each kind. */
const ADDRESSES_MAX = 128;
/** Limit for all addresses together: this many wrong passwords at once, then one per interval. */
const ALL_BURST = 60;
const ALL_INTERVAL: Millis = 5000;

interface Failures {
	count: number;
	until: Millis;
	last: Millis;
}

/**
 * Slows down password guessing: an address waits twice as long after each wrong password, and all addresses together
 * are limited too.
 *
 * The common limit does not apply to the LAN, nor to addresses from which somebody has logged in before, so nobody can
 * lock the owner out.
 */
export class LoginThrottle {
	private readonly failures = new Map<string, Failures>();
	private readonly known = new Map<string, true>();
	private spent = 0;
	private since: Millis = 0;

	/** Returns how long an address must wait before its next attempt; 0: not at all. @param near whether it is in the LAN */
	wait(now: Millis, address: string, near: boolean): Millis {
		const entry = this.failures.get(address);
		if (entry !== undefined && now - entry.last > MEMORY) this.failures.delete(address);
		else if (entry !== undefined && entry.until > now) return entry.until - now;
		this.regain(now);
		if (this.spent < ALL_BURST || near || this.known.has(address)) return 0;
		return ALL_INTERVAL - (now - this.since);
	}

	/** Records a wrong password. */
	failed(now: Millis, address: string): void {
		this.regain(now);
		this.spent = Math.min(ALL_BURST, this.spent + 1);
		const entry = this.failures.get(address) ?? { count: 0, until: 0, last: now };
		entry.count++;
		entry.last = now;
		if (entry.count >= FREE) entry.until = now + Math.min(WAIT_MAX, 1000 * 2 ** Math.min(20, entry.count - FREE));
		remember(this.failures, address, entry);
	}

	/** Records a right password. */
	succeeded(address: string): void {
		this.failures.delete(address);
		remember(this.known, address, true);
	}

	private regain(now: Millis): void {
		const turns = Math.floor((now - this.since) / ALL_INTERVAL);
		this.spent = Math.max(0, this.spent - turns);
		this.since += turns * ALL_INTERVAL;
	}
}

/** Adds an entry, and drops the oldest when there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
	map.delete(key);
	map.set(key, value);
	if (map.size > ADDRESSES_MAX) for (const oldest of map.keys()) return void map.delete(oldest);
}
