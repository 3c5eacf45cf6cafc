import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { AccessUnit } from "../../../../src/media/access-unit";
import type { Frame } from "../../../../src/media/frame";
import { UNIT_MAX } from "../../../../src/stream/packets/h264-depacketizer";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type { StoredContent, StoredReader, StoredSearch, Ticks } from "../../../../src/stream/stored/stored-content";
import { StoredFolder } from "../../../../src/stream/stored/stored-folder";
import { joined, nalOf, PICTURE, streamOf } from "../../../support/rtp-pictures";
import { VirtualFolder } from "../../../support/virtual-folder";

const SPS = new Uint8Array(Buffer.from("6742c01ed900a03db011000003000100000300320f162e48", "hex"));
const PPS = new Uint8Array(Buffer.from("68cb83cb20", "hex"));
const KEY = streamOf([nalOf(9, 2), SPS, PPS, nalOf(6, 30), nalOf(5, 900), nalOf(5, 700).fill(0x33, 1)]);
const OTHER = streamOf([nalOf(9, 2), nalOf(1, 300), nalOf(1, 200).fill(0x33, 1)]);

class Rig extends VirtualFolder {
	readonly folder = new StoredFolder(this.machine.files, 20);

	find(name: string): StoredContent | RtspRefusal {
		return this.wait((done) => this.folder.find(name, done));
	}

	content(name: string): StoredContent {
		const content = this.find(name);
		assert.ok(!(content instanceof RtspRefusal), JSON.stringify(content));
		return content;
	}

	reader(content: StoredContent): StoredReader {
		const reader = this.wait<StoredReader | RtspRefusal>((done) => content.open(done));
		assert.ok(!(reader instanceof RtspRefusal));
		return reader;
	}

	/** Reads a picture: its time and octets; `none`; or why it failed. */
	read(reader: StoredReader, at: Ticks, search: StoredSearch, keysOnly = false): [Ticks, Uint8Array] | string {
		return this.wait((done) =>
			reader.read(at, search, keysOnly, {
				found: (time, picture: Frame | AccessUnit) => {
					done([time, picture.bytes.slice(picture.start, picture.end)]);
					picture.release();
				},
				none: () => done("none"),
				failed: done,
			}),
		);
	}
}

function statusOf(answer: StoredContent | RtspRefusal): number | string {
	return answer instanceof RtspRefusal ? answer.status : answer.description.id;
}

