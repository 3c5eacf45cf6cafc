import type { Millis, Octets } from "../core/time";
import type { FileDone } from "../ports/files";
import type { CameraKey, GapReason, RecordedCamera, Segment, Utc } from "./recording";
import type { RecordingReader } from "./recording-reader";
import type { RecordingListener, RecordingWriter } from "./recording-writer";

/** How much the store may keep. Whatever is exceeded, the oldest segments go first, of all cameras; locked ones stay. */
export interface StoreLimits {
	/** Octets of all recordings; 0: no limit. */
	readonly octets: Octets;
	/** How long recordings are kept; 0: no limit. */
	readonly age: Millis;
	/** Octets that stay free on the medium, for others; at most a tenth of it. */
	readonly free: Octets;
}

/** What the store takes and has. */
export interface StoreUsage {
	/** Octets of all recordings. */
	readonly recordings: Octets;
	readonly locked: Octets;
	/** Of the medium. */
	readonly free: Octets;
	readonly total: Octets;
	/** Start of the oldest segment; 0: there is none. */
	readonly from: Utc;
}

/** A stretch of time for which there are recordings of a camera, without a gap. */
export interface Coverage {
	readonly from: Utc;
	readonly to: Utc;
	readonly encoding: Segment["encoding"];
	/** Why nothing follows; `undefined`: it is running, or its end lies outside of what was asked. */
	readonly gap: GapReason | undefined;
	readonly isLocked: boolean;
}

/** Learns of changes in the store. Never called during a call to the store. */
export interface StoreListener {
	/** A segment has begun, has grown by pictures that can be read, or has ended. */
	segmentChanged?(segment: Segment): void;
	/** A segment was deleted, by the quota or by a client; a stream that plays it has to end in order. */
	segmentDeleted?(segment: Segment): void;
}

/**
 * The recordings of all cameras on one medium, with an index by time in memory (STR-13).
 *
 * Everything that it answers at once comes from the index. The index is a cache: segments describe themselves.
 */
export interface ContentStore {
	/** `opening` while the index is made, `failed` when the medium can't be read: nothing is recorded then. */
	readonly state: "opening" | "ready" | "failed";
	readonly usage: StoreUsage;
	readonly limits: StoreLimits;
	/** All cameras with recordings, sorted by key. */
	cameras(): readonly RecordedCamera[];
	/** The segments of a camera that overlap `[from, to)`, in the order of their starts, at most `max`. */
	segments(camera: CameraKey, from: Utc, to: Utc, max: number): readonly Segment[];
	/** The segment at a path; `undefined`: there is none. */
	segmentAt(path: string): Segment | undefined;
	/**
	 * What is recorded of a camera in `[from, to)`, in order of time. Segments that follow each other are one stretch, and gaps
	 * shorter than `resolution` disappear.
	 * @param max the first so many stretches are enough. @default all
	 */
	coverage(camera: CameraKey, from: Utc, to: Utc, resolution: Millis, max?: number): readonly Coverage[];
	/** Records a camera. A camera has one writer at a time. */
	writer(camera: CameraKey, title: string, listener: RecordingListener): RecordingWriter;
	/** Reads a camera's pictures. It costs nothing before the first read. */
	reader(camera: CameraKey): RecordingReader;
	/** Deletes a segment that is not running. @param done `busy` for a running or locked one */
	delete(segment: Segment, done: FileDone<undefined>): void;
	/** Locks (`true`) or unlocks all segments of a camera that overlap `[from, to)`; survives a restart. */
	lock(camera: CameraKey, from: Utc, to: Utc, isLocked: boolean, done: FileDone<undefined>): void;
	/** Adds a listener. @returns removes it again */
	watch(listener: StoreListener): () => void;
}
