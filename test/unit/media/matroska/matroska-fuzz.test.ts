import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { avcConfig, isSameSets, readAvcConfig } from "../../../../src/media/matroska/avc-config";
import { ClusterIndex } from "../../../../src/media/matroska/cluster-index";
import { MatroskaWalker, WALK_MAX } from "../../../../src/media/matroska/matroska-walker";
import { lengthsToStartCodes, writeWithLengths } from "../../../../src/media/matroska/nal-lengths";
import { mutateOctets } from "../../../support/mutate";
import { joined, nalOf, streamOf } from "../../../support/rtp-pictures";
import { toyJpeg } from "../../../support/toy-jpeg";
import { recordingOf, TOY_HEAD, walkOver } from "../../../support/toy-matroska";

const SPS = new Uint8Array([0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x47, 0xfe, 0xc8]);
const PPS = new Uint8Array([0x68, 0xce, 0x38, 0x80]);

/** A file as others write it: lengths of 1 octet, a cluster of unknown length, groups of blocks, two tracks. */
function foreignFile(lacing = 0): Uint8Array {
	const element = (id: readonly number[], ...content: readonly Uint8Array[]) => {
		const body = joined(...content);
		return joined(
			new Uint8Array([...id, ...(body.length < 127 ? [0x80 | body.length] : [0x40 | (body.length >> 8), body.length])]),
			body,
		);
	};
	const octets = (...values: number[]) => new Uint8Array(values);
	const text = (value: string) => new Uint8Array(Buffer.from(value));
	const picture = toyJpeg({ scan: 50 });
	const video = element(
		[0xae],
		element([0xd7], octets(2)),
		element([0x83], octets(1)),
		element([0x86], text("V_MJPEG")),
	);
	const sound = element([0xae], element([0xd7], octets(1)), element([0x83], octets(2)), element([0x86], text("A_AAC")));
	const block = (track: number, time: number) => joined(octets(0x80 | track, time >> 8, time, lacing), picture);
	const cluster = (time: number, ...content: Uint8Array[]) =>
		joined(octets(0x1f, 0x43, 0xb6, 0x75, 0xff), element([0xe7], octets(time >> 8, time)), ...content);
	return joined(
		element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], text("webm"))),
		octets(0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255),
		element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], octets(0x01, 0x86, 0xa0))),
		element([0x16, 0x54, 0xae, 0x6b], sound, video),
		cluster(5, element([0xa0], element([0x9b], octets(9)), element([0xa1], block(2, 3))), element([0xa3], block(1, 1))),
		cluster(
			1000,
			element([0xa0], element([0xa1], block(2, 0xfffe)), element([0xfb], octets(1))),
			element([0xec], octets(0)),
		),
	);
}

describe("media/matroska with files of others and hostile ones", () => {
	it("reads groups of blocks, unknown lengths, other tracks and finer times", () => {
		const { walker, scan } = walkOver(foreignFile());
		assert.equal(walker.state, "ended", walker.detail);
		assert.equal(walker.facts?.track, 2);
		assert.deepEqual(
			scan.found.map(([, , time, isKey]) => [Math.round(time * 10), isKey]),
			[
				[8, true],
				[998, false],
			],
		);
	});

	it("says that it can't play laced blocks", () => {
		const { walker } = walkOver(foreignFile(2));
		assert.equal(walker.state, "unsupported");
	});

	it("says what is not Matroska, or has no video", () => {
		for (const [bytes, state] of [
			[new Uint8Array(0), "cut"],
			[new Uint8Array(100), "malformed"],
			[toyJpeg(), "malformed"],
			[new Uint8Array(Buffer.from("RIFF....AVI LIST")), "malformed"],
			[recordingOf(TOY_HEAD, []).running.subarray(0, 500), "cut"],
		] as const) {
			assert.equal(walkOver(bytes).walker.state, state);
		}
	});

	it("stays within the file and its buffer whatever the octets are (STR-13)", () => {
		const pictures = Array.from({ length: 9 }, (_, i) => ({ bytes: toyJpeg({ scan: 90 }), time: i * 300 }));
		const units = pictures.map(({ time }) => ({ bytes: streamOf([nalOf(5, 60), nalOf(5, 20)]), time }));
		const seeds = [
			recordingOf(TOY_HEAD, pictures).ended,
			recordingOf({ ...TOY_HEAD, encoding: "H264", parameterSets: [SPS, PPS] }, units).running,
			foreignFile(),
		];
		const states = new Map<string, number>();
		for (let seed = 1; seed <= 1500; seed++) {
			const random = new Prng(seed);
			const file = mutateOctets(random, seeds[random.below(seeds.length)]);
			const checks = random.chance(0.5);
			const { walker, scan } = walkOver(file, { checks, read: () => random.below(2000) });
			assert.ok(walker.need <= WALK_MAX);
			assert.ok(walker.whole <= walker.wholePicture && walker.wholePicture <= file.length, `seed ${seed}`);
			let from = 0;
			for (const [start, end, time] of scan.found) {
				assert.ok(start >= from && end > start && end <= file.length && Number.isFinite(time), `seed ${seed}`);
				from = end;
			}
			assert.deepEqual(walkOver(file, { checks }).scan.found, scan.found, `seed ${seed}`);
			states.set(walker.state, (states.get(walker.state) ?? 0) + 1);
		}
		for (const state of ["ended", "cut", "malformed", "unsupported"]) assert.ok((states.get(state) ?? 0) > 10, state);
	});

	it("ends when a file becomes shorter while it is read", () => {
		const { ended } = recordingOf(TOY_HEAD, [{ bytes: toyJpeg(), time: 0 }]);
		const walker = new MatroskaWalker({ head: () => undefined, cluster: () => undefined, picture: () => true }, true);
		for (let length = 0; length < ended.length; length += 7) {
			walker.open(ended.length);
			for (let turns = 0; walker.state === "walking"; turns++) {
				assert.ok(turns < 100);
				walker.take(ended, Math.min(walker.at, length), Math.min(length, walker.at + walker.need));
			}
			assert.notEqual(walker.state, "walking");
		}
	});

	it("reads cues of hostile files within bounds", () => {
		const index = new ClusterIndex();
		for (let i = 0; i < 20; i++) index.add(i * 1000, 500 + i * 90);
		const cues = index.encode(39);
		const read = new ClusterIndex();
		for (let seed = 1; seed <= 1000; seed++) {
			const bytes = mutateOctets(new Prng(seed), cues);
			read.decode(bytes, 0, bytes.length, 39);
			for (let i = 1; i < read.count; i++) assert.ok(read.time(i) >= read.time(i - 1));
		}
	});
});

