import type { Millis, Octets } from "../core/time";
import { BufferPool } from "../media/buffer-pool";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../media/frame";
import { parseJpeg } from "../media/jpeg";
import { copyPicture, lackingTables, pictureEnd, TABLES_LENGTH } from "../media/jpeg-mend";
import { JPEG_MAX, type JpegSink, JpegSplitter } from "../media/jpeg-splitter";
import { MultipartReader, type MultipartSink } from "../wire/multipart-reader";

/** Takes the pictures of an {@link MjpegReader}. */
export interface MjpegSink {
	/** A checked picture, which the sink releases when it is done with it. */
	picture(frame: Frame): void;
}

/** A larger picture gets a buffer of its own, so that one alone does not make all buffers large. */
const POOLED_MAX: Octets = 512 * 1024;
/** The largest picture that a strict reader takes. */
const STRICT_MAX: Octets = 4 * 1024 * 1024;

/** Types of bodies that are JPEG pictures one after another without heads. */
const PLAIN: readonly string[] = Object.freeze(["video/x-motion-jpeg", "video/x-mjpeg", "video/mjpeg", "video/x-jpeg"]);

/**
 * Reads the pictures of a Motion JPEG stream over HTTP: of a multipart body, or one after another.
 *
 * Parts that declare their length go straight into the buffers of frames. In any other body the pictures are searched for.
 * Buffers are used again once a picture is released.
 */
export class MjpegReader implements MultipartSink, JpegSink {
	/** Pictures that were not complete JPEGs. */
	broken = 0;
	private readonly pool = new BufferPool();
	private parts: MultipartReader | undefined;
	private splitter: JpegSplitter | undefined;
	private sequence = 0;
	private now: Millis = 0;
	/** The buffer of the part that arrives, and how far it is filled. */
	private buffer: Uint8Array | undefined;
	private filled = 0;
	/** When its picture was taken, as its sender says; `undefined`: as it arrives. */
	private stamp: Millis | undefined;

	/**
	 * @param utc returns the date in milliseconds since 1970, if it is known
	 * @param isStrict true: only parts with a length are read, and none that are larger than 4 MB, as cameras of this project send
	 * them: what a stranger sends then takes little memory
	 * @param isUnchanged true: the octets of each picture stay as they are, and so does its time, for those who relay it
	 */
	constructor(
		private readonly sink: MjpegSink,
		private readonly utc: () => Millis | undefined,
		private readonly isStrict = false,
		private readonly isUnchanged = false,
	) {}

	/** A body begins. @param type the value of Content-Type @returns false if it is not Motion JPEG */
	begin(type: string): boolean {
		this.reset();
		const name = type.split(";", 1)[0].trim().toLowerCase();
		if (name.startsWith("multipart/")) this.parts = new MultipartReader(this, this.isStrict ? STRICT_MAX : JPEG_MAX);
		else if (PLAIN.includes(name) && !this.isStrict) this.splitter = new JpegSplitter(this);
		else return false;
		return true;
	}

	/** Takes the next octets of the body, `bytes[start, end)`. */
	take(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		this.now = now;
		let at = start;
		if (this.parts !== undefined) {
			at = this.parts.push(bytes, start, end);
			if (!this.parts.isLost) return;
			this.parts = undefined;
			this.dropPart();
			if (this.isStrict) this.broken++;
			else this.splitter = new JpegSplitter(this);
		}
		this.splitter?.push(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
	}

	/** Forgets what has arrived of a picture. */
	reset(): void {
		this.parts = undefined;
		this.splitter = undefined;
		this.stamp = undefined;
		this.dropPart();
	}

	/** @see MultipartSink */
	partBegins(type: string, length: Octets, utc: Millis | undefined): boolean {
		if (length === 0 || !(type === "" || type.startsWith("image/"))) return false;
		this.buffer = this.bufferOf(FRAME_HEADROOM + length + FRAME_TAILROOM);
		this.filled = FRAME_HEADROOM;
		this.stamp = this.isUnchanged ? utc : undefined;
		return true;
	}

	/** @see MultipartSink */
	partOctets(bytes: Uint8Array, start: number, end: number): void {
		this.buffer?.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.filled);
		this.filled += end - start;
	}

	/** @see MultipartSink */
	partEnds(): void {
		const { buffer, filled } = this;
		this.buffer = undefined;
		if (buffer === undefined) return;
		const sequence = this.sequence++;
		if (this.isUnchanged && isJpeg(buffer, FRAME_HEADROOM)) return this.give(buffer, filled, sequence);
		const end = pictureEnd(buffer, FRAME_HEADROOM, filled);
		const info = parseJpeg(buffer, FRAME_HEADROOM, end);
		if (info === undefined) {
			this.broken++;
			this.pool.put(buffer);
			return;
		}
		if (lackingTables(buffer, FRAME_HEADROOM, info.scanStart) === 0) this.give(buffer, end, sequence);
		else {
			this.copy(buffer, FRAME_HEADROOM, end, info.scanStart, sequence);
			this.pool.put(buffer);
		}
	}

	/** @see JpegSink */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		const sequence = this.sequence++;
		const info = parseJpeg(bytes, start, end);
		if (info === undefined) this.broken++;
		else this.copy(bytes, start, end, info.scanStart, sequence);
	}

	/** Makes a frame of a copy, with the Huffman tables that the picture may lack. */
	private copy(bytes: Uint8Array, start: Octets, end: Octets, scanStart: Octets, sequence: number): void {
		const lacking = this.isUnchanged ? 0 : lackingTables(bytes, start, scanStart);
		const until = FRAME_HEADROOM + (end - start) + (lacking > 0 ? TABLES_LENGTH : 0);
		const buffer = this.bufferOf(until + FRAME_TAILROOM);
		copyPicture(buffer, FRAME_HEADROOM, bytes, start, end, lacking);
		this.give(buffer, until, sequence);
	}

	/** Takes a buffer, which the pool takes back or forgets. */
	private bufferOf(octets: Octets): Uint8Array {
		return octets > POOLED_MAX ? new Uint8Array(octets) : this.pool.take(octets);
	}

	private give(buffer: Uint8Array, end: Octets, sequence: number): void {
		this.sink.picture(
			new Frame(buffer, FRAME_HEADROOM, end, sequence, this.now, this.stamp ?? this.utc(), this.pool.put),
		);
	}

	private dropPart(): void {
		if (this.buffer !== undefined) this.pool.put(this.buffer);
		this.buffer = undefined;
	}
}

/** Whether octets begin as a JPEG does. @see ITU-T T.81 §B.1.1.3 */
function isJpeg(bytes: Uint8Array, start: Octets): boolean {
	return bytes[start] === 0xff && bytes[start + 1] === 0xd8;
}
