import { runProgram } from "../run-program";
import { type Contender, contenders, RATE, start } from "./mjpeg-servers";
import { buildNative, type Measurement, measure, type Native } from "./native";
import { type BenchForm, type BenchOptions, presentOf, rowOf, runServerBench, showMachine } from "./server-bench";

const HELP = `MJPEG to many viewers: Porthole beside ustreamer and the least that C can do, on one machine.

  npm run bench:mjpeg -- [--viewers 1,10,100,500] [--seconds 6] [--rounds 3]

  --viewers N,…   how many viewers, one after the other
  --seconds N     how long each is measured, after 2 s of warming up
  --rounds N      how often; a goal is judged by the median, and the spread is printed

Server on processor core 0, viewers on core 1. CPU is what the kernel counts for all threads of the server.
Needs gcc, taskset and (for its row) ustreamer.`;

const WARM_UP = 2;
/** The row with viewers that never read. */
const READING = 10;
const STALLED = 10;
/** Goals, from this number of viewers on. */
const GOAL_VIEWERS = 100;
/** The most CPU per frame, as a share of another server's. */
const GOALS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	porthole: { "C floor": 1.4, ustreamer: 0.5 },
	"on XS": { "C floor": 1.2, ustreamer: 0.5 },
};
/** The most memory of the server on XS, in MB. */
const XS_MEMORY = 6;

const COLUMNS = [
	["server", -10],
	["viewers", 8],
	["frames/s", 9],
	["least", 6],
	["median", 7],
	["CPU s/1000 f", 13],
	["RSS MB", 7],
	["growth", 7],
	["gap ms", 7],
	["x C floor", 10],
	["x ustreamer", 12],
] as const;

const row = (cells: readonly string[]): string => rowOf(COLUMNS, cells);

function cellsOf(name: string, m: Measurement, others: ReadonlyMap<string, Measurement>): string[] {
	const ratio = (other: string): string => {
		const base = others.get(other)?.cpuPer1000Frames;
		return base === undefined || base === 0 ? "-" : (m.cpuPer1000Frames / base).toFixed(2);
	};
	return [
		name,
		m.stalled === 0 ? `${m.viewers}` : `${m.viewers}+${m.stalled}`,
		m.fps.toFixed(0),
		m.fpsMin.toFixed(1),
		m.fpsMedian.toFixed(1),
		m.cpuPer1000Frames.toFixed(4),
		m.rssAfter.toFixed(1),
		(m.rssAfter - m.rssBefore).toFixed(1),
		m.gapMs.toFixed(0),
		ratio("C floor"),
		ratio("ustreamer"),
	];
}

/** Tells whether Porthole meets its goals with this number of viewers; empty where there is no goal. */
function verdicts(rounds: readonly ReadonlyMap<string, Measurement>[]): string[] {
	const words: string[] = [];
	for (const [server, goals] of Object.entries(GOALS)) {
		for (const [name, share] of Object.entries(goals)) {
			const ratios: number[] = [];
			for (const round of rounds) {
				const ours = round.get(server);
				const other = round.get(name);
				if (ours === undefined || other === undefined || ours.viewers < GOAL_VIEWERS) continue;
				ratios.push(ours.cpuPer1000Frames / other.cpuPer1000Frames);
			}
			if (ratios.length === 0) continue;
			ratios.sort((a, b) => a - b);
			const median = ratios[Math.floor(ratios.length / 2)];
			const spread = `${ratios[0].toFixed(2)} to ${ratios[ratios.length - 1].toFixed(2)}`;
			words.push(
				`goal ${median <= share ? "met" : "MISSED"}: ${server} ${median.toFixed(2)} x ${name} (${spread}), at most ${share}`,
			);
		}
	}
	const memory = Math.max(...rounds.map((round) => round.get("on XS")?.rssAfter ?? 0));
	if (memory > 0) {
		const met = memory <= XS_MEMORY ? "met" : "MISSED";
		words.push(`goal ${met}: on XS ${memory.toFixed(1)} MB, at most ${XS_MEMORY}`);
	}
	return words;
}

class Bench {
	private faults = 0;

	constructor(
		private readonly native: Native,
		private readonly servers: readonly Contender[],
		private readonly seconds: number,
	) {}

	/** Measures every server in turn, freshly started, and prints a row for each. */
	async round(viewers: number, stalled: number): Promise<Map<string, Measurement>> {
		const round = new Map<string, Measurement>();
		for (const server of this.servers) {
			const running = await start(server);
			try {
				const times = { warmUp: WARM_UP, measure: this.seconds };
				const result = await measure(this.native, running, viewers, stalled, times);
				round.set(server.name, result);
				console.log(row(cellsOf(server.name, result, round)));
				if (result.dead + result.failures > 0) {
					this.faults++;
					console.log(`  FAULT: ${result.failures} viewers were refused, ${result.dead} were dropped`);
				}
			} finally {
				await running.stop();
			}
		}
		return round;
	}

	get exitCode(): number {
		return this.faults === 0 ? 0 : 1;
	}
}

const FORM: BenchForm = {
	help: HELP,
	counted: "viewers",
	counts: "1,10,100,500",
	most: 4000,
	others: "the server, one for the viewers",
	seconds: "6",
};

async function main(options: BenchOptions, folder: string): Promise<number> {
	const native = await buildNative(folder);
	const bench = new Bench(native, presentOf(contenders(native, folder)), options.seconds);
	showMachine(`${RATE} frames/s`, options);
	console.log(row(COLUMNS.map(([title]) => title)));
	for (const viewers of options.counts) {
		const rounds: Map<string, Measurement>[] = [];
		for (let i = 0; i < options.rounds; i++) rounds.push(await bench.round(viewers, 0));
		for (const words of verdicts(rounds)) console.log(`  ${words}`);
	}
	console.log(`${READING} viewers beside ${STALLED} that never read:`);
	await bench.round(READING, STALLED);
	return bench.exitCode;
}

runProgram("bench", () => runServerBench(FORM, main));
