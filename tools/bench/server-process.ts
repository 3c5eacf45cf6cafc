import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { pause } from "../../test/support/until";

const TOP = resolve(__dirname, "../..");
const START_TIME = 15_000;
const STOP_TIME = 3000;

/** A server that is measured. */
export interface ServerProcess {
	readonly pid: number;
	stop(): Promise<void>;
}

/**
 * Starts a server on the first processor core and waits until it is ready.
 * @param isReady called until it returns true
 * @throws when it ends or is not ready in time; the message has its output
 */
export async function startServer(
	name: string,
	command: readonly string[],
	env: Readonly<Record<string, string>>,
	isReady: () => Promise<boolean>,
): Promise<ServerProcess> {
	const argv = ["-c", "0", ...command];
	const child = spawn("taskset", argv, {
		env: { ...process.env, ...env },
		cwd: TOP,
		stdio: ["ignore", "ignore", "pipe"],
	});
	let said = "";
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		said = (said + chunk).slice(-4000);
	});
	const limit = performance.now() + START_TIME;
	while (!(await isReady())) {
		if (hasEnded(child) || performance.now() > limit) {
			await stop(child);
			throw new Error(`${name} does not answer:\n${said}`);
		}
		await pause(100);
	}
	return { pid: child.pid!, stop: () => stop(child) };
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
	if (hasEnded(child)) return;
	const ended = new Promise((done) => child.once("exit", done));
	child.kill("SIGTERM");
	const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIME);
	await ended;
	clearTimeout(late);
}
