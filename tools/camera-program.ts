import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pause } from "../test/support/until";
import { freePort } from "./free-port";

const TOP = resolve(__dirname, "..");
/** The program on Node.js, as `npm run build` leaves it. */
export const NODE_PROGRAM = join(TOP, "dist/hosts/node/main.js");
/** The program on XS, as `npm run build:linux` leaves it. */
export const XS_PROGRAM = join(TOP, "build/linux/porthole-linux");
/** A still picture to be a camera's. */
export const FRAME = join(TOP, "test/fixtures/frame.jpg");
/** Time for a camera to answer; a busy machine may need much. */
const START_TIME = 60_000;
/** A camera that has not left in so long is killed. */
const STOP_TIME = 30_000;

/** A program that is a camera. */
export interface CameraProgram {
	readonly name: "Node.js" | "XS";
	readonly command: readonly string[];
	/** How it is built. */
	readonly build: string;
	/** What tests call it that need it; see test/support/needs.ts. */
	readonly need: "build" | "porthole-linux";
}

/** The programs of this project that are a camera. */
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

/** Whether a program has been built. */
export function isBuilt(program: CameraProgram): boolean {
	return program.command.slice(0, 2).every((word) => existsSync(word));
}

/** A camera that runs on this machine, without a gateway and without neighbours. */
export interface RunningCamera {
	readonly port: number;
	readonly pid: number;
	/** Its memory, in kB. */
	residentKb(): number;
	/** What it said on standard error last. */
	said(): string;
	/** Ends it; true when it left in good order. */
	stop(): Promise<boolean>;
}

/**
 * Starts a camera with a still picture on a free port, and waits until it listens.
 * @param flags more options
 * @throws when it ends instead; the message holds what it said
 */
export async function startCamera(program: CameraProgram, ...flags: readonly string[]): Promise<RunningCamera> {
	const folder = mkdtempSync(join(tmpdir(), "porthole-camera-"));
	const port = await freePort();
	const standard = ["--mapping", "off", "--presence", "off", "--source", FRAME, "--data", join(folder, "data")];
	const words = [...program.command.slice(1), ...standard, "--http-port", `${port}`, ...flags];
	const child = spawn(program.command[0], words, { cwd: TOP, stdio: ["ignore", "ignore", "pipe"] });
	let said = "";
	let over = false;
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		said = (said + chunk).slice(-4000);
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
	while (!said.includes("listening on port")) {
		if (over || performance.now() > limit) {
			await stop();
			throw new Error(`${program.name} does not begin to serve:\n${said}`);
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
