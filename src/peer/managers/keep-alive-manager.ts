import type { Machine, Outlet } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import type { KeepAliveMode } from "../rendezvous/peer-attributes";

/** The shortest and the longest interval of keep-alives. */
export const KEEP_ALIVE_MIN: Millis = 10_000;
export const KEEP_ALIVE_MAX: Millis = 120_000;
/** The interval until the NAT is known: many forget a mapping after 30 seconds. @see RFC 4787 §4.3 */
export const KEEP_ALIVE_START: Millis = 25_000;
/** How much of the time that a mapping has survived is used. */
const MARGIN = 0.85;
/** The interval varies by this share of itself, so that the devices of a home do not send in step. */
const JITTER = 0.15;
/** An answer that is missing after this time is asked for again, this often. */
const RETRY: Millis = 1000;
const RETRIES = 3;

/** What the keep-alive manager reports. */
export type KeepAliveEvent =
	/** The mapping is another one: the server and the peers must learn it. */
	| { readonly type: "moved" }
	/** The server does not answer any more: the registration is worth nothing. */
	| { readonly type: "silent" };

/** What the keep-alive manager does. */
export interface KeepAliveOutbox extends Outlet<KeepAliveEvent> {
	/** Sends a keep-alive: in mode `none` a refreshed registration, in `silent` an indication, in `answering` a request. */
	keepAlive(mode: KeepAliveMode): void;
}

/**
 * Keeps the mapping of the socket at the NAT towards the server, while the device is registered or has something under way, and lets
 * it lapse afterwards (P2P-4, P2P-8). The interval adapts to the NAT.
 */
export class KeepAliveManager implements Machine<KeepAliveOutbox> {
	deadline: Millis = Infinity;
	private mode: KeepAliveMode = "answering";
	private isNeeded = false;
	/** How long a mapping has survived at most, and after how long one was gone. */
	private survived: Millis = 0;
	private lapsed: Millis = Infinity;
	private endpoint = "";
	/** When a keep-alive or something else left last. */
	private sentAt: Millis = -Infinity;
	/** Answers that are missing. */
	private missing = 0;

	constructor(private readonly random: Pick<Random, "unit">) {}

	/** The interval at the moment, without its variation. */
	get interval(): Millis {
		const unknown = this.lapsed === Infinity ? KEEP_ALIVE_START : this.lapsed / 2;
		const bounded = this.survived === 0 ? Math.min(KEEP_ALIVE_START, unknown) : this.survived * MARGIN;
		return Math.round(Math.min(KEEP_ALIVE_MAX, Math.max(KEEP_ALIVE_MIN, bounded)));
	}

	/** Begins or stops. @param endpoint the public address and port, as the server sees them now */
	need(now: Millis, on: boolean, mode = this.mode, endpoint = this.endpoint): void {
		this.mode = mode;
		this.endpoint = endpoint;
		this.isNeeded = on;
		this.missing = 0;
		this.sentAt = now;
		this.schedule(now);
	}

	/** The server has answered a keep-alive. @param endpoint the public address and port that it has seen */
	answered(now: Millis, endpoint: string, out: KeepAliveOutbox): void {
		if (!this.isNeeded) return;
		this.missing = 0;
		this.schedule(now);
		if (endpoint === this.endpoint) return;
		this.lapsedAfter(this.interval);
		this.endpoint = endpoint;
		this.schedule(now);
		out.emit({ type: "moved" });
	}

	/** A mapping that nothing used for this long was still there. */
	survivedFor(gap: Millis): void {
		this.survived = Math.max(this.survived, gap);
		if (this.lapsed <= gap) this.lapsed = Infinity;
	}

	/** A mapping that nothing used for this long was gone. */
	lapsedAfter(gap: Millis): void {
		this.lapsed = Math.min(this.lapsed, gap);
		if (this.survived >= gap) this.survived = 0;
	}

	/** The network is another one, and its NAT not known. */
	forget(): void {
		this.survived = 0;
		this.lapsed = Infinity;
	}

	expire(now: Millis, out: KeepAliveOutbox): void {
		if (now < this.deadline) return;
		if (this.missing > RETRIES) {
			this.missing = 0;
			this.schedule(now);
			out.emit({ type: "silent" });
			return;
		}
		this.sentAt = now;
		if (this.mode === "answering") {
			this.missing++;
			this.deadline = now + RETRY;
		} else this.schedule(now);
		out.keepAlive(this.mode);
	}

	private schedule(now: Millis): void {
		const { interval } = this;
		const varied = Math.floor(interval * (1 - JITTER * this.random.unit()));
		this.deadline = this.isNeeded ? Math.max(now, this.sentAt) + varied : Infinity;
	}
}
