import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";

const HELP = `Runs a camera on XS for a long time with viewers who come and go, and fails when its memory grows.

  npm run test:soak:linux -- [--minutes 10] [--viewers 20]

Needs the program (npm run build:linux), gcc and curl.`;

const TOP = resolve(__dirname, "..");
const PROGRAM = join(TOP, "build/linux/porthole-linux");
const PORT = 47_311;
/** Viewers stay so many seconds; then others come. */
const STAY = 8;
/** Memory may differ by so many kB between the first and the last third of the time. */
const GROWTH_MAX = 256;

const run = promisify(execFile);

function residentKb(pid: number): number {
	return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

async function visit(): Promise<void> {
	const base = `http://127.0.0.1:${PORT}`;
	const pages = ["/", "/camera", "/portal", "/api/v1/cameras", "/api/v1/status", "/snapshot.jpg", "/nothing-here"];
	await run("curl", ["-s", "-m", "5", ...pages.flatMap((page) => ["-o", "/dev/null", base + page])]);
	await run("curl", [
		"-s",
		"-m",
		"5",
		"-o",
		"/dev/null",
		"-d",
		`name=camera ${Date.now() % 100}`,
		`${base}/api/v1/motion`,
	]);
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			minutes: { type: "string", default: "10" },
			viewers: { type: "string", default: "20" },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) {
		console.log(HELP);
		return 0;
	}
	const folder = mkdtempSync(join(tmpdir(), "porthole-soak-"));
	const load = join(folder, "mjpeg-load");
	await run("gcc", ["-O2", "-o", load, join(TOP, "tools/bench/native/mjpeg-load.c")]);
	const flags = ["--source", join(TOP, "test/fixtures/frame.jpg"), "--fps", "30", "--data", join(folder, "data")];
	const quiet = [
		"--lan-without-password",
		"on",
		"--log-level",
		"warn",
		"--connections",
		"500",
		"--connections-per-address",
		"500",
		"--viewers",
		"500",
	];
	const camera = spawn(PROGRAM, [...flags, ...quiet, "--http-port", `${PORT}`], {
		stdio: ["ignore", "inherit", "inherit"],
	});
	const pid = camera.pid as number;
	const samples: number[] = [];
	let frames = 0;
	try {
		await new Promise((done) => setTimeout(done, 1000));
		const end = performance.now() + Number(values.minutes) * 60_000;
		while (performance.now() < end) {
			const words = ["127.0.0.1", `${PORT}`, "/stream.mjpeg", values.viewers, "0", `${STAY}`, `${pid}`];
			const [{ stdout }] = await Promise.all([run(load, words), visit()]);
			const { fps, dead, failures } = JSON.parse(stdout);
			if (dead + failures > 0) throw new Error(`${dead} viewers were dropped, ${failures} not taken`);
			frames += Math.round(fps * STAY);
			samples.push(residentKb(pid));
			if (samples.length % 6 === 1) console.log(`${samples.at(-1)} kB after ${frames} frames`);
		}
		const third = Math.max(1, Math.floor(samples.length / 3));
		const first = Math.max(...samples.slice(0, third));
		const last = Math.max(...samples.slice(-third));
		const flat = last - first <= GROWTH_MAX;
		console.log(`${flat ? "flat" : "GROWS"}: ${first} kB in the first third, ${last} kB in the last; ${frames} frames`);
		return flat ? 0 : 1;
	} finally {
		camera.kill("SIGTERM");
		await new Promise((done) => camera.once("exit", done));
		rmSync(folder, { recursive: true, force: true });
	}
}

main().then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		console.error(`soak: ${error instanceof Error ? error.message : error}`);
		process.exitCode = 1;
	},
);
