import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { dayFolder, segmentName } from "../../src/storage/store/segment-name";
import { installed } from "../../test/support/needs";
import { pause, until } from "../../test/support/until";
import { type CameraProgram, isBuilt, NAS_PROGRAMS, type RunningCamera, startNas } from "../camera-program";
import { ownerCookie } from "../owner-session";
import { readNumbers, runProgram } from "../run-program";
import { TYPESCRIPT } from "../typescript-options";

const HELP = `Recording: Porthole's NAS beside ffmpeg -c copy segmenting the same streams, on one machine.

  npm run bench:record -- [--cameras 16] [--rate 5] [--seconds 30] [--motion 0] [--frames 1000000]

  --cameras N  streams (MJPEG by HTTP, 28 kB a picture), recorded at the same time; then recorded pictures are asked for
  --rate N     pictures per second of each
  --seconds N  how long each recorder is measured, after 5 s of warming up
  --motion N   pictures of each stream that are searched for motion, per second
  --frames N   recorded pictures that are on the disk when the start-up and queries are measured; 0: leave that
               out; 829440000 are 30 days of 64 cameras

CPU is what the kernel counts for all threads of a recorder, in milliseconds for 1,000 recorded pictures; of ffmpeg, which records one
stream a process, for all processes together. Memory is resident memory, of ffmpeg the sum without what they share (PSS).`;

const DEFAULTS = { cameras: 16, rate: 5, seconds: 30, motion: 0, frames: 1_000_000 };
const WARM_UP = 5000;
const TICK = 10;
const PASSWORD = "bench of recording";
const SEGMENT = 600_000;
const SEGMENT_FRAMES = 3000;
const BEGIN = Date.UTC(2026, 9, 1);
const MONTH = 30 * 86_400_000;
/** How many pictures are asked for. */
const LOOKS = 100;

/** What a recorder took. */
interface Measured {
	readonly cpu: number;
	readonly memory: number;
	readonly pictures: number;
	/** How long requests for recorded pictures took in milliseconds, while all cameras were recorded; ascending. */
	readonly looks?: readonly number[];
}

/** CPU time of a process and all its threads so far, in milliseconds. */
function cpuOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
	return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Memory in MB: shared pages count in part. */
function memoryOf(pid: number): number {
	return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]) / 1000;
}

function sum(values: readonly number[]): number {
	return values.reduce((all, value) => all + value, 0);
}

/** Waits, and takes the CPU time of processes. */
async function measure(pids: readonly number[], seconds: number): Promise<Pick<Measured, "cpu" | "memory">> {
	await pause(WARM_UP);
	const before = sum(pids.map(cpuOf));
	await pause(seconds * 1000);
	return { cpu: sum(pids.map(cpuOf)) - before, memory: sum(pids.map(memoryOf)) };
}

/** Requests what somebody sees who drags the timeline of the last seconds. @returns how long each picture took, ascending */
async function scrub({ port }: RunningCamera, { cameras }: typeof DEFAULTS): Promise<number[]> {
	const headers = { cookie: await ownerCookie(port, PASSWORD) };
	const list = await fetch(`http://127.0.0.1:${port}/api/v1/recordings`, { headers });
	const known = ((await list.json()) as { cameras: { key: string }[] }).cameras;
	const took: number[] = [];
	for (let i = 0; i < LOOKS; i++) {
		const { key } = known[(i * 7) % Math.min(cameras, known.length)];
		const begin = performance.now();
		const at = Date.now() - WARM_UP - i * 10;
		const answer = await fetch(`http://127.0.0.1:${port}/recordings/${key}/picture.jpg?at=${at}`, { headers });
		await answer.arrayBuffer();
		took.push(performance.now() - begin);
		if (answer.status !== 200) throw new Error(`picture.jpg of ${key}: ${answer.status}`);
	}
	return took.sort((a, b) => a - b);
}

async function measureNas(
	program: CameraProgram,
	folder: string,
	port: number,
	options: typeof DEFAULTS,
): Promise<Measured> {
	const urls = Array.from({ length: options.cameras }, (_, i) => `c${i}=http://127.0.0.1:${port}/${i}`).join(" ");
	const flags = ["--rtsp-port", "0", "--password", PASSWORD, "--record-urls", urls, "--record-rate", "60"];
	flags.push("--motion-rate", `${options.motion}`);
	const nas = await startNas(program, folder, ...flags);
	const taken = await measure([nas.pid], options.seconds);
	const looks = await scrub(nas, options);
	await nas.stop();
	const names = readdirSync(join(folder, "recordings"), { recursive: true, encoding: "utf8" });
	return { ...taken, looks, pictures: sum(names.map((name) => Number(/_(\d+)p_/.exec(name)?.[1] ?? 0))) };
}

async function measureFfmpeg(folder: string, port: number, options: typeof DEFAULTS): Promise<Measured> {
	mkdirSync(folder, { recursive: true });
	const children: ChildProcess[] = [];
	for (let i = 0; i < options.cameras; i++) {
		const input = ["-use_wallclock_as_timestamps", "1", "-f", "mpjpeg", "-i", `http://127.0.0.1:${port}/${i}`];
		const output = ["-c", "copy", "-f", "segment", "-segment_time", "600", join(folder, `${i}-%d.mkv`)];
		children.push(spawn("ffmpeg", ["-v", "error", "-nostdin", ...input, ...output], { stdio: "ignore" }));
	}
	const taken = await measure(
		children.map(({ pid }) => pid as number),
		options.seconds,
	);
	for (const child of children) {
		child.kill("SIGINT");
		if (child.exitCode === null) await once(child, "exit");
	}
	// Each picture takes about as much as it has octets.
	const octets = sum(readdirSync(folder).map((name) => statSync(join(folder, name)).size));
	return { ...taken, pictures: Math.round(octets / 27_700) };
}

