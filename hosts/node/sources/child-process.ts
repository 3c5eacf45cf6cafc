import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Millis } from "../../../src/core/time";

/** A child process; its standard input is `null` unless it was asked for. */
export type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

/** How long a child may take to exit when it is asked to. */
const PATIENCE: Millis = 2000;

const TIE = ["--pdeathsig", "KILL"];

const children = new Set<ChildProcess>();
let watching = false;
/** The program that ends a child with its parent; `null`: there is none, `undefined`: not yet searched for. */
let tier: string | null | undefined;

/** Finds a program in PATH. */
export function findProgram(name: string): string | undefined {
	for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
		const file = join(folder, name);
		try {
			accessSync(file, constants.X_OK);
			return file;
		} catch {}
	}
	return undefined;
}

/**
 * Starts a program without a shell. It does not outlive this process: it is killed when this process exits, and, where Linux's
 * `setpriv` is installed, also when this process is killed.
 * @param isFed true: it has a standard input, which is written to
 */
export function startChild(program: string, args: readonly string[], isFed = false): Child {
	tier ??= findTier();
	const [file, all] = tier === null ? [program, args] : [tier, [...TIE, program, ...args]];
	const child: Child = isFed
		? spawn(file, all, { stdio: ["pipe", "pipe", "pipe"] })
		: spawn(file, all, { stdio: ["ignore", "pipe", "pipe"] });
	// What is written to a child that has ended is lost; its end is noticed by `close`.
	child.stdin?.on("error", () => {});
	children.add(child);
	child.once("close", () => children.delete(child));
	child.once("error", () => children.delete(child));
	if (!watching) process.once("exit", killAll);
	watching = true;
	return child;
}

/** Asks a child to exit, and kills it if it does not. */
export function endChild(child: Child): void {
	// One that waits for its input does not notice the signal.
	child.stdin?.destroy();
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
	timer.unref();
	child.once("close", () => clearTimeout(timer));
}

/** True once a child has exited. */
export function hasEnded(child: Child): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

function findTier(): string | null {
	const setpriv = process.platform === "linux" ? findProgram("setpriv") : undefined;
	return setpriv !== undefined && spawnSync(setpriv, [...TIE, "true"]).status === 0 ? setpriv : null;
}

function killAll(): void {
	for (const child of children) child.kill("SIGKILL");
}
