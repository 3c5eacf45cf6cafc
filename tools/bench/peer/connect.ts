import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { LabProcess } from "../../../test/lab/lab";
import { ADDRESS, type LabNat, PeerLab, type PeerPlace, PUBLIC, STUN_PORT } from "../../../test/lab/peer-lab";
import { until } from "../../../test/support/until";
import { runProgram } from "../../run-program";
import { TYPESCRIPT } from "../../typescript-options";
import { turnLogin } from "./turn-login";

const HELP = `How long two peers take to connect: Porthole's checks beside libnice and werift, behind NATs of the kernel.

  npm run bench:peer:connect -- [--runs 5] [--delay 10] [--cases NAME,…] [--peers ours,libnice,werift]

  --runs N     how often each is measured; medians are printed, with the slowest
  --delay MS   of each line in one direction: 10 makes 20 ms to the server and back, 40 ms to the peer and back
  --cases …    none, one, different, same, symmetric, turn, nodrop, late
  --peers …    the peers to measure

Porthole's program has made some connections in memory before, as one that runs for days has. Time in milliseconds: from the moment at which
both sides have the other's candidates until the later of them says that it is connected; beside it a round trip of the kernels (ICMP) on the same
lines at the same time. "ready" is when libnice says that it has chosen. "turn": both NATs are symmetric, and coturn relays. "nodrop": both NATs answer unsolicited
datagrams themselves; "late" is the same with one side beginning 60 ms after the other, what Porthole's rendezvous server prevents by its start
delay. Needs root, iproute2, nftables, conntrack, coturn, python3-gi, gir1.2-nice-0.1.`;

/** A pair of places behind NATs. */
interface Case {
	readonly name: string;
	readonly places: readonly [PeerPlace, PeerPlace];
	readonly nats: readonly [LabNat, LabNat];
	readonly turn?: boolean;
	/** The second one begins this much later, in milliseconds. */
	readonly late?: number;
	/** What Porthole is to reach, in milliseconds, besides 1.1 round trips. */
	readonly isLan?: boolean;
}

const CASES: readonly Case[] = [
	{ name: "none", places: ["p1", "p2"], nats: ["port", "port"] },
	{ name: "one", places: ["a1", "p1"], nats: ["port", "port"] },
	{ name: "different", places: ["a1", "b1"], nats: ["port", "port"] },
	{ name: "same", places: ["a1", "a2"], nats: ["port", "port"], isLan: true },
	{ name: "symmetric", places: ["a1", "p1"], nats: ["sym", "port"] },
	{ name: "turn", places: ["a1", "b1"], nats: ["sym", "sym"], turn: true },
	{ name: "nodrop", places: ["a1", "b1"], nats: ["nodrop", "nodrop"] },
	{ name: "late", places: ["a1", "b1"], nats: ["nodrop", "nodrop"], late: 60 },
];

const here = (name: string): string => resolve(__dirname, name);
const typescript = (name: string): string[] => [process.execPath, ...TYPESCRIPT, here(name)];
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
	ours: typescript("connect-ours.ts"),
	libnice: ["/usr/bin/python3", here("connect-nice.py")],
	werift: typescript("connect-werift.ts"),
};

const PING = here("../../../test/lab/ping.py");
/** How often a round trip is measured. */
const PINGS = 5;

/** Time for programs to start and gather, and for checks to fail, in milliseconds. */
const PATIENCE = 30_000;

/** What one attempt took; `undefined`: not connected. */
interface Attempt {
	readonly connected: number | undefined;
	readonly ready: number | undefined;
	readonly gathered: number;
}

class Peer {
	private constructor(readonly process: LabProcess) {}

	static start(lab: PeerLab, program: string, place: PeerPlace, role: string, login: string, nat: LabNat): Peer {
		const words = [...PROGRAMS[program], role, ADDRESS.turn, `${STUN_PORT}`, login, nat === "sym" ? "symmetric" : ""];
		return new Peer(lab.lab.spawn(place, words, "pipe"));
	}

	/** Waits for a line of the program. @returns the rest of it */
	async line(word: string): Promise<string> {
		return until(
			`${word} of ${this.process.title}`,
			PATIENCE / 6,
			() => this.now(word) ?? (this.process.running ? undefined : ""),
		);
	}

	/** The rest of a line that the program has written. */
	now(word: string): string | undefined {
		return new RegExp(`^${word}(?: (.*))?$`, "m").exec(this.process.output)?.[1];
	}

	/** A time that the program has told. */
	time(word: string): number | undefined {
		const text = this.now(word);
		return text === undefined ? undefined : Number.parseFloat(text);
	}
}

