import { runProgram } from "../../run-program";
import { type BenchForm, type BenchOptions, presentOf, rowOf, runServerBench, showMachine } from "../server-bench";
import {
	buildRtpNative,
	measureRtpRelay,
	RATE,
	type RtpNative,
	type RtpRelayContender,
	type RtpRelayMeasurement,
	rtpRelayContenders,
	type Way,
} from "./rtp-relays";

const HELP = `A relay of RTP with many viewers: Porthole beside gst-rtsp-server that serves an rtspsrc again, and the least that C can do, on
one machine.

  npm run bench:relay:rtp -- [--viewers 1,10,100,300] [--ways udp,tcp] [--seconds 4] [--rounds 3]

  --viewers N,…   how many viewers, one after the other
  --ways udp,tcp  how the relay gets the packets, and how it sends them
  --seconds N     how long each is measured, after 2 s of warming up
  --rounds N      how often; a goal is judged by the median, and the spread is printed

Relay on processor core 0, origin and viewers on core 1. CPU is what the kernel counts for all threads of the relay, in milliseconds for
1.4 million octets: 1,000 packets of 1,400 octets. "C floor" is the origin itself with all viewers: it only sends. Delay: from the
sending at the origin to the last packet of a picture at a viewer; "added" is the difference to the C floor's.
Needs gcc, taskset and (for its row) python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good.`;

const WARM_UP = 2;
/** From this number of viewers on the goals of CPU count. */
const GOAL_VIEWERS = 100;
/** The most CPU of the relay on XS, as a share of gst's. */
const XS_SHARE = 0.6;
/** The most delay that Porthole may add in the median, in milliseconds, to a viewer alone. */
const ADDED_MOST = 2;

const COLUMNS = [
	["relay", -10],
	["way", -3],
	["viewers", 7],
	["packets/s", 9],
	["least/s", 7],
	["lost", 6],
	["CPU ms", 8],
	["x C floor", 9],
	["x gst", 6],
	["delay ms", 8],
	["99 %", 7],
	["added", 7],
	["RSS MB", 7],
] as const;

type Round = ReadonlyMap<string, RtpRelayMeasurement>;

const row = (cells: readonly string[]): string => rowOf(COLUMNS, cells);

/** CPU milliseconds for 1.4 million octets. */
function costOf(m: RtpRelayMeasurement): number {
	return m.octets > 0 ? (m.cpuSeconds * 1000 * 1.4e6) / m.octets : 0;
}

function shareOf(m: RtpRelayMeasurement | undefined, other: RtpRelayMeasurement | undefined): number | undefined {
	return m === undefined || other === undefined || costOf(other) === 0 ? undefined : costOf(m) / costOf(other);
}

function addedBy(m: RtpRelayMeasurement, round: Round): number | undefined {
	const floor = round.get("C floor");
	return floor === undefined ? undefined : m.delayMedianMs - floor.delayMedianMs;
}

function cellsOf(name: string, way: Way, m: RtpRelayMeasurement, round: Round): string[] {
	return [
		name,
		way,
		`${m.clients}`,
		m.packetsPerSecond.toFixed(0),
		m.fewestPerSecond.toFixed(1),
		`${m.lost}`,
		costOf(m).toFixed(3),
		shareOf(m, round.get("C floor"))?.toFixed(2) ?? "-",
		shareOf(m, round.get("gst"))?.toFixed(2) ?? "-",
		m.delayMedianMs.toFixed(2),
		m.delay99Ms.toFixed(2),
		addedBy(m, round)?.toFixed(2) ?? "-",
		m.rssAfter.toFixed(1),
	];
}

function medianOf(numbers: readonly (number | undefined)[]): number | undefined {
	const known = numbers.filter((one): one is number => one !== undefined).sort((a, b) => a - b);
	return known.length === 0 ? undefined : known[Math.floor(known.length / 2)];
}

/** Tells whether Porthole meets its goals with this number of viewers; empty where there is no goal. */
function verdicts(rounds: readonly Round[], way: Way, viewers: number): string[] {
	const words: string[] = [];
	const share = medianOf(rounds.map((round) => shareOf(round.get("on XS"), round.get("gst"))));
	if (viewers >= GOAL_VIEWERS && share !== undefined)
		words.push(
			`goal ${share <= XS_SHARE ? "met" : "MISSED"}: on XS ${share.toFixed(2)} x gst by ${way}, at most ${XS_SHARE}`,
		);
	for (const name of ["porthole", "on XS"]) {
		const added = medianOf(
			rounds.map((round) => {
				const m = round.get(name);
				return m && addedBy(m, round);
			}),
		);
		if (viewers === 1 && added !== undefined)
			words.push(
				`goal ${added < ADDED_MOST ? "met" : "MISSED"}: ${name} adds ${added.toFixed(2)} ms by ${way}, less than ${ADDED_MOST}`,
			);
	}
	return words;
}

class Bench {
	private faults = 0;

	constructor(
		private readonly native: RtpNative,
		private readonly relays: readonly RtpRelayContender[],
		private readonly seconds: number,
	) {}

	/** Measures every relay in turn, freshly started, and prints a row for each. */
	async round(viewers: number, way: Way): Promise<Round> {
		const round = new Map<string, RtpRelayMeasurement>();
		for (const relay of this.relays) {
			const times = { warmUp: WARM_UP, measure: this.seconds };
			const result = await measureRtpRelay(this.native, relay, viewers, way, times);
			round.set(relay.name, result);
			console.log(row(cellsOf(relay.name, way, result, round)));
			if (result.dead + result.failures === 0) continue;
			this.faults++;
			console.log(`  FAULT: ${result.failures} viewers were refused, ${result.dead} were dropped`);
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
	counts: "1,10,100,300",
	most: 2000,
	others: "the relay, one for origin and viewers",
	seconds: "4",
	hasWays: true,
};

async function main(options: BenchOptions, folder: string): Promise<number> {
	const native = await buildRtpNative(folder);
	const bench = new Bench(native, presentOf(rtpRelayContenders(native, folder)), options.seconds);
	showMachine(`${RATE} pictures/s`, options);
	console.log(row(COLUMNS.map(([title]) => title)));
	for (const viewers of options.counts) {
		for (const way of options.ways as readonly Way[]) {
			const rounds: Round[] = [];
			for (let i = 0; i < options.rounds; i++) rounds.push(await bench.round(viewers, way));
			for (const words of verdicts(rounds, way, viewers)) console.log(`  ${words}`);
		}
	}
	return bench.exitCode;
}

runProgram("bench", () => runServerBench(FORM, main));
