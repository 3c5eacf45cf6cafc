import { type ChildProcess, spawn } from "node:child_process";
import type { Millis } from "../../src/core/time";

/** What is kept of each output of a command, in characters. */
const OUTPUT_MAX = 64_000;
/** Folders of system programs, which the path of an ordinary user lacks. */
const SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin";

/** How a command ended. */
export interface CommandOutcome {
	/** Exit code; -1 when it could not be started, or a signal or the time limit ended it. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	/** Why it could not be started: there is no such program, or this process may not run it. */
	readonly trouble?: "missing" | "forbidden";
}

/** A command that runs. */
export interface Command {
	/** Ends it at once; nothing is heard of it any more. */
	kill(): void;
}

/** Starts programs of the system, without a shell; only a test has another. */
export interface CommandRunner {
	/**
	 * Runs a command to its end.
	 * @param words the program and its arguments
	 * @param limit when it is killed
	 * @param ended called once, never inside this call
	 */
	run(words: readonly string[], limit: Millis, ended: (outcome: CommandOutcome) => void): Command;
	/**
	 * Starts a program that reads `input`, which is held open until this process ends, however that happens; only then
	 * does the program see the end of its input. Signals of the terminal do not reach it.
	 * @param ended called once if it ends before it is killed, never inside this call
	 */
	guard(words: readonly string[], input: string, ended: () => void): Command;
}

/** The programs of this machine. */
export class NodeCommandRunner implements CommandRunner {
	run(words: readonly string[], limit: Millis, ended: (outcome: CommandOutcome) => void): Command {
		const child = start(words, ["ignore", "pipe", "pipe"], false);
		const said = { stdout: "", stderr: "" };
		for (const name of ["stdout", "stderr"] as const) {
			child[name]?.setEncoding("utf8").on("data", (text: string) => {
				said[name] = (said[name] + text).slice(0, OUTPUT_MAX);
			});
		}
		const timer = setTimeout(() => child.kill("SIGKILL"), limit);
		return watch(child, (code, error) => {
			clearTimeout(timer);
			const trouble = troubleOf(error);
			ended({ code, ...said, ...(error && { stderr: error.message }), ...(trouble && { trouble }) });
		});
	}

	guard(words: readonly string[], input: string, ended: () => void): Command {
		const child = start(words, ["pipe", "ignore", "ignore"], true);
		// It may be gone already; then its end is heard below.
		child.stdin?.on("error", () => {});
		child.stdin?.write(input);
		child.unref();
		return watch(child, ended);
	}
}

function start(words: readonly string[], stdio: ("ignore" | "pipe")[], detached: boolean): ChildProcess {
	const path = `${process.env["PATH"] ?? ""}:${SYSTEM_FOLDERS}`;
	const [program, ...parameters] = words;
	return spawn(program, parameters, { stdio, detached, env: { PATH: path, LC_ALL: "C" } });
}

/** Tells of the end of a child once, unless it is killed by who started it. */
function watch(child: ChildProcess, ended: (code: number, error: NodeJS.ErrnoException | undefined) => void): Command {
	let over = false;
	const end = (code: number, error?: NodeJS.ErrnoException): void => {
		if (over) return;
		over = true;
		ended(code, error);
	};
	child.on("error", (error) => end(-1, error));
	child.on("close", (code) => end(code ?? -1));
	return {
		kill(): void {
			over = true;
			child.kill("SIGKILL");
		},
	};
}

function troubleOf(error: NodeJS.ErrnoException | undefined): "missing" | "forbidden" | undefined {
	switch (error?.code) {
		case "ENOENT":
			return "missing";
		case "EACCES":
		case "EPERM":
			return "forbidden";
		default:
			return undefined;
	}
}