async function attempt(lab: PeerLab, program: string, one: Case): Promise<Attempt> {
	await lab.setNat("a", one.nats[0]);
	await lab.setNat("b", one.nats[1]);
	const login = one.turn === true ? turnLogin() : "";
	const roles = ["controlling", "controlled"];
	const peers = one.places.map((place, i) => Peer.start(lab, program, place, roles[i], login, one.nats[i]));
	const [a, b] = peers;
	const [ofA, ofB] = [JSON.parse(await a.line("description")), JSON.parse(await b.line("description"))];
	const session = randomBytes(28).toString("hex");
	// The relayed address comes later; the rendezvous server tells the other side at once.
	for (const [from, to] of [
		[a, b],
		[b, a],
	]) {
		from.process.listen((chunk) => {
			for (const line of chunk.split("\n"))
				if (line.startsWith("more ")) setTimeout(() => to.process.write(`${line}\n`), 20);
		});
	}
	a.process.write(`go ${JSON.stringify({ session, candidates: ofB })}\n`);
	const tellB = (): void => b.process.write(`go ${JSON.stringify({ session, candidates: ofA })}\n`);
	if (one.late === undefined) tellB();
	else setTimeout(tellB, one.late);
	const isOver = (peer: Peer): boolean => peer.now("ready") !== undefined || peer.process.output.includes("failed");
	try {
		await until("both are connected", PATIENCE / 6, () => peers.every(isOver));
	} catch {
		// Not connected within the time.
	}
	const latest = (word: string): number | undefined => {
		const times = peers.map((peer) => peer.time(word));
		return times.some((time) => time === undefined) ? undefined : Math.max(...(times as number[]));
	};
	const gathered = latest("gathered") ?? 0;
	const result = { connected: latest("connected"), ready: latest("ready"), gathered };
	await Promise.all(peers.map(({ process }) => process.end()));
	for (const { process } of peers) lab.lab.forget(process);
	return result;
}

/** A round trip from one place to the other, or to the NAT in front of it, in milliseconds: the median of some. */
async function roundTrip({ lab }: PeerLab, [from, to]: readonly [PeerPlace, PeerPlace]): Promise<number> {
	const isOutside = to === "b1";
	const words = ["/usr/bin/python3", PING, ADDRESS[from], isOutside ? PUBLIC.b[0] : ADDRESS[to]];
	const times: number[] = [];
	for (let i = 0; i < PINGS; i++) times.push(Number.parseFloat((await lab.exec(from, words)).stdout));
	return median(times);
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((x, y) => x - y);
	return sorted[sorted.length >> 1];
}

function cell(attempts: readonly Attempt[]): string {
	const times = attempts.map(({ connected }) => connected).filter((time) => time !== undefined);
	if (times.length < attempts.length) return `${times.length}/${attempts.length}`;
	const ready = attempts.map((one) => one.ready).filter((time) => time !== undefined);
	const text = `${median(times).toFixed(0)} (${Math.max(...times).toFixed(0)})`;
	return median(ready) > median(times) + 100 ? `${text}, ready ${median(ready).toFixed(0)}` : text;
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			help: { type: "boolean" },
			runs: { type: "string", default: "5" },
			delay: { type: "string", default: "10" },
			cases: { type: "string", default: CASES.map(({ name }) => name).join() },
			peers: { type: "string", default: Object.keys(PROGRAMS).join() },
		},
	});
	if (values.help === true) {
		console.log(HELP);
		return 0;
	}
	const delay = Number(values.delay);
	const lab = await PeerLab.build({ delay });
	let faults = 0;
	try {
		await lab.startTurn();
		const programs = values.peers.split(",");
		console.log(["case".padEnd(10), "round trip", ...programs.map((name) => name.padEnd(24))].join(" "));
		for (const name of values.cases.split(",")) {
			const one = CASES.find((each) => each.name === name);
			if (one === undefined) throw new Error(`no case ${name}`);
			const cells = [(await roundTrip(lab, one.places)).toFixed(1).padEnd(10)];
			for (const program of programs) {
				const attempts: Attempt[] = [];
				for (let run = 0; run < Number(values.runs); run++) attempts.push(await attempt(lab, program, one));
				cells.push(cell(attempts));
				if (program === "ours" && one.late === undefined) {
					const most = one.isLan === true ? 10 : one.turn === true ? 200 + 8 * delay : 4.4 * delay + 5;
					const times = attempts.map(({ connected = Infinity }) => connected);
					if (one.nats[0] !== "sym" && median(times) > most) {
						faults++;
						console.log(`${name}: goal ${most.toFixed(0)} ms missed: ${median(times).toFixed(0)} ms`);
					}
				}
			}
			console.log([name.padEnd(10), ...cells.map((text) => text.padEnd(24))].join(" "));
		}
	} finally {
		await lab.clear();
	}
	return faults === 0 ? 0 : 1;
}

runProgram("connect", main);
