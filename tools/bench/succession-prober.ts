import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Lab, LabProcess } from "../../test/lab/lab";
import { pause } from "../../test/support/until";

const run = promisify(execFile);
const SOURCES = resolve(__dirname, "native");
/** The time between two requests, in milliseconds. */
export const PROBE_INTERVAL = 10;
/** A request is given up after so many milliseconds, and counts as unanswered. */
const PROBE_PATIENCE = 2000;
/** The text before a camera's identity on the login page, and before its name on other pages. */
const MARKS = ['realm="Porthole ', "<h1>"];
/** The time between two checks for an answer, in milliseconds. */
const LOOK = 20;

/** The C programs of this bench, compiled. */
export interface Programs {
	/** Sends requests to one server all the time. */
	readonly prober: string;
	/** Answers it; in place of a camera where keepalived is measured. */
	readonly target: string;
}

/** Compiles the C programs into `folder`. */
export async function buildPrograms(folder: string): Promise<Programs> {
	const programs: Programs = { prober: join(folder, "http-prober"), target: join(folder, "prober-target") };
	const flags = ["-O2", "-Wall", "-Wextra", "-Werror"];
	await run("gcc", [...flags, "-o", programs.prober, join(SOURCES, "http-prober.c")]);
	await run("gcc", [...flags, "-o", programs.target, join(SOURCES, "prober-target.c")]);
	return programs;
}

/** The time of the clock that the prober reads too (CLOCK_MONOTONIC), in milliseconds. */
export function monotonic(): number {
	return Number(process.hrtime.bigint()) / 1e6;
}

/** One request and its result; times in milliseconds of {@link monotonic}. */
export interface Probe {
	readonly opened: number;
	readonly ended: number;
	/** `ok`, or why there is no answer. */
	readonly outcome: string;
	/** Name of the camera that answered; empty unless `ok`. */
	readonly who: string;
}

/** The longest time without an answer. */
export interface Gap {
	/** In milliseconds, between two good answers that follow each other. */
	readonly length: number;
	/** The camera that answered last before the gap, and the first after it. */
	readonly before: string;
	readonly after: string;
}

/**
 * Reads a line of the prober; `undefined` when it is malformed.
 * @param nameOf gives the name of the camera from the text in its answer; absent: that text is the name
 */
export function parseProbe(line: string, nameOf?: (who: string) => string): Probe | undefined {
	const [opened, ended, outcome, who] = line.split("\t");
	if (who === undefined) return undefined;
	const name = nameOf === undefined || who === "" ? who : nameOf(who);
	const probe = { opened: Number(opened), ended: Number(ended), outcome, who: name };
	return Number.isFinite(probe.opened) && Number.isFinite(probe.ended) ? probe : undefined;
}

/**
 * Finds the longest gap between two good answers that follow each other.
 * @param probes in the order in which they ended
 * @param from gaps that ended before are not counted
 * @param to gaps that began later are not counted
 * @returns `undefined` when there were fewer than two good answers
 */
export function longestGap(probes: readonly Probe[], from: number, to: number): Gap | undefined {
	let longest: Gap | undefined;
	let last: Probe | undefined;
	for (const probe of probes) {
		if (probe.outcome !== "ok") continue;
		if (last !== undefined && probe.ended >= from && last.ended <= to) {
			const length = probe.ended - last.ended;
			if (longest === undefined || length > longest.length) longest = { length, before: last.who, after: probe.who };
		}
		last = probe;
	}
	return longest;
}

/**
 * Finds the longest time in which the machine kept the prober from sending requests.
 * @param from and `to`: requests between them count
 * @returns milliseconds; {@link PROBE_INTERVAL} or a little more when nothing delayed it
 */
export function longestStall(probes: readonly Probe[], from: number, to: number): number {
	const times = probes.map(({ opened }) => opened).filter((opened) => opened >= from && opened <= to);
	times.sort((a, b) => a - b);
	let longest = 0;
	for (let i = 1; i < times.length; i++) longest = Math.max(longest, times[i] - times[i - 1]);
	return longest;
}

