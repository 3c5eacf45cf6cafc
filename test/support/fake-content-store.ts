import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import type { ContentStore } from "../../src/storage/content-store";
import type { CameraKey, GapReason, RecordedCamera, Utc } from "../../src/storage/recording";
import type { RecordingListener, RecordingWriter } from "../../src/storage/recording-writer";

/** A stretch of pictures without a gap, as a {@link FakeContentStore} was given it. */
export interface FakeSegment {
	readonly encoding: "JPEG" | "H264";
	readonly title: string;
	readonly times: Utc[];
	gap: GapReason | undefined;
}

/** Writes down what a recorder gives to a store, and keeps no picture. */
export class FakeContentStore implements Pick<ContentStore, "state" | "writer" | "cameras"> {
	state: ContentStore["state"] = "ready";
	readonly recorded = new Map<CameraKey, FakeSegment[]>();
	/** The listeners of the writers that are open. */
	readonly listeners = new Map<CameraKey, RecordingListener>();
	/** Calls that wait until a test lets writers end; `undefined`: they end at once. */
	ending: (() => void)[] | undefined;

	cameras(): readonly RecordedCamera[] {
		return Array.from(this.recorded, ([key, segments]) => ({
			key,
			title: segments.at(-1)?.title ?? key,
			from: segments[0]?.times[0] ?? 0,
			to: segments.at(-1)?.times.at(-1) ?? 0,
			octets: 0,
		}));
	}

	segmentsOf(key: CameraKey): readonly FakeSegment[] {
		return this.recorded.get(key) ?? [];
	}

	/** The times of all pictures of a camera. */
	timesOf(key: CameraKey): readonly Utc[] {
		return this.segmentsOf(key).flatMap(({ times }) => times);
	}

	/** Why there are gaps, in their order. */
	gapsOf(key: CameraKey): readonly (GapReason | undefined)[] {
		return this.segmentsOf(key).map(({ gap }) => gap);
	}

	writer(key: CameraKey, title: string, listener: RecordingListener): RecordingWriter {
		if (this.listeners.has(key)) throw new RangeError(`${key} has a writer`);
		this.listeners.set(key, listener);
		const segments = this.recorded.get(key) ?? [];
		this.recorded.set(key, segments);
		let open: FakeSegment | undefined;
		const add = (encoding: FakeSegment["encoding"], utc: Utc): void => {
			const last = open?.times.at(-1) ?? Number.NEGATIVE_INFINITY;
			if (open !== undefined && utc <= last) open.gap = "clock";
			if (open?.encoding !== encoding || utc <= last) {
				open = { encoding, title, times: [], gap: undefined };
				segments.push(open);
			}
			open.times.push(utc);
		};
		return {
			frame: (_frame: Frame, utc) => add("JPEG", utc),
			unit: (unit: AccessUnit, utc, _sets) => {
				if (open?.encoding === "H264" || unit.isKey) add("H264", utc);
			},
			pause: (reason) => {
				if (open !== undefined) open.gap = reason;
				open = undefined;
			},
			close: (reason, done) => {
				if (open !== undefined) open.gap = reason;
				open = undefined;
				const end = (): void => {
					this.listeners.delete(key);
					done();
				};
				if (this.ending === undefined) end();
				else this.ending.push(end);
			},
		};
	}
}
