import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { needs } from "../../../support/needs";
import { compileProbe, linesOf, makeFolder } from "./compile";

const run = promisify(execFile);
const PICTURE = resolve(__dirname, "../../../fixtures/frame.jpg");

describe("hosts-linux/devices/jpeg-picture", function () {
	this.timeout(120_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;
	let small: string;

	before(async function () {
		needs(this, "gcc");
		folder = makeFolder();
		program = await compileProbe(folder.path, "jpeg-fuzz", ["jpeg-picture"]);
		// Most of a picture is never looked at: without the middle more rounds fit into a second.
		small = join(folder.path, "small.jpg");
		const whole = readFileSync(PICTURE);
		writeFileSync(small, Buffer.concat([whole.subarray(0, 1500), whole.subarray(-200)]));
	});
	after(() => folder?.remove());

	for (const seed of [1, 2, 3, 4]) {
		it(`repairs or leaves mutated pictures, and stays inside their memory (seed ${seed})`, async () => {
			const { stdout } = await run(program, [small, String(seed), "50000"]);
			const [{ good, refused }] = linesOf(stdout) as { good: number; refused: number }[];
			assert.equal(good + refused, 50_000);
			assert.ok(good > 2000 && refused > 2000, stdout);
		});
	}
});
