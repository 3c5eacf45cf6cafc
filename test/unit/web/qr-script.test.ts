import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import jsQr from "jsqr";
import { encode as encodeByUqr } from "uqr";
import { Prng } from "../../../src/base/prng";
import { drawnCode } from "../../../src/web/drawn-code";
import { SCRIPT as COMMON } from "../../../src/web/page-script";
import { QR_SCRIPT } from "../../../src/web/qr-script";

// terser declares types of an ES module only, but has a CommonJS module too.
const { minify_sync: minify }: typeof import("terser", { with: { "resolution-mode": "import" }}) = require("terser");

/** What the script declares. */
interface QrScript {
	encode(text: string): readonly string[] | undefined;
	draw(place: Place): void;
}

/** An element as the script sees it. */
interface Place {
	readonly dataset: { readonly qr: string };
	innerHTML: string;
	remove(): void;
}

/** What is declared in a block is seen in it only. */
const SCRIPT = `"use strict"; ${QR_SCRIPT.slice(0, QR_SCRIPT.lastIndexOf("}"))} return { encode, draw }; }`;
const { encode, draw }: QrScript = new Function("document", SCRIPT)({
	querySelectorAll: () => [],
	addEventListener() {},
});

/** The modules of the largest symbol, in a row. */
const SIDE_MAX = 117;

/** Octets, as it would take other modes for some texts. */
function byUqr(text: string, ecc: "L" | "M"): readonly string[] {
	return encodeByUqr([...Buffer.from(text)], { ecc, border: 0 }).data.map((row) =>
		row.map((dark) => (dark ? "1" : "0")).join(""),
	);
}

/** Reads a symbol as a camera would, with the margin that the standard demands. */
function read(rows: readonly string[], pixels = 3): string | undefined {
	const side = (rows.length + 8) * pixels;
	const image = new Uint8ClampedArray(side * side * 4);
	for (let i = 0; i < side * side; i++) {
		const [x, y] = [i % side, Math.floor(i / side)].map((each) => Math.floor(each / pixels) - 4);
		image.fill(rows[y]?.[x] === "1" ? 0 : 255, i * 4, i * 4 + 4);
	}
	return jsQr(image, side, side)?.data;
}

function textOf(random: Prng, length: number): string {
	return Array.from({ length }, () => String.fromCharCode(33 + random.below(94))).join("");
}

describe("web/qr-script (ONE-3)", () => {
	it("makes a known symbol", () => {
		assert.deepEqual(encode("abcd"), [
			"111111100110001111111",
			"100000100010001000001",
			"101110101000101011101",
			"101110101000101011101",
			"101110101111101011101",
			"100000101000101000001",
			"111111101010101111111",
			"000000001101100000000",
			"101111100100101111100",
			"010000001010100100101",
			"000100100011010010010",
			"011000011000000111110",
			"010110110111010010000",
			"000000001101111000101",
			"111111100000101101010",
			"100000101111111001100",
			"101110101100100100010",
			"101110101010100101100",
			"101110101111010010100",
			"100000100100000110100",
			"111111101111010010110",
		]);
	});

	it("makes the same modules as the npm package uqr, with the better level of those that fit, in all versions", () => {
		const random = new Prng(16);
		const sides = new Set<number>();
		const levels = new Set<string>();
		for (let length = 1; length <= 1273; length += 1 + Math.floor(length / 12)) {
			const text = textOf(random, length);
			const rows = encode(text);
			const better = byUqr(text, "M");
			const plain = byUqr(text, "L");
			const level = better.length === plain.length ? "M" : "L";
			assert.deepEqual(rows, level === "M" ? better : plain, text);
			sides.add(plain.length);
			levels.add(level);
		}
		assert.deepEqual([sides.size, [...levels].sort()], [25, ["L", "M"]]);
	});

	it("makes symbols that jsqr reads, of addresses, other letters than Latin ones, and as much as fits", () => {
		const random = new Prng(17);
		const texts = ["http://198.51.100.7:8080/", "https://höhle.example/?ü=☃", "a".repeat(14), "b".repeat(15)];
		for (const length of [1, 100, 271, 500, 1273]) texts.push(textOf(random, length));
		for (const text of texts) assert.equal(read(encode(text) ?? []), text);
		assert.equal(encode("a".repeat(1273))?.length, SIDE_MAX);
	});

	it("makes none of a text that is too long, and takes its place away", () => {
		assert.equal(encode("a".repeat(1274)), undefined);
		let removed = 0;
		const place = { dataset: { qr: "a".repeat(1274) }, innerHTML: "", remove: () => void removed++ };
		draw(place);
		assert.deepEqual([place.innerHTML, removed], ["", 1]);
	});

	it("draws the dark modules with a margin of four light ones", () => {
		const place = { dataset: { qr: "abcd" }, innerHTML: "", remove() {} };
		draw(place);
		assert.match(
			place.innerHTML,
			/^<svg viewBox="-4 -4 29 29" .*<path d="M0 0h7v1h-7M9 0h2v1h-2M14 0h7v1h-7M0 1h1v1h-1/,
		);
	});

	it("has its text escaped in the page", () => {
		assert.match(drawnCode('"><b>', "Code"), /data-qr="&quot;&gt;&lt;b&gt;"/);
	});

	it("takes less than 1.7 kB of the common script as it is sent", () => {
		const sizeOf = (text: string) =>
			gzipSync(minify(text, { ecma: 2020, compress: { passes: 2 } }).code ?? text, { level: 9 }).length;
		assert.ok(COMMON.includes(QR_SCRIPT));
		const octets = sizeOf(COMMON) - sizeOf(COMMON.replace(QR_SCRIPT, ""));
		assert.ok(octets < 1700, `${octets} octets`);
	});
});
