import type { Octets } from "../../core/time";
import type { FileDone, Files } from "../../ports/files";
import { readSmallFile, writeSmallFile } from "../files/small-file";
import type { RecordedEvent } from "../recorded-event";
import { stillPath } from "./event-path";

/** The largest picture that is kept as a still, or read as one. */
const STILL_MAX: Octets = 4 * 1024 * 1024;
/** How many stills may wait for the medium; more are not kept. */
const WAITING_MAX = 16;

/**
 * Keeps a picture of each event as a file beside its log: also where nothing is recorded, or where the recording has no JPEG
 * pictures.
 */
export class EventStills {
	/** Stills that were not kept, because the medium fails or is too slow. */
	lost = 0;
	private waiting = 0;

	constructor(private readonly files: Files) {}

	/** Keeps a copy of the picture `bytes[start, end)`. */
	keep(event: RecordedEvent, bytes: Uint8Array, start: Octets, end: Octets): void {
		if (this.waiting >= WAITING_MAX || end - start > STILL_MAX) {
			this.lost++;
			return;
		}
		this.waiting++;
		writeSmallFile(this.files, stillPath(event.camera, event.from, event.id), bytes.slice(start, end), (answer) => {
			this.waiting--;
			if (answer.failure !== undefined) this.lost++;
		});
	}

	/** Reads the picture of an event. */
	read(event: RecordedEvent, done: FileDone<Uint8Array>): void {
		readSmallFile(this.files, stillPath(event.camera, event.from, event.id), STILL_MAX, done);
	}
}
