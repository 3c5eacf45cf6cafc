import { utf8Encode } from "../base/text";
import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";

/** Letters that are encoded at a time: what a page costs while it is sent, whatever its length. */
const PIECE = 256;

/**
 * Fills a stream with text in UTF-8, encoded piece by piece as it leaves: so that texts which lie in flash, and long
 * pages, need no second place in memory.
 */
export class TextSource implements StreamSource {
	private part = 0;
	private next = 0;
	private piece: Uint8Array = NOTHING;
	private sent = 0;

	/** @param parts sent one after the other */
	constructor(private readonly parts: readonly string[]) {}

	fill(_now: Millis, out: StreamOutbox): boolean {
		for (;;) {
			this.sent = writeWhatFits(out, this.piece, this.sent, this.piece.length);
			if (this.sent < this.piece.length) return false;
			if (this.part === this.parts.length) return true;
			this.encode(this.parts[this.part]);
		}
	}

	release(): void {
		this.piece = NOTHING;
	}

	private encode(text: string): void {
		let end = Math.min(text.length, this.next + PIECE);
		// The two halves of a letter outside the basic plane stay together.
		const last = text.charCodeAt(end - 1);
		if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
		this.piece = utf8Encode(text.slice(this.next, end));
		this.sent = 0;
		this.next = end;
		if (end === text.length) {
			this.part++;
			this.next = 0;
		}
	}
}

const NOTHING = new Uint8Array(0);
