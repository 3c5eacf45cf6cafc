import type { Millis } from "../core/time";

/** Wrong passwords from one address that cost nothing yet. */
const FREE = 4;
/** The longest wait after a wrong password. */
const WAIT_MAX: Millis = 300000;
/** An address without a wrong password for so long begins anew. */
const MEMORY: Millis = 900000;
/** Addresses that are remembered, of either kind. */
const ADDRESSES_MAX = 128;
/** Wrong passwords of all together: so many at once, then one in so long. */
const ALL_BURST = 60;
const ALL_INTERVAL: Millis = 5000;

interface Failures {
	count: number;
	until: Millis;
	last: Millis;
}

/**
 * Slows down who tries passwords: each address by itself, twice as long each time, and all together.
 *
 * Whoever is in the LAN, or has logged in from the same address before, is spared the limit for all, so that nobody
 * can lock the owner out by trying.
 */
export class LoginThrottle {
	private readonly failures = new Map<string, Failures>();
	private readonly known = new Map<string, true>();
	private spent = 0;
	private since: Millis = 0;

	/** How long an address has to wait before its next try; 0: none. @param near true: it is in the LAN */
	wait(now: Millis, address: string, near: boolean): Millis {
		const entry = this.failures.get(address);
		if (entry !== undefined && now - entry.last > MEMORY) this.failures.delete(address);
		else if (entry !== undefined && entry.until > now) return entry.until - now;
		this.regain(now);
		if (this.spent < ALL_BURST || near || this.known.has(address)) return 0;
		return ALL_INTERVAL - (now - this.since);
	}

	/** A password was wrong. */
	failed(now: Millis, address: string): void {
		this.regain(now);
		this.spent = Math.min(ALL_BURST, this.spent + 1);
		const entry = this.failures.get(address) ?? { count: 0, until: 0, last: now };
		entry.count++;
		entry.last = now;
		if (entry.count >= FREE) entry.until = now + Math.min(WAIT_MAX, 1000 * 2 ** Math.min(20, entry.count - FREE));
		remember(this.failures, address, entry);
	}

	/** A password was right. */
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

/** Puts an entry last, in place of the oldest when there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
	map.delete(key);
	map.set(key, value);
	if (map.size > ADDRESSES_MAX) for (const oldest of map.keys()) return void map.delete(oldest);
}
