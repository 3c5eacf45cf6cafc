import { createInterface } from "node:readline";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeNetwork } from "../../../hosts/node/network";
import { NodeRandom } from "../../../hosts/node/random";
import type { Endpoint } from "../../../src/core/endpoint-table";
import { type Handle, Pump } from "../../../src/core/pump";
import type { Candidate } from "../../../src/peer/candidate";
import { type CheckOutbox, type PathEvent, VIA_RELAY, type Via } from "../../../src/peer/checks/checks-contract";
import { PathFinder } from "../../../src/peer/checks/path-finder";
import { PATH_HEADROOM } from "../../../src/peer/peer-path";
import { type StunOutbox, StunTransactions } from "../../../src/peer/stun/stun-transactions";
import { TurnClient } from "../../../src/peer/turn/turn-client";
import type { UdpPeer, UdpSocket } from "../../../src/ports/net";
import { BINDING, XOR_MAPPED_ADDRESS } from "../../../src/wire/stun";
import { StunReader } from "../../../src/wire/stun-reader";
import { StunWriter } from "../../../src/wire/stun-writer";

/** How many connections are made in memory before. */
const WARM_UP = 50;

/** What the bench says when a peer is to begin: the other side's candidates, and what a rendezvous server would tell both. */
interface Go {
	readonly session: string;
	readonly candidates: readonly Candidate[];
}

/** One peer: gathers, says so, and begins when it is told; a program of connect.ts. */
class Ours implements CheckOutbox {
	private readonly pump = new Pump(new NodeClock());
	private readonly network = new NodeNetwork();
	private readonly random = new NodeRandom();
	private readonly finder = new PathFinder(this.random);
	private readonly handle: Handle<PathFinder, CheckOutbox> = this.pump.add(this.finder, this as CheckOutbox);
	private turn: Handle<TurnClient, StunOutbox> | undefined;
	private readonly own: Candidate[] = [];
	private readonly start = performance.now();
	private began = 0;
	private readonly socket: UdpSocket = this.network.udp(
		{ address: "0.0.0.0", port: 0 },
		{
			opened: () => this.discover(),
			received: (bytes: Uint8Array, from: UdpPeer) => this.received(bytes, from),
			failed: (_why, detail) => say(`failed ${detail}`),
		},
	);
	private readonly stun = this.pump.add(new StunTransactions(this.random, new StunWriter()), this.socket as StunOutbox);
	private readonly reader = new StunReader();

	constructor(
		private readonly role: string,
		private readonly server: { readonly address: string; readonly port: number },
		private readonly turnLogin: string,
		private readonly symmetric: boolean,
	) {}

	/** Another line of the bench. */
	take(line: string): void {
		const space = line.indexOf(" ");
		const value = JSON.parse(line.slice(space + 1));
		if (line.startsWith("go ")) this.begin(value);
		else this.handle.call((finder, now, out) => finder.addCandidates(now, [value], out));
		if (line.startsWith("more ")) this.permit([value]);
	}

	send(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (via !== VIA_RELAY) return this.socket.send(bytes, start, end, address, port);
		// Room for the header of a TURN channel.
		const copy = new Uint8Array(PATH_HEADROOM + end - start);
		copy.set(bytes.subarray(start, end), PATH_HEADROOM);
		this.turn?.call((turn, now, out) => turn.send(address, port, copy, PATH_HEADROOM, copy.length, now, out));
	}

	gather(): void {}

	spread(): number {
		return 0;
	}

	private discover(): void {
		const [path] = this.network.paths();
		this.own.push({ kind: "host", address: path.address, port: this.socket.port });
		this.stun.call((stun, now, out) => {
			stun.begin(BINDING);
			const done = (answer: StunReader | undefined): void => {
				const seen = answer?.address(XOR_MAPPED_ADDRESS);
				if (seen !== undefined && seen.address !== path.address)
					this.own.push({ kind: "reflexive", address: seen.address, port: seen.port });
				say(`gathered ${Math.round(performance.now() - this.start)}`);
				say(`description ${JSON.stringify(this.own)}`);
			};
			stun.start({ ...this.server, done }, now, out);
		});
	}

