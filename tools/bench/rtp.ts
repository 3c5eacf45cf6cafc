import { runProgram } from "../run-program";
import {
	buildRtpNative,
	measureRtp,
	RATE,
	type RtpContender,
	type RtpMeasurement,
	type RtpNative,
	rtpContenders,
	startRtpServer,
	type Way,
} from "./rtp-servers";
import { type BenchForm, type BenchOptions, presentOf, rowOf, runServerBench, showMachine } from "./server-bench";

const HELP = `RTP to many clients: Porthole beside gst-rtsp-server and the least that C can do, on one machine.

  npm run bench:rtp -- [--clients 1,10,100,300] [--ways udp,tcp] [--seconds 4] [--rounds 3]

  --clients N,…   how many clients, one after the other
  --ways udp,tcp  datagrams, or packets between the RTSP messages
  --seconds N     how long each is measured, after 2 s of warming up
  --rounds N      how often; a goal is judged by the median, and the spread is printed

Server on processor core 0, clients on core 1. CPU is what the kernel counts for all threads of the server, in milliseconds for
1.4 million octets: 1,000 packets of 1,400 octets, or as much in larger packets. "C floor" sends with sendto, "C segments" with
UDP_SEGMENT. kB a client: what the server's memory grew by from the first client to the last.
Needs gcc, taskset and (for its row) python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good.`;

const WARM_UP = 2;
/** Goals, from this number of clients on. */
const GOAL_CLIENTS = 100;
/** The most CPU, as a share of another server's. */
const GOALS: readonly { server: string; way: Way; other: string; share: number }[] = [
	{ server: "porthole", way: "udp", other: "C floor", share: 1.7 },
	{ server: "porthole", way: "tcp", other: "gst", share: 1 },
	{ server: "on XS", way: "udp", other: "gst", share: 0.6 },
	{ server: "on XS", way: "udp", other: "C floor", share: 1 },
	{ server: "on XS", way: "tcp", other: "gst", share: 1 },
];
/** The most memory of a UDP client on XS, in kB. */
const XS_CLIENT = 2;
/** The fewest pictures that a client may get, as a share of all. */
const FEWEST = 0.98;

const COLUMNS = [
	["server", -10],
	["way", -3],
	["clients", 7],
	["packets/s", 9],
	["least/s", 7],
	["lost", 6],
	["jitter ms", 9],
	["gap ms", 6],
	["CPU ms", 8],
	["x C floor", 9],
	["x gst", 6],
	["RSS MB", 7],
	["kB a client", 11],
] as const;

type Round = ReadonlyMap<string, RtpMeasurement>;

const row = (cells: readonly string[]): string => rowOf(COLUMNS, cells);

/** CPU milliseconds for 1.4 million octets. */
function costOf(m: RtpMeasurement): number {
	return m.octets > 0 ? (m.cpuSeconds * 1000 * 1.4e6) / m.octets : 0;
}

/** kB that each client after the first took; 0 with one client. */
function memoryOf(m: RtpMeasurement): number {
	return m.clients > 1 ? ((m.rssAfter - m.rssFirst) * 1024) / (m.clients - 1) : 0;
}

function ratio(m: RtpMeasurement, other: RtpMeasurement | undefined): number | undefined {
	return other === undefined || costOf(other) === 0 ? undefined : costOf(m) / costOf(other);
}

function cellsOf(name: string, way: Way, m: RtpMeasurement, round: Round): string[] {
	return [
		name,
		way,
		`${m.clients}`,
		m.packetsPerSecond.toFixed(0),
		m.fewestPerSecond.toFixed(1),
		`${m.lost}`,
		m.jitterMs.toFixed(2),
		m.gapMs.toFixed(0),
		costOf(m).toFixed(3),
		ratio(m, round.get("C floor"))?.toFixed(2) ?? "-",
		ratio(m, round.get("gst"))?.toFixed(2) ?? "-",
		m.rssAfter.toFixed(1),
		m.clients > 1 ? memoryOf(m).toFixed(1) : "-",
	];
}

