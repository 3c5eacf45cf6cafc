import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { openRtsp, type RtspSourceSettings } from "../../hosts/node/sources/open-rtsp";
import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import { parseJpeg } from "../../src/media/jpeg";
import type { FrameSource } from "../../src/ports/camera";
import { RTSP_SOURCE_SCHEMA } from "../../src/settings/rtsp-source-schema";
import { defaultsOf } from "../../src/settings/schema";
import { GstRtspServer } from "../support/gst-rtsp-server";
import { needs } from "../support/needs";
import { until } from "../support/until";

/** Keeps what a source delivers. */
class Viewer {
	readonly pictures: Buffer[] = [];
	readonly units: { readonly isKey: boolean; readonly bytes: Buffer }[] = [];
	readonly troubles: (string | undefined)[] = [];

	frame(frame: Frame): void {
		this.pictures.push(Buffer.from(frame.bytes.slice(frame.start, frame.end)));
		frame.release();
	}

	unit(unit: AccessUnit): void {
		this.units.push({ isKey: unit.isKey, bytes: Buffer.from(unit.bytes.slice(unit.start, unit.end)) });
		unit.release();
	}

	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}
}

/** Decodes with ffmpeg. @returns its complaints, and how many pictures it found */
function decode(format: string, bytes: Buffer): { readonly errors: string; readonly pictures: number } {
	const args = ["-v", "error", "-f", format, "-i", "pipe:0", "-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"];
	const { stdout, stderr } = spawnSync("ffmpeg", args, { input: bytes, encoding: "utf8", maxBuffer: 1 << 24 });
	return { errors: stderr, pictures: stdout.split("\n").filter((line) => /^0,/.test(line)).length };
}

describe("RTSP source and gst-rtsp-server", function () {
	this.timeout(60_000);
	let server: GstRtspServer;
	let source: FrameSource | undefined;
	let viewer: Viewer;

	const open = (path: string, settings: Partial<RtspSourceSettings> = {}, password?: string): FrameSource => {
		viewer = new Viewer();
		source = openRtsp(server.url(path, password), 30, { ...defaultsOf(RTSP_SOURCE_SCHEMA), ...settings });
		return source;
	};

	before(async function () {
		needs(this, "gst-rtsp-server", "ffmpeg");
		server = await GstRtspServer.start();
	});

	afterEach(() => {
		source?.stop();
		source?.h264?.stop();
	});

	after(() => GstRtspServer.stopAll());

	for (const sourceTransport of ["tcp", "udp"] as const) {
		it(`plays JPEG by ${sourceTransport} with Digest, without ffmpeg (STR-9)`, async () => {
			const camera = open("jpeg", { sourceTransport });
			camera.start(viewer);
			await until("pictures", 5000, () => viewer.pictures.length >= 15);
			for (const picture of viewer.pictures) {
				const info = parseJpeg(picture, 0, picture.length);
				assert.deepEqual([info?.width, info?.height], [320, 240]);
			}
			assert.deepEqual(decode("mjpeg", Buffer.concat(viewer.pictures)), {
				errors: "",
				pictures: viewer.pictures.length,
			});
			assert.match(camera.description, /\(JPEG\)$/);
			assert.deepEqual(viewer.troubles, []);
		});

		it(`passes H.264 on by ${sourceTransport} with Digest, beginning with a key picture (STR-25)`, async () => {
			const camera = open("h264", { sourceTransport });
			camera.h264?.start(viewer);
			await until("pictures", 5000, () => viewer.units.length >= 20);
			assert.ok(viewer.units[0].isKey);
			assert.ok((camera.h264?.parameterSets.length ?? 0) >= 2);
			const { errors, pictures } = decode("h264", Buffer.concat(viewer.units.map(({ bytes }) => bytes)));
			assert.equal(errors, "");
			assert.equal(pictures, viewer.units.length);
			assert.deepEqual(viewer.troubles, []);
		});
	}

	it("makes JPEG frames of H.264 with ffmpeg, beside the H.264", async () => {
		const camera = open("h264");
		camera.start(viewer);
		camera.h264?.start(viewer);
		await until("pictures", 5000, () => viewer.pictures.length >= 5 && viewer.units.length >= 5);
		const [picture] = viewer.pictures;
		assert.equal(parseJpeg(picture, 0, picture.length)?.width, 320);
		assert.match(camera.description, /H\.264, decoded by ffmpeg/);
	});

	it("says that the password is wrong, and that a stream does not exist", async () => {
		open("jpeg", {}, "wrong").start(viewer);
		await until("a trouble", 5000, () => viewer.troubles.length > 0);
		assert.match(viewer.troubles[0] ?? "", /does not accept the user name and password/);
		source?.stop();
		open("nothing").start(viewer);
		await until("a trouble", 5000, () => viewer.troubles.length > 0);
		assert.match(viewer.troubles[0] ?? "", /404/);
	});

	for (const [offered, sourceTransport] of [
		["tcp", "udp"],
		["udp", "tcp"],
	] as const) {
		it(`plays by ${offered} when the server refuses ${sourceTransport}`, async () => {
			const strict = await GstRtspServer.start(offered);
			viewer = new Viewer();
			source = openRtsp(strict.url("jpeg"), 30, { ...defaultsOf(RTSP_SOURCE_SCHEMA), sourceTransport });
			source.start(viewer);
			await until("pictures", 5000, () => viewer.pictures.length >= 3);
			assert.deepEqual(viewer.troubles, []);
			strict.stop();
		});
	}

	it("notices that the server is gone, and plays again when it is back", async () => {
		const first = await GstRtspServer.start();
		viewer = new Viewer();
		source = openRtsp(first.url("jpeg"), 30, defaultsOf(RTSP_SOURCE_SCHEMA));
		source.start(viewer);
		await until("pictures", 5000, () => viewer.pictures.length >= 3);
		first.stop();
		await until("a trouble", 5000, () => viewer.troubles.length > 0);
		assert.match(viewer.troubles[0] ?? "", /closed the connection|was lost/);
		const second = await GstRtspServer.start("both", first.port);
		const { length } = viewer.pictures;
		await until("pictures", 15_000, () => viewer.pictures.length > length);
		assert.equal(viewer.troubles.at(-1), undefined);
		second.stop();
	});
});
