import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { until } from "../support/until";

const SCRIPT = resolve(__dirname, "lab.sh");
const TOP = resolve(__dirname, "../..");

/** The program that a camera of the lab runs. */
export type CameraKind = "node" | "xs";
/** All of them. */
export const CAMERA_KINDS: readonly CameraKind[] = ["node", "xs"];

/** Prefix of a command that runs as user nobody. */
export const NOBODY: readonly string[] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Output kept of each process for the report of a failed test, in characters. */
const OUTPUT_MAX = 64_000;
/** Time for a process to end after SIGINT before it is killed, in milliseconds. */
const LEAVE_TIME = 30_000;

/** Time limit of a command, in milliseconds; a busy machine may need much. */
const COMMAND_TIME = 120_000;

let count = 0;

/** The outcome of a command. */
export interface Outcome {
	/** Exit code; -1 when a signal or the time limit ended it. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** A process that runs in a namespace of the lab until it is stopped. It leads a process group of its own. */
export class LabProcess {
	output = "";
	/** True: it and all others that write to its output have ended. */
	private isOver = false;
	/** Resolves with the exit code, -1 after a signal. */
	readonly ended: Promise<number>;

	constructor(
		readonly title: string,
		private readonly child: ChildProcess,
	) {
		const collect = (chunk: string): void => {
			this.output = (this.output + chunk).slice(-OUTPUT_MAX);
		};
		child.stdout?.setEncoding("utf8").on("data", collect);
		child.stderr?.setEncoding("utf8").on("data", collect);
		this.ended = new Promise((done) => {
			child.on("error", (error) => {
				collect(`${error.message}\n`);
				done(-1);
			});
			child.on("close", (code) => {
				this.isOver = true;
				done(code ?? -1);
			});
		});
	}

	/** Passes standard output on as it comes, from now on. */
	listen(listener: (chunk: string) => void): void {
		this.child.stdout?.on("data", listener);
	}

	get running(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined;
	}

	/** The number of the process; 0 when it could not be started. */
	get pid(): number {
		return this.child.pid ?? 0;
	}

	/** Writes to standard input, for processes that were started with one. */
	write(text: string): void {
		if (this.running) this.child.stdin?.write(text);
	}

	/** Sends a signal; does nothing when the process has ended. */
	signal(name: NodeJS.Signals): void {
		if (this.running) this.child.kill(name);
	}

	/** Ends the process as Ctrl-C does; kills it if it does not end. @returns its exit code */
	async leave(): Promise<number> {
		this.signal("SIGINT");
		const late = setTimeout(() => void this.end(), LEAVE_TIME);
		const code = await this.ended;
		clearTimeout(late);
		return code;
	}

	/** Kills the process, as a fault does; what it has started goes on, such as the guard of a floating address. */
	async crash(): Promise<void> {
		this.signal("SIGKILL");
		await this.ended;
	}

	/** Kills the process and all that it has started. What a shell has started would keep its output open. */
	async end(): Promise<void> {
		if (!this.isOver && this.pid > 0) {
			try {
				process.kill(-this.pid, "SIGKILL");
			} catch {
				// The whole group has just ended.
			}
		}
		await this.ended;
	}
}

/**
 * A home network with a real Internet gateway in network namespaces (`lab.sh` shows a diagram), for one test suite.
 * Labs run side by side. Every lab is removed when Node exits, in whatever way.
 *
 * Namespaces: `wan`, `rtr`, `rtr2`, `cam1` …, `home` (a visitor in the cameras' LAN), `away` (behind rtr2).
 */
export class Lab {
	private processes: LabProcess[] = [];
	private readonly onExit = (): void => {
		execFileSync(SCRIPT, ["down"], { env: this.env, stdio: "ignore" });
	};
	private readonly env: NodeJS.ProcessEnv;

	private constructor(readonly name: string) {
		this.env = { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, HOME: process.env["HOME"] ?? "/", LAB: name };
		process.on("exit", this.onExit);
	}

	/**
	 * Builds a lab.
	 * @param words the profile, as `lab.sh up` takes it: `igd1 secure rules=strict`
	 * @param script another script that builds a lab with namespaces of the same kind of names
	 */
	static async up(words: string, script = SCRIPT): Promise<Lab> {
		await Lab.removeOrphans();
		const lab = new Lab(`t${process.pid}x${++count}`);
		await lab.script(["up", ...words.split(" ")], script);
		return lab;
	}

	/** Removes labs whose process was killed before it could. Another process may be doing the same. */
	private static async removeOrphans(): Promise<void> {
		const folder = "/run/netns";
		const names = existsSync(folder) ? readdirSync(folder) : [];
		for (const name of new Set(names.map((entry) => entry.replace(/-\w+$/, "")))) {
			const pid = /^t(\d+)x\d+$/.exec(name)?.[1];
			if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
			const orphan = new Lab(name);
			await orphan.run(["down"], COMMAND_TIME);
			process.off("exit", orphan.onExit);
		}
	}

	/** The address of camera `n` in its LAN. */
	static address(n: number): string {
		return `192.168.0.1${n}`;
	}

	/** Runs a command in a namespace to its end; `limit` in milliseconds. Never rejects. */
	exec(ns: string, argv: readonly string[], limit = COMMAND_TIME): Promise<Outcome> {
		return this.run(["exec", ns, ...argv], limit);
	}

