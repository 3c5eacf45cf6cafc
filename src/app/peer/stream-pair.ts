import type { EndReason } from "../../core/stream";
import type { Stream, StreamSink } from "../../ports/net";

/** Follows a {@link StreamPair}. */
export interface StreamPairOwner {
	/**
	 * The far side has ended before it sent anything. The pair then ends; who answers in its place writes to the near side now.
	 * @param detail why, for people
	 */
	unanswered?(near: Stream, why: EndReason, detail: string): void;
	/** Both connections are gone. */
	pairGone(pair: StreamPair): void;
}

/**
 * Joins two connections: what one receives, the other sends. A side that sends faster than the other one takes is made to wait, so that no
 * more than what had already come in is kept.
 */
export class StreamPair {
	/** The sink of the near connection, which asked. */
	readonly near: StreamSink;
	/** The sink of the far connection. */
	readonly far: StreamSink;
	private readonly up: Half;
	private readonly down: Half;
	private hasAnswer = false;
	private open = 2;

	constructor(private readonly owner: StreamPairOwner) {
		this.up = new Half();
		this.down = new Half();
		this.near = new End(this, this.up, this.down, false);
		this.far = new End(this, this.down, this.up, true);
	}

	/** Sets the connections, before any event of either. @param first what was read from the near one already */
	join(near: Stream, far: Stream, first?: Uint8Array): void {
		this.up.from = near;
		this.up.to = far;
		this.down.from = far;
		this.down.to = near;
		if (first !== undefined && first.length > 0) this.up.take(first);
	}

	/** Drops both. */
	abort(): void {
		this.up.from?.abort();
		this.down.from?.abort();
	}

	/** The far side has sent something. */
	answered(): void {
		this.hasAnswer = true;
	}

	/** One side has ended in an unusual way. */
	broken(isFar: boolean, why: EndReason, detail: string): void {
		const { from: near, to: far } = this.up;
		if (!isFar) {
			// Nobody waits for an answer any more.
			this.hasAnswer = true;
			far?.abort();
		} else if (this.hasAnswer || near === undefined) near?.abort();
		else {
			this.hasAnswer = true;
			this.owner.unanswered?.(near, why, detail);
			near.end();
		}
	}

	/** One connection is gone. */
	gone(): void {
		if (--this.open === 0) this.owner.pairGone(this);
	}
}

/** One direction, with what did not fit yet. */
class Half {
	from: Stream | undefined;
	to: Stream | undefined;
	isOver = false;
	private backlog: Uint8Array[] = [];

	take(bytes: Uint8Array): void {
		const at = this.backlog.length > 0 ? 0 : this.write(bytes, 0);
		if (at >= bytes.length) return;
		this.backlog.push(bytes.slice(at));
		this.from?.reading(false);
	}

	/** There is room at the other side. */
	flush(): void {
		while (this.backlog.length > 0) {
			const bytes = this.backlog[0];
			const at = this.write(bytes, 0);
			if (at < bytes.length) {
				this.backlog[0] = bytes.subarray(at);
				return;
			}
			this.backlog.shift();
			if (this.backlog.length === 0) this.from?.reading(true);
		}
		if (this.isOver) this.to?.end();
	}

	private write(bytes: Uint8Array, start: number): number {
		const { to } = this;
		let at = start;
		while (to !== undefined && at < bytes.length) {
			const end = Math.min(bytes.length, at + to.room);
			if (end === at) break;
			to.write(bytes, at, end);
			at = end;
		}
		return at;
	}
}

/** The sink of one connection of the pair. */
class End implements StreamSink {
	/** @param out what this connection sends to the other one @param back what comes from there */
	constructor(
		private readonly pair: StreamPair,
		private readonly out: Half,
		private readonly back: Half,
		private readonly isFar: boolean,
	) {}

	room(): void {
		this.back.flush();
	}

	received(bytes: Uint8Array): void {
		if (this.isFar) this.pair.answered();
		this.out.take(bytes);
	}

	ended(why: EndReason, detail = ""): void {
		if (why !== "closed") return this.pair.broken(this.isFar, why, detail);
		this.out.isOver = true;
		this.out.flush();
	}

	gone(): void {
		// Nothing more can be sent to this side.
		if (!this.back.isOver) this.back.from?.abort();
		this.pair.gone();
	}
}
