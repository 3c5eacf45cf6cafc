import assert from "node:assert/strict";
import { broadcastAddress } from "../../src/core/ipv4";
import type { NetFailure, UdpOptions, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
import { skipBecause } from "../support/skip-reasons";
import { Bench, bothAddresses, type Guard, type HostPorts, type PortFixture, pattern } from "./port-fixture";

const GROUP = "239.255.77.1";
const OTHER_GROUP = "239.255.77.2";
/** An address of nobody's. @see RFC 5737 */
const FOREIGN = "203.0.113.77";

/** One UDP socket and all that it was told. */
class UdpProbe implements UdpSink {
	readonly socket: UdpSocket;
	readonly heard: { bytes: Uint8Array; address: string; port: number }[] = [];
	/** Where each came from. */
	readonly peers: UdpPeer[] = [];
	readonly failures: NetFailure[] = [];
	openings = 0;
	closed = false;
	onReceived: (() => void) | undefined;

	constructor(
		private readonly guard: Guard,
		host: HostPorts,
		options: UdpOptions,
	) {
		this.socket = guard.call(() => host.network.udp(options, this));
	}

	opened(): void {
		this.told("opened");
		this.openings++;
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		this.told("received");
		if (this.openings === 0) this.guard.faults.push("received before opened");
		const { address, port } = peer;
		this.heard.push({ bytes: new Uint8Array(bytes), address, port });
		this.peers.push(peer);
		this.onReceived?.();
	}

	failed(why: NetFailure, detail: string): void {
		this.told("failed");
		if (typeof detail !== "string" || detail === "") this.guard.faults.push("a failure without words");
		this.failures.push(why);
	}

	send(bytes: Uint8Array, address: string, port: number): void {
		this.guard.call(() => this.socket.send(bytes, 0, bytes.length, address, port));
	}

	close(): void {
		this.closed = true;
		this.guard.call(() => this.socket.close());
	}

	peer(address: string, port: number): UdpPeer {
		const peer = this.guard.call(() => this.socket.peer(address, port));
		if (peer === undefined) assert.fail(`${address} ${port} is not a peer`);
		return peer;
	}

	private told(what: string): void {
		this.guard.called(what);
		if (this.closed) this.guard.faults.push(`${what} after close`);
	}
}

/** The clauses of {@link UdpSocket} and {@link UdpSink}. */
export function udpSuite(open: () => Promise<PortFixture>): void {
	let bench: Bench;
	let probes: UdpProbe[];

	beforeEach(async () => {
		bench = new Bench(await open());
		probes = [];
	});
	afterEach(async () => {
		for (const probe of probes) probe.close();
		await bench.close();
	});

	function udp(host: HostPorts, options: UdpOptions): UdpProbe {
		const probe = new UdpProbe(bench.guard, host, options);
		probes.push(probe);
		return probe;
	}

	async function bound(host: HostPorts, options: UdpOptions): Promise<UdpProbe> {
		const probe = udp(host, options);
		assert.equal(probe.socket.port, 0, "the port is not known before opened");
		await bench.until("opened", () => probe.openings + probe.failures.length > 0);
		assert.deepEqual([probe.openings, probe.failures], [1, []]);
		assert.ok(probe.socket.port > 0);
		return probe;
	}

	it("carries datagrams both ways, with the sender's address and port", async () => {
		const a = await bound(bench.a, { port: 0, address: bench.a.address });
		const b = await bound(bench.b, { port: 0 });
		a.send(pattern(1400), bench.b.address, b.socket.port);
		await bench.until("the first datagram", () => b.heard.length > 0);
		assert.deepEqual(b.heard, [{ bytes: pattern(1400), address: bench.a.address, port: a.socket.port }]);
		b.send(pattern(1), b.heard[0].address, b.heard[0].port);
		await bench.until("the answer", () => a.heard.length > 0);
		assert.deepEqual(a.heard, [{ bytes: pattern(1), address: bench.b.address, port: b.socket.port }]);
	});

	for (const family of [4, 6] as const) {
		it(`answers by IPv${family} to a peer that was heard, and knows it again`, async function () {
			const [from, to] = bothAddresses(this, bench, family);
			const a = await bound(bench.a, { port: 0, address: from });
			const b = await bound(bench.b, { port: 0, address: to });
			const peer = a.peer(to, b.socket.port);
			assert.deepEqual([peer.address, peer.port], [to, b.socket.port]);
			assert.equal(a.peer(to, b.socket.port), peer, "the same handle");
			for (let i = 0; i < 2; i++) bench.guard.call(() => a.socket.sendTo(peer, pattern(50), 10, 20 + i));
			await bench.until("both", () => b.heard.length === 2);
			assert.deepEqual(
				b.heard.map(({ bytes }) => bytes),
				[pattern(50).slice(10, 20), pattern(50).slice(10, 21)],
			);
			assert.deepEqual([b.peers[0].address, b.peers[0].port], [from, a.socket.port]);
			assert.equal(b.peers[1], b.peers[0]);
			bench.guard.call(() => b.socket.sendTo(b.peers[0], pattern(3), 0, 3));
			await bench.until("the answer", () => a.heard.length === 1);
			assert.equal(a.peers[0], peer);
		});

		it(`sends a batch by IPv${family}: a datagram for each, in order, and the octets are the caller's again`, async function () {
			const [from, to] = bothAddresses(this, bench, family);
			const a = await bound(bench.a, { port: 0, address: from });
			const b = await bound(bench.b, { port: 0, address: to });
			const peer = a.peer(to, b.socket.port);
			for (const lengths of [[500, 500, 500, 120], [10], [7, 700, 0, 31, 31], []]) {
				b.heard.length = 0;
				const bytes = pattern(4 + lengths.reduce((sum, length) => sum + length, 0));
				const offsets = new Uint32Array(lengths.length + 1).fill(4);
				for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i] + length;
				const expected = lengths.map((length, i) => bytes.slice(offsets[i], offsets[i] + length));
				bench.guard.call(() => a.socket.sendBatch(peer, bytes, offsets, lengths.length));
				bytes.fill(0);
				offsets.fill(0);
				await bench.until("all", () => b.heard.length >= lengths.length);
				assert.deepEqual(
					b.heard.map((datagram) => datagram.bytes),
					expected,
				);
			}
		});
	}

	it("carries a batch of 64 datagrams of a full frame", async () => {
		const a = await bound(bench.a, { port: 0, address: bench.a.address });
		const b = await bound(bench.b, { port: 0 });
		const bytes = pattern(64 * 1200);
		const offsets = Uint32Array.from({ length: 65 }, (_, i) => i * 1200);
		a.socket.sendBatch(a.peer(bench.b.address, b.socket.port), bytes, offsets, 64);
		await bench.until("all", () => b.heard.length === 64);
		for (const [i, datagram] of b.heard.entries()) {
			assert.deepEqual(datagram.bytes, bytes.slice(offsets[i], offsets[i + 1]));
		}
	});

	it("makes no peer of what is no address, no port, or of the other family", async function () {
		const a = await bound(bench.a, { port: 0 });
		for (const [address, port] of [
			["", 9],
			["name", 9],
			["1.2.3", 9],
			["::1", 9],
			[bench.b.address, 0],
			[bench.b.address, 65536],
			[bench.b.address, -1],
		] as const) {
			assert.equal(a.socket.peer(address, port), undefined, `${address} ${port}`);
		}
		const [from] = bothAddresses(this, bench, 6);
		const six = await bound(bench.a, { port: 0, address: from });
		assert.equal(six.socket.peer(bench.b.address, 9), undefined);
		assert.deepEqual(six.socket.peer("0:0:0:0:0:0:0:0001", 9)?.address, "::1");
	});

	it("remembers peers within bounds, and handles that it has forgotten stay valid", async () => {
		const a = await bound(bench.a, { port: 0, address: bench.a.address });
		const b = await bound(bench.b, { port: 0 });
		const peer = a.peer(bench.b.address, b.socket.port);
		for (let port = 1; port <= 1000; port++) a.peer(bench.b.address, port);
		bench.guard.call(() => a.socket.sendTo(peer, pattern(5), 0, 5));
		await bench.until("the datagram", () => b.heard.length === 1);
	});

	it("IPv6 and IPv4 have a port each", async function () {
		const [, address] = bothAddresses(this, bench, 6);
		const four = await bound(bench.b, { port: 0 });
		const six = await bound(bench.b, { port: four.socket.port, address: "::" });
		const a4 = await bound(bench.a, { port: 0 });
		const a6 = await bound(bench.a, { port: 0, address: "::" });
		a4.send(pattern(4), bench.b.address, four.socket.port);
		a6.send(pattern(6), address, four.socket.port);
		await bench.until("both", () => four.heard.length + six.heard.length === 2);
		await bench.quiet();
		assert.deepEqual(
			[four.heard.map(({ bytes }) => bytes.length), six.heard.map(({ bytes }) => bytes.length)],
			[[4], [6]],
		);
	});

	it("sends just bytes[start, end), which are the caller's again at once", async () => {
		const a = await bound(bench.a, { port: 0 });
		const b = await bound(bench.b, { port: 0 });
		const bytes = pattern(100);
		bench.guard.call(() => a.socket.send(bytes, 10, 20, bench.b.address, b.socket.port));
		bytes.fill(0);
		await bench.until("the datagram", () => b.heard.length > 0);
		assert.deepEqual(b.heard[0].bytes, pattern(100).slice(10, 20));
	});

	it("carries an empty datagram", async () => {
		const a = await bound(bench.a, { port: 0 });
		const b = await bound(bench.b, { port: 0 });
		a.send(new Uint8Array(0), bench.b.address, b.socket.port);
		await bench.until("the datagram", () => b.heard.length > 0);
		assert.equal(b.heard[0].bytes.length, 0);
	});

	it("loses what can't be sent without a word", async () => {
		const a = udp(bench.a, { port: 0 });
		a.send(pattern(4), bench.b.address, 9);
		await bench.until("opened", () => a.openings > 0);
		for (const address of [bench.b.address, broadcastOf(bench.a), "255.255.255.255", "no address", ""]) {
			for (const port of [9, 0, 65536]) a.send(pattern(4), address, port);
		}
		await bench.quiet();
		assert.deepEqual(a.failures, []);
	});

	it("gives a port to one socket only", async () => {
		const first = await bound(bench.a, { port: 0 });
		const second = udp(bench.a, { port: first.socket.port });
		await bench.until("failed", () => second.failures.length > 0);
		assert.deepEqual([second.failures, second.openings], [["in-use"], 0]);
	});

	it("gives a port again after close", async () => {
		const first = await bound(bench.a, { port: 0 });
		const { port } = first.socket;
		first.close();
		const second = await bound(bench.a, { port });
		assert.equal(second.socket.port, port);
	});

	it("shares a port among sockets that all say reuse", async () => {
		const first = await bound(bench.a, { port: 0, reuse: true });
		await bound(bench.a, { port: first.socket.port, reuse: true });
	});

	it("fails on an address that this machine does not have", async () => {
		const a = udp(bench.a, { port: 0, address: FOREIGN });
		await bench.until("failed", () => a.failures.length > 0);
		assert.deepEqual([a.failures, a.openings], [["no-address"], 0]);
	});

	it("fails on a path that this machine does not have", async () => {
		const path = { name: "nowhere0", address: FOREIGN, prefix: 24 };
		const a = udp(bench.a, { port: 0, path, groups: [GROUP] });
		await bench.until("failed", () => a.failures.length > 0);
		assert.deepEqual([a.failures, a.openings], [["no-address"], 0]);
	});

	it("carries multicast by a chosen interface to the members of a group", async function () {
		if (lacks(this, bench, "multicast")) return;
		const [path] = bench.b.network.paths();
		const member = await bound(bench.b, { port: 0, reuse: true, path, groups: [GROUP, OTHER_GROUP, GROUP] });
		const stranger = await bound(bench.b, { port: member.socket.port, reuse: true, path, groups: ["239.255.77.3"] });
		const a = await bound(bench.a, { port: 0, path: bench.a.network.paths()[0], multicastTtl: 2 });
		a.send(pattern(50), GROUP, member.socket.port);
		a.send(pattern(60), OTHER_GROUP, member.socket.port);
		await bench.until("both", () => member.heard.length >= 2);
		await bench.quiet();
		assert.deepEqual(
			member.heard.map(({ bytes, address, port }) => [bytes.length, address, port]),
			[50, 60].map((length) => [length, bench.a.address, a.socket.port]),
		);
		assert.equal(stranger.heard.length, 0);
	});

	it("a member of a group hears unicast too, and answers from its port", async function () {
		if (lacks(this, bench, "multicast")) return;
		const [path] = bench.b.network.paths();
		const b = await bound(bench.b, { port: 0, reuse: true, path, groups: [GROUP], broadcast: true });
		const a = await bound(bench.a, { port: 0 });
		a.send(pattern(20), bench.b.address, b.socket.port);
		await bench.until("the datagram", () => b.heard.length > 0);
		b.send(pattern(30), b.heard[0].address, b.heard[0].port);
		await bench.until("the answer", () => a.heard.length > 0);
		assert.deepEqual([a.heard[0].address, a.heard[0].port], [bench.b.address, b.socket.port]);
	});

	it("two programs on one machine hear the same group", async function () {
		if (lacks(this, bench, "multicast")) return;
		const [path] = bench.b.network.paths();
		const first = await bound(bench.b, { port: 0, reuse: true, path, groups: [GROUP] });
		const second = await bound(bench.b, { port: first.socket.port, reuse: true, path, groups: [GROUP] });
		const a = await bound(bench.a, { port: 0, path: bench.a.network.paths()[0] });
		a.send(pattern(50), GROUP, first.socket.port);
		await bench.until("both", () => first.heard.length > 0 && second.heard.length > 0);
	});

	for (const kind of ["the network's", "the limited"]) {
		it(`carries broadcast to ${kind} address`, async function () {
			if (lacks(this, bench, "broadcast")) return;
			const [path] = bench.b.network.paths();
			const b = await bound(bench.b, { port: 0, reuse: true, path, broadcast: true });
			const a = await bound(bench.a, { port: 0, path: bench.a.network.paths()[0], broadcast: true });
			a.send(pattern(50), kind === "the limited" ? "255.255.255.255" : broadcastOf(bench.b), b.socket.port);
			await bench.until("the datagram", () => b.heard.length > 0);
			await bench.quiet();
			assert.deepEqual(b.heard, [{ bytes: pattern(50), address: bench.a.address, port: a.socket.port }]);
		});
	}

	it("calls nothing after close, which may be repeated and may come early", async () => {
		const early = udp(bench.a, { port: 0 });
		early.close();
		const a = await bound(bench.a, { port: 0 });
		const b = await bound(bench.b, { port: 0 });
		const { port } = b.socket;
		b.onReceived = () => b.close();
		for (let i = 0; i < 5; i++) a.send(pattern(10), bench.b.address, port);
		await bench.until("the first datagram", () => b.heard.length > 0);
		await bench.quiet();
		b.close();
		b.send(pattern(10), bench.a.address, a.socket.port);
		await bench.quiet();
		assert.deepEqual([b.heard.length, a.heard.length], [1, 0]);
	});
}

function broadcastOf(host: HostPorts): string {
	const [path] = host.network.paths();
	return broadcastAddress(path.address, path.prefix);
}

/** Skips a test that this machine's network can't run. */
function lacks(context: Mocha.Context, bench: Bench, what: "multicast" | "broadcast"): boolean {
	if (bench.fixture.lacks?.includes(what) !== true) return false;
	skipBecause(context, [`no ${what} on this machine's network`]);
}
