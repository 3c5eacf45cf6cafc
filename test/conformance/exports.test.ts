import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportFormat } from "../../src/storage/export/export-file";
import { openBrowser } from "../support/browser";
import { needs } from "../support/needs";
import { decodeAll, probe, realJpegs, realUnits, run } from "../support/real-pictures";
import { RecordedSpan } from "../support/recorded-span";
import { TOY_HEAD } from "../support/toy-matroska";

const START = TOY_HEAD.utc;
const JPEGS = 40;
const UNITS = 75;

describe("conformance/exports (STR-13, STR-14)", function () {
	this.timeout(300_000);
	let folder: string;
	let jpeg: RecordedSpan;
	let h264: RecordedSpan;
	before(function () {
		needs(this, "ffmpeg", "ffprobe");
		folder = mkdtempSync(join(tmpdir(), "porthole-exports-"));
		const size = { width: 320, height: 240 };
		const pictures = realJpegs(JPEGS, 200);
		jpeg = new RecordedSpan();
		jpeg.add({ ...TOY_HEAD, ...size }, pictures, "source");
		jpeg.add({ ...TOY_HEAD, ...size, utc: START + 60_000 }, pictures, "off");
		h264 = new RecordedSpan();
		for (const [at, shape, preset] of [
			[0, "320x240", "veryfast"],
			[3000, "320x240", "veryfast"],
			[6000, "160x120", "ultrafast"],
		] as const) {
			const units = realUnits(UNITS, shape, preset);
			const head = {
				...TOY_HEAD,
				...size,
				encoding: "H264" as const,
				parameterSets: units.parameterSets,
				utc: START + at,
			};
			h264.add(head, units.pictures);
		}
	});
	after(() => rmSync(folder ?? "", { recursive: true, force: true }));

	function save(name: string, span: RecordedSpan, format: ExportFormat, from?: number, to?: number): string {
		const path = join(folder, `${name}.${format}`);
		writeFileSync(path, span.whole(format, from, to));
		return path;
	}

	const formats: [ExportFormat, string][] = [
		["mkv", "matroska,webm"],
		["mov", "mov,mp4,m4a,3gp,3g2,mj2"],
		["avi", "avi"],
	];
	for (const [format, name] of formats) {
		it(`ffprobe and ffmpeg read JPEG pictures in ${format}`, () => {
			const path = save("jpeg", jpeg, format);
			const facts = probe(path);
			assert.equal(facts.format, name);
			assert.deepEqual([facts.codec, facts.width, facts.height], ["mjpeg", 320, 240]);
			// A gap of a second; in AVI it is made of repeated pictures.
			assert.ok(Math.abs(facts.duration - 16.8) < 0.5, `${facts.duration}`);
			if (format !== "avi") {
				const expected = Array.from({ length: JPEGS }, (_, i) => i * 200);
				const times = [...expected, ...expected.map((time) => time + 8800)];
				assert.deepEqual(
					facts.times.map((time) => Math.round(time * 1000)),
					times,
				);
			}
			assert.equal(decodeAll(path), 2 * JPEGS);
		});
	}

	for (const format of ["mp4", "mov", "mkv"] as const) {
		it(`ffprobe and ffmpeg read H.264 in ${format}, also after a change of the parameter sets`, () => {
			const whole = save("h264", h264, format);
			const facts = probe(whole);
			assert.equal(facts.codec, "h264");
			assert.equal(facts.times.length, 3 * UNITS);
			assert.equal(facts.keys, 9);
			assert.ok(Math.abs(facts.duration - 9) < 0.01, `${facts.duration}`);
			assert.deepEqual(
				facts.times.map((time) => Math.round(time * 1000)),
				facts.times.map((_, i) => i * 40),
			);
			assert.equal(decodeAll(whole, ["-autorotate", "0"]), 3 * UNITS);
			const part = save("part", h264, format, START + 1520, START + 5000);
			const { times } = probe(part);
			assert.equal(times.length, 100);
			// Of MP4 and QuickTime the pictures before the time are decoded, but not shown.
			const shown = format === "mkv" ? 100 : times.filter((time) => time >= 0).length;
			assert.equal(shown, format === "mkv" ? 100 : 87);
			assert.equal(decodeAll(part), shown);
		});
	}

	it("GStreamer decodes exports", function () {
		needs(this, "gst-launch-1.0");
		for (const [format, demuxer] of [
			["mov", "qtdemux"],
			["avi", "avidemux"],
		] as const) {
			const path = save("gst", jpeg, format);
			const sink = ["!", "jpegdec", "!", "fakesink", "silent=false", "-v"];
			const out = run("gst-launch-1.0", ["filesrc", `location=${path}`, "!", demuxer, ...sink]);
			const shown = `${out}`.split("last-message = chain").length - 1;
			assert.ok(shown >= 2 * JPEGS, `${format}: ${shown}`);
		}
	});

	it("VLC plays exports to their end", function () {
		needs(this, "vlc", "setpriv");
		chmodSync(folder, 0o777);
		for (const [span, format, mux, pictures] of [
			[jpeg, "mkv", "mpjpeg", 2 * JPEGS],
			[jpeg, "mov", "mpjpeg", 2 * JPEGS],
			[jpeg, "avi", "mpjpeg", 2 * JPEGS],
			[h264, "mp4", "ts", 2 * UNITS],
		] as const) {
			const path = save("vlc", span, format, 0, span === h264 ? START + 6000 : undefined);
			const out = `${path}.${mux}`;
			// It refuses to be run by root.
			const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
			const user = process.getuid?.() === 0 ? nobody : [];
			const play = ["vlc", "-I", "dummy", "--no-audio", "--sout", `#std{access=file,mux=${mux},dst=${out}}`];
			run("env", [`HOME=${folder}`, ...user, "timeout", "120", ...play, path, "vlc://quit"]);
			const jpegs = (): number => readFileSync(out).toString("latin1").split("\xff\xd8\xff").length - 1;
			const played = mux === "ts" ? probe(out).times.length : jpegs();
			// VLC drops what is in its buffers at the end.
			assert.ok(played >= pictures - 10, `${format}: ${played} of ${pictures}`);
		}
	});

	it("Chromium begins MP4 with exactly the picture of the time, also between key pictures", async function () {
		needs(this, "chromium");
		const { browser, close } = await openBrowser();
		try {
			const page = await browser.newPage();
			const urlOf = (bytes: Uint8Array): string => `data:video/mp4;base64,${Buffer.from(bytes).toString("base64")}`;
			await page.setContent("<video></video>");
			const whole = urlOf(h264.whole("mp4", START, START + 6000));
			for (const at of [1480, 2960, 4000]) {
				const part = urlOf(h264.whole("mp4", START + at, START + 6000));
				const expected = (await page.evaluate(`${SHOWN}("${whole}", ${(at + 10) / 1000})`)) as { shown: string };
				const found = (await page.evaluate(`${SHOWN}("${part}", 0)`)) as { shown: string; duration: number };
				assert.equal(Math.round(found.duration * 1000), 6000 - at);
				assert.equal(found.shown, expected.shown);
			}
		} finally {
			await close();
		}
	});

	it("Chromium plays MP4 and Matroska with H.264, and seeks in them", async function () {
		needs(this, "chromium");
		const { browser, close } = await openBrowser();
		try {
			const page = await browser.newPage();
			for (const [format, type] of [
				["mp4", "video/mp4"],
				["mkv", "video/x-matroska"],
			] as const) {
				const data = Buffer.from(h264.whole(format)).toString("base64");
				await page.setContent("<video muted></video>");
				const facts = await page.evaluate(`${SEEK}("data:${type};base64,${data}")`);
				assert.deepEqual(facts, { duration: 9, width: 320, at: 4 });
			}
		} finally {
			await close();
		}
	});
});

