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
	/** The control session: the value of RTSP's `Session`. It is enough to end the stream, so pages don't show it. */
	readonly control: string;
	/** The stream transport session. */
	readonly stream: number;
	readonly content: string;
	readonly client: string;
	readonly framing: "udp" | "tcp";
	readonly ssrc: number;
	readonly units: readonly UnitStatus[];
}

/**
 * The stream transport table (STR-2): which control session has which stream transport sessions, and which processing units with
 * which ports serve each of these. It is sorted by the numbers of the streams.
 */
export class StreamTable<Entry extends StreamEntry = StreamEntry> {
	private readonly list: Entry[] = [];

	get size(): number {
		return this.list.length;
	}

	/** All entries, oldest first; valid until the table changes. */
	get entries(): readonly Entry[] {
		return this.list;
	}

	/** Adds a stream. @throws {RangeError} when its number is not greater than those of all streams in the table */
	add(entry: Entry): void {
		const { list } = this;
		if (list.length > 0 && list[list.length - 1].stream >= entry.stream)
			throw new RangeError(`stream ${entry.stream} is not a new one`);
		list.push(entry);
	}

	/** Removes a stream. @returns false when it is not there */
	remove(stream: number): boolean {
		const at = this.find(stream);
		if (at < 0) return false;
		this.list.splice(at, 1);
		return true;
	}

	/** The entry of a stream; `undefined`: there is none. */
	get(stream: number): Entry | undefined {
		const at = this.find(stream);
		return at < 0 ? undefined : this.list[at];
	}

	/** Its place in the list; -1: it is not there. */
	private find(stream: number): number {
		const { list } = this;
		let low = 0;
		let high = list.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (list[middle].stream < stream) low = middle + 1;
			else high = middle;
		}
		return low < list.length && list[low].stream === stream ? low : -1;
	}
}
