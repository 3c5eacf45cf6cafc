import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { MjpegReader } from "../../../src/camera/mjpeg-reader";
import { FRAME_HEADROOM, FRAME_TAILROOM, type Frame } from "../../../src/media/frame";
import { parseJpeg } from "../../../src/media/jpeg";
import { mutateOctets } from "../../support/mutate";
import { toyJpeg } from "../../support/toy-jpeg";

/** Keeps the last octets of the entropy-coded data of pictures. */
class Viewer {
	readonly fills: number[] = [];
	/** References that were not released; buffers must not be used again before. */
	readonly kept: Frame[] = [];
	keeps = false;
	readonly reader: MjpegReader;

	constructor(isStrict = false) {
		this.reader = new MjpegReader(this, () => 1234, isStrict);
	}

	picture(frame: Frame): void {
		assert.ok(frame.start >= FRAME_HEADROOM && frame.bytes.length - frame.end >= FRAME_TAILROOM);
		assert.ok(parseJpeg(frame.bytes, frame.start, frame.end) !== undefined);
		assert.equal(frame.utc, 1234);
		this.fills.push(frame.bytes[frame.end - 3]);
		if (this.keeps) this.kept.push(frame);
		else frame.release();
	}

	feed(octets: Uint8Array, step: number): this {
		for (let at = 0; at < octets.length; at += step)
			this.reader.take(5, octets, at, Math.min(octets.length, at + step));
		return this;
	}
}

const TYPE = "multipart/x-mixed-replace; boundary=frame";
const head = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const picture = (fill: number): Uint8Array => toyJpeg({ fill, scan: 500 });

function part(body: Uint8Array, fields = `Content-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n`): Uint8Array {
	return join(head(`--frame\r\n${fields}\r\n`), body, head("\r\n"));
}

