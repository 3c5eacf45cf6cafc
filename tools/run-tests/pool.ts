import { type ChildProcess, fork } from "node:child_process";
import { join, resolve } from "node:path";
import { TYPESCRIPT } from "../typescript-options";
import type { FileOutcome, TestOutcome, WorkerMessage } from "./outcome";

const TOP = resolve(__dirname, "../..");
/** Output kept of a file, in characters: the end of it. */
const OUTPUT_MAX = 200_000;
/** Time for a worker to start and load a file, in milliseconds. */
const LOAD_TIME = 300_000;
/** Time for a worker to end after its last file. */
const END_TIME = 20_000;
/** Time between asking a worker to end and killing it; its exit handlers remove namespaces meanwhile. */
const KILL_TIME = 10_000;

const workers = new Set<Worker>();

/** The tests that run at the moment, one a worker; for the report when the whole run is ended. */
export function runningTests(): string[] {
	return [...workers].map((worker) => worker.place);
}

/** A test file that waits for a worker. */
export interface Job {
	/** Relative to the root of the repository. */
	readonly file: string;
	/** Jobs of one group never run at the same time. */
	readonly group?: string;
}

/** What the pool needs to know. */
export interface PoolOptions {
	/** Worker processes. */
	readonly workers: number;
	/** In milliseconds; the worker of a test that takes longer is ended, and the file has failed. */
	readonly testLimit: number;
	/** Called when a file has ended. */
	readonly report: (outcome: FileOutcome) => void;
}

/**
 * Runs test files in worker processes, in the given order, and resolves when all have ended.
 *
 * A worker runs many files, so that modules are compiled once for each worker. One that ends before its time fails the
 * file that it was at, and is replaced.
 * @returns errors that belong to no file
 */
export async function runJobs(jobs: readonly Job[], options: PoolOptions): Promise<string[]> {
	const waiting = [...jobs];
	const busy = new Set<string>();
	const errors: string[] = [];
	let wake: (() => void)[] = [];

	/** Takes the first job whose group is free; waits while there are only others. */
	async function next(): Promise<Job | undefined> {
		for (;;) {
			const index = waiting.findIndex(({ group }) => group === undefined || !busy.has(group));
			if (index >= 0) return waiting.splice(index, 1)[0];
			if (waiting.length === 0) return undefined;
			await new Promise<void>((done) => wake.push(done));
		}
	}

	async function lane(index: number): Promise<void> {
		let worker: Worker | undefined;
		for (let job = await next(); job !== undefined; job = await next()) {
			if (job.group !== undefined) busy.add(job.group);
			if (worker === undefined || worker.hasEnded) worker = new Worker(index);
			options.report(await worker.run(job.file, options.testLimit));
			if (job.group !== undefined) busy.delete(job.group);
			for (const call of wake) call();
			wake = [];
		}
		if (worker?.hasEnded === false) errors.push(...(await worker.finish(Math.min(END_TIME, options.testLimit))));
	}

	const lanes = Array.from({ length: Math.min(options.workers, jobs.length) }, (_, index) => lane(index));
	await Promise.all(lanes);
	return errors;
}

/** A process that runs test files, one at a time. */
class Worker {
	private readonly child: ChildProcess;
	private output = "";
	private last = "";
	/** The test that runs. */
	private current = "";
	private strays: string[] = [];
	private ended: string | undefined;
	private began: (() => void) | undefined;
	private done: ((tests: readonly TestOutcome[], errors: readonly string[]) => void) | undefined;
	private readonly end: Promise<void>;

	constructor(index: number) {
		workers.add(this);
		this.child = fork(join(__dirname, "worker.ts"), {
			cwd: TOP,
			execArgv: [...TYPESCRIPT],
			env: { ...process.env, PORTHOLE_TEST_WORKER: `${index}` },
			stdio: ["ignore", "pipe", "pipe", "ipc"],
		});
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => {
				this.output = (this.output + text).slice(-OUTPUT_MAX);
			});
		}
		this.child.on("message", (message: WorkerMessage) => this.told(message));
		this.end = new Promise((done) => {
			this.child.once("exit", (code, signal) => {
				workers.delete(this);
				this.ended = signal === null ? `exit code ${code}` : `${signal}`;
				// Lets the pipes deliver what was written before the end.
				setImmediate(() => {
					const at = this.current === "" ? "" : `, while it ran "${this.current}"`;
					this.done?.([], [`the worker process ended (${this.ended})${at}`]);
					done();
				});
			});
		});
	}

	/** What it is at: the file and the test. */
	get place(): string {
		return `${this.last}: ${this.current === "" ? "loading" : this.current}`;
	}

	get hasEnded(): boolean {
		return this.ended !== undefined;
	}

	/** Runs a file to its end, or to the worker's. */
	async run(file: string, limit: number): Promise<FileOutcome> {
		const start = performance.now();
		this.output = "";
		this.last = file;
		this.current = "";
		let late: string | undefined;
		const watch = (span: number): void => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				const what = this.current === "" ? "loading the file" : `"${this.current}"`;
				late = `${what} took longer than ${span / 1000} s, and was ended`;
				this.stop(span);
			}, span);
		};
		let timer: NodeJS.Timeout | undefined;
		watch(LOAD_TIME);
		this.began = () => watch(limit);
		const [tests, errors] = await new Promise<[readonly TestOutcome[], readonly string[]]>((ended) => {
			this.done = (...outcome) => {
				this.done = undefined;
				ended(outcome);
			};
			this.child.send(resolve(TOP, file));
		});
		clearTimeout(timer);
		this.began = undefined;
		// What the worker printed is in its pipes by now; one turn of the loop reads it.
		await new Promise((done) => setImmediate(done));
		const all = [
			...(late === undefined ? errors : [late]),
			...this.strays.splice(0).map((error) => `an exception that no test caught: ${error}`),
		];
		if (tests.length === 0 && all.length === 0) all.push("has no tests");
		return { file, duration: performance.now() - start, tests, errors: all, output: this.output };
	}

	/** Lets the process end. @returns what was wrong with it */
	async finish(limit: number): Promise<string[]> {
		let late = false;
		this.output = "";
		if (this.child.connected) this.child.disconnect();
		const timer = setTimeout(() => {
			late = true;
			this.stop(limit);
		}, limit);
		await this.end;
		clearTimeout(timer);
		const errors = this.strays.map((error) => `after ${this.last}: ${error}`);
		if (late) errors.push(`a worker did not end after ${this.last}: its tests leave something open`);
		else if (this.ended !== "exit code 0")
			errors.push(`a worker ended with ${this.ended} after ${this.last}\n${this.output}`);
		return errors;
	}

	private told(message: WorkerMessage): void {
		if (message.kind === "began") {
			this.current = message.title;
			this.began?.();
		} else if (message.kind === "stray") this.strays.push(message.error);
		else this.done?.(message.tests, message.errors);
	}

	/** Ends the process, by force where it doesn't react. */
	private stop(limit: number): void {
		this.child.kill("SIGTERM");
		const timer = setTimeout(() => this.child.kill("SIGKILL"), Math.min(limit, KILL_TIME));
		this.child.once("exit", () => clearTimeout(timer));
	}
}