/** Runs in the page: loads a video, seeks, and says what is shown then. */
const SEEK = `(async (url) => {
	const video = document.querySelector("video");
	const event = (name) => new Promise((done, fail) => {
		video.addEventListener(name, done, { once: true });
		video.addEventListener("error", () => fail(new Error(video.error.message)), { once: true });
	});
	const loaded = event("loadeddata");
	video.src = url;
	await loaded;
	const sought = event("seeked");
	video.currentTime = 4;
	await sought;
	return { duration: Math.round(video.duration * 100) / 100, width: video.videoWidth, at: video.currentTime };
})`;

/** Runs in the page: loads a video, seeks unless to 0, and returns the picture that is shown then. */
const SHOWN = `(async (url, at) => {
	const video = document.querySelector("video");
	const event = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }));
	const loaded = event("loadeddata");
	// A picture is drawn a little after it was decoded; where nothing new has to be drawn the browser does not say so.
	const pause = (ms) => new Promise((done) => setTimeout(done, ms));
	const drawn = () => Promise.race([new Promise((done) => video.requestVideoFrameCallback(done)), pause(3000)]);
	let shown = drawn();
	video.src = url;
	await loaded;
	if (at > 0) {
		await shown;
		const sought = event("seeked");
		shown = drawn();
		video.currentTime = at;
		await sought;
	}
	await shown;
	await pause(300);
	const canvas = document.createElement("canvas");
	canvas.width = video.videoWidth;
	canvas.height = video.videoHeight;
	canvas.getContext("2d").drawImage(video, 0, 0);
	return { shown: canvas.toDataURL(), duration: video.duration };
})`;
