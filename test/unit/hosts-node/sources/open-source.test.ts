import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openSource } from "../../../../hosts/node/sources/open-source";
import { SourceError } from "../../../../hosts/node/sources/source-error";
import { NO_MOTION } from "../../../../src/ports/motion";

const FIXTURE = resolve(__dirname, "../../../fixtures/frame.jpg");

describe("hosts-node/sources/open-source", () => {
	const options = { fps: 15, name: () => "server 1", look: 0 };
	let folder: string;
	before(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-open-"));
		writeFileSync(join(folder, "film.mp4"), "no JPEG");
		writeFileSync(join(folder, "nothing"), "");
	});
	after(() => rmSync(folder, { recursive: true }));

	it("opens the synthetic camera, with its drive", () => {
		const { source, motion } = openSource("synthetic", options);
		assert.equal(source.description, "synthetic 640x480");
		assert.ok(motion.panLimit > 0 && motion.tiltLimit > 0);
	});

	for (const [what, spec, description] of [
		["a JPEG file", () => FIXTURE, /^frame\.jpg: one picture at 15 a second$/],
		["a folder of JPEG files", () => resolve(FIXTURE, ".."), /^fixtures: .*picture.* at 15 a second$/],
		["a video file", () => join(folder, "film.mp4"), /film\.mp4 by ffmpeg$/],
		["an empty file", () => join(folder, "nothing"), /nothing by ffmpeg$/],
		["a device, there or not", () => "/dev/video0", /^\/dev\/video0 by ffmpeg$/],
		["a camera by HTTP, its password hidden", () => "http://me:secret@camera/1", /^http:\/\/camera\/1$/],
		["another URL, its password hidden", () => "rtmp://me:secret@camera/1", /^rtmp:\/\/\*\*\*@camera\/1 by ffmpeg$/],
		["a camera by RTSP, its password hidden", () => "rtsp://me:secret@camera/1", /^rtsp:\/\/camera\/1$/],
	] as const) {
		it(`opens ${what}`, () => {
			const { source, motion } = openSource(spec(), options);
			assert.match(source.description, description);
			assert.equal(motion, NO_MOTION);
			assert.equal(source.quality?.value, / by ffmpeg$/.test(source.description) ? 80 : undefined);
		});
	}

	for (const spec of ["", "sythetic", "./no/such/file", "/no/such/file"]) {
		it(`lists the possible sources when it gets ${JSON.stringify(spec)}`, () => {
			assert.throws(
				() => openSource(spec, options),
				(error) =>
					error instanceof SourceError && /no such file or folder\. A source is "synthetic"/.test(error.message),
			);
		});
	}

	for (const spec of [
		"rtsp://me:hUnt3r/x@camera/1",
		"rtsp:/me:hUnt3r@camera/1",
		"me:hUnt3r/x@camera/1",
		"camera/?pw=hUnt3r",
	]) {
		it(`hides the password of the mistyped URL ${spec}`, () => {
			assert.throws(
				() => openSource(spec, options),
				({ message }: Error) => message.includes("camera") && !message.includes("hUnt3r"),
			);
		});
	}

	it("reports a folder without pictures", () => {
		assert.throws(() => openSource(folder, options), /has no JPEG pictures/);
	});
});
