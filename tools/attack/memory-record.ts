import { readdirSync, readFileSync } from "node:fs";
import { rise } from "../rise";

/** The least of this many samples counts: uncollected garbage is not a leak. */
const GROUP = 10;
/** Samples at the beginning that are for warming up. */
const WARM_UP = 60;
/** Growth is judged from this many samples on: crowds come and go. */
const ENOUGH = 600;

/** The memory of one run of a program, sampled now and then. */
export class MemoryRecord {
	/** The largest resident memory, in kB. */
	peak = 0;
	/** The most open descriptors. */
	descriptors = 0;
	private readonly samples: number[] = [];

	constructor(private readonly pid: number) {}

	/** Takes one sample; nothing when the process is gone. */
	sample(): void {
		try {
			const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
			const kb = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
			if (kb === 0) return;
			this.samples.push(kb);
			this.peak = Math.max(this.peak, kb);
			this.descriptors = Math.max(this.descriptors, readdirSync(`/proc/${this.pid}/fd`).length);
		} catch {
			// It has just ended.
		}
	}

	/** The resident memory now, in kB. */
	get now(): number {
		return this.samples.at(-1) ?? 0;
	}

	/** The part by which memory has grown since warming up, by a line through the least of each ten samples; 0 while it is too early. */
	get growth(): number {
		if (this.samples.length < ENOUGH) return 0;
		const least: number[] = [];
		for (let at = WARM_UP; at < this.samples.length; at += GROUP)
			least.push(Math.min(...this.samples.slice(at, at + GROUP)));
		return rise(least) / (least.reduce((a, b) => a + b, 0) / least.length);
	}
}
