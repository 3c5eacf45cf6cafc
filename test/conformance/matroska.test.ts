import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "../support/needs";
import { decodeAll, probe, realJpegs, realUnits, run } from "../support/real-pictures";
import { recordingOf, TOY_HEAD, type ToyPicture, walkOver } from "../support/toy-matroska";

describe("conformance/matroska (STR-13)", function () {
	this.timeout(60_000);
	let folder: string;
	let jpegs: ToyPicture[];
	let units: ReturnType<typeof realUnits>;
	before(function () {
		needs(this, "ffmpeg", "ffprobe");
		folder = mkdtempSync(join(tmpdir(), "porthole-matroska-"));
		// Irregular, as pictures of real cameras are.
		jpegs = realJpegs(45).map((picture, i) => ({ ...picture, time: i * 333 + (i % 7) * 11 }));
		units = realUnits(110);
	});
	after(() => rmSync(folder ?? "", { recursive: true, force: true }));

	function file(name: string, bytes?: Uint8Array): string {
		const path = join(folder, name);
		if (bytes !== undefined) writeFileSync(path, bytes);
		return path;
	}

	function heads() {
		const size = { width: 320, height: 240 };
		return [
			["JPEG", { ...TOY_HEAD, ...size, title: "Küche" }, jpegs],
			["H264", { ...TOY_HEAD, ...size, encoding: "H264", parameterSets: units.parameterSets }, units.pictures],
		] as const;
	}

	it("ffprobe and ffmpeg read ended and running recordings to the millisecond", () => {
		for (const [name, head, pictures] of heads()) {
			const { ended, running } = recordingOf(head, pictures);
			for (const [end, bytes] of [
				["ended", ended],
				["running", running],
			] as const) {
				const path = file(`${name}-${end}.mkv`, bytes);
				const facts = probe(path);
				assert.equal(facts.format, "matroska,webm");
				assert.equal(facts.codec, name === "JPEG" ? "mjpeg" : "h264");
				assert.deepEqual([facts.width, facts.height], [320, 240]);
				assert.deepEqual(
					facts.times.map((time) => Math.round(time * 1000)),
					pictures.map(({ time }) => time),
				);
				assert.equal(facts.keys, pictures.filter(({ isKey = true }) => isKey).length);
				assert.equal(facts.tags["creation_time"], "2026-11-26T17:40:00.123000Z");
				assert.equal(facts.tags["CAMERA"], TOY_HEAD.camera);
				assert.equal(facts.tags["title"] ?? facts.tags["TITLE"], head.title);
				if (end === "ended") {
					const last = pictures[pictures.length - 1].time;
					assert.equal(Math.round(facts.duration * 1000), 2 * last - pictures[pictures.length - 2].time);
				}
				assert.equal(decodeAll(path), pictures.length);
				const kept = pictures.filter(({ time }) => time >= 2000).length;
				assert.ok(Math.abs(decodeAll(path, ["-ss", "2"]) - kept) <= 1);
			}
		}
	});

	it("ffmpeg reads what is left of a recording that was cut", () => {
		for (const [name, head, pictures] of heads()) {
			const { running } = recordingOf(head, pictures);
			const length = Math.floor(running.length * 0.83);
			const { walker, scan } = walkOver(running.subarray(0, length), { checks: true });
			assert.ok(scan.pictures > pictures.length / 2);
			const path = file(`${name}-cut.mkv`, running.subarray(0, walker.whole));
			assert.equal(decodeAll(path), probe(path).times.length);
		}
	});

	const muxers: [string, readonly string[]][] = [
		["to a file", []],
		["live", ["-live", "1"]],
		["with small clusters", ["-cluster_time_limit", "100"]],
		["with its cues at the front", ["-cues_to_front", "1"]],
	];
	for (const [title, options] of muxers) {
		it(`walks over what ffmpeg muxes ${title}, with sound beside the pictures`, () => {
			for (const [name, args] of [
				["JPEG", ["-c:v", "mjpeg"]],
				["H264", ["-c:v", "libx264", "-bf", "2", "-g", "10"]],
			] as const) {
				const path = file("foreign.mkv");
				run("ffmpeg", [
					...["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-f", "lavfi", "-i", "sine"],
					...["-t", "4", "-map", "1", "-map", "0", ...args, "-c:a", "aac", "-f", "matroska", ...options, path],
				]);
				const { walker, scan } = walkOver(readFileSync(path), { read: () => 1000 });
				assert.equal(walker.state, "ended", walker.detail);
				assert.equal(walker.facts?.encoding, name);
				assert.equal(walker.facts?.width, 160);
				const times = scan.found.map(([, , time]) => time).sort((a, b) => a - b);
				assert.equal(times.length, 40);
				assert.ok(times[39] - times[0] === 3900);
				assert.equal(scan.found.filter(([, , , isKey]) => isKey).length, name === "JPEG" ? 40 : 4);
			}
		});
	}

	it("walks over what GStreamer muxes", function () {
		needs(this, "gst-launch-1.0");
		const path = file("gst.mkv");
		for (const streamable of ["true", "false"]) {
			run("gst-launch-1.0", [
				...["-q", "videotestsrc", "num-buffers=20", "!", "video/x-raw,width=160,height=120,framerate=10/1"],
				...["!", "jpegenc", "!", "matroskamux", `streamable=${streamable}`, "!", "filesink", `location=${path}`],
			]);
			const { walker, scan } = walkOver(readFileSync(path));
			assert.equal(walker.state, "ended", walker.detail);
			assert.equal(scan.pictures, 20);
			assert.equal(scan.last, 1900);
		}
	});

	it("says why it can't play other codecs", () => {
		const path = file("other.mkv");
		for (const [args, reason] of [
			[["-c:v", "mpeg4"], "its codec V_MPEG4/ISO/ASP can't be played"],
			[["-c:v", "ffv1"], "its codec V_MS/VFW/FOURCC can't be played"],
		] as const) {
			const input = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-t", "1"];
			run("ffmpeg", ["-v", "error", "-y", ...input, ...args, path]);
			const { walker } = walkOver(readFileSync(path));
			assert.equal(walker.state, "unsupported");
			assert.ok(walker.detail.startsWith(reason), walker.detail);
		}
	});

	it("GStreamer decodes recordings", function () {
		needs(this, "gst-launch-1.0");
		const [[, head, pictures]] = heads();
		const path = file("gst-reads.mkv", recordingOf(head, pictures).ended);
		const out = run("gst-launch-1.0", [
			...["filesrc", `location=${path}`, "!", "matroskademux", "!", "jpegdec", "!", "fakesink", "silent=false", "-v"],
		]);
		assert.equal(`${out}`.split("fakesink0: last-message = chain").length - 1, pictures.length);
	});
});
