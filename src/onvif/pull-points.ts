import { toHex } from "../base/hex";
import type { Millis } from "../core/time";
import type { Random } from "../ports/random";

/** How many subscriptions there can be, and how many of them viewers can have: the others are for the account of ONVIF and for owners. */
export const SUBSCRIPTIONS_MAX = 8;
export const OF_VIEWERS_MAX = 4;
/** How long a subscription lives at least and at most, and when its client does not say. */
const LIFE_MIN: Millis = 5000;
const LIFE_MAX: Millis = 3_600_000;
const LIFE_DEFAULT: Millis = 60_000;
/** The most messages that wait for a client; the oldest are dropped for new ones. */
const QUEUE_MAX = 32;
/** A client that has not asked for so long has probably forgotten its subscription. */
const FORGOTTEN: Millis = 60_000;
/** How long a client waits for messages at most. */
const PULL_MAX: Millis = 60_000;
/** How often a client that waits is given its time again. */
const WORKING: Millis = 5000;

/** One piece of news: whether something moves. */
export interface MotionMessage {
	/** True: something moves. */
	readonly isMoving: boolean;
	/** When it began or ended, in milliseconds since 1970. */
	readonly utc: Millis;
	/** `Initialized`: as it is when the client begins, or wants to know it again. */
	readonly change: "Initialized" | "Changed";
}

/** A client that waits for messages. */
export interface PullReply {
	/** True: the client is gone, so messages must not be given to it. */
	readonly isGone: boolean;
	/** It still has to wait. */
	working(): void;
	/** These are the messages; none: the time is over. */
	answer(messages: readonly MotionMessage[], subscription: PullPoint): void;
	/** The subscription has ended. */
	ended(): void;
}

/** The user for whom a subscription was made. */
export interface PullPointHolder {
	/** Whether the user may only watch, as the user of a viewer link. */
	readonly isViewer: boolean;
	/** Identifies its session and its viewer link; empty: it has neither. @see PullPoints.endOf */
	readonly session: string;
}

/** One subscription. */
export interface PullPoint {
	/** 16 random hexadecimal digits. */
	readonly id: string;
	/** When it ends. */
	readonly until: Millis;
}

class Subscription implements PullPoint {
	readonly queue: MotionMessage[] = [];
	reply: PullReply | undefined;
	/** When the client has waited for long enough, and when it is given its time again. */
	replyAt: Millis = Infinity;
	workingAt: Millis = Infinity;
	limit = 0;
	/** When its client asked last. */
	askedAt: Millis;

	constructor(
		readonly id: string,
		readonly holder: PullPointHolder,
		now: Millis,
		public until: Millis,
	) {
		this.askedAt = now;
	}

	get deadline(): Millis {
		return Math.min(this.until, this.replyAt, this.workingAt);
	}

	put(message: MotionMessage): void {
		if (this.queue.length >= QUEUE_MAX) this.queue.shift();
		this.queue.push(message);
	}

	/** Gives the client what there is. */
	flush(): void {
		const { reply } = this;
		this.reply = undefined;
		this.replyAt = this.workingAt = Infinity;
		if (reply !== undefined && !reply.isGone) reply.answer(this.queue.splice(0, this.limit), this);
	}

	end(): void {
		const { reply } = this;
		this.reply = undefined;
		reply?.ended();
	}
}

/** Starts and stops what finds motion. */
export interface PullPointOwner {
	/** Unpredictable octets. */
	readonly random: Pick<Random, "fill">;
	/** There are subscriptions now, or no longer. */
	wanted(isWanted: boolean): void;
}

/**
 * Subscriptions whose clients ask for news, and wait for it: pull points. It bounds all that a client could make large.
 *
 * A machine without an outbox: its {@link deadline} is when a subscription ends, or a client has waited for long enough.
 * @see ONVIF Core §9.2
 */
export class PullPoints {
	deadline: Millis = Infinity;
	private readonly all = new Map<string, Subscription>();
	private isMoving = false;
	private changedAt: Millis = 0;

	constructor(private readonly owner: PullPointOwner) {}

	/** How many subscriptions there are. */
	get size(): number {
		return this.all.size;
	}

	/**
	 * Begins a subscription. Where there are too many, one that its client has forgotten makes room.
	 * @param life how long it is to last; `undefined`: a minute
	 * @param utc the date, for the first message: how things are
	 * @returns `undefined`: there is no room
	 */
	create(now: Millis, life: Millis | undefined, utc: Millis, holder: PullPointHolder): PullPoint | undefined {
		this.expire(now);
		if (holder.isViewer && this.ofViewers >= OF_VIEWERS_MAX && !this.dropForgotten(now, true)) return undefined;
		if (this.all.size >= SUBSCRIPTIONS_MAX && !this.dropForgotten(now)) return undefined;
		const bytes = new Uint8Array(8);
		this.owner.random.fill(bytes);
		const subscription = new Subscription(toHex(bytes), holder, now, now + bounded(life));
		this.all.set(subscription.id, subscription);
		subscription.put(this.state(utc));
		if (this.all.size === 1) this.owner.wanted(true);
		this.rearm();
		return subscription;
	}

