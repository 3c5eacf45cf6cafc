import { runProgram } from "../../run-program";
import { type BenchForm, type BenchOptions, presentOf, rowOf, runServerBench, showMachine } from "../server-bench";
import {
	buildRelayNative,
	measureRelay,
	RATE,
	type RelayContender,
	type RelayMeasurement,
	type RelayNative,
	relayContenders,
	startRelay,
} from "./mjpeg-relays";

const HELP = `A relay of MJPEG with many viewers: Porthole beside npm mjpeg-proxy, nginx, and the least that C can do, on one machine.

  npm run bench:relay:mjpeg -- [--viewers 1,10,100,500] [--seconds 6] [--rounds 3]

  --viewers N,…   how many viewers, one after the other
  --seconds N     how long each is measured, after 2 s of warming up
  --rounds N      how often; a goal is judged by the median, and the spread is printed

Relay on processor core 0, origin and viewers on core 1. CPU is what the kernel counts for all threads of the relay. Delay: from the
sending at the origin to the last octet at a viewer; "added" is the difference to a viewer at the origin itself. Origin kB/s: what the
origin sends, as the kernel counts it. nginx has no sessions to share: each viewer costs one at the origin.
Needs gcc, taskset, ss and (for its row) nginx.`;

const WARM_UP = 2;
/** The row with viewers that never read. */
const READING = 10;
const STALLED = 10;
/** Goals, from this number of viewers on: the most CPU per frame as a share of the floor's. */
const GOAL_VIEWERS = 100;
const GOALS: ReadonlyMap<string, number> = new Map([
	["porthole", 1.3],
	["on XS", 1.15],
]);
/** The most delay that Porthole may add in the median, in milliseconds, to a viewer alone. */
const ADDED_MOST = 2;
/** How much the origin's traffic may differ between the fewest and the most viewers. */
const SPREAD_MOST = 0.01;

const COLUMNS = [
	["relay", -11],
	["viewers", 8],
	["frames/s", 9],
	["least", 6],
	["CPU s/1000 f", 13],
	["x C floor", 10],
	["delay ms", 9],
	["99 %", 7],
	["added", 7],
	["RSS MB", 7],
	["growth", 7],
	["upstreams", 10],
	["origin kB/s", 12],
] as const;

type Round = ReadonlyMap<string, RelayMeasurement>;

const row = (cells: readonly string[]): string => rowOf(COLUMNS, cells);