describe("camera/mjpeg-reader", () => {
	it("reads pictures of parts with a length, however the stream is cut (STR-13)", () => {
		const stream = join(part(picture(7)), part(picture(8)), part(picture(9)));
		for (const step of [1, 13, 700, 10_000]) {
			const viewer = new Viewer();
			assert.equal(viewer.reader.begin(TYPE), true);
			assert.deepEqual(viewer.feed(stream, step).fills, [7, 8, 9]);
			assert.equal(viewer.reader.broken, 0);
		}
	});

	it("finds pictures of parts without a length, or with a wrong one", () => {
		const bare = "Content-Type: image/jpeg\r\n";
		const viewer = new Viewer();
		viewer.reader.begin(TYPE);
		viewer.feed(join(part(picture(7), bare), part(picture(8), bare), part(picture(9), bare)), 100);
		assert.deepEqual(viewer.fills, [7, 8, 9]);
		const wrong = new Viewer();
		wrong.reader.begin(TYPE);
		const short = part(picture(7), "Content-Type: image/jpeg\r\nContent-Length: 300\r\n");
		wrong.feed(join(short, part(picture(8)), part(picture(9))), 100);
		assert.deepEqual(wrong.fills, [8, 9]);
		assert.ok(wrong.reader.broken >= 1);
	});

	it("finds pictures that follow each other without heads, and refuses other types", () => {
		for (const type of ["video/x-motion-jpeg", "VIDEO/MJPEG; x=y"]) {
			const viewer = new Viewer();
			assert.equal(viewer.reader.begin(type), true);
			assert.deepEqual(viewer.feed(join(picture(7), picture(8)), 33).fills, [7, 8]);
		}
		for (const type of ["", "text/html", "image/jpeg", "video/mp4", "application/octet-stream"])
			assert.equal(new Viewer().reader.begin(type), false, type);
	});

	it("skips parts that are not pictures, and counts broken ones", () => {
		const viewer = new Viewer();
		viewer.reader.begin(TYPE);
		const text = head("motion=1");
		viewer.feed(
			join(part(text, `Content-Type: text/plain\r\nContent-Length: ${text.length}\r\n`), part(picture(7)), part(text)),
			64,
		);
		assert.deepEqual(viewer.fills, [7]);
		assert.equal(viewer.reader.broken, 1);
	});

	it("cuts off what follows a picture in its part", () => {
		const viewer = new Viewer();
		viewer.reader.begin(TYPE);
		assert.deepEqual(viewer.feed(part(join(picture(7), new Uint8Array(40))), 64).fills, [7]);
	});

	it("uses a buffer again only after its picture was released", () => {
		const viewer = new Viewer();
		viewer.keeps = true;
		viewer.reader.begin(TYPE);
		for (let fill = 1; fill <= 9; fill++) viewer.feed(part(picture(fill)), 10_000);
		assert.deepEqual(
			viewer.kept.map(({ bytes, end }) => bytes[end - 3]),
			[1, 2, 3, 4, 5, 6, 7, 8, 9],
		);
		const buffers = new Set(viewer.kept.map(({ bytes }) => bytes));
		for (const frame of viewer.kept.splice(0)) frame.release();
		for (let fill = 1; fill <= 4; fill++) viewer.feed(part(picture(fill)), 10_000);
		// Others are for parts: these pictures lack their tables, and are copied.
		assert.ok(viewer.kept.filter(({ bytes }) => buffers.has(bytes)).length >= 2);
	});

	it("takes only parts with a length, and none that is too large, when it is strict", () => {
		for (const fields of ["Content-Type: image/jpeg\r\n", "Content-Length: 5000000\r\n"]) {
			const viewer = new Viewer(true);
			assert.equal(viewer.reader.begin("video/mjpeg"), false);
			viewer.reader.begin(TYPE);
			viewer.feed(join(part(picture(7)), part(picture(8), fields), part(picture(9))), 100);
			assert.deepEqual(viewer.fills, [7]);
			assert.equal(viewer.reader.broken, 1);
		}
	});

	it("starts again with each body", () => {
		const viewer = new Viewer();
		viewer.reader.begin(TYPE);
		viewer.feed(part(picture(7)).subarray(0, 300), 300);
		viewer.reader.begin(TYPE);
		assert.deepEqual(viewer.feed(part(picture(8)), 100).fills, [8]);
	});

	it("survives 2,000 mutated streams", () => {
		const random = new Prng(1);
		const stream = join(part(picture(7)), part(picture(8), "Content-Type: image/jpeg\r\n"), part(picture(9)));
		for (let i = 0; i < 2000; i++) {
			const viewer = new Viewer();
			viewer.reader.begin(TYPE);
			viewer.feed(mutateOctets(random, stream), 50 + random.below(2000));
		}
	});

	it("leaves the octets of a picture as they are for relays: no tables, padding and all", () => {
		const lacking = toyJpeg({ fill: 7, scan: 300 });
		for (const octets of [lacking, join(lacking, new Uint8Array(40)), picture(3)]) {
			const got: Uint8Array[] = [];
			const sink = {
				picture(frame: Frame): void {
					got.push(frame.bytes.slice(frame.start, frame.end));
					assert.equal(frame.utc, 1_795_749_336_508);
					frame.release();
				},
			};
			const reader = new MjpegReader(sink, () => undefined, false, true);
			reader.begin(TYPE);
			const text = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${octets.length}\r\nX-Timestamp: 1795749336.508000\r\n\r\n`;
			const body = join(head(text), octets, head("\r\n"));
			reader.take(5, body, 0, body.length);
			assert.deepEqual(got, [octets]);
			assert.equal(reader.broken, 0);
		}
	});

	it("takes no part that does not begin as a JPEG, even unchanged", () => {
		const reader = new MjpegReader({ picture: () => assert.fail() }, () => undefined, false, true);
		reader.begin(TYPE);
		const body = head("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 5\r\n\r\nhello\r\n");
		reader.take(5, body, 0, body.length);
		assert.equal(reader.broken, 1);
	});
});
