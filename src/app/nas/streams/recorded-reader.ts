import type { Pump } from "../../../core/pump";
import type { Millis } from "../../../core/time";
import { TICKS_PER_MS } from "../../../media/video-clock";
import type { VideoEncoding } from "../../../media/video-encoding";
import type { ContentStore, StoreListener } from "../../../storage/content-store";
import type { CameraKey, RecordedCamera, Segment, Utc } from "../../../storage/recording";
import type { RecordedPicture, RecordingReader, RecordingSink } from "../../../storage/recording-reader";
import type { StoredReader, StoredSearch, StoredSink, Ticks } from "../../../stream/stored/stored-content";

/** How long a read waits for the next picture of a camera that is being recorded. */
const EDGE_TIME: Millis = 20_000;
/** A pause that is shorter than this is not skipped: pictures may come as slowly. */
const GAP_MIN: Millis = 1000;

/** Returns what the store has of a camera; `undefined`: nothing. */
export function recordedCamera(store: ContentStore, camera: CameraKey): RecordedCamera | undefined {
	return store.cameras().find(({ key }) => key === camera);
}

/** Whether a camera is being recorded now. */
export function isGrowing(store: ContentStore, camera: CameraKey): boolean {
	const to = recordedCamera(store, camera)?.to ?? 0;
	return store.segments(camera, to - 1, to + 1, 8).some(({ isRunning }) => isRunning);
}

/**
 * Reads the recordings of a camera as one content (STR-11): the time from `origin` on, gaps included. What has another encoding than
 * the stream is left out like a gap. At the end of what is being recorded it waits for more.
 */
export class RecordedReader implements StoredReader, RecordingSink, StoreListener {
	private readonly reader: RecordingReader;
	private sink: StoredSink | undefined;
	private at: Ticks = 0;
	private search: StoredSearch = "from";
	private keysOnly = false;
	/** The segment of the picture that was read last, as it was then. */
	private segment: Segment | undefined;
	/** Stops to watch the store, while a read waits for more to be recorded. */
	private unwatch: (() => void) | undefined;
	private waits = 0;

	/**
	 * @param origin the time 0 of the content
	 * @param encoding of the stream
	 * @param closed called once, when the reader is not used any more
	 */
	constructor(
		private readonly store: ContentStore,
		private readonly pump: Pick<Pump, "after">,
		private readonly camera: CameraKey,
		private readonly origin: Utc,
		private readonly encoding: VideoEncoding,
		private readonly closed: () => void,
	) {
		this.reader = store.reader(camera);
	}

	read(at: Ticks, search: StoredSearch, keysOnly: boolean, sink: StoredSink): void {
		this.sink = sink;
		this.at = at;
		this.search = search;
		this.keysOnly = keysOnly;
		const utc = this.origin + at / TICKS_PER_MS;
		this.look(search === "from" ? Math.ceil(utc) : Math.floor(utc));
	}

	hurry(): void {
		if (this.unwatch !== undefined) this.pump.after(0, () => this.giveUp());
	}

	close(): void {
		if (this.unwatch !== undefined) this.stopWaiting();
		this.sink = undefined;
		this.reader.close();
		this.closed();
	}

	/** @see RecordingSink */
	found({ utc, segment, picture, parameterSets }: RecordedPicture): void {
		const { sink } = this;
		if (sink === undefined) return picture.release();
		if (segment.encoding !== this.encoding) {
			picture.release();
			return this.look(this.search === "from" ? Math.max(segment.end, utc + 1) : segment.start - 1);
		}
		const gap = this.gapBefore(segment);
		this.segment = segment;
		this.sink = undefined;
		const sets = segment.encoding === "H264" ? parameterSets : undefined;
		sink.found(Math.round((utc - this.origin) * TICKS_PER_MS), picture, gap, sets);
	}

	/** @see RecordingSink */
	none(): void {
		if (this.search === "from" && isGrowing(this.store, this.camera)) this.wait();
		else this.answerNone();
	}

	/** @see RecordingSink */
	failed(detail: string): void {
		const { sink } = this;
		this.sink = undefined;
		sink?.failed(detail);
	}

	/** More of the camera was recorded, or it ended. @see StoreListener */
	segmentChanged(segment: Segment): void {
		if (segment.camera !== this.camera || this.unwatch === undefined) return;
		this.stopWaiting();
		this.look(Math.ceil(this.origin + this.at / TICKS_PER_MS));
	}

	private look(utc: Utc): void {
		this.reader.read(utc, this.search, this.keysOnly, this);
	}

	private wait(): void {
		const turn = ++this.waits;
		this.unwatch = this.store.watch(this);
		this.pump.after(EDGE_TIME, () => {
			if (turn === this.waits) this.giveUp();
		});
	}

	private giveUp(): void {
		if (this.unwatch === undefined) return;
		this.stopWaiting();
		this.answerNone();
	}

	private stopWaiting(): void {
		this.waits++;
		this.unwatch?.();
		this.unwatch = undefined;
	}

	private answerNone(): void {
		const { sink } = this;
		this.sink = undefined;
		sink?.none();
	}

	/** How long nothing was recorded between the segment before and this one, in the direction of playback. */
	private gapBefore(next: Segment): Ticks {
		const { segment: last } = this;
		if (last === undefined || last.path === next.path || last.start === next.start) return 0;
		// The one before may have grown since it was read.
		const before = this.store
			.segments(this.camera, last.start, last.start + 1, 8)
			.find(({ start }) => start === last.start);
		const gap = this.search === "from" ? next.start - (before ?? last).end : last.start - next.end;
		return gap < GAP_MIN ? 0 : Math.round(gap * TICKS_PER_MS);
	}
}
