import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import { Pipe } from "./pipe";
import { TakenEnd, type TakenEndOwner } from "./taken-end";

/** A connection without an octet in either direction ends after this time. @see RFC 5382 REQ-5 */
const IDLE_LIMIT: Millis = 7_440_000;
/** How long a connection to an origin may take to open. */
const CONNECT_LIMIT: Millis = 20_000;
/** A viewer has so long to take the rest after the origin's connection is gone. */
export const REST_LIMIT: Millis = 60_000;

/** Two connections, of a viewer and to an origin, between which octets pass: their ends, and when they end. */
export abstract class Splice implements TakenEndOwner {
	readonly viewer = new TakenEnd(this);
	/** The end at the origin; each connection to it has its own. */
	origin = new TakenEnd(this);
	/** Octets to the origin, and to the viewer. */
	readonly up: Pipe;
	readonly down: Pipe;
	/** Whether nothing more happens here. */
	isOver = false;
	/** Whether a connection to the origin was opened, or is about to be. */
	protected isDialled = false;
	/** Whether a side sends no more. */
	protected viewerEnded = false;
	protected originEnded = false;

	/** @param last when the last octet came */
	constructor(protected last: Millis) {
		const viewer = () => this.viewer.out;
		const origin = () => this.origin.out;
		this.up = new Pipe(viewer, origin);
		this.down = new Pipe(origin, viewer);
	}

	/** @see TakenEndOwner */
	received(now: Millis, end: TakenEnd, bytes: Uint8Array): void {
		if (this.isOver) return;
		this.last = now;
		if (end === this.viewer) this.fromViewer(now, bytes);
		else if (end === this.origin) this.fromOrigin(now, bytes);
	}

	/** @see TakenEndOwner */
	hasRoom(end: TakenEnd): void {
		if (this.isOver) return;
		if (end === this.viewer) this.down.flush();
		else if (end === this.origin) {
			end.until(Infinity);
			this.up.flush();
		}
	}

	/** @see TakenEndOwner */
	gone(now: Millis, end: TakenEnd, why: EndReason): void {
		if (this.isOver) return;
		if (end === this.viewer) this.viewerGone(now, why);
		else if (end === this.origin) this.originGone(now, why);
	}

	/** @see TakenEndOwner */
	late(now: Millis, end: TakenEnd): void {
		if (end !== this.viewer) {
			end.deadline = Infinity;
			if (end === this.origin) this.originGone(now, "timeout");
			return end.out?.abort();
		}
		this.silent();
		if (this.originEnded || now >= this.last + IDLE_LIMIT) this.close(now);
		else this.rest();
	}

	/** Drops both connections. */
	abstract close(now: Millis): void;

	protected abstract fromViewer(now: Millis, bytes: Uint8Array): void;
	protected abstract fromOrigin(now: Millis, bytes: Uint8Array): void;
	/** A side sends no more (`closed`), or its connection is gone. */
	protected abstract viewerGone(now: Millis, why: EndReason): void;
	protected abstract originGone(now: Millis, why: EndReason): void;
	/** The viewer's deadline has passed. */
	protected abstract silent(): void;
	/** Opens a connection to the origin. */
	protected abstract dials(): void;

	/** Opens the connection to the origin, unless there is one. */
	protected dial(): void {
		if (this.isDialled) return;
		this.isDialled = true;
		this.origin.deadline = this.last + CONNECT_LIMIT;
		this.rest();
		this.dials();
	}

	/** Drops the connection to the origin; the next one has an end of its own. */
	protected leaveOrigin(): void {
		const { out } = this.origin;
		this.origin = new TakenEnd(this);
		this.isDialled = false;
		out?.abort();
	}

	/** Nothing is due before both sides have been silent for long. */
	protected rest(): void {
		this.viewer.until(this.last + IDLE_LIMIT);
	}

	/** Nothing more happens; the connections stay as they are. */
	protected end(): void {
		this.isOver = true;
		this.viewer.deadline = this.origin.deadline = Infinity;
		this.up.drop();
		this.down.drop();
	}
}
