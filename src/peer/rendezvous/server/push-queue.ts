import { toHex } from "../../../base/hex";
import { HmacSha1 } from "../../../base/sha1";
import type { Millis } from "../../../core/time";
import type { StunReader } from "../../../wire/stun-reader";
import type { Leg } from "./leg";

/** How often a push is sent, and the pause between. */
const SENDS = 4;
const PAUSE: Millis = 150;
/** How many pushes may wait for their confirmation; more are sent once. */
const WAITING_MAX = 4096;

/** Sends octets to devices. */
export interface PushOutbox {
	send(leg: Leg, bytes: Uint8Array, start: number, end: number): void;
}

interface Push {
	readonly leg: Leg;
	readonly bytes: Uint8Array;
	/** Signs the device's confirmation. */
	readonly key: Uint8Array;
	/** When it was sent first. */
	readonly since: Millis;
	/** When it is sent again, or given up. */
	at: Millis;
	sent: number;
}

/** Sends messages to devices that have not asked for them, again and again until they are confirmed. */
export class PushQueue {
	deadline: Millis = Infinity;
	/** Pushes that were confirmed, and those that were given up. */
	confirmed = 0;
	lost = 0;
	/** By transaction, in the order of their next time: the pauses are all equal. */
	private readonly waiting = new Map<string, Push>();

	constructor(private readonly out: PushOutbox) {}

	/** How many wait for their confirmation. */
	get size(): number {
		return this.waiting.size;
	}

	/** Sends a message. @param transaction its transaction @param key with which the confirmation must be signed */
	add(now: Millis, leg: Leg, bytes: Uint8Array, transaction: Uint8Array, key: Uint8Array): void {
		this.out.send(leg, bytes, 0, bytes.length);
		if (this.waiting.size >= WAITING_MAX) return;
		const push = { leg, bytes, key, since: now, at: now + PAUSE, sent: 1 };
		this.waiting.set(toHex(transaction), push);
		this.deadline = Math.min(this.deadline, push.at);
	}

	/**
	 * Takes a confirmation.
	 * @returns the round trip, -1 when it was sent more than once; `undefined`: it confirms nothing of ours
	 */
	take(now: Millis, response: StunReader, from: Leg): Millis | undefined {
		const at = response.transactionAt;
		const transaction = toHex(response.bytes, at, at + 12);
		const push = this.waiting.get(transaction);
		if (push === undefined) return undefined;
		const { leg } = push;
		const isThere = leg.address === from.address && leg.port === from.port && leg.stream === from.stream;
		if (!isThere || !response.isIntact(new HmacSha1(push.key))) return undefined;
		this.waiting.delete(transaction);
		this.confirmed++;
		return push.sent === 1 ? now - push.since : -1;
	}

	/** Sends again what is due. */
	expire(now: Millis): void {
		const { waiting } = this;
		this.deadline = Infinity;
		for (const [transaction, push] of waiting) {
			if (push.at > now) {
				this.deadline = push.at;
				return;
			}
			waiting.delete(transaction);
			if (push.sent >= SENDS) {
				this.lost++;
				continue;
			}
			push.sent++;
			push.at = now + PAUSE;
			waiting.set(transaction, push);
			this.out.send(push.leg, push.bytes, 0, push.bytes.length);
		}
	}
}