	/** Starts a process in a namespace; it is stopped by {@link down} at the latest. */
	spawn(ns: string, argv: readonly string[], input: "ignore" | "pipe" = "ignore"): LabProcess {
		const args = ["netns", "exec", `${this.name}-${ns}`, ...argv];
		const stdio = [input, "pipe", "pipe"] as const;
		const child = spawn("ip", args, { env: this.env, cwd: TOP, stdio: [...stdio], detached: true });
		const process = new LabProcess(`${ns}: ${argv.join(" ")}`, child);
		this.processes.push(process);
		return process;
	}

	/** Forgets a process that has ended, for tests that start many in one lab. */
	forget(process: LabProcess): void {
		this.processes = this.processes.filter((other) => other !== process);
	}

	/** Starts a camera of the product under test in a namespace. */
	camera(ns: string, kind: CameraKind, ...flags: readonly string[]): LabProcess {
		const program = kind === "node" ? [process.execPath, NODE_PROGRAM] : [XS_PROGRAM];
		return this.spawn(ns, [...program, "camera", "--interface", "eth0", ...flags]);
	}

	/**
	 * Fetches a page in a namespace with curl, as the owner.
	 * @param connect time limit for the connection in seconds; kernels answer it, so a busy machine does not matter
	 * @returns the body; `undefined` without a connection or a successful answer
	 */
	async get(ns: string, url: string, connect = 3): Promise<string | undefined> {
		const limits = ["--connect-timeout", `${connect}`, "--max-time", "20"];
		const { code, stdout } = await this.exec(ns, ["curl", "-sf", ...OWNER, ...limits, url]);
		return code === 0 ? stdout : undefined;
	}

	/** Whether a TCP port can be reached from a namespace within two seconds. */
	async reaches(ns: string, address: string, port: number): Promise<boolean> {
		// Bash takes the pipe from Node.js for a remote login, and would begin with the user's ~/.bashrc, which may take its time.
		const bash = ["bash", "--norc", "-c", `exec 3<>/dev/tcp/${address}/${port}`];
		const { code } = await this.exec(ns, ["timeout", "2", ...bash]);
		return code === 0;
	}

	/** Stops the router's daemon and removes its mappings; {@link startRouter} starts it again. */
	stopRouter(): Promise<void> {
		return this.script(["igd", "stop"]);
	}

	/** Resolves when the router answers again. */
	startRouter(): Promise<void> {
		return this.script(["igd", "start"]);
	}

	/** Removes the router's mappings and restarts its daemon at once. */
	restartRouter(): Promise<void> {
		return this.script(["igd", "restart"]);
	}

	/** Gives the router another address on the Internet side. */
	setWan(address: string): Promise<void> {
		return this.script(["set-wan", address]);
	}

	/** Calls a lab's script for this lab. @param script the one that has built it */
	configure(args: readonly string[], script: string): Promise<void> {
		return this.script([...args], script);
	}

	/** Reads the TCP mappings from the router's firewall: external port → internal `address:port`. */
	async mappings(): Promise<Map<number, string>> {
		const { stdout } = await this.exec("rtr", ["nft", "list", "chain", "inet", "igd", "prerouting_miniupnpd"]);
		const rules = stdout.matchAll(/ dport (\d+) dnat ip to ([\d.]+:\d+)/g);
		return new Map(Array.from(rules, ([, port, inside]) => [Number(port), inside]));
	}

	/** Prints the output of all processes to standard error; for a hook after a failed test. */
	report(): void {
		for (const { title, output, running } of this.processes) {
			process.stderr.write(`--- ${title}${running ? "" : " (ended)"}\n${output}\n`);
		}
	}

	/** Kills all processes, so that a failed test leaves nothing to the next one. */
	async stopAll(): Promise<void> {
		await Promise.all(this.processes.map((process) => process.end()));
		this.processes = [];
	}

	/** Stops all processes and removes the lab; may be called twice. */
	async down(): Promise<void> {
		await this.stopAll();
		await this.script(["down"]);
		process.off("exit", this.onExit);
	}

	private async script(args: string[], script = SCRIPT): Promise<void> {
		const { code, stdout, stderr } = await this.run(args, COMMAND_TIME, script);
		if (code !== 0) throw new Error(`${script} ${args.join(" ")}: ${stderr || stdout || `exit code ${code}`}`);
	}

	private run(args: readonly string[], limit: number, script = SCRIPT): Promise<Outcome> {
		const options = { env: this.env, cwd: TOP, timeout: limit, killSignal: "SIGKILL", maxBuffer: 1 << 24 } as const;
		return new Promise((done) => {
			execFile(script, args, options, (error, stdout, stderr) => {
				done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, stdout, stderr });
			});
		});
	}
}

/** Arguments for curl to log in as the owner. */
export const OWNER: readonly string[] = ["--digest", "-u", `owner:${PASSWORD}`];

/** Waits until a server in the lab answers with a page that contains `text`. @returns the page */
export function untilPage(lab: Lab, ns: string, url: string, text: string | RegExp, limit: number): Promise<string> {
	return until(`${url} in ${ns} shows ${text}`, limit, async () => {
		const page = await lab.get(ns, url, 1);
		const shown = page !== undefined && (typeof text === "string" ? page.includes(text) : text.test(page));
		return shown ? page : undefined;
	});
}
