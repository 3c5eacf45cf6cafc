import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Frame } from "../../../../src/media/frame";
import { type JpegInfo, parseJpeg } from "../../../../src/media/jpeg";
import type { FrameSink } from "../../../../src/ports/camera";

/** A picture of a real encoder: 640x480, 4:2:0. */
export const PICTURE = new Uint8Array(readFileSync(resolve(__dirname, "../../../fixtures/frame.jpg")));

/** Reads a picture or a stream that a real camera gave: `test/fixtures/pictures`. */
export function field(name: string): Uint8Array {
	return new Uint8Array(readFileSync(resolve(__dirname, "../../../fixtures/pictures", name)));
}

/** Keeps what a source gives. */
export class Collect implements FrameSink {
	readonly frames: Frame[] = [];
	readonly troubles: (string | undefined)[] = [];

	frame(frame: Frame): void {
		this.frames.push(frame);
	}

	trouble(words: string | undefined): void {
		this.troubles.push(words);
	}
}

/** The JPEG of a frame. */
export function jpegOf(frame: Frame): Uint8Array {
	return frame.bytes.slice(frame.start, frame.end);
}

/** What the headers of a frame say. */
export function infoOf(frame: Frame): JpegInfo {
	const info = parseJpeg(frame.bytes, frame.start, frame.end);
	if (info === undefined) throw new Error("a frame that is no JPEG");
	return info;
}
