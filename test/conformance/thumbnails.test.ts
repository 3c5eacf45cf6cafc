import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { CAMERA_PROGRAMS, type CameraProgram, FRAME, startCamera } from "../../tools/camera-program";
import { digestFor, PASSWORD } from "../support/digest";
import { needs } from "../support/needs";

describe("conformance/thumbnails of a camera", function () {
	this.timeout(120_000);
	let folder: string;

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), "porthole-thumbnails-"));
		writeFileSync(join(folder, "large.jpg"), await sharp(FRAME).resize(1920, 1080, { fit: "fill" }).jpeg().toBuffer());
		// No library at all.
		writeFileSync(join(folder, "libturbojpeg.so.0"), "");
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** Asks a camera for pictures of some widths. @returns the real sizes */
	async function sizesOf(program: CameraProgram, widths: readonly string[]): Promise<string[]> {
		const camera = await startCamera(program, "--source", join(folder, "large.jpg"), "--password", PASSWORD);
		try {
			const sizes = widths.map(async (query) => {
				const url = `http://127.0.0.1:${camera.port}/snapshot.jpg${query}`;
				const challenge = (await fetch(url)).headers.get("www-authenticate") ?? "";
				const headers = { authorization: digestFor(challenge, "GET", `/snapshot.jpg${query}`) };
				const answer = await fetch(url, { headers });
				if (answer.status !== 200) return `${answer.status}`;
				assert.equal(answer.headers.get("content-type"), "image/jpeg");
				const { width, height } = await sharp(await answer.arrayBuffer()).metadata();
				return `${width}x${height}`;
			});
			return await Promise.all(sizes);
		} finally {
			assert.ok(await camera.stop(), camera.said());
		}
	}

	for (const program of CAMERA_PROGRAMS) {
		it(`are as wide as they are asked for at least, with ${program.name} (IMG-14)`, async function () {
			needs(this, program.need, ...(program.name === "XS" ? (["libturbojpeg"] as const) : []));
			const widths = [
				"?width=160",
				"?width=1",
				"?width=320",
				"?width=321",
				"?width=1000",
				"?width=1900",
				"",
				"?width=x",
			];
			assert.deepEqual(await sizesOf(program, widths), [
				"160x90",
				"160x90",
				"320x180",
				"640x360",
				"1280x720",
				"1920x1080",
				"1920x1080",
				"400",
			]);
		});
	}

	it("are whole pictures where libjpeg-turbo is not installed (IMG-14)", async function () {
		needs(this, "porthole-linux");
		const xs = CAMERA_PROGRAMS[1];
		const without = { ...xs, command: ["env", `LD_LIBRARY_PATH=${folder}`, ...xs.command] };
		assert.deepEqual(await sizesOf(without, ["?width=160", "?width=320"]), ["1920x1080", "1920x1080"]);
	});
});
