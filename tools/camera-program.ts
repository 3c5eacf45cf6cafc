import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pause } from "../test/support/until";
import { freePort } from "./free-port";

const TOP = resolve(__dirname, "..");
/** The program for Node.js that `npm run build` makes. */
export const NODE_PROGRAM = join(TOP, "dist/hosts/node/main.js");
/** The program for XS that `npm run build:linux` makes. */
export const XS_PROGRAM = join(TOP, "build/linux/porthole-linux");
/** A still picture for cameras in tests. */
export const FRAME = join(TOP, "test/fixtures/frame.jpg");
/** Time limit for a camera to start, in milliseconds; a busy machine may need much. */
const START_TIME = 60_000;
/** A camera that has not ended after this many milliseconds is killed. */
const STOP_TIME = 30_000;

/** A program that runs a camera, or a NAS. */
export interface CameraProgram {
	readonly name: "Node.js" | "XS";
	readonly command: readonly string[];
	/** The command that builds it. */
	readonly build: string;
	/** Its name in test/support/needs.ts. */
	readonly need: "build" | "porthole-linux";
}

/** The programs of this project that run a camera. */
export const CAMERA_PROGRAMS: readonly CameraProgram[] = [
	{
		name: "Node.js",
		command: [process.execPath, NODE_PROGRAM, "camera"],
		build: "npm run build",
		need: "build",
	},
	{
		name: "XS",
		command: [XS_PROGRAM],
		build: "npm run build:linux",
		need: "porthole-linux",
	},
];

/** The programs of this project that run a NAS. */
export const NAS_PROGRAMS: readonly CameraProgram[] = CAMERA_PROGRAMS.map((program) => ({
	...program,
	command: [...program.command.filter((word) => word !== "camera"), "nas"],
}));

/** The programs of this project that run a relay. */
export const RELAY_PROGRAMS: readonly CameraProgram[] = CAMERA_PROGRAMS.map((program) => ({
	...program,
	command: [...program.command.filter((word) => word !== "camera"), "relay"],
}));

/** Whether a program has been built. */
export function isBuilt(program: CameraProgram): boolean {
	return program.command.every((word) => !word.includes("/") || existsSync(word));
}

/** A camera, or a NAS, that runs on this machine without a gateway and without other cameras. */
export interface RunningCamera {
	/** Of its pages. */
	readonly port: number;
	readonly pid: number;
	/** Its resident memory in kB. */
	residentKb(): number;
	/** The end of its standard error. */
	said(): string;
	/** Stops it. @returns whether it exited with code 0 */
	stop(): Promise<boolean>;
}

/**
 * Starts a camera, with a still picture unless `flags` name another source, on a free port, and waits until it listens.
 * @param flags more options
 * @throws when it does not listen; the message has its output
 */
export function startCamera(program: CameraProgram, ...flags: readonly string[]): Promise<RunningCamera> {
	return start(program, flags.includes("--source") ? flags : ["--source", FRAME, ...flags]);
}

/**
 * Starts a NAS on a free port, and waits until it listens.
 * @param storage the folder that it stores everything in
 * @param flags more options
 * @throws when it does not listen; the message has its output
 */
export function startNas(program: CameraProgram, storage: string, ...flags: readonly string[]): Promise<RunningCamera> {
	return start(program, ["--storage", storage, ...flags]);
}

/**
 * Starts a relay on a free port, and waits until it listens.
 * @param flags more options
 * @throws when it does not listen; the message has its output
 */
export function startRelay(program: CameraProgram, ...flags: readonly string[]): Promise<RunningCamera> {
	return start(program, flags, []);
}

/**
 * Starts a rendezvous server on free ports, and waits until it listens and has said its setting for devices.
 * @param program of a camera
 * @param flags more options
 * @throws when it does not listen; the message has its output
 */
export async function startRendezvous(program: CameraProgram, ...flags: readonly string[]): Promise<RunningCamera> {
	const command = [...program.command.filter((word) => word !== "camera"), "rendezvous"];
	const server = await start({ ...program, command }, ["--udp-port", `${await freePort()}`, ...flags], []);
	const limit = performance.now() + START_TIME;
	while (!server.said().includes("--rendezvous ")) {
		if (performance.now() > limit) throw new Error(`no setting:\n${server.said()}`);
		await pause(50);
	}
	return server;
}

/** @param quiet what keeps it from what is around it */
async function start(
	program: CameraProgram,
	flags: readonly string[],
	quiet: readonly string[] = ["--mapping", "off", "--presence", "off"],
): Promise<RunningCamera> {
	const folder = mkdtempSync(join(tmpdir(), "porthole-camera-"));
	const port = await freePort();
	const standard = [...quiet, "--data", join(folder, "data")];
	// Several cameras may run at a time.
	if (!flags.includes("--rtsp-port") && !flags.includes("--udp-port")) standard.push("--rtsp-port", "0");
	const words = [...program.command.slice(1), ...standard, "--http-port", `${port}`, ...flags];
	const child = spawn(program.command[0], words, { cwd: TOP, stdio: ["ignore", "ignore", "pipe"] });
	let said = "";
	let isListening = false;
	let over = false;
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		said = (said + chunk).slice(-4000);
		// A NAS with many cameras says much more at its start.
		isListening ||= said.includes("listening on port");
	});
	const gone = once(child, "exit").then(() => {
		over = true;
	});
	const stop = async () => {
		child.kill("SIGTERM");
		const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIME);
		await gone;
		clearTimeout(late);
		rmSync(folder, { recursive: true, force: true });
		return child.exitCode === 0;
	};
	const limit = performance.now() + START_TIME;
	while (!isListening) {
		if (over || performance.now() > limit) {
			await stop();
			throw new Error(`${program.name} does not listen:\n${said}`);
		}
		await pause(50);
	}
	const pid = child.pid as number;
	return {
		port,
		pid,
		residentKb: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
		said: () => said,
		stop,
	};
}
