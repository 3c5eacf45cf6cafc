import { toJson } from "../../base/json";
import { utf8Encode } from "../../base/text";
import { type StreamOutbox, type StreamSource, type StreamWaker, writeWhatFits } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { SiteRequest } from "../part";

/** Makes what an event tells one visitor: a value that JSON can hold. */
export type ChangeBody = (request: SiteRequest) => unknown;

/** The request of a visitor who follows changes, at the time of the next one. */
export type FollowingRequest = { -readonly [Key in keyof SiteRequest]: SiteRequest[Key] };

/** Keeps the streams of all visitors. */
export interface ChangeStreamOwner {
	/** Called once for each stream, when it is over. */
	changesGone(stream: ChangeStream): void;
}

const NOTHING: Uint8Array = new Uint8Array(0);
/** A sign of life, which a page sees too: a connection may be dead without a word. */
const HEARTBEAT = utf8Encode("event: beat\ndata: 0\n\n");

/**
 * The events of one visitor, as `text/event-stream`.
 *
 * Of each event only the newest waits, and its text is made when it can be sent: a visitor who reads slowly takes no memory, and gets the
 * latest state. A text that the visitor has already is not sent again.
 * @see HTML Living Standard §9.2 (server-sent events)
 */
export class ChangeStream implements StreamSource {
	private readonly pending = new Map<string, ChangeBody>();
	/** A sum of the text of each event that was sent last. */
	private readonly sent = new Map<string, number>();
	private bytes = NOTHING;
	private at = 0;
	private isOver = false;
	/** True: a heartbeat is due, unless there is something else to send. */
	private isBeating = false;
	private waker: StreamWaker | undefined;

	/**
	 * @param request of the visitor, which nobody else has
	 * @param first is sent before all events
	 */
	constructor(
		readonly request: FollowingRequest,
		first: string,
		private readonly owner: ChangeStreamOwner,
	) {
		this.bytes = utf8Encode(first);
	}

	/** Notes an event, in place of an earlier one of that name that was not sent yet. @see wake */
	note(name: string, body: ChangeBody): void {
		this.pending.set(name, body);
	}

	/** Sends what was noted, or a heartbeat if nothing waits. Not to be called while a body is being made. */
	wake(now: Millis, isBeat: boolean): void {
		if (isBeat) this.isBeating = true;
		this.waker?.wake(now);
	}

	/** Ends the stream after what is being sent: the visitor's session is over. */
	end(now: Millis): void {
		this.isOver = true;
		this.pending.clear();
		this.waker?.wake(now);
	}

	/** @see StreamSource */
	attach(waker: StreamWaker): void {
		this.waker = waker;
	}

	/** @see StreamSource */
	fill(_now: Millis, out: StreamOutbox): boolean {
		for (;;) {
			this.at = writeWhatFits(out, this.bytes, this.at, this.bytes.length);
			if (this.at < this.bytes.length) return false;
			this.take(NOTHING);
			// A client that does not read gets the latest state once it reads again.
			if (this.isOver || out.room === 0) return this.isOver;
			if (!this.next()) {
				if (!this.isBeating) return false;
				this.take(HEARTBEAT);
			}
			this.isBeating = false;
		}
	}

	/** @see StreamSource */
	release(): void {
		this.pending.clear();
		this.take(NOTHING);
		this.waker = undefined;
		this.owner.changesGone(this);
	}

	/** Makes the text of the next event that differs from what the visitor has. @returns false: there is none */
	private next(): boolean {
		for (const [name, body] of this.pending) {
			this.pending.delete(name);
			const text = toJson(body(this.request));
			const sum = sumOf(text);
			if (this.sent.get(name) === sum) continue;
			this.sent.set(name, sum);
			this.take(utf8Encode(`event: ${name}\ndata: ${text}\n\n`));
			return true;
		}
		return false;
	}

	private take(bytes: Uint8Array): void {
		this.bytes = bytes;
		this.at = 0;
	}
}

/** A sum by which two texts are told apart, so that the last one need not be kept. @see FNV-1a */
function sumOf(text: string): number {
	let sum = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
	// The length makes a chance match rarer.
	return (sum >>> 0) * 65536 + (text.length & 65535);
}
