import type { Millis } from "../core/time";
import type { Role } from "./role";

/** How many wrong passwords a client may send before it has to wait. */
const FREE = 4;
/** The longest wait after a wrong password. */
const WAIT_MAX: Millis = 300000;
/** After this time without a wrong password, a client is forgotten. */
const MEMORY: Millis = 900000;
/** The most clients that are remembered, of each kind. */
const CLIENTS_MAX = 128;
/** Limit for all clients of one side together: this many wrong passwords at once, then one per interval. */
const ALL_BURST = 60;
const ALL_INTERVAL: Millis = 5000;

/** Somebody who is about to send a password, or has sent one. */
export interface LoginAttempt {
	/** The account whose password it is; an account that does not exist counts as the viewer's. */
	readonly account: Role;
	readonly address: string;
	/** Whether the address is in the LAN. */
	readonly near: boolean;
	/** Identifies a browser from which this account has logged in before; empty: it is not known. */
	readonly browser: string;
}

interface Failures {
	count: number;
	until: Millis;
	last: Millis;
}

/**
 * Slows down password guessing: a client waits twice as long after each wrong password for an account, and all clients
 * together are limited too, those in the LAN and those on the Internet each for themselves.
 *
 * A client is a known browser, or else an address. Each account is counted alone: a right password of one account earns
 * nothing for another. Browsers and addresses from which the account has logged in before are exempt from the common
 * limit, so strangers can't lock the owner out, not even from behind the same address. When the memory is full, further
 * clients share one entry: nobody is forgotten in favor of another.
 */
export class LoginThrottle {
	private readonly failures = new Map<string, Failures>();
	private readonly known = new Map<string, true>();
	/** By account and side. */
	private readonly limits = new Map<string, CommonLimit>();

	/** Returns how long a client must wait before its next attempt; 0: not at all. */
	wait(now: Millis, attempt: LoginAttempt): Millis {
		const key = this.keyOf(now, attempt);
		const entry = this.failures.get(key);
		if (entry !== undefined && now - entry.last > MEMORY) this.failures.delete(key);
		else if (entry !== undefined && entry.until > now) return entry.until - now;
		if (this.isKnown(attempt)) return 0;
		return this.limits.get(sideOf(attempt))?.wait(now) ?? 0;
	}

	/** Records a wrong password. */
	failed(now: Millis, attempt: LoginAttempt): void {
		const side = sideOf(attempt);
		let limit = this.limits.get(side);
		if (limit === undefined) {
			limit = new CommonLimit();
			this.limits.set(side, limit);
		}
		if (attempt.browser === "") limit.failed(now);
		const key = this.keyOf(now, attempt);
		const entry = this.failures.get(key) ?? { count: 0, until: 0, last: now };
		entry.count++;
		entry.last = now;
		if (entry.count >= FREE) entry.until = now + Math.min(WAIT_MAX, 1000 * 2 ** Math.min(20, entry.count - FREE));
		this.failures.set(key, entry);
	}

	/** Records a right password. */
	succeeded(attempt: LoginAttempt): void {
		const name = nameOf(attempt);
		this.failures.delete(name);
		if (attempt.browser !== "") return;
		this.known.delete(name);
		this.known.set(name, true);
		if (this.known.size > CLIENTS_MAX) for (const oldest of this.known.keys()) return void this.known.delete(oldest);
	}

	private isKnown(attempt: LoginAttempt): boolean {
		return attempt.browser !== "" || this.known.has(nameOf(attempt));
	}

	/** The name under which the failures of a client are counted: its own, or a common one when the memory is full. */
	private keyOf(now: Millis, attempt: LoginAttempt): string {
		const { failures } = this;
		const name = nameOf(attempt);
		// Part of the memory is reserved for clients that have known the password.
		const room = this.isKnown(attempt) ? 2 * CLIENTS_MAX : CLIENTS_MAX;
		if (failures.size < room || failures.has(name)) return name;
		for (const [each, { last }] of failures) if (now - last > MEMORY) failures.delete(each);
		return failures.size < room ? name : sideOf(attempt);
	}
}

/** Limits how many wrong passwords there are in a time. */
class CommonLimit {
	private spent = 0;
	private since: Millis = 0;

	wait(now: Millis): Millis {
		this.regain(now);
		return this.spent < ALL_BURST ? 0 : ALL_INTERVAL - (now - this.since);
	}

	failed(now: Millis): void {
		this.regain(now);
		this.spent = Math.min(ALL_BURST, this.spent + 1);
	}

	private regain(now: Millis): void {
		const turns = Math.floor((now - this.since) / ALL_INTERVAL);
		this.spent = Math.max(0, this.spent - turns);
		this.since += turns * ALL_INTERVAL;
	}
}

function nameOf({ account, address, browser }: LoginAttempt): string {
	return `${account[0]} ${browser === "" ? address : browser}`;
}

function sideOf({ account, near }: LoginAttempt): string {
	return `${account[0]}${near ? "lan" : "internet"}`;
}
