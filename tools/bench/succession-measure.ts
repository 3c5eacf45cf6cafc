import { pause } from "../../test/support/until";
import { monotonic } from "./succession-prober";
import { type Contender, type Disruption, numberOf, type Stage, setCable } from "./succession-stage";

/** How long answers before a disruption are kept, in milliseconds. */
const BEFORE = 1000;
/** How long after the first answer gaps still count, as two cameras may compete. */
const AFTERMATH = 1500;
/** The number of runs in a row without a successor after which the rest is skipped. */
const HOPELESS = 3;
/** A run in which the machine delayed the prober for longer, in milliseconds, is not counted. */
const STALL_MAX = 50;
/** How often a home may seem healthy and then not answer. */
const ANSWER_TRIES = 5;
/** How long traffic is counted, in milliseconds. */
const IDLE_TIME = 20_000;

/** One run; times in milliseconds. */
export interface Result {
	/** The longest time between two good answers; `Infinity` when there was no answer in time. */
	readonly gap: number;
	readonly before: string;
	readonly after: string;
	/** The rest of the lease at the disruption, when the gateway makes others wait for its end. */
	readonly lease?: number;
	/** How long the machine delayed the prober itself. */
	readonly stall: number;
	/** Among the cameras alone, by their logs. */
	readonly handOver?: number;
}

/** All runs of one disruption. */
export interface Series {
	readonly contender: Contender;
	readonly disruption: Disruption;
	readonly results: readonly Result[];
	/** How often the home did not recover, and was rebuilt. */
	readonly rebuilt: number;
	/** Runs that were not counted, as the machine delayed the prober. */
	readonly disturbed: number;
}

/** The middle of the values, or the mean of the two in the middle; `NaN` when there are none. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length / 2;
	return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** Runs one contender through its disruptions, in one lab as long as it recovers. */
export class Trial {
	private stage: Stage | undefined;
	private rebuilt = 0;
	/** When the last run ended, for the logs; milliseconds of `Date.now()`. */
	private since = Date.now();

	/**
	 * @param say gets the progress, a line at a time
	 * @param keep gets the logs of each run, with a title
	 */
	constructor(
		private readonly contender: Contender,
		private readonly say: (line: string) => void,
		private readonly keep: (title: string, log: string) => void = () => {},
	) {}

	/** Measures `runs` times. */
	async measure(disruption: Disruption, runs: number): Promise<Series> {
		const results: Result[] = [];
		this.rebuilt = 0;
		let disturbed = 0;
		while (results.length < runs) {
			const result = await this.attempt(disruption, `${this.contender.id}-${disruption}-${results.length + 1}`);
			const lease = result.lease === undefined ? "" : `, lease left ${result.lease} ms`;
			const alone = result.handOver === undefined ? "" : `, cameras alone ${result.handOver} ms`;
			const who = `${result.before} -> ${result.after}`;
			this.say(`${results.length + 1}/${runs}: ${result.gap.toFixed(0)} ms, ${who}${lease}${alone}`);
			if (result.stall > STALL_MAX && disturbed < runs) {
				disturbed++;
				this.say(`not counted: the machine held up the prober for ${result.stall.toFixed(0)} ms`);
				continue;
			}
			results.push(result);
			if (results.length === HOPELESS && results.every(({ gap }) => gap === Infinity)) {
				this.say(`nobody took over in ${HOPELESS} of ${HOPELESS} runs; the rest is not tried`);
				break;
			}
		}
		return { contender: this.contender, disruption, results, rebuilt: this.rebuilt, disturbed };
	}

	/** Counts what idle cameras send. @returns octets a second, of all cameras together */
	async traffic(): Promise<number> {
		const stage = await this.settled();
		stage.prober.stop();
		await pause(BEFORE);
		const start = monotonic();
		const before = await sent(stage);
		await pause(IDLE_TIME);
		const octets = (await sent(stage)) - before;
		const seconds = (monotonic() - start) / 1000;
		await this.close();
		return octets / seconds;
	}

	/** Removes the lab. */
	async close(): Promise<void> {
		const { stage } = this;
		this.stage = undefined;
		await stage?.close();
	}

	private async attempt(disruption: Disruption, title: string): Promise<Result> {
		const { stage, who } = await this.answering();
		const first = numberOf(who);
		const victims = disruption === "double" ? [first, await stage.heir(first)] : [first];
		const lease = await stage.leaseLeft();
		const wall = Date.now();
		const start = monotonic();
		if (disruption === "leave") stage.leave(first);
		else if (disruption === "cable") await setCable(stage.lab, first, false);
		else for (const n of victims) stage.crash(n);

		const names = victims.map((n) => `camera ${n}`);
		const end = await stage.prober.untilOther(names, start, this.contender.patience);
		let result: Result = { gap: Infinity, before: who, after: "nobody", stall: 0 };
		if (end !== undefined) {
			await pause(AFTERMATH);
			const gap = stage.prober.longestGap(start, end + AFTERMATH);
			// From a little before the disruption to the answer of the successor.
			const stall = stage.prober.longestStall(start - BEFORE, end + STALL_MAX);
			if (gap !== undefined) result = { gap: gap.length, before: gap.before, after: gap.after, stall };
		} else {
			this.say(`since then: ${stage.prober.outcomes(start)}`);
		}
		const handOver = disruption === "leave" ? stage.handOver(wall) : undefined;
		const marks = `${new Date(wall).toISOString()} ${disruption}: ${names.join(", ")}; gap ${result.gap} ms, ${result.before} -> ${result.after}\n`;
		this.keep(title, `${marks}${stage.log(this.since)}\n${stage.prober.story(start)}\n`);
		this.since = Date.now();
		if (disruption === "cable") await setCable(stage.lab, first, true);
		else for (const n of victims) await stage.restart(n);
		return {
			...result,
			...(lease === undefined ? {} : { lease }),
			...(handOver === undefined ? {} : { handOver }),
		};
	}

	/** A healthy home, at a random time of its cycle, and the camera that answers there. */
	private async answering(): Promise<{ stage: Stage; who: string }> {
		for (let tries = 0; tries < ANSWER_TRIES; tries++) {
			const stage = await this.settled();
			await pause(Math.random() * this.contender.rhythm);
			stage.prober.forget(BEFORE);
			const who = stage.prober.answering(BEFORE / 4);
			if (who !== undefined) return { stage, who };
			this.say("nobody answers, though all seemed well; waited on");
		}
		throw new Error("again and again nobody answers, though all seemed well");
	}

	/** A healthy home; a new one when the old one does not recover. */
	private async settled(): Promise<Stage> {
		if (this.stage !== undefined) {
			try {
				await this.stage.settle();
				return this.stage;
			} catch (error) {
				this.say(`${error instanceof Error ? error.message : error}; built again`);
				this.rebuilt++;
				await this.close();
			}
		}
		this.stage = await this.contender.open();
		await this.stage.settle();
		return this.stage;
	}
}

/** What the cameras have sent into the LAN so far, in octets of Ethernet frames: each frame counts once. */
async function sent(stage: Stage): Promise<number> {
	const words = "cat /sys/class/net/cam*/statistics/rx_bytes";
	const { code, stdout, stderr } = await stage.lab.exec("rtr", ["sh", "-c", words]);
	if (code !== 0) throw new Error(`counters of the switch: ${stderr}`);
	return stdout
		.trim()
		.split("\n")
		.reduce((sum, line) => sum + Number(line), 0);
}