	emit(event: PathEvent): void {
		if (event.type === "connected") {
			say(`connected ${(performance.now() - this.began).toFixed(1)} ${event.path.kind}`);
			say(`ready ${(performance.now() - this.began).toFixed(1)}`);
		} else if (event.type === "failed") say(`failed ${event.why}`);
	}

	private begin({ session, candidates }: Go): void {
		this.began = performance.now();
		const introduction = {
			session: Buffer.from(session, "hex").subarray(0, 8),
			password: Buffer.from(session, "hex").subarray(8, 28),
			controlling: this.role === "controlling",
			peer: "0123456789abcdef",
			name: "",
			candidates,
			startDelay: 0,
		};
		const own = { candidates: this.own, symmetric: this.symmetric, hasIpv6: false };
		if (this.turnLogin !== "") this.allocate(candidates);
		this.handle.call((finder, now, out) => finder.introduce(now, introduction, own, out));
	}

	private allocate(candidates: readonly Candidate[]): void {
		const [username, password] = this.turnLogin.split(" ");
		const server = { ...this.server, username, password };
		const sink = {
			allocated: ({ address, port }: Endpoint) => {
				const relayed: Candidate = { kind: "relayed", address, port };
				say(`more ${JSON.stringify(relayed)}`);
				setImmediate(() => this.handle.call((finder, now, out) => finder.relayed(now, relayed, out)));
			},
			received: (bytes: Uint8Array, start: number, end: number, { address, port }: Endpoint) => {
				const copy = bytes.slice(start, end);
				setImmediate(() => this.check(VIA_RELAY, address, port, copy));
			},
			failed: (why: string, code: number) => process.stderr.write(`turn ${why} ${code}\n`),
		};
		this.turn = this.pump.add(new TurnClient(server, this.random, sink), this.socket as StunOutbox);
		this.turn.call((turn, now, out) => turn.start(now, out));
		this.permit(candidates);
	}

	private permit(candidates: readonly Candidate[]): void {
		for (const { address, port } of candidates) {
			this.turn?.call((turn, now, out) => turn.permit(address, port, now, out));
		}
	}

	private received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		const isServer = address === this.server.address && port === this.server.port;
		if (!isServer) return this.check(0, address, port, bytes);
		const isTaken = this.turn?.call((turn, now, out) => turn.received(bytes, now, out));
		if (isTaken === true || !this.reader.read(bytes)) return;
		this.stun.call((stun, now, out) => stun.received(this.reader, address, port, now, out));
	}

	private check(via: Via, address: string, port: number, bytes: Uint8Array): void {
		this.handle.call((finder, now, out) => finder.receive(now, via, address, port, bytes, 0, bytes.length, out));
	}
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Connects two of them in memory, so that the compiler has seen the code, as in a camera's program that runs for days. */
function warmUp(): void {
	const random = new NodeRandom();
	const candidate = (at: number): Candidate => ({ kind: "host", address: `192.0.2.${at}`, port: 5000 });
	for (let round = 0; round < WARM_UP; round++) {
		const queue: (() => void)[] = [];
		const finders = [new PathFinder(random), new PathFinder(random)];
		const outs = finders.map(
			(_, i): CheckOutbox => ({
				emit() {},
				spread: () => 0,
				gather() {},
				send(_via, _address, _port, bytes, start, end) {
					const copy = bytes.slice(start, end);
					const other = finders[1 - i];
					queue.push(() => other.receive(1, 0, `192.0.2.${i}`, 5000, copy, 0, copy.length, outs[1 - i]));
				},
			}),
		);
		for (const [i, finder] of finders.entries()) {
			const introduction = {
				session: new Uint8Array(8),
				password: new Uint8Array(20),
				controlling: i === 0,
				peer: "",
				name: "",
			};
			const own = { candidates: [candidate(i)], symmetric: false, hasIpv6: false };
			finder.introduce(0, { ...introduction, candidates: [candidate(1 - i)], startDelay: 0 }, own, outs[i]);
		}
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
	}
}

warmUp();
const [role, address, port, turnLogin, symmetric] = process.argv.slice(2);
const ours = new Ours(role, { address, port: Number(port) }, turnLogin, symmetric === "symmetric");
createInterface({ input: process.stdin }).on("line", (line) => ours.take(line));
