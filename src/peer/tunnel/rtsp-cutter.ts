/** `$` begins a frame. @see RFC 2326 §10.12 */
const DOLLAR = 36;
const CR = 13;
const LF = 10;
const ZERO = 48;
const NINE = 57;
/** The octets of a frame before its content: `$`, the channel, the length. */
const FRAME_HEAD = 4;
const LENGTH_FIELD = "content-length:";
/** A longer body is not believed. */
const BODY_MAX = 0x7fffffff;

/** What the next octet belongs to. */
type State = number;
const BETWEEN: State = 0;
const HEAD: State = 1;
const BODY: State = 2;
const FRAME: State = 3;

/**
 * Tells the messages of an RTSP connection from the frames of media between them, however the stream is cut. It looks at nothing but the
 * ends of lines, Content-Length, and the lengths of frames, and keeps nothing.
 * @see RFC 2326 §10.12
 */
export class RtspCutter {
	/** Whether the last piece belongs to frames of media. */
	isMedia = false;
	private state: State = BETWEEN;
	/** Octets of the body or of the frame that are still to come. */
	private left = 0;
	/** Octets of the frame's head that have come. */
	private headed = 0;
	/** Octets in the line so far; how many of them are those of {@link LENGTH_FIELD}, or -1. */
	private column = 0;
	private matched = 0;
	private length = 0;

	/** True between two messages, where a frame may be put. */
	get isBetween(): boolean {
		return this.state === BETWEEN;
	}

	/** Returns the end of the piece that begins at `start`: all messages, or all frames. `start` is before `end`. */
	next(bytes: Uint8Array, start: number, end: number): number {
		this.isMedia = this.state === FRAME || (this.state === BETWEEN && bytes[start] === DOLLAR);
		let at = start;
		while (at < end) {
			if (this.state === BETWEEN) {
				if ((bytes[at] === DOLLAR) !== this.isMedia) break;
				this.begin(bytes[at]);
			}
			if (this.state === FRAME) at = this.frame(bytes, at, end);
			else if (this.state === BODY) at = this.body(at, end);
			else if (this.state === HEAD) at = this.head(bytes, at, end);
			else at++;
		}
		return at;
	}

	private begin(octet: number): void {
		if (octet === DOLLAR) {
			this.state = FRAME;
			this.headed = 0;
		} else if (octet !== CR && octet !== LF) {
			this.state = HEAD;
			this.column = 0;
			this.matched = 0;
			this.length = 0;
		}
	}

	private frame(bytes: Uint8Array, start: number, end: number): number {
		let at = start;
		while (this.headed < FRAME_HEAD && at < end) {
			this.left = ((this.left << 8) | bytes[at++]) & 0xffff;
			this.headed++;
		}
		return this.headed < FRAME_HEAD ? at : this.body(at, end);
	}

	private body(at: number, end: number): number {
		const count = Math.min(this.left, end - at);
		this.left -= count;
		if (this.left === 0) this.state = BETWEEN;
		return at + count;
	}

	private head(bytes: Uint8Array, start: number, end: number): number {
		for (let at = start; at < end; at++) {
			const octet = bytes[at];
			if (octet === LF) {
				if (this.column === 0) {
					this.left = this.length;
					this.state = this.left > 0 ? BODY : BETWEEN;
					return at + 1;
				}
				this.column = 0;
				this.matched = 0;
			} else if (octet !== CR) {
				this.column++;
				this.match(octet);
			}
		}
		return end;
	}

	private match(octet: number): void {
		const { matched } = this;
		if (matched < 0) return;
		if (matched < LENGTH_FIELD.length) {
			const small = octet >= 65 && octet <= 90 ? octet + 32 : octet;
			this.matched = small === LENGTH_FIELD.charCodeAt(matched) ? matched + 1 : -1;
			if (this.matched === LENGTH_FIELD.length) this.length = 0;
		} else if (octet >= ZERO && octet <= NINE) {
			this.length = Math.min(BODY_MAX, this.length * 10 + octet - ZERO);
		}
	}
}