	/** Lets a subscription last from now on. @returns `undefined`: it has ended */
	renew(now: Millis, id: string, life: Millis | undefined): PullPoint | undefined {
		const subscription = this.all.get(id);
		if (subscription === undefined) return undefined;
		subscription.askedAt = now;
		subscription.until = now + bounded(life);
		this.rearm();
		return subscription;
	}

	/** Ends a subscription. @returns false when it had ended */
	unsubscribe(id: string): boolean {
		const subscription = this.all.get(id);
		if (subscription === undefined) return false;
		this.remove(subscription);
		this.rearm();
		return true;
	}

	/** The next messages are how things are. @returns false when the subscription has ended */
	synchronize(now: Millis, id: string, utc: Millis): boolean {
		const subscription = this.all.get(id);
		if (subscription === undefined) return false;
		subscription.askedAt = now;
		subscription.put(this.state(utc));
		subscription.flush();
		this.rearm();
		return true;
	}

	/**
	 * Gives a client the messages that there are, or the next ones; a client of the same subscription that still waits gets none.
	 * @param wait how long it waits
	 * @param limit how many messages it takes
	 * @returns false when the subscription has ended
	 */
	pull(now: Millis, id: string, wait: Millis, limit: number, reply: PullReply): boolean {
		const subscription = this.all.get(id);
		if (subscription === undefined) return false;
		const { reply: before } = subscription;
		subscription.reply = undefined;
		if (before !== undefined && !before.isGone) before.answer([], subscription);
		subscription.askedAt = now;
		subscription.reply = reply;
		subscription.limit = Math.max(1, limit);
		subscription.replyAt = now + Math.max(0, Math.min(PULL_MAX, wait));
		subscription.workingAt = now + WORKING;
		if (subscription.queue.length > 0) subscription.flush();
		// Waiting keeps it alive.
		else subscription.until = Math.max(subscription.until, subscription.replyAt + LIFE_MIN);
		this.rearm();
		return true;
	}

	/** Something began to move, or nothing moves any more. */
	moved(isMoving: boolean, utc: Millis): void {
		if (isMoving === this.isMoving) return;
		this.isMoving = isMoving;
		this.changedAt = utc;
		for (const subscription of this.all.values()) {
			subscription.put({ isMoving, utc, change: "Changed" });
			subscription.flush();
		}
		this.rearm();
	}

	/** Ends all subscriptions. */
	endAll(): void {
		for (const subscription of this.all.values()) this.remove(subscription);
		this.deadline = Infinity;
	}

	/** Ends the subscriptions of those whose session or viewer link has ended. @param isOver tells by {@link PullPointHolder.session} */
	endOf(isOver: (session: string) => boolean): void {
		for (const subscription of this.all.values()) {
			const { session } = subscription.holder;
			if (session !== "" && isOver(session)) this.remove(subscription);
		}
		this.rearm();
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		for (const subscription of this.all.values()) {
			if (now >= subscription.until) this.remove(subscription);
			else if (now >= subscription.replyAt) subscription.flush();
			else if (now >= subscription.workingAt) {
				subscription.workingAt = now + WORKING;
				subscription.reply?.working();
			}
		}
		this.rearm();
	}

	private state(utc: Millis): MotionMessage {
		return { isMoving: this.isMoving, utc: this.changedAt || utc, change: "Initialized" };
	}

	private get ofViewers(): number {
		let count = 0;
		for (const { holder } of this.all.values()) if (holder.isViewer) count++;
		return count;
	}

	private dropForgotten(now: Millis, isViewers = false): boolean {
		let oldest: Subscription | undefined;
		for (const subscription of this.all.values()) {
			if (isViewers && !subscription.holder.isViewer) continue;
			if (oldest === undefined || subscription.askedAt < oldest.askedAt) oldest = subscription;
		}
		if (oldest === undefined || oldest.reply !== undefined || now - oldest.askedAt < FORGOTTEN) return false;
		this.remove(oldest);
		return true;
	}

	private remove(subscription: Subscription): void {
		this.all.delete(subscription.id);
		subscription.end();
		if (this.all.size > 0) return;
		this.isMoving = false;
		this.changedAt = 0;
		this.owner.wanted(false);
	}

	private rearm(): void {
		this.deadline = Infinity;
		for (const subscription of this.all.values()) this.deadline = Math.min(this.deadline, subscription.deadline);
	}
}

function bounded(life: Millis | undefined): Millis {
	return Math.max(LIFE_MIN, Math.min(LIFE_MAX, life ?? LIFE_DEFAULT));
}
