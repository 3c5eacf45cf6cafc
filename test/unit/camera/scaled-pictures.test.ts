import assert from "node:assert/strict";
import { SCALED_WIDTHS, ScaledPictures } from "../../../src/camera/scaled-pictures";
import { Frame } from "../../../src/media/frame";
import type { Thumbnailer } from "../../../src/ports/thumbnailer";

/** The head of a JPEG picture of this width. */
function picture(width: number, at = 0): Frame {
	const head = [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 1, 224, width >> 8, width & 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
	return new Frame(new Uint8Array([...head, 0xff, 0xd9]), 0, head.length + 2, 0, at, undefined);
}

/** Makes pictures when the test says so. */
class ManualThumbnailer implements Thumbnailer {
	readonly widths: number[] = [];
	private readonly jobs: ((jpeg: Uint8Array | undefined) => void)[] = [];

	make(_frame: Frame, width: number, done: (jpeg: Uint8Array | undefined) => void): void {
		this.widths.push(width);
		this.jobs.push(done);
	}

	finish(jpeg: Uint8Array | undefined): void {
		this.jobs.shift()?.(jpeg);
	}
}

/** Asks for a picture. @returns what was given so far */
function ask(scaled: ScaledPictures, frame: Frame, width: number): (Uint8Array | undefined)[] {
	const given: (Uint8Array | undefined)[] = [];
	scaled.get(frame.at, frame, width, (jpeg) => void given.push(jpeg));
	return given;
}

describe("camera/scaled-pictures", () => {
	for (const [asked, width] of [
		[1, 160],
		[160, 160],
		[161, 320],
		[500, 640],
		[1280, 1280],
	]) {
		it(`makes a picture of ${width} pixels when ${asked} are asked for`, () => {
			const thumbnailer = new ManualThumbnailer();
			ask(new ScaledPictures(thumbnailer), picture(1920), asked);
			assert.deepEqual(thumbnailer.widths, [width]);
		});
	}

	it("gives the data as it is if the picture is not wider, can't be read, or the host can't scale", () => {
		const thumbnailer = new ManualThumbnailer();
		const scaled = new ScaledPictures(thumbnailer);
		assert.deepEqual(ask(scaled, picture(320), 320), [undefined]);
		assert.deepEqual(ask(scaled, picture(640), 5000), [undefined]);
		assert.deepEqual(ask(scaled, new Frame(new Uint8Array(40), 0, 40, 0, 0, undefined), 160), [undefined]);
		assert.deepEqual(ask(new ScaledPictures(undefined), picture(1920), 160), [undefined]);
		assert.deepEqual(thumbnailer.widths, []);
	});

	it("does not try again for a moment after a picture could not be scaled", () => {
		const thumbnailer = new ManualThumbnailer();
		const scaled = new ScaledPictures(thumbnailer);
		ask(scaled, picture(1920), 160);
		thumbnailer.finish(undefined);
		assert.deepEqual(ask(scaled, picture(1920, 100), 160), [undefined]);
		assert.deepEqual(thumbnailer.widths, [160]);
		ask(scaled, picture(1920, 300), 160);
		assert.deepEqual(thumbnailer.widths, [160, 160]);
	});

	it("scales each picture once for all requests, and shares it for a moment", () => {
		const thumbnailer = new ManualThumbnailer();
		const scaled = new ScaledPictures(thumbnailer);
		const small = new Uint8Array([7]);
		const given = [ask(scaled, picture(640), 320), ask(scaled, picture(640, 100), 300)];
		assert.deepEqual(given, [[], []]);
		thumbnailer.finish(small);
		assert.deepEqual(given, [[small], [small]]);
		assert.deepEqual(ask(scaled, picture(640, 200), 320), [small], "a moment later");
		assert.deepEqual(ask(scaled, picture(640, 201), 320), [], "later");
		assert.deepEqual(thumbnailer.widths, [320, 320]);
		assert.equal(scaled.made, 1);
	});

	it("gives the whole picture when too many wait, or it could not be scaled", () => {
		const thumbnailer = new ManualThumbnailer();
		const scaled = new ScaledPictures(thumbnailer);
		const given = Array.from({ length: 70 }, () => ask(scaled, picture(640), 320));
		assert.equal(given.filter((each) => each.length > 0).length, 6);
		thumbnailer.finish(undefined);
		assert.ok(given.every((each) => each.length === 1 && each[0] === undefined));
		assert.deepEqual(ask(scaled, picture(640, 300), 320), [], "the next one is tried again");
		assert.equal(SCALED_WIDTHS.length, 4);
	});
});