describe("stream/stored-folder", () => {
	it("finds the pictures of a Motion JPEG file (STR-11)", () => {
		const rig = new Rig();
		rig.write("garden@10.mjpeg", joined(PICTURE, new Uint8Array(100), PICTURE, PICTURE));
		const content = rig.content("garden@10.mjpeg");
		assert.deepEqual(content.description, {
			id: "files/garden@10.mjpeg",
			title: "garden@10.mjpeg",
			video: { encoding: "JPEG", width: 640, height: 480, frameRate: 10, parameterSets: [] },
			range: { duration: 0.3, utc: undefined },
		});
		const reader = rig.reader(content);
		const searches: [Ticks, StoredSearch, Ticks | "none"][] = [
			[0, "from", 0],
			[1, "from", 9000],
			[9000, "from", 9000],
			[18_000, "from", 18_000],
			[18_001, "from", "none"],
			[1e9, "until", 18_000],
			[17_999, "until", 9000],
			[0, "until", 0],
			[-1, "until", "none"],
		];
		for (const [at, search, expected] of searches) {
			const found = rig.read(reader, at, search, at % 2 === 0);
			if (typeof found === "string") assert.equal(found, expected);
			else assert.deepEqual(found, [expected, PICTURE]);
		}
		reader.close();
		reader.close();
	});

	it("finds the pictures and key pictures of an H.264 file (STR-25)", () => {
		const rig = new Rig();
		rig.write("door.h264", joined(KEY, OTHER, OTHER, KEY, OTHER));
		const content = rig.content("door.h264");
		const { video, range } = content.description;
		assert.deepEqual(video, { encoding: "H264", width: 640, height: 480, frameRate: 25, parameterSets: [SPS, PPS] });
		assert.equal(range?.duration, 0.2);
		const reader = rig.reader(content);
		const step = 3600;
		assert.deepEqual(rig.read(reader, 0, "from"), [0, KEY]);
		assert.deepEqual(rig.read(reader, 1, "from"), [step, OTHER]);
		assert.deepEqual(rig.read(reader, 1, "from", true), [3 * step, KEY]);
		assert.deepEqual(rig.read(reader, 2 * step, "until", true), [0, KEY]);
		assert.deepEqual(rig.read(reader, 5 * step, "until"), [4 * step, OTHER]);
		assert.equal(rig.read(reader, 4 * step, "from", true), "none");
	});

	it("finds pictures wherever a piece of the file ends", () => {
		const rig = new Rig();
		for (let padding = 0; padding < 12; padding++) {
			// The start of the second picture comes to lie around the end of the first piece.
			const filler = nalOf(1, 65_536 - KEY.length - 4 - padding);
			rig.write("a.h264", joined(KEY, streamOf([filler]), KEY, OTHER));
			const content = rig.content("a.h264");
			assert.equal(content.description.range?.duration, 4 / 25, `padding ${padding}`);
			const reader = rig.reader(content);
			assert.deepEqual(rig.read(reader, 7200, "from"), [7200, KEY]);
			assert.deepEqual(rig.read(reader, 3600, "from"), [3600, streamOf([filler])]);
			reader.close();
		}
	});

	it("appends the end marker that some cameras leave out", () => {
		const rig = new Rig();
		const open = PICTURE.slice(0, -2);
		rig.write("a.mjpg", joined(open, open, open));
		const reader = rig.reader(rig.content("a.mjpg"));
		for (const at of [0, 4500, 9000]) assert.deepEqual(rig.read(reader, at, "from"), [at, PICTURE]);
	});

	it("takes the rate of names, of parameter sets, or the usual one", () => {
		const rig = new Rig();
		const cases: [string, Uint8Array, number][] = [
			["a.mjpeg", PICTURE, 20],
			["a@7.5.mjpeg", PICTURE, 7.5],
			["a@0.mjpeg", PICTURE, 20],
			["a@1000.mjpeg", PICTURE, 20],
			["a@x.mjpeg", PICTURE, 20],
			["b.264", KEY, 25],
			["b@50.264", KEY, 50],
		];
		for (const [name, bytes, rate] of cases) {
			rig.write(name, bytes);
			assert.equal(rig.content(name).description.video.frameRate, rate, name);
		}
	});

	it("refuses names that are none, and files that can't be played", () => {
		const rig = new Rig();
		rig.wait((done) => rig.machine.files.makeFolder("sub.mjpeg", done));
		rig.write(".hidden.mjpeg", PICTURE);
		rig.write("picture.jpg", PICTURE);
		rig.write("empty.mjpeg", new Uint8Array(0));
		rig.write("text.h264", new Uint8Array(1000).fill(65));
		rig.write("late.h264", OTHER);
		rig.write("bare.h264", streamOf([nalOf(5, 100)]));
		rig.write("endless.h264", joined(KEY, new Uint8Array(UNIT_MAX).fill(7), KEY));
		const optimized = PICTURE.slice();
		optimized[PICTURE.indexOf(0xc4) + 21] ^= 1;
		optimized[PICTURE.indexOf(0xc4) + 22] ^= 1;
		rig.write("optimized.mjpeg", optimized);
		const names = [
			"",
			"..",
			"../a.mjpeg",
			"/a.mjpeg",
			"a/../b.mjpeg",
			"sub.mjpeg",
			".hidden.mjpeg",
			"picture.jpg",
			"a\\b.mjpeg",
			"none.mjpeg",
			"a\n.mjpeg",
			`${"x".repeat(200)}.mjpeg`,
			"__proto__",
			"mjpeg",
		];
		for (const name of names) assert.equal(statusOf(rig.find(name)), 404, JSON.stringify(name));
		for (const name of ["empty.mjpeg", "text.h264", "late.h264", "bare.h264", "endless.h264", "optimized.mjpeg"]) {
			assert.equal(statusOf(rig.find(name)), 415, name);
		}
		const { message } = rig.find("optimized.mjpeg") as RtspRefusal;
		assert.equal(message, "RTP can't carry this file: the JPEG has Huffman tables of its own (it was optimized)");
	});

	it("lists what can be played, and not more than 500 names", () => {
		const rig = new Rig();
		for (const name of ["b.mjpeg", "a.h264", "c.txt", ".d.mjpeg"]) rig.write(name, new Uint8Array(1));
		assert.deepEqual(
			rig.wait((done) => rig.folder.list(done)),
			["a.h264", "b.mjpeg"],
		);
		for (let i = 0; i < 600; i++) rig.write(`n${i}.mjpg`, new Uint8Array(1));
		assert.equal(rig.wait<readonly string[]>((done) => rig.folder.list(done)).length, 500);
	});

	it("looks through a file once, and again when it has changed", () => {
		const rig = new Rig();
		rig.write("a.mjpeg", PICTURE);
		const first = rig.content("a.mjpeg");
		assert.equal(rig.content("a.mjpeg"), first);
		rig.write("a.mjpeg", joined(PICTURE, PICTURE));
		assert.equal(rig.content("a.mjpeg").description.range?.duration, 0.1);
	});

	it("lets several clients wait for one file, and refuses more files than it can look through", () => {
		const rig = new Rig();
		for (const name of ["a", "b", "c"]) rig.write(`${name}.mjpeg`, joined(...new Array(40).fill(PICTURE)));
		const answers: (number | string)[] = [];
		const names = ["a.mjpeg", "a.mjpeg", "b.mjpeg", "c.mjpeg", ...new Array(20).fill("a.mjpeg")];
		for (const name of names) rig.folder.find(name, (answer) => answers.push(statusOf(answer)));
		assert.ok(rig.world.runUntil(() => answers.length === names.length, 60_000));
		assert.equal(answers.filter((answer) => answer === 503).length, 1 + 22 - 16);
		assert.equal(answers.filter((answer) => answer === "files/a.mjpeg").length, 16);
		assert.equal(statusOf(rig.find("c.mjpeg")), "files/c.mjpeg");
	});

	it("says when a file has become shorter, and answers nothing after close", () => {
		const rig = new Rig();
		rig.write("a.mjpeg", joined(PICTURE, PICTURE));
		const content = rig.content("a.mjpeg");
		const reader = rig.reader(content);
		rig.write("a.mjpeg", PICTURE);
		assert.equal(rig.read(reader, 1, "from"), "the file has become shorter");
		const unexpected = (): void => assert.fail("answered");
		reader.read(0, "from", false, { found: unexpected, none: unexpected, failed: unexpected });
		reader.close();
		rig.world.runFor(1000);
	});

	it("ends what is played of a file that was deleted or replaced (STR-23)", () => {
		const rig = new Rig();
		rig.write("a.mjpeg", joined(PICTURE, PICTURE));
		rig.write("b.mjpeg", joined(PICTURE, PICTURE));
		const content = rig.content("a.mjpeg");
		const [reader, closed] = [rig.reader(content), rig.reader(content)];
		const other = rig.reader(rig.content("b.mjpeg"));
		closed.close();
		rig.write("a.mjpeg", joined(PICTURE));
		rig.folder.removed("a.mjpeg");
		assert.equal(rig.read(reader, 0, "from"), "the file was deleted or replaced");
		assert.notEqual(typeof rig.read(other, 0, "from"), "string");
		assert.equal(rig.content("a.mjpeg").description.range?.duration, 0.05);
		assert.notEqual(typeof rig.read(rig.reader(rig.content("a.mjpeg")), 0, "from"), "string");
	});

	it("survives damaged files (fuzz)", () => {
		const rig = new Rig();
		const random = new Prng(4);
		for (let i = 0; i < 60; i++) {
			const isJpeg = i % 2 === 0;
			const bytes = isJpeg ? joined(PICTURE, PICTURE, PICTURE) : joined(KEY, OTHER, KEY, OTHER);
			for (let n = 0; n < 30; n++) bytes[random.below(bytes.length)] = random.chance(0.5) ? 0xff : random.below(4);
			const name = isJpeg ? "a.mjpeg" : "a.h264";
			rig.write(name, bytes.slice(0, random.below(bytes.length)));
			const content = rig.find(name);
			if (content instanceof RtspRefusal) {
				assert.equal(content.status, 415);
				continue;
			}
			const reader = rig.reader(content);
			for (let at = 0; at < 40_000; at += 4000) rig.read(reader, at, "from", random.chance(0.5));
			reader.close();
		}
	});
});