describe("media/matroska/avc-config", () => {
	it("reads what it writes, sequence sets first", () => {
		for (const sets of [[SPS, PPS], [SPS, SPS, PPS, PPS, PPS], [SPS]]) {
			const config = readAvcConfig(avcConfig(sets), 0, avcConfig(sets).length);
			assert.equal(config?.lengthSize, 4);
			assert.ok(isSameSets(config.parameterSets, sets));
		}
		assert.ok(!isSameSets([SPS, PPS], [PPS, SPS]));
		assert.ok(!isSameSets([SPS], [SPS, PPS]));
	});

	it("says the chroma format and the bit depths of high profiles", () => {
		// High 10, 4:2:0, ten bits.
		const high = new Uint8Array([0x67, 110, 0, 0x1e, 0b10100110, 0b11101100, 0x40]);
		const config = avcConfig([high, PPS]);
		assert.deepEqual([...config.slice(-4)], [0xfd, 0xfa, 0xfa, 0]);
		assert.ok(isSameSets(readAvcConfig(config, 0, config.length)?.parameterSets ?? [], [high, PPS]));
	});

	it("refuses malformed input", () => {
		const config = avcConfig([SPS, PPS]);
		// More and longer ones than any camera has would not fit into what is said of a content elsewhere.
		for (const sets of [Array.from({ length: 33 }, () => PPS), [SPS, new Uint8Array(1025).fill(0x68)]])
			assert.equal(readAvcConfig(avcConfig(sets), 0, avcConfig(sets).length), undefined);
		for (let length = 0; length < config.length; length++) assert.equal(readAvcConfig(config, 0, length), undefined);
		for (let seed = 1; seed <= 500; seed++) {
			const bytes = mutateOctets(new Prng(seed), config);
			const read = readAvcConfig(bytes, 0, bytes.length);
			for (const set of read?.parameterSets ?? []) assert.ok(set.length > 0 && set.length <= bytes.length);
		}
	});
});

describe("media/matroska/nal-lengths", () => {
	it("replaces start codes by lengths and back, without delimiters and parameter sets", () => {
		const kept = [nalOf(6, 9), nalOf(5, 300), nalOf(5, 70_000)];
		const unit = streamOf([nalOf(9, 2), SPS, PPS, ...kept, nalOf(12, 5)]);
		const to = new Uint8Array(unit.length + 600);
		const end = writeWithLengths(unit, 0, unit.length, to, 11);
		assert.equal(end, 11 + kept.reduce((sum, nal) => sum + 4 + nal.length, 0));
		assert.ok(lengthsToStartCodes(to, 11, end));
		assert.deepEqual(to.slice(11, end), joined(...kept.flatMap((nal) => [new Uint8Array([0, 0, 0, 1]), nal])));
	});

	it("refuses lengths that do not fit, and pictures that grow too much", () => {
		assert.equal(lengthsToStartCodes(new Uint8Array([0, 0, 0, 9, 1, 2]), 0, 6), false);
		assert.equal(lengthsToStartCodes(new Uint8Array([0, 0, 0, 1]), 0, 4), false);
		assert.equal(lengthsToStartCodes(new Uint8Array(0), 0, 0), false);
		const many = joined(...Array.from({ length: 600 }, () => new Uint8Array([0, 0, 1, 0x65])));
		assert.equal(writeWithLengths(many, 0, many.length, new Uint8Array(many.length + 512), 0), -1);
		for (let seed = 1; seed <= 500; seed++) {
			const random = new Prng(seed);
			const bytes = mutateOctets(random, new Uint8Array([0, 0, 0, 2, 0x65, 1, 0, 0, 0, 3, 0x41, 1, 2]));
			const copy = joined(bytes, new Uint8Array([9, 9, 9, 9]));
			lengthsToStartCodes(copy, 0, bytes.length);
			assert.deepEqual(copy.slice(bytes.length), new Uint8Array([9, 9, 9, 9]));
		}
	});
});
