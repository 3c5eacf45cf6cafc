import { utf8Encode } from "../../src/base/text";
import type { Millis } from "../../src/core/time";
import type { AccessUnit } from "../../src/media/access-unit";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import type { FileDone } from "../../src/ports/files";
import type { ContentStore, Coverage, StoreListener, StoreUsage } from "../../src/storage/content-store";
import type { CameraKey, RecordedCamera, Segment, Utc } from "../../src/storage/recording";
import type {
	RecordedPicture,
	RecordingReader,
	RecordingSearch,
	RecordingSink,
} from "../../src/storage/recording-reader";
import type { RecordingWriter } from "../../src/storage/recording-writer";

/** A segment whose pictures are made when they are read. */
export interface MemorySegment extends Segment {
	/** Between two pictures. */
	readonly interval: Millis;
	/** Makes the JPEG of a picture. */
	readonly picture: (utc: Utc) => Uint8Array | Promise<Uint8Array>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const DEFAULTS = {
	encoding: "JPEG",
	width: 64,
	height: 48,
	isRunning: false,
	isLocked: false,
	gap: undefined,
} as const;

/** Recordings in memory, of which a test says what there is. */
export class MemoryRecordings implements ContentStore {
	state: ContentStore["state"] = "ready";
	limits = { octets: 0, age: 0, free: 0 };
	/** Answers of the medium wait until this runs them. */
	defer: (run: () => void) => void = (run) => setImmediate(run);
	/** Readers that are not closed. */
	readers = 0;
	/** How the next call of lock ends. */
	lockFails = false;
	private readonly titles = new Map<CameraKey, string>();
	private readonly all: Mutable<MemorySegment>[] = [];
	private readonly listeners = new Set<StoreListener>();

	get usage(): StoreUsage {
		const octets = this.all.reduce((sum, segment) => sum + segment.octets, 0);
		return { recordings: octets, locked: 0, free: 1e9, total: 2e9, from: this.all[0]?.start ?? 0 };
	}

	/** Adds a segment. */
	add(
		camera: CameraKey,
		title: string,
		given: Partial<MemorySegment> & Pick<MemorySegment, "start" | "end">,
	): MemorySegment {
		const interval = given.interval ?? 200;
		const pictures = Math.ceil((given.end - given.start) / interval);
		const path = `recordings/${camera}/${given.start}.mkv`;
		const picture = given.picture ?? ((utc: Utc) => utf8Encode(`${camera}@${utc}`));
		const segment = { ...DEFAULTS, camera, path, pictures, octets: pictures * 1000, ...given, interval, picture };
		this.titles.set(camera, title);
		const isNewest = segment.start >= (this.all.at(-1)?.start ?? 0);
		this.all.push(segment);
		if (!isNewest) this.all.sort((a, b) => a.start - b.start);
		return segment;
	}

	/** A running segment grows, or ends. */
	grow(segment: MemorySegment, change: Partial<Segment>): void {
		Object.assign(segment, change);
	}

	/** Removes a segment, as the quota does. */
	remove(segment: Segment): void {
		this.all.splice(this.all.indexOf(segment as MemorySegment), 1);
		for (const listener of this.listeners) listener.segmentDeleted?.(segment);
	}

	cameras(): readonly RecordedCamera[] {
		return [...this.titles].sort().map(([key, title]) => {
			const own = this.of(key);
			const octets = own.reduce((sum, segment) => sum + segment.octets, 0);
			return { key, title, from: own[0]?.start ?? 0, to: own.at(-1)?.end ?? 0, octets };
		});
	}

	segments(camera: CameraKey, from: Utc, to: Utc, max: number): readonly Segment[] {
		return this.of(camera)
			.filter((segment) => segment.start < to && segment.end > from)
			.slice(0, max);
	}

	segmentAt(path: string): Segment | undefined {
		return this.all.find((segment) => segment.path === path);
	}

	coverage(camera: CameraKey, from: Utc, to: Utc, resolution: Millis, max?: number): readonly Coverage[] {
		const stretches: Mutable<Coverage>[] = [];
		for (const { start, end, encoding, gap, isLocked, isRunning } of this.segments(camera, from, to, Infinity)) {
			const before = stretches.at(-1);
			const until = Math.min(end, to);
			const why = isRunning || end > to ? undefined : gap;
			const same = before !== undefined && before.encoding === encoding && before.isLocked === isLocked;
			if (same && start - before.to < Math.max(1, resolution)) Object.assign(before, { to: until, gap: why });
			else stretches.push({ from: Math.max(start, from), to: until, encoding, gap: why, isLocked });
		}
		return stretches.slice(0, max);
	}

	writer(): RecordingWriter {
		throw new Error("not here");
	}

	reader(camera: CameraKey): RecordingReader {
		this.readers++;
		return new MemoryReader(this, camera);
	}

	delete(segment: Segment, done: FileDone<undefined>): void {
		this.remove(segment);
		this.defer(() => done({ value: undefined }));
	}

	lock(camera: CameraKey, from: Utc, to: Utc, isLocked: boolean, done: FileDone<undefined>): void {
		if (this.lockFails) return this.defer(() => done({ failure: "full", detail: "no space" }));
		for (const segment of this.of(camera)) if (segment.start < to && segment.end > from) segment.isLocked = isLocked;
		this.defer(() => done({ value: undefined }));
	}

	watch(listener: StoreListener): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** The segments of a camera, in order. */
	of(camera: CameraKey): readonly Mutable<MemorySegment>[] {
		return this.all.filter((segment) => segment.camera === camera);
	}
}

class MemoryReader implements RecordingReader {
	private isClosed = false;

	constructor(
		private readonly store: MemoryRecordings,
		private readonly camera: CameraKey,
	) {}

	read(utc: Utc, search: RecordingSearch, _keysOnly: boolean, sink: RecordingSink): void {
		this.store.defer(() => {
			if (this.isClosed) return;
			const found = this.find(utc, search);
			if (found === undefined) return sink.none();
			const { segment, at } = found;
			const jpeg = segment.picture(at);
			if (jpeg instanceof Uint8Array) return sink.found(pictureOf(segment, at, jpeg));
			void jpeg.then((made) => {
				if (!this.isClosed) sink.found(pictureOf(segment, at, made));
			});
		});
	}

	close(): void {
		if (!this.isClosed) this.store.readers--;
		this.isClosed = true;
	}

	private find(utc: Utc, search: RecordingSearch): { segment: MemorySegment; at: Utc } | undefined {
		const own = this.store.of(this.camera);
		const segments = search === "from" ? own : own.slice().reverse();
		for (const segment of segments) {
			const { start, interval, pictures } = segment;
			const at = (utc - start) / interval;
			const index = search === "from" ? Math.max(0, Math.ceil(at)) : Math.min(pictures - 1, Math.floor(at));
			if (index >= 0 && index < pictures) return { segment, at: start + index * interval };
		}
		return undefined;
	}
}

function pictureOf(segment: MemorySegment, utc: Utc, jpeg: Uint8Array): RecordedPicture {
	const bytes = new Uint8Array(FRAME_HEADROOM + jpeg.length + FRAME_TAILROOM);
	bytes.set(jpeg, FRAME_HEADROOM);
	const picture: Frame | AccessUnit = new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + jpeg.length, 0, utc, utc);
	return { utc, segment, picture, parameterSets: [] };
}
