import files from "porthole:files";
import type { Octets } from "../../../src/core/time";
import { parseJpeg } from "../../../src/media/jpeg";
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
		this.description = `${path.slice(path.lastIndexOf("/") + 1)}: ${count} at ${fps} a second`;
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
	private readonly splitter = new JpegSplitter(this);

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
		if (parseJpeg(bytes, start, end) !== undefined) this.pictures.push(new StillPicture(bytes.subarray(start, end)));
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
				`${path}: there is no such file or folder. A source is a camera (camera, camera:NAME, /dev/video0), a JPEG or MJPEG file, or a folder of JPEG files.`,
			);
	}
}
