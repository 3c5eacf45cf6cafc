import assert from "node:assert/strict";
import { SharpThumbnailer } from "../../hosts/node/sources/sharp-thumbnailer";
import { Frame } from "../../src/media/frame";
import { JpegSize } from "../../src/media/jpeg-size";
import { StreetPictures } from "../support/street-pictures";

function make(bytes: Uint8Array, width: number): Promise<Uint8Array | undefined> {
	return new Promise((done) => {
		const frame = new Frame(bytes, 0, bytes.length, 0, 0, undefined, () => {});
		new SharpThumbnailer().make(frame, width, done);
		frame.release();
	});
}

describe("conformance/sharp-thumbnailer", () => {
	it("makes a JPEG picture of the width that is asked for, much smaller, in a buffer that slice copies", async () => {
		const whole = await (await StreetPictures.paint("street", 1)).at(Date.UTC(2026, 10, 27, 12));
		for (const width of [160, 320]) {
			const small = await make(whole, width);
			const size = new JpegSize();
			assert.ok(small !== undefined && size.read(small, 0, small.length));
			assert.deepEqual([size.width, size.height], [width, (width * 3) / 4]);
			assert.ok(small.length < whole.length / 2, `${small.length} of ${whole.length} octets`);
			assert.notEqual(small.slice().buffer, small.buffer);
		}
	});

	it("makes no thumbnail of data that is not a picture", async () => {
		assert.equal(await make(new Uint8Array(100).fill(7), 160), undefined);
	});
});
