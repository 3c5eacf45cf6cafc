import { pause } from "../../test/support/until";
import { monotonic } from "./succession-prober";
import { type Failure, numberOf, type Setup, type Stage, setCable } from "./succession-stage";

/** How long answers before a failure are remembered, in milliseconds. */
const BEFORE = 1000;
/** How long after the first answer gaps still count, as two cameras may compete, in milliseconds. */
const AFTERMATH = 1500;
/** After so many consecutive runs without a successor the rest is skipped. */
const HOPELESS = 3;
/** Runs in which the machine stalled the prober for longer are not counted, in milliseconds. */
const STALL_MAX = 50;
/** How often a settled home may turn out not to answer. */
const ANSWER_TRIES = 5;
/** How long traffic is measured, in milliseconds. */
const IDLE_TIME = 20_000;

/** One run; times in milliseconds. */
export interface Result {
	/** The longest time between two good answers; `Infinity` when no camera answered in time. */
	readonly gap: number;
	readonly before: string;
	readonly after: string;
	/** The rest of the lease at the time of the failure, where other cameras have to wait for its end. */
	readonly lease?: number;
	/** How long the machine stalled the prober. */
	readonly stall: number;
	/** The hand-over among the cameras, by their logs. */
	readonly handOver?: number;
}

/** All runs of one failure. */
export interface Series {
	readonly setup: Setup;
	readonly failure: Failure;
	readonly results: readonly Result[];
	/** How often the home did not settle and had to be rebuilt. */
	readonly rebuilt: number;
	/** Runs that were not counted, because the machine stalled the prober. */
	readonly disturbed: number;
}

/** Computes the median; `NaN` when there are no values. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length / 2;
	return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** Measures one setup with its failures, in one lab as long as it settles again. */
export class Trial {
	private stage: Stage | undefined;
	private rebuilt = 0;
	/** When the last run ended, for the logs; milliseconds of `Date.now()`. */
	private since = Date.now();

	/**
	 * @param say takes a line for each step
	 * @param keep takes the logs of each run, with a title
	 */
	constructor(
		private readonly setup: Setup,
		private readonly say: (line: string) => void,
		private readonly keep: (title: string, log: string) => void = () => {},
	) {}

	/** Measures `runs` times. */
	async measure(failure: Failure, runs: number): Promise<Series> {
		const results: Result[] = [];
		this.rebuilt = 0;
		let disturbed = 0;
		while (results.length < runs) {
			const result = await this.attempt(failure, `${this.setup.id}-${failure}-${results.length + 1}`);
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
		return { setup: this.setup, failure, results, rebuilt: this.rebuilt, disturbed };
	}

	/** Measures the traffic of idle cameras. @returns octets per second, of all cameras together */
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

	private async attempt(failure: Failure, title: string): Promise<Result> {
		const { stage, who } = await this.answering();
		const first = numberOf(who);
		const victims = failure === "double" ? [first, await stage.heir(first)] : [first];
		const lease = await stage.leaseLeft();
		const wall = Date.now();
		const start = monotonic();
		if (failure === "leave") stage.leave(first);
		else if (failure === "cable") await setCable(stage.lab, first, false);
		else for (const n of victims) stage.crash(n);

		const names = victims.map((n) => `camera ${n}`);
		const end = await stage.prober.untilOther(names, start, this.setup.patience);
		let result: Result = { gap: Infinity, before: who, after: "nobody", stall: 0 };
		if (end !== undefined) {
			await pause(AFTERMATH);
			const gap = stage.prober.longestGap(start, end + AFTERMATH);
			// From shortly before the failure to the successor's first answer.
			const stall = stage.prober.longestStall(start - BEFORE, end + STALL_MAX);
			if (gap !== undefined) result = { gap: gap.length, before: gap.before, after: gap.after, stall };
		} else {
			this.say(`since then: ${stage.prober.outcomes(start)}`);
		}
		const handOver = failure === "leave" ? stage.handOver(wall) : undefined;
		const marks = `${new Date(wall).toISOString()} ${failure}: ${names.join(", ")}; gap ${result.gap} ms, ${result.before} -> ${result.after}\n`;
		this.keep(title, `${marks}${stage.log(this.since)}\n${stage.prober.story(start)}\n`);
		this.since = Date.now();
		if (failure === "cable") await setCable(stage.lab, first, true);
		else for (const n of victims) await stage.restart(n);
		return {
			...result,
			...(lease === undefined ? {} : { lease }),
			...(handOver === undefined ? {} : { handOver }),
		};
	}

	/** Waits for a settled home and a random time within its period. @returns the camera that answers */
	private async answering(): Promise<{ stage: Stage; who: string }> {
		for (let tries = 0; tries < ANSWER_TRIES; tries++) {
			const stage = await this.settled();
			await pause(Math.random() * this.setup.rhythm);
			stage.prober.forget(BEFORE);
			const who = stage.prober.answering(BEFORE / 4);
			if (who !== undefined) return { stage, who };
			this.say("nobody answers, though all seemed well; waited on");
		}
		throw new Error("no camera answers, although the home had settled");
	}

	/** Waits for the home to settle; rebuilds it when it does not. */
	private async settled(): Promise<Stage> {
		if (this.stage !== undefined) {
			try {
				await this.stage.settle();
				return this.stage;
			} catch (error) {
				this.say(`${error instanceof Error ? error.message : error}; built anew`);
				this.rebuilt++;
				await this.close();
			}
		}
		this.stage = await this.setup.open();
		await this.stage.settle();
		return this.stage;
	}
}

/** Counts the octets of all Ethernet frames that the cameras have sent to the LAN, each frame once. */
async function sent(stage: Stage): Promise<number> {
	const words = "cat /sys/class/net/cam*/statistics/rx_bytes";
	const { code, stdout, stderr } = await stage.lab.exec("rtr", ["sh", "-c", words]);
	if (code !== 0) throw new Error(`counters of the switch: ${stderr}`);
	return stdout
		.trim()
		.split("\n")
		.reduce((sum, line) => sum + Number(line), 0);
}
