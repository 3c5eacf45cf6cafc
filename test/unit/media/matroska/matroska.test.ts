import assert from "node:assert/strict";
import { ClusterIndex } from "../../../../src/media/matroska/cluster-index";
import { MATROSKA_PATCH, matroskaHead, SEGMENT_CONTENT } from "../../../../src/media/matroska/matroska-head";
import { WALK_MAX } from "../../../../src/media/matroska/matroska-walker";
import { nalOf, streamOf } from "../../../support/rtp-pictures";
import { toyJpeg } from "../../../support/toy-jpeg";
import { recordingOf, TOY_HEAD, type ToyPicture, walkOn, walkOver } from "../../../support/toy-matroska";

const SPS = new Uint8Array([0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x47, 0xfe, 0xc8]);
const PPS = new Uint8Array([0x68, 0xce, 0x38, 0x80]);
const H264 = { ...TOY_HEAD, encoding: "H264" as const, parameterSets: [SPS, PPS] };

function jpegs(count: number, interval = 200): ToyPicture[] {
	return Array.from({ length: count }, (_, i) => ({
		bytes: toyJpeg({ scan: 500 + i, fill: 1 + (i % 200) }),
		time: i * interval,
	}));
}

function units(count: number): ToyPicture[] {
	return Array.from({ length: count }, (_, i) => ({
		bytes: streamOf(
			i % 10 === 0 ? [nalOf(9, 2), SPS, PPS, nalOf(6, 8), nalOf(5, 300 + i)] : [nalOf(1, 90 + i), nalOf(1, 40)],
		),
		time: i * 40,
		isKey: i % 10 === 0,
	}));
}

