import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Octets } from "../../../src/core/time";
import { parseJpeg } from "../../../src/media/jpeg";
import { type JpegSink, JpegSplitter } from "../../../src/media/jpeg-splitter";
import { Pacer, type PacerTimers } from "../../../src/media/pacer";
import type { FrameSink, FrameSource } from "../../../src/ports/camera";
import { FrameMaker } from "./frame-maker";
import { NODE_TIMERS } from "./pacer-timers";
import { SourceError } from "./source-error";

/** The limit of all pictures, which are kept in memory; ffmpeg plays larger files. */
const TOTAL_MAX: Octets = 256 * 1024 * 1024;
const JPEG_NAME = /\.jpe?g$/i;

/** Plays a JPEG file, a file of concatenated JPEGs (`.mjpeg`) or a folder of JPEG files in a loop. */
export class FileSource implements FrameSource {
	readonly description: string;
	/** Pictures that are left out because they are not complete JPEGs. */
	readonly broken: number;
	private readonly pictures: readonly Uint8Array[];
	private readonly maker = new FrameMaker();
	private readonly pacer: Pacer;
	private sink: FrameSink | undefined;
	private at = 0;

	/**
	 * Reads all pictures.
	 * @param path a file, or a folder whose `.jpg` and `.jpeg` files are played in the order of their names
	 * @throws {SourceError} when there is no picture, or when they are too large
	 */
	constructor(path: string, fps: number, timers: PacerTimers = NODE_TIMERS) {
		const collector = new Collector();
		for (const file of filesOf(path)) collector.read(file);
		this.pictures = collector.pictures;
		this.broken = collector.broken;
		if (this.pictures.length === 0) {
			const found = this.broken > 0 ? `only broken JPEG pictures (${this.broken})` : "no JPEG pictures";
			throw new SourceError(`${path} has ${found}. Give a JPEG or MJPEG file, or a folder of JPEG files.`);
		}
		const count = this.pictures.length === 1 ? "one picture" : `${this.pictures.length} pictures`;
		const left = this.broken === 0 ? "" : `, ${this.broken} broken left out`;
		const mended = collector.mended === 0 ? "" : `, ${collector.mended} without an end marker mended`;
		this.description = `${basename(path)}: ${count} at ${fps} a second${left}${mended}`;
		this.pacer = new Pacer(fps, () => this.show(), timers);
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
		const picture = this.pictures[this.at++ % this.pictures.length];
		const frame = this.maker.make(picture, 0, picture.length);
		if (frame !== undefined) this.sink?.frame(frame);
	}
}

/** True when a file starts like a JPEG. */
export function looksLikeJpeg(bytes: Uint8Array): boolean {
	return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

class Collector implements JpegSink {
	readonly pictures: Uint8Array[] = [];
	private total: Octets = 0;
	private notWhole = 0;
	private readonly splitter = new JpegSplitter(this);

	get broken(): number {
		return this.notWhole + this.splitter.broken;
	}

	get mended(): number {
		return this.splitter.mended;
	}

	read(file: string): void {
		this.total += statSync(file).size;
		if (this.total > TOTAL_MAX) {
			throw new SourceError(
				`${file}: more than ${TOTAL_MAX / 1024 / 1024} MB of pictures. Convert them to a video, which ffmpeg plays from the disk.`,
			);
		}
		this.splitter.push(readFileSync(file));
		this.splitter.end();
	}

	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		if (parseJpeg(bytes, start, end) === undefined) this.notWhole++;
		else this.pictures.push(new Uint8Array(bytes.subarray(start, end)));
	}
}

function filesOf(path: string): string[] {
	try {
		if (!statSync(path).isDirectory()) return [path];
		return readdirSync(path)
			.filter((name) => JPEG_NAME.test(name))
			.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
			.map((name) => join(path, name));
	} catch (error) {
		throw new SourceError(`${path}: ${error instanceof Error ? error.message : error}`);
	}
}
