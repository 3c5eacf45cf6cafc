import type { Pump } from "../../../core/pump";
import type { VideoEncoding } from "../../../media/video-encoding";
import type { ContentStore } from "../../../storage/content-store";
import { type CameraKey, isCameraKey, type RecordedCamera, type Utc } from "../../../storage/recording";
import type { RecordedPicture, RecordingReader, RecordingSink } from "../../../storage/recording-reader";
import type { ContentDescription, StoredRange, VideoDescription } from "../../../stream/content";
import { gateJpeg } from "../../../stream/packets/jpeg-gate";
import { RtspRefusal } from "../../../stream/rtsp-refusal";
import type { StoredCatalog, StoredContent, StoredReader } from "../../../stream/stored/stored-content";
import { isGrowing, RecordedReader, recordedCamera } from "./recorded-reader";

/** How many contents may be looked for at a time, as each of them reads a picture. */
const LOOKS_MAX = 16;
/** The most pictures per second that are said of one. */
const RATE_MAX = 240;

const NOT_THERE = new RtspRefusal(404, "there is no such content");
const OPENING = new RtspRefusal(503, "the recordings are being looked through, try again later");
const FAILED = new RtspRefusal(500, "the recordings can't be read");
const BUSY = new RtspRefusal(503, "other recordings are being looked for, try again in a few seconds");

type Done = (answer: StoredContent | RtspRefusal) => void;

/**
 * The recordings of all cameras as contents for RTSP clients: `recordings/KEY` is all that there is of a camera (STR-11, STR-13).
 *
 * The time 0 of a content is the start of its oldest recording, as long as nobody plays it; then it stays, whatever is deleted. What
 * the camera had in another encoding than its newest recording is left out.
 */
export class RecordedCatalog implements StoredCatalog {
	/** The time 0 of the contents that are being played, and how many streams play each. */
	private readonly played = new Map<CameraKey, { readonly origin: Utc; streams: number }>();
	private looks = 0;

	constructor(
		private readonly store: ContentStore,
		private readonly pump: Pick<Pump, "after">,
	) {}

	list(done: (names: readonly string[]) => void): void {
		const names = this.store.cameras().flatMap(({ key, to }) => (to > 0 ? [key] : []));
		this.pump.after(0, () => done(names));
	}

	find(name: string, done: Done): void {
		const refusal = this.refusalOf(name);
		if (refusal !== undefined) return this.pump.after(0, () => done(refusal));
		const { to } = recordedCamera(this.store, name) as RecordedCamera;
		this.looks++;
		new NewestPicture(this.store.reader(name), to, (picture) => {
			this.looks--;
			done(picture instanceof RtspRefusal ? picture : this.contentOf(name, picture));
		});
	}

	private refusalOf(name: string): RtspRefusal | undefined {
		if (this.store.state !== "ready") return this.store.state === "opening" ? OPENING : FAILED;
		if (!isCameraKey(name) || (recordedCamera(this.store, name)?.to ?? 0) === 0) return NOT_THERE;
		return this.looks >= LOOKS_MAX ? BUSY : undefined;
	}

	/** @param picture the newest one */
	private contentOf(key: CameraKey, { segment, parameterSets }: RecordedPicture): StoredContent {
		const { encoding, width, height, pictures, start, end } = segment;
		const camera = recordedCamera(this.store, key);
		const rate = end > start ? Math.min(RATE_MAX, Math.round((10_000 * pictures) / (end - start)) / 10) : 0;
		const sets = encoding === "H264" ? parameterSets : [];
		const video = { encoding, width, height, frameRate: rate, parameterSets: sets };
		const origin = this.played.get(key)?.origin ?? camera?.from ?? start;
		const description = new RecordedDescription(this.store, key, camera?.title || key, video, origin);
		return { description, open: (done) => this.open(key, origin, encoding, done) };
	}

	private open(key: CameraKey, origin: Utc, encoding: VideoEncoding, done: (answer: StoredReader) => void): void {
		const played = this.played.get(key);
		if (played === undefined) this.played.set(key, { origin, streams: 1 });
		else played.streams++;
		let isOpen = true;
		const reader = new RecordedReader(this.store, this.pump, key, origin, encoding, () => {
			if (isOpen) this.leave(key);
			isOpen = false;
		});
		this.pump.after(0, () => done(reader));
	}

	private leave(key: CameraKey): void {
		const played = this.played.get(key);
		if (played !== undefined && --played.streams === 0) this.played.delete(key);
	}
}

/** The description of a camera's recordings: its end moves while the camera is recorded. */
class RecordedDescription implements ContentDescription {
	readonly id: string;

	constructor(
		private readonly store: ContentStore,
		private readonly key: CameraKey,
		readonly title: string,
		readonly video: VideoDescription,
		private readonly origin: Utc,
	) {
		this.id = `recordings/${key}`;
	}

	get range(): StoredRange {
		const { store, key, origin } = this;
		const to = recordedCamera(store, key)?.to ?? origin;
		return { duration: Math.max(0, to - origin) / 1000, utc: origin, isGrowing: isGrowing(store, key) };
	}
}

/** Reads the newest picture of a camera with which decoding can start, for what SDP says of it. */
class NewestPicture implements RecordingSink {
	constructor(
		private readonly reader: RecordingReader,
		to: Utc,
		private readonly done: (answer: RecordedPicture | RtspRefusal) => void,
	) {
		reader.read(to, "until", true, this);
	}

	found(found: RecordedPicture): void {
		const { picture, segment } = found;
		const fault = segment.encoding === "JPEG" ? gateJpeg(picture.bytes, picture.start, picture.end) : undefined;
		picture.release();
		this.end(fault === undefined ? found : new RtspRefusal(415, `RTP can't carry this recording: ${fault}`));
	}

	none(): void {
		this.end(NOT_THERE);
	}

	failed(): void {
		this.end(FAILED);
	}

	private end(answer: RecordedPicture | RtspRefusal): void {
		this.reader.close();
		this.done(answer);
	}
}
