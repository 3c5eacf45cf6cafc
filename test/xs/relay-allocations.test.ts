import assert from "node:assert/strict";
import process from "porthole:process";
import { utf8Encode } from "../../src/base/text";
import { wrapPart } from "../../src/camera/mjpeg-part";
import { MjpegReader } from "../../src/camera/mjpeg-reader";
import type { Frame } from "../../src/media/frame";
import { toyJpeg } from "../support/toy-jpeg";

const FRAMES = 50;
/** What a picture may allocate: its own object, and views of what was received. */
const SLOTS = 24;
const CHUNKS = 160;

describe("xs/relay-allocations", () => {
	it("allocates for a picture that is passed on its own object and a few views, and no text", () => {
		const picture = toyJpeg({ scan: 20_000 });
		const head = utf8Encode(
			`--x\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\nX-Timestamp: 1795749336.508000\r\n\r\n`,
		);
		const part = new Uint8Array(head.length + picture.length + 2);
		part.set(head);
		part.set(picture, head.length);
		part.set([13, 10], part.length - 2);
		let latest: Frame | undefined;
		const sink = {
			picture(frame: Frame): void {
				wrapPart(frame);
				latest?.release();
				latest = frame;
			},
		};
		const reader = new MjpegReader(sink, () => 5, false, true);
		reader.begin("multipart/x-mixed-replace; boundary=x");
		const half = part.length >> 1;
		const pass = (): void => {
			reader.take(1, part, 0, half);
			reader.take(1, part, half, part.length);
		};
		for (let i = 0; i < 5; i++) pass();
		const slots: number[] = [];
		const chunks: number[] = [];
		for (let i = 0; i < FRAMES; i++) {
			const slotsBefore = process.slots;
			const chunksBefore = process.chunks;
			pass();
			const chunksAfter = process.chunks;
			slots.push(process.slots - slotsBefore);
			chunks.push(chunksAfter - chunksBefore);
		}
		const text = `${median(slots)} slots and ${median(chunks)} octets of chunks for each`;
		assert.ok(median(slots) <= SLOTS && median(chunks) <= CHUNKS, text);
	});
});

/** The collector may come in between now and then. */
function median(values: number[]): number {
	return values.slice().sort((a, b) => a - b)[values.length >> 1];
}
