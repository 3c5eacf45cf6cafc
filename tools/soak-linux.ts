import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PASSWORD } from "../test/support/digest";
import { CAMERA_PROGRAMS, isBuilt, type RunningCamera, startCamera } from "./camera-program";
import { ownerCookie, viewerToken } from "./owner-session";
import { readNumbers, runProgram } from "./run-program";

const HELP = `Runs a camera on XS for a long time with viewers who come and go, and fails when its memory grows.

  npm run test:soak:linux -- [--minutes 10] [--viewers 20]

Needs the program (npm run build:linux) and gcc.`;

/** Seconds that viewers stay; then others come. */
const STAY = 8;
/** Memory may differ by this many kB between the first and the last third of the time. */
const GROWTH_MAX = 256;
/** Time limit for a page, in milliseconds. */
const ANSWER_TIME = 5000;
/** Limits high enough that no viewer is refused. */
const LIMITS = ["--connections", "500", "--connections-per-address", "500", "--viewers", "500"];

const run = promisify(execFile);

/** The owner's session. */
let cookie = "";

/** Makes one request on its own connection. @returns the body @throws unless the status is `status` */
async function ask(camera: RunningCamera, path: string, status = 200, form?: Record<string, string>): Promise<string> {
	const answer = await fetch(`http://127.0.0.1:${camera.port}${path}`, {
		headers: { connection: "close", cookie },
		signal: AbortSignal.timeout(ANSWER_TIME),
		...(form !== undefined && { method: "POST", body: new URLSearchParams(form) }),
	});
	const body = await answer.text();
	if (answer.status !== status)
		throw new Error(`${path} is answered with ${answer.status} instead of ${status}: ${body}`);
	return body;
}

/** Fetches all pages and renames the camera. */
async function visit(camera: RunningCamera, round: number): Promise<void> {
	for (const page of ["/", "/camera", "/portal", "/api/v1/cameras", "/snapshot.jpg"]) await ask(camera, page);
	await ask(camera, "/nothing-here", 404);
	const { id } = JSON.parse(await ask(camera, "/api/v1/status"));
	await ask(camera, `/api/v1/cameras/${id}/name`, 200, { name: `camera ${round % 100}` });
}

/** Lets viewers come and go. @param load the viewers' program @returns whether memory stays constant */
async function soak(camera: RunningCamera, load: string, minutes: number, viewers: number): Promise<boolean> {
	const { port, pid } = camera;
	cookie = await ownerCookie(port);
	const words = [
		"127.0.0.1",
		`${port}`,
		`/stream.mjpeg?link=${await viewerToken(port)}`,
		`${viewers}`,
		"0",
		`${STAY}`,
		`${pid}`,
	];
	const samples: number[] = [];
	let frames = 0;
	const end = performance.now() + minutes * 60_000;
	while (performance.now() < end) {
		const [{ stdout }] = await Promise.all([run(load, words), visit(camera, samples.length)]);
		const { fps, dead, failures } = JSON.parse(stdout);
		if (dead + failures > 0) throw new Error(`${dead} viewers were dropped, ${failures} not taken`);
		frames += Math.round(fps * STAY);
		samples.push(camera.residentKb());
		if (samples.length % 6 === 1) console.log(`${samples.at(-1)} kB after ${frames} frames`);
	}
	const third = Math.max(1, Math.floor(samples.length / 3));
	const first = Math.max(...samples.slice(0, third));
	const last = Math.max(...samples.slice(-third));
	const flat = last - first <= GROWTH_MAX;
	console.log(`${flat ? "flat" : "GROWS"}: ${first} kB in the first third, ${last} kB in the last; ${frames} frames`);
	return flat;
}

async function main(): Promise<number> {
	const options = readNumbers(HELP, { minutes: 10, viewers: 20 });
	if (options === undefined) return 0;
	const program = CAMERA_PROGRAMS.find(({ name }) => name === "XS");
	if (program === undefined || !isBuilt(program)) throw new Error(`the program is not built: ${program?.build}`);
	const folder = mkdtempSync(join(tmpdir(), "porthole-soak-"));
	try {
		const load = join(folder, "mjpeg-load");
		await run("gcc", ["-O2", "-o", load, resolve(__dirname, "bench/native/mjpeg-load.c")]);
		const open = ["--password", PASSWORD, "--mapping", "on"];
		const camera = await startCamera(program, "--fps", "30", ...open, ...LIMITS);
		let inOrder = false;
		let flat = false;
		try {
			flat = await soak(camera, load, options.minutes, options.viewers);
		} finally {
			inOrder = await camera.stop();
			if (!inOrder) console.error(`it did not exit with code 0: ${camera.said()}`);
		}
		return flat && inOrder ? 0 : 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

runProgram("soak", main);