/** Tells whether Porthole meets its goals with this number of clients; empty where there is no goal. */
function verdicts(rounds: readonly Round[], way: Way, clients: number): string[] {
	const words: string[] = [];
	if (clients < GOAL_CLIENTS) return words;
	for (const goal of GOALS) {
		if (goal.way !== way) continue;
		const ratios: number[] = [];
		for (const round of rounds) {
			const ours = round.get(goal.server);
			const share = ours === undefined ? undefined : ratio(ours, round.get(goal.other));
			if (share !== undefined) ratios.push(share);
		}
		if (ratios.length === 0) continue;
		ratios.sort((a, b) => a - b);
		const median = ratios[Math.floor(ratios.length / 2)];
		const spread = `${ratios[0].toFixed(2)} to ${ratios[ratios.length - 1].toFixed(2)}`;
		const met = median <= goal.share ? "met" : "MISSED";
		words.push(`goal ${met}: ${goal.server} ${median.toFixed(2)} x ${goal.other} (${spread}), at most ${goal.share}`);
	}
	for (const server of ["porthole", "on XS"]) {
		const ours = rounds.map((round) => round.get(server)).filter((m) => m !== undefined);
		if (ours.length === 0) continue;
		const lost = ours.reduce((sum, m) => sum + m.lost, 0);
		const fewest = Math.min(...ours.map((m) => m.fewestPerSecond));
		const met = lost === 0 && fewest >= FEWEST * RATE ? "met" : "MISSED";
		words.push(
			`goal ${met}: ${server} lost ${lost} packets, and every client got ${fewest.toFixed(1)} pictures/s or more`,
		);
	}
	if (way === "udp") {
		const memory = Math.max(0, ...rounds.map((round) => round.get("on XS")).map((m) => (m ? memoryOf(m) : 0)));
		const met = memory <= XS_CLIENT ? "met" : "MISSED";
		if (memory > 0) words.push(`goal ${met}: on XS ${memory.toFixed(1)} kB a client, at most ${XS_CLIENT}`);
	}
	return words;
}

class Bench {
	private faults = 0;

	constructor(
		private readonly native: RtpNative,
		private readonly servers: readonly RtpContender[],
		private readonly seconds: number,
	) {}

	/** Measures every server in turn, freshly started, and prints a row for each. */
	async round(clients: number, way: Way): Promise<Round> {
		const round = new Map<string, RtpMeasurement>();
		for (const server of this.servers) {
			if (!server.ways.includes(way)) continue;
			const running = await startRtpServer(server);
			try {
				const times = { warmUp: WARM_UP, measure: this.seconds };
				const result = await measureRtp(this.native, running, clients, way, times);
				round.set(server.name, result);
				console.log(row(cellsOf(server.name, way, result, round)));
				if (result.dead + result.failures > 0) {
					this.faults++;
					console.log(`  FAULT: ${result.failures} clients were refused, ${result.dead} were dropped`);
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
	counted: "clients",
	counts: "1,10,100,300",
	most: 2000,
	others: "the server, one for the clients",
	seconds: "4",
	hasWays: true,
};

async function main(options: BenchOptions, folder: string): Promise<number> {
	const native = await buildRtpNative(folder);
	const bench = new Bench(native, presentOf(rtpContenders(native, folder)), options.seconds);
	showMachine(`${RATE} pictures/s`, options);
	console.log(row(COLUMNS.map(([title]) => title)));
	for (const clients of options.counts) {
		for (const way of options.ways as readonly Way[]) {
			const rounds: Round[] = [];
			for (let i = 0; i < options.rounds; i++) rounds.push(await bench.round(clients, way));
			for (const words of verdicts(rounds, way, clients)) console.log(`  ${words}`);
		}
	}
	return bench.exitCode;
}

runProgram("bench", () => runServerBench(FORM, main));