/** Makes the files of so many recorded pictures: the index is made of their names, so they have a length and no content. */
function fill(folder: string, frames: number): number {
	const segments = Math.ceil(frames / SEGMENT_FRAMES);
	for (let i = 0; i < segments; i++) {
		const start = BEGIN + Math.floor(i / 64) * SEGMENT;
		const day = join(folder, dayFolder(`camera-${i % 64}`, start));
		const facts = { start, duration: SEGMENT, pictures: SEGMENT_FRAMES, width: 640, height: 480, gap: undefined };
		const file = join(day, segmentName({ ...facts, encoding: "JPEG" }));
		mkdirSync(day, { recursive: true });
		writeFileSync(file, "");
		truncateSync(file, SEGMENT_FRAMES * 27_700);
	}
	return segments;
}

/** Times in milliseconds. */
interface StartUp {
	/** From the start of the program until its index is ready. */
	readonly ready: number;
	/** The slowest answer to what there is of a camera in 30 days. */
	readonly query: number;
}

async function startUp(program: CameraProgram, folder: string): Promise<StartUp> {
	const begin = performance.now();
	const nas = await startNas(program, folder, "--rtsp-port", "0", "--password", PASSWORD, "--keep-free", "0");
	try {
		const cookie = await ownerCookie(nas.port, PASSWORD);
		const site = `http://127.0.0.1:${nas.port}/api/v1`;
		await until("the index", 600_000, async () => {
			const answer = await fetch(`${site}/nas`, { headers: { cookie } });
			return ((await answer.json()) as { state: string }).state === "ready";
		});
		const ready = performance.now() - begin;
		let query = 0;
		for (let camera = 0; camera < 64; camera++) {
			const asked = performance.now();
			const path = `recordings/camera-${camera}/coverage?from=${BEGIN}&to=${BEGIN + MONTH}&resolution=60000`;
			await (await fetch(`${site}/${path}`, { headers: { cookie } })).text();
			query = Math.max(query, performance.now() - asked);
		}
		return { ready, query };
	} finally {
		await nas.stop();
	}
}

function line(name: string, options: typeof DEFAULTS, { cpu, memory, pictures, looks }: Measured): void {
	const wanted = options.cameras * options.rate * options.seconds;
	const each = ((1000 * cpu) / wanted).toFixed(0);
	const share = ((100 * cpu) / (options.seconds * 1000)).toFixed(1);
	const whole = pictures >= wanted * 0.98 ? "" : `  RECORDED ONLY ${pictures}`;
	console.log(`${name.padEnd(22)}${each.padStart(8)} ${share.padStart(12)} ${memory.toFixed(0).padStart(10)}${whole}`);
	if (looks === undefined) return;
	const [median, slowest] = [looks[LOOKS >> 1], looks[LOOKS - 1]];
	console.log(
		`  a recorded picture by HTTP meanwhile: median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`,
	);
}

async function main(): Promise<number> {
	const options = readNumbers(HELP, DEFAULTS);
	if (options === undefined) return 0;
	const programs = NAS_PROGRAMS.filter(isBuilt);
	const root = mkdtempSync(join(tmpdir(), "porthole-record-"));
	const feeder = spawn(process.execPath, [...TYPESCRIPT, join(__dirname, "mjpeg-feeder.ts"), `${options.rate}`], {
		cwd: resolve(__dirname, "../.."),
		stdio: ["ignore", "pipe", "inherit"],
	});
	try {
		const [first] = (await once(feeder.stdout, "data")) as [Buffer];
		const port = Number(first.toString());
		console.log(
			`${cpus()[0].model}, ${availableParallelism()} cores; ${options.cameras} streams, ${options.rate} pictures/s each`,
		);
		console.log(
			`${"recorder".padEnd(22)}${"ms/1000".padStart(8)} ${"% of a core".padStart(12)} ${"memory MB".padStart(10)}`,
		);
		for (const program of programs) {
			const taken = await measureNas(program, join(root, program.name), port, options);
			line(`porthole on ${program.name}`, options, taken);
		}
		if (installed("ffmpeg")) line("ffmpeg -c copy", options, await measureFfmpeg(join(root, "ffmpeg"), port, options));
		if (options.frames > 0) {
			const segments = fill(join(root, "full"), options.frames);
			for (const program of programs) {
				const empty = await startUp(program, join(root, `empty ${program.name}`));
				const full = await startUp(program, join(root, "full"));
				const text = `${full.ready.toFixed(0)} ms until the index is ready, ${empty.ready.toFixed(0)} ms with an empty folder`;
				console.log(`start-up on ${program.name}, ${options.frames} pictures in ${segments} files: ${text}`);
				console.log(
					`what there is of a camera in 30 days, by HTTP: ${full.query.toFixed(0)} ms at most of 64 (goal 50)`,
				);
			}
		}
		return 0;
	} finally {
		feeder.kill();
		rmSync(root, { recursive: true, force: true });
	}
}

runProgram("bench:record", main);
