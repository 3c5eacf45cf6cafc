import type { Millis } from "../core/time";

/** The processing units of a stream, for the status. */
export interface UnitStatus {
	/** `RTP sender`, `RTCP sender and receiver`, `RTCP sender`, `RTCP receiver`, `none` or `interleaved`. */
	readonly unit: string;
	/** The address and port that it is bound to: `192.0.2.1:5004`; empty for `none` and `interleaved`. */
	readonly bound: string;
	/** The port that the client was told; 0 for `interleaved`. */
	readonly advertisedPort: number;
}

/** One line of the stream transport table. */
export interface StreamEntry {
	/** The control session: the value of RTSP's `Session`. Whoever knows it may end the stream, so pages don't show it. */
	readonly control: string;
	/** The stream transport session. */
	readonly stream: number;
	readonly content: string;
	readonly client: string;
	readonly framing: "udp" | "tcp";
	readonly ssrc: number;
	readonly since: Millis;
	readonly units: readonly UnitStatus[];
}

/**
 * The stream transport table (STR-2): which control session has which stream transport sessions, and which processing units with
 * which ports serve each of these.
 */
export class StreamTable<Entry extends StreamEntry = StreamEntry> {
	private readonly byStream = new Map<number, Entry>();

	get size(): number {
		return this.byStream.size;
	}

	/** Adds a stream. @throws {RangeError} when its number is taken */
	add(entry: Entry): void {
		if (this.byStream.has(entry.stream)) throw new RangeError(`stream ${entry.stream} is in the table`);
		this.byStream.set(entry.stream, entry);
	}

	/** Removes a stream; harmless when repeated. */
	remove(stream: number): void {
		this.byStream.delete(stream);
	}

	/** The entry of a stream; `undefined`: there is none. */
	get(stream: number): Entry | undefined {
		return this.byStream.get(stream);
	}

	/** All entries, in the order in which they were added. */
	entries(): IterableIterator<Entry> {
		return this.byStream.values();
	}
}
