import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseJpeg } from "../../../src/media/jpeg";
import { copyPicture, lackingTables, pictureEnd, TABLES_LENGTH } from "../../../src/media/jpeg-mend";

const BARE = new Uint8Array(readFileSync(resolve(__dirname, "../../fixtures/pictures/no-huffman-tables.jpg")));
const WHOLE = new Uint8Array(readFileSync(resolve(__dirname, "../../fixtures/frame.jpg")));

/** The offset of the first marker of a kind; -1 when there is none. */
function find(bytes: Uint8Array, marker: number): number {
	return bytes.findIndex((octet, i) => octet === 0xff && bytes[i + 1] === marker);
}

/** Copies a picture as sources do. */
function mend(picture: Uint8Array): Uint8Array {
	const info = parseJpeg(picture, 0, picture.length);
	assert.ok(info);
	const lacking = lackingTables(picture, 0, info.scanStart);
	const copy = new Uint8Array(picture.length + (lacking > 0 ? TABLES_LENGTH : 0));
	copyPicture(copy, 0, picture, 0, picture.length, lacking);
	return copy;
}

describe("media/jpeg-mend", () => {
	it("inserts the standard Huffman tables that Motion JPEG leaves out (F16)", () => {
		const mended = mend(BARE);
		assert.equal(mended.length, BARE.length + TABLES_LENGTH);
		assert.ok(find(mended, 0xc4) > 0);
		assert.equal(parseJpeg(mended, 0, mended.length)?.standardHuffman, true);
		assert.deepEqual(mend(mended), mended, "a mended picture needs no more");
	});

	it("finds the place behind fill octets", () => {
		const scan = find(BARE, 0xda);
		const filled = Uint8Array.from([0xff, 0xd8, 0xff, 0xff, ...BARE.subarray(2, scan), 0xff, ...BARE.subarray(scan)]);
		const mended = mend(filled);
		assert.equal(parseJpeg(mended, 0, mended.length)?.standardHuffman, true);
		assert.ok(find(mended, 0xc4) > 0);
	});

	it("leaves a picture with tables as it is", () => assert.deepEqual(mend(WHOLE), WHOLE));

	for (const padding of [0, 1, 1024, 1025, 4096, 4097, 100_000]) {
		for (const filler of [0, 0xff, 0xd9]) {
			it(`finds EOI before ${padding} octets of ${filler} (F18)`, () => {
				const padded = new Uint8Array(10 + WHOLE.length + padding).fill(filler);
				padded.set(WHOLE, 10);
				const end = pictureEnd(padded, 10, padded.length);
				assert.equal(end, 10 + WHOLE.length);
			});
		}
	}

	it("finds no EOI where there is none", () => {
		for (const bytes of [new Uint8Array(0), new Uint8Array(1), new Uint8Array(5000), Uint8Array.of(0xff, 0xd8)]) {
			assert.equal(pictureEnd(bytes, 0, bytes.length), 0);
		}
		const padded = Uint8Array.of(0xff, 0xd9, 0xff, 0xd8, 1, 2, 3);
		assert.equal(pictureEnd(padded, 2, padded.length), 2, "what lies before the picture is not looked at");
	});
});
