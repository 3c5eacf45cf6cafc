import files from "porthole:files";
import { maskCredentials } from "../../../src/base/mask-credentials";
import type { Octets } from "../../../src/core/time";
import { parseJpeg } from "../../../src/media/jpeg";
import { copyPicture, lackingTables, TABLES_LENGTH } from "../../../src/media/jpeg-mend";
import { type JpegSink, JpegSplitter } from "../../../src/media/jpeg-splitter";
import { Pacer } from "../../../src/media/pacer";
import type { FrameSink, FrameSource } from "../../../src/ports/camera";
import { UsageError } from "../../../src/settings/usage-error";
import { PACER_TIMERS } from "../adapters/timers";
import { StillPicture } from "./still-picture";

/** The limit for all pictures, which are kept in memory. */
const TOTAL_MAX: Octets = 64 * 1024 * 1024;
const JPEG_NAME = /\.jpe?g$/i;

/** Plays a JPEG file, a file of concatenated JPEGs (`.mjpeg`) or a folder of JPEG files in a loop. */
export class FileSource implements FrameSource {
	readonly description: string;
	private readonly pictures: readonly StillPicture[];
	private readonly pacer: Pacer;
	private sink: FrameSink | undefined;
	private sequence = 0;

	/**
	 * Reads all pictures.
	 * @throws {UsageError} when there is no complete picture, or there are too many
	 */
	constructor(path: string, fps: number) {
		const collector = new Collector();
		for (const file of filesOf(path)) collector.read(file);
		this.pictures = collector.pictures;
		if (this.pictures.length === 0) throw new UsageError(`${path}: no complete JPEG picture found.`);
		const count = this.pictures.length === 1 ? "one picture" : `${this.pictures.length} pictures`;
		this.description = `${path.slice(path.lastIndexOf("/") + 1)}: ${count} at ${fps} a second${collector.remark}`;
		this.pacer = new Pacer(fps, () => this.show(), PACER_TIMERS);
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.pacer.start();
	}

	stop(): void {
		this.sink = undefined;
		this.pacer.stop();
	}

	private show(): void {
		const { sequence, pictures } = this;
		this.sequence++;
		this.sink?.frame(pictures[sequence % pictures.length].frame(sequence));
	}
}

class Collector implements JpegSink {
	readonly pictures: StillPicture[] = [];
	private total: Octets = 0;
	private notWhole = 0;
	private readonly splitter = new JpegSplitter(this);

	/** Tells about the pictures that are left out or were mended; empty when there are none. */
	get remark(): string {
		const { broken, mended } = this.splitter;
		const left = broken + this.notWhole === 0 ? "" : `, ${broken + this.notWhole} broken left out`;
		return mended === 0 ? left : `${left}, ${mended} without an end marker mended`;
	}

	read(file: string): void {
		let bytes: ArrayBuffer;
		try {
			bytes = files.read(file, TOTAL_MAX - this.total);
		} catch (error) {
			const words = error instanceof Error ? error.message : String(error);
			if (!words.startsWith("EFBIG")) throw new UsageError(`${file}: ${words}.`);
			throw new UsageError(`${file}: more than ${TOTAL_MAX / 1024 / 1024} MB of pictures.`);
		}
		this.total += bytes.byteLength;
		this.splitter.push(new Uint8Array(bytes));
		this.splitter.end();
	}

	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		const info = parseJpeg(bytes, start, end);
		if (info === undefined) {
			this.notWhole++;
			return;
		}
		const lacking = lackingTables(bytes, start, info.scanStart);
		const picture = new Uint8Array(end - start + (lacking > 0 ? TABLES_LENGTH : 0));
		copyPicture(picture, 0, bytes, start, end, lacking);
		this.pictures.push(new StillPicture(picture));
	}
}

function filesOf(path: string): string[] {
	switch (files.kind(path)) {
		case "folder":
			return files
				.list(path)
				.filter((name) => JPEG_NAME.test(name))
				.sort()
				.map((name) => `${path}/${name}`);
		case "file":
			return [path];
		default:
			throw new UsageError(
				`${maskCredentials(path)}: there is no such file or folder. A source is a camera (camera, camera:NAME, /dev/video0), a JPEG or MJPEG file, or a folder of JPEG files.`,
			);
	}
}
