import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { SeekableContent } from "../../../../src/http/seekable-content";
import { type ExportFormat, type ExportRefusal, openExport } from "../../../../src/storage/export/export-file";
import { mutateOctets } from "../../../support/mutate";
import { RecordedSpan } from "../../../support/recorded-span";
import { nalOf, streamOf } from "../../../support/rtp-pictures";
import { toyJpeg } from "../../../support/toy-jpeg";
import { recordingOf, TOY_HEAD, type ToyPicture, walkOver } from "../../../support/toy-matroska";

const START = TOY_HEAD.utc;
const SPS = new Uint8Array([0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x47, 0xfe, 0xc8]);
const PPS = new Uint8Array([0x68, 0xce, 0x38, 0x80]);
const PPS_2 = new Uint8Array([0x68, 0xce, 0x3c, 0x80]);
const H264 = { ...TOY_HEAD, encoding: "H264" as const, parameterSets: [SPS, PPS] };

function jpegs(count: number, interval = 200): ToyPicture[] {
	return Array.from({ length: count }, (_, i) => ({
		bytes: toyJpeg({ scan: 500 + i, fill: 1 + (i % 200) }),
		time: i * interval,
	}));
}

function units(count: number): ToyPicture[] {
	return Array.from({ length: count }, (_, i) => ({
		bytes: streamOf(i % 10 === 0 ? [SPS, PPS, nalOf(5, 300 + i)] : [nalOf(1, 90 + i)]),
		time: i * 40,
		isKey: i % 10 === 0,
	}));
}

/** The times of the pictures of an export, as the walker reads them in its Matroska form. */
function timesOf(span: RecordedSpan, from?: number, to?: number): number[] {
	const { walker, scan } = walkOver(span.whole("mkv", from, to), { checks: true });
	assert.equal(walker.state, "ended", walker.detail);
	return scan.found.map(([, , time]) => time);
}

