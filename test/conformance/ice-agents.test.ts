import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Connection, Candidate as WeriftCandidate } from "werift";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { latin1, utf8Encode } from "../../src/base/text";
import { type Handle, Pump } from "../../src/core/pump";
import type { CheckOutbox, PathEvent } from "../../src/peer/checks/checks-contract";
import { PathFinder } from "../../src/peer/checks/path-finder";
import type { UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
import { needs } from "../support/needs";
import { pause, until } from "../support/until";

const HOST = "127.0.0.1";
const SESSION = Uint8Array.from([0x0a, 1, 2, 3, 4, 5, 6, 7]);
/** The fragment and the password of both sides; ICE wants at least 22 characters. */
const FRAGMENT = "0a01020304050607";
const PASSWORD = "a-password-of-24-letters";
/** Time for an agent of another house to start and to connect, in milliseconds. */
const AGENT_TIME = 5000;

/** A path finder on a real socket. */
class NodePeer implements UdpSink, CheckOutbox {
	readonly events: PathEvent[] = [];
	readonly data: string[] = [];
	isOpen = false;
	private readonly socket: UdpSocket;
	private readonly handle: Handle<PathFinder, CheckOutbox>;

	constructor() {
		this.socket = new NodeNetwork().udp({ address: HOST, port: 0 }, this);
		this.handle = new Pump(new NodeClock()).add(new PathFinder(new NodeRandom()), this as CheckOutbox);
	}

	get port(): number {
		return this.socket.port;
	}

	get types(): string[] {
		return this.events.map(({ type }) => type);
	}

	introduce(port: number, controlling: boolean): void {
		const candidates = [{ kind: "host", address: HOST, port }] as const;
		const password = utf8Encode(PASSWORD);
		const introduction = { session: SESSION, password, controlling, peer: "", name: "", candidates, startDelay: 0 };
		const own = {
			candidates: [{ kind: "host", address: HOST, port: this.port }],
			symmetric: false,
			hasIpv6: false,
		} as const;
		this.handle.call((finder, now, out) => finder.introduce(now, introduction, own, out));
	}

	/** Checks the path in use at once. */
	doubt(): void {
		this.handle.call((finder, now, out) => finder.doubt(now, out));
	}

	/** The round-trip time of the latest check; `undefined`: no path is in use. */
	get path() {
		return this.handle.machine.path;
	}

	tell(text: string): void {
		const bytes = utf8Encode(text);
		if (this.path !== undefined) this.socket.send(bytes, 0, bytes.length, this.path.address, this.path.port);
	}

	close(): void {
		this.handle.call((finder) => finder.close());
		this.handle.remove();
		this.socket.close();
	}

	opened(): void {
		this.isOpen = true;
	}

	failed(why: string, detail: string): void {
		throw new Error(`${why}: ${detail}`);
	}

	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		const isMine = this.handle.call((finder, now, out) =>
			finder.receive(now, 0, address, port, bytes, 0, bytes.length, out),
		);
		if (!isMine && this.handle.machine.isPeer(0, address, port)) this.data.push(latin1(bytes));
	}

	emit(event: PathEvent): void {
		this.events.push(event);
	}

	send(_via: number, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.socket.send(bytes, start, end, address, port);
	}

	spread(): number {
		return 0;
	}

	gather(): void {}
}

/** libnice, in a process of its own. */
class Libnice {
	readonly lines: string[] = [];
	private readonly process: ChildProcessWithoutNullStreams;

	constructor(controlling: boolean) {
		const script = join(__dirname, "../support/libnice_agent.py");
		this.process = spawn("/usr/bin/python3", [script, controlling ? "1" : "0", FRAGMENT, PASSWORD]);
		createInterface(this.process.stdout).on("line", (line) => this.lines.push(line));
		this.process.stderr.on("data", (text) => this.lines.push(`stderr ${text}`));
	}

	async port(): Promise<number> {
		const line = await until("libnice has a port", AGENT_TIME, () =>
			this.lines.find((text) => text.startsWith("port ")),
		);
		return Number(line.slice("port ".length));
	}