describe("media/matroska (STR-13)", () => {
	it("writes a head whose facts the walker reads", () => {
		const { walker } = walkOver(matroskaHead({ ...H264, title: "Küche" }));
		assert.equal(walker.state, "ended");
		const { facts } = walker;
		assert.ok(facts);
		assert.deepEqual(
			{ ...facts, parameterSets: facts.parameterSets.map((set) => [...set]) },
			{
				...H264,
				title: "Küche",
				parameterSets: [[...SPS], [...PPS]],
				ending: undefined,
				duration: 0,
				segment: SEGMENT_CONTENT,
				clusters: facts.clusters,
				cues: 0,
				track: 1,
				scale: 1,
			},
		);
	});

	it("writes dates exactly to the millisecond", () => {
		for (const utc of [978_307_200_000, 1_795_714_800_123, 1_000_000_000_001, 4_102_444_799_999]) {
			assert.equal(walkOver(matroskaHead({ ...TOY_HEAD, utc })).walker.facts?.utc, utc);
		}
	});

	it("changes only the first sector at the end of a recording", () => {
		const camera = "c".repeat(48);
		for (const title of ["", "ü".repeat(70), "€".repeat(50)]) {
			const head = { ...H264, camera, title };
			const running = matroskaHead(head);
			const ending = {
				duration: 600_123,
				pictures: 0xffffffff,
				gap: "schedule",
				cues: 0xfffffffff,
				length: 0xffffffffff,
			};
			const ended = matroskaHead(head, ending);
			assert.equal(ended.length, running.length);
			assert.deepEqual(ended.slice(MATROSKA_PATCH), running.slice(MATROSKA_PATCH));
			const { walker } = walkOver(ended);
			assert.deepEqual(walker.facts?.ending, ending);
			assert.ok(title.startsWith(walker.facts?.title ?? "-"));
			assert.equal(walker.facts?.camera, camera);
		}
	});

	const kinds: [string, typeof TOY_HEAD | typeof H264, ToyPicture[]][] = [
		["JPEG", TOY_HEAD, jpegs(57)],
		["H.264", H264, units(83)],
	];
	for (const [title, head, pictures] of kinds) {
		it(`finds the ${title} pictures of a running and of an ended recording, whatever the size of reads`, () => {
			const { running, ended, clusters } = recordingOf(head, pictures);
			for (const file of [running, ended]) {
				for (const [checks, size] of [
					[false, 0],
					[true, 0],
					[false, 100],
					[true, 333],
					[true, WALK_MAX],
				] as const) {
					const { walker, scan } = walkOver(file, { checks, read: () => size });
					assert.equal(walker.state, "ended", walker.detail);
					assert.equal(walker.whole, file.length);
					assert.equal(walker.wholePicture, file.length);
					assert.equal(scan.pictures, pictures.length);
					assert.deepEqual(
						scan.found.map(([, , time, isKey]) => [time, isKey]),
						pictures.map(({ time, isKey = true }) => [time, isKey]),
					);
					assert.equal(scan.duration, pictures[pictures.length - 1].time * 2 - pictures[pictures.length - 2].time);
					assert.ok(scan.index.count <= clusters.length && scan.index.place(0) === clusters[0]);
				}
			}
			const { walker } = walkOver(ended);
			assert.equal(walker.facts?.ending?.gap, "off");
			assert.equal(walker.facts?.ending?.pictures, pictures.length);
			assert.equal(walker.facts?.ending?.length, ended.length);
		});
	}

	it("keeps JPEG pictures octet by octet", () => {
		const pictures = jpegs(20);
		const { running } = recordingOf(TOY_HEAD, pictures);
		const { scan } = walkOver(running);
		assert.deepEqual(
			scan.found.map(([start, end]) => running.slice(start, end)),
			pictures.map(({ bytes }) => bytes),
		);
	});

	it("reads little of a file whose pictures it skips", () => {
		const pictures = Array.from({ length: 100 }, (_, i) => ({ bytes: toyJpeg({ scan: 20_000 }), time: i * 200 }));
		const { ended } = recordingOf(TOY_HEAD, pictures);
		assert.ok(walkOver(ended).octets < 10_000);
		assert.ok(walkOver(ended, { checks: true }).octets < 10_000);
	});

	it("goes on from the end of a running recording", () => {
		const pictures = jpegs(30);
		const { running, clusters } = recordingOf(TOY_HEAD, pictures);
		const { walker, scan } = walkOver(running.subarray(0, clusters[3]));
		assert.equal(walker.state, "ended");
		assert.equal(walker.whole, clusters[3]);
		walkOn(walker, walker.whole, running);
		assert.equal(scan.pictures, 30);
	});

	it("stops behind a picture when the sink wants it, and goes on", () => {
		const { running } = recordingOf(TOY_HEAD, jpegs(12));
		const { walker, scan } = walkOver(running.subarray(0, walkOver(running).walker.facts?.clusters ?? 0));
		const times: number[] = [];
		scan.picture = (_start, _end, time) => {
			times.push(time);
			return false;
		};
		walker.seek(walker.whole, running.length);
		for (let turns = 0; walker.state === "walking"; turns++) {
			assert.equal(times.length, turns);
			walker.take(running, walker.at, running.length);
		}
		assert.equal(times.length, 12);
	});

	it("writes cues that it reads, and finds clusters by time", () => {
		const index = new ClusterIndex();
		assert.equal(index.find(0), -1);
		for (let i = 0; i < 600; i++) index.add(i * 1000, SEGMENT_CONTENT + i * 0x1000000);
		index.add(5, 5);
		assert.equal(index.count, 600);
		const bytes = index.encode(SEGMENT_CONTENT);
		const read = new ClusterIndex();
		assert.ok(read.decode(bytes, 0, bytes.length, SEGMENT_CONTENT));
		assert.equal(read.count, 600);
		for (const [time, place] of [
			[-5, 0],
			[0, 0],
			[999, 0],
			[1000, 1],
			[599_000, 599],
			[1e9, 599],
		]) {
			assert.equal(read.find(time), place);
			assert.equal(read.time(place), place * 1000);
			assert.equal(read.place(place), SEGMENT_CONTENT + place * 0x1000000);
		}
		assert.ok(!read.decode(bytes, 0, bytes.length - 1, SEGMENT_CONTENT));
	});

	it("refuses a cluster's picture that is too late, too early or too large", () => {
		assert.throws(() =>
			recordingOf(TOY_HEAD, [
				{ bytes: toyJpeg(), time: 5 },
				{ bytes: toyJpeg(), time: 4 },
			]),
		);
		assert.throws(() => recordingOf(TOY_HEAD, jpegs(2, 40_000), { span: 50_000 }));
		assert.throws(() => recordingOf(TOY_HEAD, [{ bytes: new Uint8Array(65 * 1024 * 1024), time: 0 }]));
		assert.throws(() => recordingOf(H264, [{ bytes: streamOf([SPS, PPS]), time: 0 }]));
	});

	it("finds the whole pictures of a file that is cut anywhere (STR-13)", () => {
		for (const [, head, all] of kinds) {
			const pictures = all.slice(0, 12);
			const { running } = recordingOf(head, pictures, { span: 300 });
			const { scan } = walkOver(running);
			const { facts } = scan;
			for (let length = 0; length < running.length; length++) {
				const cut = walkOver(running.subarray(0, length), { checks: true, read: () => 4096 });
				const expected = scan.found.filter(([, end]) => end <= length);
				if (length < (facts?.clusters ?? 0)) {
					assert.notEqual(cut.walker.state, "malformed");
					continue;
				}
				assert.deepEqual(cut.scan.found, expected);
				assert.ok(cut.walker.state === "cut" || cut.walker.state === "ended");
				assert.equal(cut.walker.state === "ended", cut.walker.whole === length);
				if (expected.length > 0) assert.equal(cut.walker.wholePicture, expected[expected.length - 1][1]);
			}
		}
	});

	it("notices zeros and damaged ends of pictures when it checks", () => {
		const { running } = recordingOf(TOY_HEAD, jpegs(20));
		const { found } = walkOver(running).scan;
		for (const [from, to, whole] of [
			[found[13][0] - 6, running.length, 13],
			[found[13][0], found[13][0] + 2, 13],
			[found[13][1] - 1, found[13][1], 13],
			[found[15][1], running.length, 16],
		]) {
			const file = running.slice().fill(0, from, to);
			const { walker, scan } = walkOver(file, { checks: true });
			assert.equal(walker.state, "malformed");
			assert.equal(scan.pictures, whole);
			assert.equal(walker.wholePicture, found[whole - 1][1]);
		}
	});
});
