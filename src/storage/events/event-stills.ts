import type { Octets } from "../../core/time";
import type { Files } from "../../ports/files";
import { readSmallFile, writeSmallFile } from "../files/small-file";
import type { RecordedEvent } from "../recorded-event";
import { stillPath } from "./event-path";

/** The largest picture that is kept as a still, or read as one. */
const STILL_MAX: Octets = 4 * 1024 * 1024;
/** How many stills may wait for the medium; more are not kept. */
const WAITING_MAX = 16;

/** A still that is not on the medium yet. */
interface FreshStill {
	/** Its newest version. */
	bytes: Uint8Array;
}

/**
 * Keeps a picture of each event as a file beside its log: also where nothing is recorded, or where the recording has no JPEG
 * pictures. It can be read at once.
 */
export class EventStills {
	/** Stills that were not kept, because the medium fails or is too slow. */
	lost = 0;
	/** By the numbers of their events. */
	private readonly fresh = new Map<number, FreshStill>();

	constructor(private readonly files: Files) {}

	/** Keeps a copy of the picture `bytes[start, end)`, in place of an earlier one of the same event. */
	keep(event: RecordedEvent, bytes: Uint8Array, start: Octets, end: Octets): void {
		const earlier = this.fresh.get(event.id);
		if (end - start > STILL_MAX || (earlier === undefined && this.fresh.size >= WAITING_MAX)) {
			this.lost++;
			return;
		}
		const copy = bytes.slice(start, end);
		if (earlier !== undefined) {
			earlier.bytes = copy;
			return;
		}
		const still = { bytes: copy };
		this.fresh.set(event.id, still);
		this.write(event, still);
	}

	/** Reads the picture of an event. @param done gets `undefined` when there is none; may be called during this call */
	read(event: RecordedEvent, done: (bytes: Uint8Array | undefined) => void): void {
		const still = this.fresh.get(event.id);
		if (still !== undefined) return done(still.bytes);
		readSmallFile(this.files, stillPath(event.camera, event.from, event.id), STILL_MAX, (answer) =>
			done(answer.failure === undefined ? answer.value : undefined),
		);
	}

	private write(event: RecordedEvent, still: FreshStill): void {
		const { bytes } = still;
		writeSmallFile(this.files, stillPath(event.camera, event.from, event.id), bytes, (answer) => {
			if (still.bytes !== bytes) return this.write(event, still);
			this.fresh.delete(event.id);
			if (answer.failure !== undefined) this.lost++;
		});
	}
}
