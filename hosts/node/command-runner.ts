import { type ChildProcess, spawn } from "node:child_process";
import type { Millis } from "../../src/core/time";

/** The characters kept of each output of a command. */
const OUTPUT_MAX = 64_000;
/** Folders of system programs, which are missing in the path of an ordinary user. */
const SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin";

/** The result of a command. */
export interface CommandOutcome {
	/** Exit code; -1 when the command could not be started, or was ended by a signal or the time limit. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	/** Why it could not be started: the program is not installed, or this process may not run it. */
	readonly trouble?: "missing" | "forbidden";
}

/** A running command. */
export interface Command {
	/** Kills it; its result is not reported. */
	kill(): void;
}

/** Runs programs of the system, without a shell. Tests have their own. */
export interface CommandRunner {
	/**
	 * Runs a command.
	 * @param words the program and its arguments
	 * @param limit the time after which it is killed
	 * @param ended called once, never inside this call
	 */
	run(words: readonly string[], limit: Millis, ended: (outcome: CommandOutcome) => void): Command;
	/**
	 * Starts a program with `input` on its standard input, which stays open until this process ends for any reason; only
	 * then does the program see the end of its input. Signals of the terminal do not reach it.
	 * @param ended called once if it ends before it is killed, never inside this call
	 */
	guard(words: readonly string[], input: string, ended: () => void): Command;
}

/** Runs programs of this machine. */
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
		// It may have ended already, which is reported below.
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

/** Reports the end of a child once, unless it is killed by its owner. */
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
