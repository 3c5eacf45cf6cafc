import { Prng } from "../../src/base/prng";
import { type StreamOutbox, type StreamSource, writeWhatFits } from "../../src/core/stream";
import type { BodySink } from "../../src/http/body-sink";
import type { SeekableContent } from "../../src/http/seekable-content";

/** A prime, so that a piece that is lost or doubled shifts what follows, whatever the size of pieces. */
const PERIOD = 65521;
/** Every so many octets of a piece one is compared, besides its ends. */
const STRIDE = 61;

/** The pattern twice over, so that a period from any place lies in one piece. */
const PATTERN = ((): Uint8Array => {
	const random = new Prng(1);
	const pattern = new Uint8Array(2 * PERIOD);
	for (let i = 0; i < PERIOD; i++) pattern[i] = random.below(256);
	pattern.copyWithin(PERIOD, 0, PERIOD);
	return pattern;
})();

/** Content of any length whose every octet is known by its offset; it costs no memory. */
export class PatternContent implements SeekableContent {
	readonly type = "application/octet-stream";
	readonly etag = '"pattern"';
	/** How many sources are open, and how often it was closed. */
	opened = 0;
	closed = 0;

	constructor(
		readonly length: number,
		readonly modified?: number,
	) {}

	open(start: number, end: number): StreamSource {
		this.opened++;
		return new PatternSource(start, end, this);
	}

	close(): void {
		this.closed++;
	}
}

/** Gives the pattern from one offset to another. */
export class PatternSource implements StreamSource {
	constructor(
		private at: number,
		private readonly end: number,
		private readonly content?: PatternContent,
	) {}

	fill(_now: number, out: StreamOutbox): boolean {
		while (this.at < this.end && out.room > 0) {
			const from = this.at % PERIOD;
			const upTo = Math.min(from + PERIOD, from + this.end - this.at);
			this.at += writeWhatFits(out, PATTERN, from, upTo) - from;
		}
		return this.at === this.end;
	}

	release(): void {
		if (this.content !== undefined) this.content.opened--;
	}
}

/** Takes a body that must be the pattern from an offset on. */
export class PatternSink implements BodySink {
	/** Octets that came. */
	length = 0;
	ended = false;
	aborted = false;
	/** The first octet that is not as it should be. */
	wrongAt: number | undefined;
	/** How often it asked for a pause. */
	pauses = 0;

	/**
	 * @param from the offset of the first octet
	 * @param pause called for every piece; true: no more until resumed
	 */
	constructor(
		private readonly from = 0,
		private readonly pause: () => boolean = () => false,
		private readonly done: () => void = () => {},
	) {}

	take(_now: number, bytes: Uint8Array, start: number, end: number): boolean {
		for (let i = start; i < end; i = i < end - 1 ? Math.min(end - 1, i + STRIDE) : end) {
			const offset = this.from + this.length + i - start;
			if (bytes[i] !== PATTERN[offset % PERIOD]) this.wrongAt ??= offset;
		}
		this.length += end - start;
		if (!this.pause()) return true;
		this.pauses++;
		return false;
	}

	end(): void {
		this.ended = true;
		this.done();
	}

	abort(): void {
		this.aborted = true;
		this.done();
	}
}

/** The octets of the pattern from one offset to another, 65,521 at most. */
export function patternOf(start: number, end: number): Uint8Array {
	return PATTERN.slice(start % PERIOD, (start % PERIOD) + end - start);
}
