import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { AccessUnit } from "../../../../src/media/access-unit";
import type { Frame } from "../../../../src/media/frame";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type { StoredContent, StoredReader, StoredSearch } from "../../../../src/stream/stored/stored-content";
import { StoredFolder } from "../../../../src/stream/stored/stored-folder";
import { mutateOctets } from "../../../support/mutate";
import { PLAIN_SETS, plainDelta, plainJpeg, plainKey } from "../../../support/plain-pictures";
import { toyJpeg } from "../../../support/toy-jpeg";
import { recordingOf, TOY_HEAD, type ToyPicture } from "../../../support/toy-matroska";
import { VirtualFolder } from "../../../support/virtual-folder";

const H264 = { ...TOY_HEAD, encoding: "H264", parameterSets: PLAIN_SETS } as const;

const jpegs = (times: readonly number[]): ToyPicture[] => times.map((time, i) => ({ time, bytes: plainJpeg(30 + i) }));
const units = (times: readonly number[]): ToyPicture[] =>
	times.map((time, i) => ({ time, isKey: i % 4 === 0, bytes: i % 4 === 0 ? plainKey(30 + i) : plainDelta(i % 4) }));

class Rig extends VirtualFolder {
	readonly folder = new StoredFolder(this.machine.files);

	find(name: string): StoredContent | RtspRefusal {
		return this.wait((done) => this.folder.find(name, done));
	}

	content(name: string): StoredContent {
		const found = this.find(name);
		assert.ok(!(found instanceof RtspRefusal), (found as RtspRefusal).message);
		return found;
	}

	reader(content: StoredContent): StoredReader {
		const reader = this.wait<StoredReader | RtspRefusal>((done) => content.open(done));
		assert.ok(!(reader instanceof RtspRefusal));
		return reader;
	}

	/** Reads a picture: its time in milliseconds and octets; `none`; or why it failed. */
	read(reader: StoredReader, at: number, search: StoredSearch, keys = false): [number, Uint8Array] | string {
		return this.wait((done) =>
			reader.read(Math.round(at * 90), search, keys, {
				found: (time, picture: Frame | AccessUnit) => {
					done([time / 90, picture.bytes.slice(picture.start, picture.end)]);
					picture.release();
				},
				none: () => done("none"),
				failed: done,
			}),
		);
	}
}

describe("stream/stored: Matroska files", () => {
	it("plays JPEG at the times of the file (STR-11, STR-23)", () => {
		const rig = new Rig();
		const pictures = jpegs([200, 300, 1900, 2000]);
		rig.write("clip.mkv", recordingOf(TOY_HEAD, pictures).ended);
		const content = rig.content("clip.mkv");
		const { video, range } = content.description;
		assert.deepEqual([video.encoding, video.width, video.height], ["JPEG", 64, 48]);
		assert.deepEqual(range, { duration: 2.4, utc: (TOY_HEAD.utc ?? 0) + 200 });
		const reader = rig.reader(content);
		assert.deepEqual(rig.read(reader, 0, "from"), [0, pictures[0].bytes]);
		assert.deepEqual(rig.read(reader, 101, "from"), [1700, pictures[2].bytes]);
		assert.deepEqual(rig.read(reader, 1699, "until"), [100, pictures[1].bytes]);
		assert.deepEqual(rig.read(reader, 5000, "until"), [1800, pictures[3].bytes]);
		assert.equal(rig.read(reader, 1801, "from"), "none");
		assert.deepEqual(
			rig.wait((done) => rig.folder.list(done)),
			["clip.mkv"],
		);
	});

	it("plays H.264 with start codes and parameter sets, from key pictures (STR-23, STR-25)", () => {
		const rig = new Rig();
		const pictures = units([0, 100, 200, 300, 400, 500]);
		rig.write("door.mkv", recordingOf(H264, pictures).ended);
		const content = rig.content("door.mkv");
		assert.deepEqual(content.description.video.parameterSets, PLAIN_SETS);
		const reader = rig.reader(content);
		const got = rig.read(reader, 350, "until", true);
		assert.ok(typeof got !== "string");
		assert.equal(got[0], 0);
		assert.deepEqual(got[1].subarray(0, 4), new Uint8Array([0, 0, 0, 1]));
		assert.equal((rig.read(reader, 100, "from", true) as [number, Uint8Array])[0], 400);
		assert.equal((rig.read(reader, 100, "from") as [number, Uint8Array])[0], 100);
	});

	it("plays what was cut off as far as it goes, and refuses others with the reason (STR-23)", () => {
		const rig = new Rig();
		const { ended, running } = recordingOf(TOY_HEAD, jpegs([0, 100, 1200, 1300]));
		rig.write("running.mkv", running);
		assert.equal(rig.content("running.mkv").description.range?.duration.toFixed(1), "1.7");
		rig.write("cut.mkv", ended.subarray(0, ended.length >> 1));
		assert.ok((rig.content("cut.mkv").description.range?.duration ?? 0) > 0);
		const refusals: [string, Uint8Array, RegExp][] = [
			["text.mkv", Buffer.from("This is not a film."), /./],
			["empty.mkv", new Uint8Array(0), /./],
			[
				"grey.mkv",
				recordingOf(TOY_HEAD, [{ time: 0, bytes: toyJpeg({ grey: true }) }]).ended,
				/RTP can't carry this file/,
			],
			["none.mkv", recordingOf(TOY_HEAD, []).ended, /no pictures/],
			["vp9.mkv", Buffer.from(Buffer.from(ended).toString("latin1").replace("V_MJPEG", "V_VP9\0\0"), "latin1"), /./],
		];
		for (const [name, bytes, reason] of refusals) {
			rig.write(name, bytes);
			const answer = rig.find(name);
			assert.ok(answer instanceof RtspRefusal, name);
			assert.equal(answer.status, 415, name);
			assert.match(answer.message, reason, name);
		}
	});

	it("survives damaged files: fuzzed", () => {
		const random = new Prng(31);
		const files = [recordingOf(TOY_HEAD, jpegs([0, 100, 1200])).ended, recordingOf(H264, units([0, 100, 1200])).ended];
		for (let round = 0; round < 150; round++) {
			const rig = new Rig();
			rig.write("x.mkv", mutateOctets(random, files[round % 2]));
			const answer = rig.find("x.mkv");
			if (answer instanceof RtspRefusal) continue;
			const reader = rig.reader(answer);
			for (const at of [0, 90, 1000]) rig.read(reader, at, random.chance(0.5) ? "from" : "until", random.chance(0.5));
			reader.close();
		}
	});
});