describe("storage/export (STR-13, STR-14)", () => {
	it("puts the pictures of several segments into one file, octet by octet", () => {
		const span = new RecordedSpan();
		const pictures = jpegs(30);
		span.add(TOY_HEAD, pictures.slice(0, 15));
		const rest = pictures.slice(15).map((picture) => ({ ...picture, time: picture.time - 3000 }));
		span.add({ ...TOY_HEAD, utc: START + 3000 }, rest, "off");
		const file = span.whole("mkv");
		const { walker, scan } = walkOver(file);
		assert.deepEqual(
			scan.found.map(([start, end, time]) => [file.slice(start, end), time]),
			pictures.map(({ bytes, time }) => [bytes, time]),
		);
		assert.equal(walker.facts?.utc, START);
		assert.equal(walker.facts?.camera, TOY_HEAD.camera);
		assert.equal(walker.facts?.title, "Front door");
		assert.equal(walker.facts?.ending?.pictures, 30);
		assert.equal(filesLeft(span), 0);
	});

	it("knows no more pictures than there is room for, of several exports together", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(1500, 40), "off");
		const budget = { left: 3000 };
		const open = () =>
			span.folder.wait<SeekableContent | ExportRefusal>((done) =>
				openExport(span.folder.machine.files, span.segments, 0, Infinity, "mkv", done, "", budget),
			);
		const contents = [open(), open(), open()];
		assert.deepEqual(
			contents.map((content) => typeof content === "string"),
			[false, false, true],
		);
		assert.equal(contents[2], "busy");
		for (const content of contents) if (typeof content !== "string") content.close();
		assert.equal(budget.left, 3000);
		const again = open();
		assert.ok(typeof again !== "string");
		again.close();
		assert.equal(budget.left, 3000);
		assert.equal(filesLeft(span), 0);
	});

	it("takes the pictures from one time up to another", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(50), "off");
		const file = span.whole("mkv", START + 3100, START + 4000);
		const { walker, scan } = walkOver(file);
		assert.equal(walker.facts?.utc, START + 3200);
		assert.deepEqual(
			scan.found.map(([, , time]) => time),
			[0, 200, 400, 600],
		);
		assert.equal(span.open("mkv", START + 20_000), "empty");
	});

	it("begins H.264 with the last key picture at or before the time", () => {
		const span = new RecordedSpan();
		span.add(H264, units(60));
		span.add({ ...H264, utc: START + 2400 }, units(60), "off");
		for (const [from, first, count] of [
			[0, 0, 120],
			[1150, 800, 100],
			[1200, 1200, 90],
			[2399, 2000, 70],
			[2600, 2400, 60],
		]) {
			const { walker, scan } = walkOver(span.whole("mkv", START + from));
			assert.equal(walker.facts?.utc, START + first);
			assert.equal(scan.pictures, count);
			assert.equal(scan.found[0][3], true);
		}
	});

	it("makes a second of each gap", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(2), "crash");
		span.add({ ...TOY_HEAD, utc: START + 3_600_000 }, jpegs(2));
		span.add({ ...TOY_HEAD, utc: START + 3_600_400 }, jpegs(2), "off");
		span.add({ ...TOY_HEAD, utc: START + 3_601_000 }, jpegs(1), "off");
		assert.deepEqual(timesOf(span), [0, 200, 1200, 1400, 1600, 1800, 2200]);
	});

	it("keeps the order when the clock was set back", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(3), "clock");
		span.add({ ...TOY_HEAD, utc: START + 100 }, jpegs(2), "off");
		assert.deepEqual(timesOf(span), [0, 200, 400, 401, 601]);
	});

	it("exports what a running segment has", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(5));
		span.add({ ...TOY_HEAD, utc: START + 1000 }, jpegs(12), undefined, true);
		const content = span.open("mkv");
		assert.ok(typeof content === "object");
		// Its end gives it another name.
		span.folder.answer((done) => span.folder.machine.files.rename("1.mkv", "end.mkv", done));
		const file = span.read(content, 0, content.length);
		content.close();
		assert.ok(file);
		assert.equal(walkOver(file).scan.pictures, 17);
		assert.equal(filesLeft(span), 0);
	});

	it("leaves out pictures in another encoding", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(3));
		span.add({ ...H264, utc: START + 600 }, units(20));
		span.add({ ...TOY_HEAD, utc: START + 1400 }, jpegs(3), "off");
		assert.deepEqual(timesOf(span), [0, 200, 400, 1400, 1600, 1800]);
	});

	it("puts parameter sets before key pictures where segments have different ones", () => {
		const span = new RecordedSpan();
		span.add(H264, units(20));
		span.add({ ...H264, utc: START + 800, parameterSets: [SPS, PPS_2] }, units(10), "off");
		const file = span.whole("mkv");
		const { found } = walkOver(file, { checks: true }).scan;
		for (const [i, pps] of [
			[0, PPS],
			[10, PPS],
			[20, PPS_2],
		] as const) {
			const [start] = found[i];
			const sets = new Uint8Array([0, 0, 0, SPS.length, ...SPS, 0, 0, 0, pps.length, ...pps, 0, 0]);
			assert.deepEqual(file.slice(start, start + sets.length), sets);
		}
		assert.equal(file[found[1][0] + 4] & 31, 1);
	});

	it("gives any range of the file", () => {
		const random = new Prng(5);
		for (const [format, head, pictures] of [
			["mkv", TOY_HEAD, jpegs(40, 170)],
			["avi", TOY_HEAD, jpegs(40).map((picture, i) => ({ ...picture, time: i * 100 + (i > 20 ? 900 : 0) }))],
			["mov", TOY_HEAD, jpegs(40)],
			["mov", H264, units(60)],
			["mp4", H264, units(60)],
			["mkv", H264, units(60)],
		] as const) {
			const span = new RecordedSpan();
			span.add(head, pictures, "source");
			span.add({ ...head, utc: START + 60_000 }, pictures, "off");
			const whole = span.whole(format);
			for (let i = 0; i < 25; i++) {
				const content = span.open(format);
				assert.ok(typeof content === "object");
				assert.equal(content.length, whole.length);
				const start = random.below(whole.length);
				const end = Math.min(whole.length, start + 1 + random.below(i < 20 ? 5000 : 500_000));
				const range = span.read(content, start, end, 1 + random.below(3000));
				content.close();
				assert.deepEqual(range, whole.slice(start, end));
			}
		}
	});

	it("refuses formats that can't hold the encoding, and spans without pictures", () => {
		for (const [format, head, pictures] of [
			["mp4", TOY_HEAD, jpegs(2)],
			["avi", H264, units(2)],
		] as const) {
			const span = new RecordedSpan();
			span.add(head, pictures);
			assert.equal(span.open(format), "format");
		}
		assert.equal(new RecordedSpan().open("mkv"), "empty");
	});

	it("fails when a segment is deleted while it is read, and goes on without those deleted before", () => {
		const span = new RecordedSpan();
		for (let i = 0; i < 3; i++) span.add({ ...TOY_HEAD, utc: START + i * 1000 }, jpegs(5));
		const { files } = span.folder.machine;
		span.folder.answer((done) => files.delete("1.mkv", done));
		assert.deepEqual(timesOf(span), [0, 200, 400, 600, 800, 1800, 2000, 2200, 2400, 2600]);
		const content = span.open("mkv");
		assert.ok(typeof content === "object");
		span.folder.answer((done) => files.delete("2.mkv", done));
		assert.equal(span.read(content, 0, content.length), undefined);
		content.close();
		assert.equal(filesLeft(span), 0);
	});

	it("exports the whole pictures of a damaged segment", () => {
		const span = new RecordedSpan();
		span.add(TOY_HEAD, jpegs(10));
		span.folder.answer((done) =>
			files(span).open("0.mkv", "update", (answer) => {
				if (answer.failure !== undefined) return done(answer);
				const sink = { completed: () => done({ value: undefined }), failed: () => undefined };
				answer.value.truncate(4000, { completed: () => undefined, failed: () => undefined });
				answer.value.close(sink);
			}),
		);
		assert.ok(timesOf(span).length > 2);
	});

	it("answers with pictures of the file, or a refusal, whatever is in a segment", () => {
		const answers = new Map<string, number>();
		for (let seed = 1; seed <= 150; seed++) {
			const random = new Prng(seed);
			const span = new RecordedSpan();
			const [head, pictures] = random.chance(0.5) ? ([TOY_HEAD, jpegs(8)] as const) : ([H264, units(12)] as const);
			span.add(head, pictures);
			const { ended } = recordingOf(head, pictures);
			const places = random.chance(0.5) ? [0, 900] : [ended.length - 300, ended.length];
			const changed = mutateOctets(random, ended.subarray(places[0], places[1]));
			span.folder.write(
				"0.mkv",
				new Uint8Array([...ended.subarray(0, places[0]), ...changed, ...ended.subarray(places[1])]),
			);
			const format = head === H264 ? "mp4" : random.chance(0.5) ? "avi" : "mov";
			const content = span.open(format, random.chance(0.5) ? START + 300 : 0);
			const kind = typeof content === "string" ? content : "content";
			answers.set(kind, (answers.get(kind) ?? 0) + 1);
			if (typeof content === "string") continue;
			assert.equal(span.read(content, 0, content.length)?.length, content.length);
			content.close();
			assert.equal(filesLeft(span), 0);
		}
		assert.ok((answers.get("content") ?? 0) > 20 && (answers.get("empty") ?? 0) > 5, JSON.stringify([...answers]));
	});

	it("answers nothing after it was cancelled", () => {
		for (const format of ["mkv", "mp4"] as ExportFormat[]) {
			for (let delay = 0; delay < 3; delay += 0.05) {
				const span = new RecordedSpan();
				span.add(TOY_HEAD, jpegs(10));
				let isCancelled = false;
				const cancel = openExport(files(span), span.segments, 0, Infinity, format, () => assert.ok(!isCancelled));
				span.folder.world.runUntil(() => false, delay);
				cancel();
				isCancelled = true;
				assert.equal(filesLeft(span), 0);
			}
		}
	});
});

function files(span: RecordedSpan) {
	return span.folder.machine.files;
}

/** How many files are open when all that was started has ended. */
function filesLeft(span: RecordedSpan): number {
	span.folder.world.runUntil(() => false, 1000);
	return files(span).opened;
}
