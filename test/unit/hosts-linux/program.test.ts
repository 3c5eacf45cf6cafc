import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { VERSION } from "../../../src/base/version";
import { FRAME, XS_PROGRAM } from "../../../tools/camera-program";
import { needs } from "../../support/needs";

const TOP = resolve(__dirname, "../../..");

function run(...args: string[]): { code: number | null; out: string; err: string } {
	const { status, stdout, stderr } = spawnSync(XS_PROGRAM, args, { encoding: "utf8", timeout: 10_000 });
	return { code: status, out: stdout, err: stderr };
}

describe("hosts-linux/program", () => {
	it("has the version of the package", () => {
		assert.equal(VERSION, JSON.parse(readFileSync(join(TOP, "package.json"), "utf8")).version);
	});

	describe("when it is built", () => {
		let folder: string;
		before(function () {
			needs(this, "porthole-linux");
			folder = mkdtempSync(join(tmpdir(), "porthole-program-"));
		});
		after(() => folder !== undefined && rmSync(folder, { recursive: true }));

		it("prints help and version with exit code 0", () => {
			const help = run("camera", "--help");
			assert.equal(help.code, 0, help.err);
			for (const flag of ["source", "http-port", "representative-ports", "config", "switch-pin"]) {
				assert.match(help.out, new RegExp(`--${flag}\\b`));
			}
			assert.equal(run("--version").out, `${VERSION}\n`);
		});

		it("names the file and the key of a source that cannot be opened, not the flag", () => {
			const file = join(folder, "cam.json");
			writeFileSync(file, '{ "source": "/nowhere" }');
			const { code, err } = run("--config", file, "--data", join(folder, "data"));
			assert.equal(code, 2);
			assert.match(err, /cam\.json: "source": \/nowhere: there is no such file/);
			assert.match(run("--source", "/nowhere", "--data", join(folder, "data")).err, /: --source: \/nowhere: there is/);
		});

		it("refuses a data folder that cannot be made at once", () => {
			const { code, err } = run("--data", "/proc/foo", "--source", FRAME);
			assert.equal(code, 2);
			assert.match(err, /\/proc\/foo cannot be used: /);
		});

		for (const [args, words] of [
			[["--colour", "red"], /--colour/],
			[["--fps", "many"], /--fps must be a number from 1 to 120, got "many"/],
			[["--source", "/nowhere"], /no such file/],
			[["--source", "rtsp://me:hUnt3r/x@camera/1"], /source: rtsp:\/\/\*\*\*@camera\/1: not an RTSP URL/],
			[["--config", "/nowhere/x.json"], /settings file not found/],
			[["--gather", "table,list"], /choose one/],
			[["dance"], /Unknown command "dance"/],
		] as const) {
			it(`reports the error in ${JSON.stringify(args)}, with exit code 2 and without a stack`, () => {
				const { code, err } = run(...args, "--data", join(folder, "data"));
				assert.equal(code, 2, err);
				assert.match(err, words);
				assert.doesNotMatch(err, /\n\s+at /);
			});
		}
	});
});
