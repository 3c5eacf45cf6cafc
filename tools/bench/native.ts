import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SOURCES = resolve(__dirname, "native");

/** The C programs of the benchmarks, compiled. */
export interface Native {
	/** A minimal MJPEG server, as the lower bound of the cost. */
	readonly floor: string;
	/** The load client. */
	readonly load: string;
	/** A V4L2 camera without hardware, for `LD_PRELOAD`. */
	readonly fakeCamera: string;
}

/** Compiles the C programs into `folder`. */
export async function buildNative(folder: string): Promise<Native> {
	const native: Native = {
		floor: join(folder, "mjpeg-floor"),
		load: join(folder, "mjpeg-load"),
		fakeCamera: join(folder, "fake-v4l2.so"),
	};
	await compileNative("mjpeg-floor.c", native.floor);
	await compileNative("mjpeg-load.c", native.load);
	await compileNative("fake-v4l2.c", native.fakeCamera, "-shared", "-fPIC", "-ldl");
	return native;
}

/** Compiles a C program of the benchmarks into `file`. */
export async function compileNative(source: string, file: string, ...flags: readonly string[]): Promise<void> {
	await run("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", file, join(SOURCES, source), ...flags]);
}

/** The load client's results. Rates are frames per second, sizes are in 2^20 octets. */
export interface Measurement {
	readonly viewers: number;
	readonly stalled: number;
	readonly seconds: number;
	/** Of all viewers together. */
	readonly fps: number;
	readonly fpsMin: number;
	readonly fpsMedian: number;
	readonly fpsMax: number;
	/** The longest time that any viewer was without a new frame. */
	readonly gapMs: number;
	readonly cpuSeconds: number;
	readonly cpuPer1000Frames: number;
	readonly rssBefore: number;
	readonly rssAfter: number;
	/** Viewers whose stream ended. */
	readonly dead: number;
	/** Viewers that the server refused. */
	readonly failures: number;
}

/** The stream to measure, and the process that serves it. */
export interface Target {
	readonly port: number;
	readonly path: string;
	readonly pid: number;
}

/**
 * Watches a stream with the load client on the second processor core.
 * @param times in seconds: warm-up and measurement
 */
export async function measure(
	native: Native,
	target: Target,
	viewers: number,
	stalled: number,
	times: { warmUp: number; measure: number },
): Promise<Measurement> {
	const { port, path, pid } = target;
	const numbers = [viewers, times.warmUp, times.measure, pid, stalled].map(String);
	const { stdout } = await run("taskset", ["-c", "1", native.load, "127.0.0.1", String(port), path, ...numbers]);
	return JSON.parse(stdout);
}