	begin(port: number): void {
		this.process.stdin.write(`peer ${port}\n`);
	}

	async state(name: string): Promise<void> {
		await until(`libnice is ${name}: ${this.lines}`, AGENT_TIME, () => this.lines.includes(`state ${name}`));
	}

	close(): void {
		this.process.kill();
	}
}

describe("conformance/ice-agents", () => {
	let peer: NodePeer;
	const ends: (() => void)[] = [];

	beforeEach(async () => {
		peer = new NodePeer();
		await until("open", AGENT_TIME, () => peer.isOpen);
	});

	afterEach(() => {
		peer.close();
		for (const end of ends.splice(0)) end();
	});

	for (const controlling of [true, false]) {
		const role = controlling ? "controlling" : "controlled";

		it(`connects to libnice as the ${role} side, and keeps its consent (P2P-9, P2P-10)`, async function () {
			needs(this, "libnice");
			const agent = new Libnice(!controlling);
			ends.push(() => agent.close());
			const port = await agent.port();
			peer.introduce(port, controlling);
			agent.begin(peer.port);
			await agent.state("ready");
			await until("a path", AGENT_TIME, () => peer.path !== undefined);
			peer.tell("hello");
			await until("the echo", AGENT_TIME, () => peer.data.includes("hello"));
			assert.ok(agent.lines.includes("data hello"));
			peer.doubt();
			await pause(1500);
			// An agent that stands still for a second interrupts the path.
			await until("its consent", AGENT_TIME, () => peer.types.at(-1) !== "interrupted");
			const types = peer.types.filter((type) => type !== "interrupted" && type !== "moved");
			assert.deepEqual(types, ["checking", "connected"]);
			assert.equal(agent.lines.includes("state failed"), false);
		});

		it(`connects to werift as the ${role} side (P2P-9, P2P-10)`, async () => {
			const agent = new Connection(!controlling, { useIpv4: false, useIpv6: false, additionalHostAddresses: [HOST] });
			ends.push(() => void agent.close());
			agent.localUsername = FRAGMENT;
			agent.localPassword = PASSWORD;
			agent.userHistory[FRAGMENT] = PASSWORD;
			const heard: string[] = [];
			agent.onData.subscribe((data) => heard.push(data.toString()));
			await agent.gatherCandidates();
			const local = agent.localCandidates.find(({ host, type }) => host === HOST && type === "host");
			assert.ok(local !== undefined);
			agent.setRemoteParams({ iceLite: false, usernameFragment: FRAGMENT, password: PASSWORD });
			await agent.addRemoteCandidate(new WeriftCandidate("1", 1, "udp", 2_013_266_431, HOST, peer.port, "host"));
			await agent.addRemoteCandidate(undefined);
			peer.introduce(local.port, controlling);
			await agent.connect();
			await until("a path", AGENT_TIME, () => peer.path !== undefined);
			peer.tell("hello");
			await until("the text", AGENT_TIME, () => heard.includes("hello"));
			await agent.send(Buffer.from("and back"));
			await until("the answer", AGENT_TIME, () => peer.data.includes("and back"));
			peer.doubt();
			await pause(1500);
			// An agent that stands still for a second interrupts the path.
			await until("its consent", AGENT_TIME, () => peer.types.at(-1) !== "interrupted");
			const types = peer.types.filter((type) => type !== "interrupted" && type !== "moved");
			assert.deepEqual(types, ["checking", "connected"]);
		});
	}

	it("settles a conflict of roles with libnice (RFC 8445 §7.3.1.1)", async function () {
		needs(this, "libnice");
		for (const controlling of [true, false]) {
			const agent = new Libnice(controlling);
			ends.push(() => agent.close());
			const port = await agent.port();
			const other = new NodePeer();
			ends.push(() => other.close());
			await until("open", AGENT_TIME, () => other.isOpen);
			other.introduce(port, controlling);
			agent.begin(other.port);
			await agent.state("ready");
			await until("a path", AGENT_TIME, () => other.path !== undefined);
		}
	});
});