/** Sends requests from the Internet side all the time, until the lab is removed. */
export class Prober {
	private readonly process: LabProcess;
	private probes: Probe[] = [];

	/** @see parseProbe */
	constructor(programs: Programs, lab: Lab, address: string, port: number, nameOf?: (who: string) => string) {
		const times = [PROBE_INTERVAL, PROBE_PATIENCE].map(String);
		this.process = lab.spawn("wan", [programs.prober, address, String(port), ...times, ...MARKS]);
		let rest = "";
		this.process.listen((chunk) => {
			const lines = (rest + chunk).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) {
				const probe = parseProbe(line, nameOf);
				if (probe !== undefined) this.probes.push(probe);
			}
		});
	}

	/** Drops all but the last `ms` milliseconds, so that memory is bounded. */
	forget(ms: number): void {
		const since = monotonic() - ms;
		this.probes = this.probes.filter((probe) => probe.ended >= since);
	}

	/** The camera of the last good answer, if that was within `ms` milliseconds. */
	answering(ms: number): string | undefined {
		const since = monotonic() - ms;
		for (let i = this.probes.length - 1; i >= 0 && this.probes[i].ended >= since; i--) {
			if (this.probes[i].outcome === "ok") return this.probes[i].who;
		}
		return undefined;
	}

	/** True: in the last `ms` milliseconds only `who` answered, and every request was answered. */
	steady(who: string, ms: number): boolean {
		const since = monotonic() - ms;
		const recent = this.probes.filter((probe) => probe.ended >= since);
		return recent.length >= ms / PROBE_INTERVAL / 2 && recent.every((probe) => probe.who === who);
	}

	/**
	 * Waits until a camera answers that is not one of `victims`.
	 * @param since answers that ended before don't count
	 * @param limit in milliseconds
	 * @returns when that answer came; `undefined` when none came in time
	 */
	async untilOther(victims: readonly string[], since: number, limit: number): Promise<number | undefined> {
		for (;;) {
			this.check();
			const first = this.probes.find((p) => p.ended >= since && p.outcome === "ok" && !victims.includes(p.who));
			if (first !== undefined) return first.ended;
			if (monotonic() - since > limit) return undefined;
			await pause(LOOK);
		}
	}

	/** @see longestGap */
	longestGap(from: number, to: number): Gap | undefined {
		this.check();
		return longestGap(this.probes, from, to);
	}

	/** @see longestStall */
	longestStall(from: number, to: number): number {
		return longestStall(this.probes, from, to);
	}

	/**
	 * Lists the results of all requests since a time, equal ones in a row in one line: `+812.5 ok camera 1
	 * x 31` were opened from 812.5 ms after it.
	 */
	story(since: number): string {
		const lines: { words: string; at: number; count: number }[] = [];
		for (const { opened, outcome, who } of [...this.probes].sort((a, b) => a.opened - b.opened)) {
			const words = `${outcome} ${who}`.trim();
			const last = lines[lines.length - 1];
			if (opened < since) continue;
			if (last?.words === words) last.count++;
			else lines.push({ words, at: opened - since, count: 1 });
		}
		return lines.map(({ words, at, count }) => `+${at.toFixed(1)} ${words} x ${count}`).join("\n");
	}

	/** Counts the results of requests since a time: `ok 120, ECONNREFUSED 31`. */
	outcomes(since: number): string {
		const counts = new Map<string, number>();
		for (const { ended, outcome } of this.probes) {
			if (ended >= since) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
		}
		return [...counts].map(([outcome, count]) => `${outcome} ${count}`).join(", ");
	}

	/** Stops. */
	stop(): void {
		this.process.signal("SIGTERM");
	}

	private check(): void {
		if (!this.process.running) throw new Error(`the prober ended: ${this.process.output.slice(-500)}`);
	}
}