function cellsOf(name: string, m: RelayMeasurement, round: Round, direct: number): string[] {
	const floor = round.get("C floor")?.cpuPer1000Frames ?? 0;
	return [
		name,
		m.stalled === 0 ? `${m.viewers}` : `${m.viewers}+${m.stalled}`,
		m.fps.toFixed(0),
		m.fpsMin.toFixed(1),
		m.cpuPer1000Frames.toFixed(4),
		floor === 0 ? "-" : (m.cpuPer1000Frames / floor).toFixed(2),
		m.delayMedianMs.toFixed(2),
		m.delay99Ms.toFixed(2),
		(m.delayMedianMs - direct).toFixed(2),
		m.rssAfter.toFixed(1),
		(m.rssAfter - m.rssBefore).toFixed(1),
		`${m.upstreams}`,
		(m.originRate / 1000).toFixed(1),
	];
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function verdict(name: string, values: readonly number[], most: number, what: string): string {
	const middle = median(values);
	const spread = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
	return `goal ${middle <= most ? "met" : "MISSED"}: ${name} ${middle.toFixed(2)} ${what} (${spread}), at most ${most}`;
}

/** Tells whether Porthole meets its goals with one number of viewers. */
function verdicts(rounds: readonly Round[], viewers: number, direct: number): string[] {
	const words: string[] = [];
	for (const [name, share] of GOALS) {
		const ours = rounds.flatMap((round) => round.get(name) ?? []);
		if (ours.length === 0) continue;
		const floors = rounds.map((round) => round.get("C floor")?.cpuPer1000Frames ?? Number.NaN);
		const ratios = ours.map(({ cpuPer1000Frames }, i) => cpuPer1000Frames / floors[i]);
		if (viewers >= GOAL_VIEWERS) words.push(verdict(name, ratios, share, "x C floor"));
		const added = ours.map(({ delayMedianMs }) => delayMedianMs - direct);
		if (viewers === 1) words.push(verdict(name, added, ADDED_MOST, "ms added"));
	}
	return words;
}

class Bench {
	private faults = 0;
	/** What the origin sent for one picture of a viewer, in octets, by relay. */
	private readonly originOctets = new Map<string, number[]>();

	constructor(
		private readonly native: RelayNative,
		private readonly relays: readonly RelayContender[],
		private readonly seconds: number,
	) {}

	/** The delay of a viewer at the origin itself, in milliseconds. */
	async direct(): Promise<number> {
		const floor = this.relays[0];
		const running = await startRelay(this.native, floor);
		try {
			const origin = { ...running, port: running.upstream, path: "/" };
			return (await this.measure(origin, 1, 0)).delayMedianMs;
		} finally {
			await running.stop();
		}
	}

	/** Measures every relay in turn, freshly started, and prints a row for each. */
	async round(viewers: number, stalled: number, direct: number): Promise<Round> {
		const round = new Map<string, RelayMeasurement>();
		for (const contender of this.relays) {
			const { name } = contender;
			const running = await startRelay(this.native, contender);
			try {
				const result = await this.measure(running, viewers, stalled);
				round.set(name, result);
				console.log(row(cellsOf(name, result, round, direct)));
				const octets = result.originRate / result.fpsMedian;
				if (GOALS.has(name)) this.originOctets.set(name, [...(this.originOctets.get(name) ?? []), octets]);
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

	/** Tells how constant the traffic of the origin was over all rows. */
	constancy(): string[] {
		return [...this.originOctets].map(([name, octets]) => {
			const spread = Math.max(...octets) / Math.min(...octets) - 1;
			const word = spread <= SPREAD_MOST ? "met" : "MISSED";
			const text = `${(spread * 100).toFixed(2)} %, at most ${SPREAD_MOST * 100} %`;
			return `goal ${word}: what the origin sends ${name} for a picture differs by ${text}`;
		});
	}

	get exitCode(): number {
		return this.faults === 0 ? 0 : 1;
	}

	private measure(running: Parameters<typeof measureRelay>[1], viewers: number, stalled: number) {
		return measureRelay(this.native, running, viewers, stalled, { warmUp: WARM_UP, measure: this.seconds });
	}
}

const FORM: BenchForm = {
	help: HELP,
	counted: "viewers",
	counts: "1,10,100,500",
	most: 4000,
	others: "the relay, one for the others",
	seconds: "6",
};

async function main(options: BenchOptions, folder: string): Promise<number> {
	const native = await buildRelayNative(folder);
	const bench = new Bench(native, presentOf(relayContenders(native, folder)), options.seconds);
	showMachine(`${RATE} frames/s`, options);
	const direct = await bench.direct();
	console.log(`A viewer at the origin itself: ${direct.toFixed(2)} ms.`);
	console.log(row(COLUMNS.map(([title]) => title)));
	for (const viewers of options.counts) {
		const rounds: Round[] = [];
		for (let i = 0; i < options.rounds; i++) rounds.push(await bench.round(viewers, 0, direct));
		for (const words of verdicts(rounds, viewers, direct)) console.log(`  ${words}`);
	}
	console.log(`${READING} viewers beside ${STALLED} that never read:`);
	await bench.round(READING, STALLED, direct);
	for (const words of bench.constancy()) console.log(`  ${words}`);
	return bench.exitCode;
}

runProgram("bench", () => runServerBench(FORM, main));
