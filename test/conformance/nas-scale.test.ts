import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { NAS_PROGRAMS, startNas } from "../../tools/camera-program";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { PASSWORD } from "../support/digest";
import { needs } from "../support/needs";
import { pause, until } from "../support/until";

const CAMERAS = 64;
const RATE = 5;
const SECONDS = 12;
/** In kB. */
const MEMORY_MAX = 150_000;

/** How many cameras have recordings in a folder. */
function camerasIn(folder: string): number {
	const recordings = join(folder, "recordings");
	return existsSync(recordings) ? readdirSync(recordings).length : 0;
}

describe("conformance/nas scale", function () {
	this.timeout(120_000);
	const root = mkdtempSync(join(tmpdir(), "porthole-scale-"));
	let feeder: ChildProcess;
	let port = 0;

	before(async () => {
		const script = join(__dirname, "../../tools/bench/mjpeg-feeder.ts");
		const words = [...TYPESCRIPT, script, `${RATE}`];
		const cwd = resolve(__dirname, "../..");
		const child = spawn(process.execPath, words, { cwd, stdio: ["ignore", "pipe", "inherit"] });
		feeder = child;
		const [first] = (await once(child.stdout, "data")) as [Buffer];
		port = Number(first.toString());
	});
	after(() => {
		feeder?.kill();
		rmSync(root, { recursive: true, force: true });
	});

	for (const program of NAS_PROGRAMS) {
		it(`${program.name}: records ${CAMERAS} cameras with ${RATE} pictures a second, searched for motion, in less than ${MEMORY_MAX / 1000} MB (STR-13)`, async function () {
			needs(this, program.need);
			const folder = join(root, program.name);
			const urls = Array.from({ length: CAMERAS }, (_, i) => `c${i}=http://127.0.0.1:${port}/${i}`).join(" ");
			const flags = ["--password", PASSWORD, "--record-urls", urls, "--record-rate", "60"];
			const nas = await startNas(program, folder, ...flags);
			await until("all cameras are recorded", 60_000, () => camerasIn(folder) === CAMERAS);
			await pause(SECONDS * 1000);
			const status = readFileSync(`/proc/${nas.pid}/status`, "utf8");
			// Without the pages of program files, which all programs on Node.js share.
			const memory = Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]);
			assert.equal(await nas.stop(), true, nas.said());
			const names = readdirSync(join(folder, "recordings"), { recursive: true, encoding: "utf8" });
			const counts = new Map<string, number>();
			for (const name of names) {
				const [camera] = name.split("/");
				counts.set(camera, (counts.get(camera) ?? 0) + Number(/_(\d+)p_/.exec(name)?.[1] ?? 0));
			}
			assert.equal(counts.size, CAMERAS);
			// A busy machine may leave pictures out.
			const least = Math.min(...counts.values());
			assert.ok(least >= (SECONDS * RATE) / 4, `${least} pictures`);
			assert.ok(memory < MEMORY_MAX, `${memory} kB`);
		});
	}
});
