import assert from "node:assert/strict";
import { Bench, bothAddresses, type HostPorts, type PortFixture, pattern } from "./port-fixture";
import { ListenerProbe, StreamProbe } from "./tcp-probe";

/** An address of nobody's. @see RFC 5737 */
const FOREIGN = "203.0.113.77";
/** More than any host queues for a reader that does not read. */
const FAR_TOO_MUCH = 64 * 1024 * 1024;

/** The clauses of {@link Listener}, {@link Stream} and {@link StreamSink}. */
export function tcpSuite(open: () => Promise<PortFixture>): void {
	let bench: Bench;
	let listeners: ListenerProbe[];
	let streams: StreamProbe[];

	beforeEach(async () => {
		bench = new Bench(await open());
		listeners = [];
		streams = [];
	});
	afterEach(async () => {
		for (const listener of listeners) listener.close();
		for (const stream of [...streams, ...listeners.flatMap((listener) => listener.streams)]) stream.abort();
		await bench.quiet();
		for (const stream of [...streams, ...listeners.flatMap((listener) => listener.streams)]) {
			assert.deepEqual([stream.ends.length, stream.goings], [1, 1], "each stream ends and goes once");
		}
		await bench.close();
	});

	async function listening(
		host: HostPorts,
		options: { address?: string; port: number } = { port: 0 },
	): Promise<ListenerProbe> {
		const probe = new ListenerProbe(bench.guard, host, options);
		listeners.push(probe);
		assert.equal(probe.listener.port, 0, "the port is not known before opened");
		await bench.until("opened", () => probe.openings + probe.failures.length > 0);
		return probe;
	}

	function connect(port: number, localAddress?: string, prepare?: (probe: StreamProbe) => void): StreamProbe {
		const probe = StreamProbe.connect(bench.guard, bench.a, bench.b.address, port, localAddress, prepare);
		streams.push(probe);
		return probe;
	}

	/** Connects a to b. */
	async function pair(onAccepted?: (probe: StreamProbe) => void): Promise<[StreamProbe, StreamProbe]> {
		const listener = await listening(bench.b);
		listener.onAccepted = onAccepted;
		const client = connect(listener.listener.port);
		await bench.until("open", () => client.rooms > 0 && (listener.streams[0]?.rooms ?? 0) > 0);
		return [client, listener.streams[0]];
	}

	async function refusedAt(port: number): Promise<void> {
		const client = connect(port);
		assert.equal(client.stream.room, 0);
		await bench.until("gone", () => client.goings > 0);
		assert.deepEqual([client.rooms, client.ends], [0, ["refused"]]);
	}

	it("opens connections over IPv6, next to an IPv4 listener on the same port", async function () {
		const [from, to] = bothAddresses(this, bench, 6);
		const four = await listening(bench.b);
		const { port } = four.listener;
		const six = await listening(bench.b, { port, address: "::" });
		assert.deepEqual([six.failures, six.listener.port], [[], port]);
		for (const [address, localAddress] of [
			[to, undefined],
			[to, from],
			[bench.b.address, undefined],
		] as const) {
			const client = StreamProbe.connect(bench.guard, bench.a, address, port, localAddress);
			streams.push(client);
			await bench.until("open", () => client.rooms > 0);
			assert.equal(client.stream.remoteAddress, address);
		}
		await bench.until("accepted", () => four.streams.length + six.streams.length === 3);
		assert.deepEqual([four.streams.length, six.streams.length], [1, 2]);
		const { stream } = six.streams[1];
		assert.deepEqual([stream.localAddress, stream.remoteAddress], [to, from]);
		const both = [streams[1], six.streams[1]] as const;
		both[0].write(pattern(1000));
		await bench.until("the octets", () => both[1].length === 1000);
		assert.deepEqual(both[1].content, pattern(1000).slice());
	});

	it("ends with unreachable when the addresses are of different families", async function () {
		const [, to] = bothAddresses(this, bench, 6);
		const client = StreamProbe.connect(bench.guard, bench.a, to, 9, bench.a.address);
		streams.push(client);
		await bench.until("gone", () => client.goings > 0);
		assert.deepEqual(client.ends, ["unreachable"]);
	});

	it("opens a connection with room at both ends and matching addresses and ports", async () => {
		const listener = await listening(bench.b);
		const client = connect(listener.listener.port, bench.a.address);
		assert.equal(client.stream.room, 0, "there is no room before the connection is open");
		await bench.until("open", () => client.rooms > 0 && (listener.streams[0]?.rooms ?? 0) > 0);
		const [server] = listener.streams;
		const { stream } = client;
		assert.deepEqual(
			[stream.remoteAddress, stream.remotePort, stream.localAddress],
			[bench.b.address, listener.listener.port, bench.a.address],
		);
		assert.ok(stream.localPort > 0);
		assert.deepEqual(
			[server.stream.remoteAddress, server.stream.remotePort, server.stream.localAddress, server.stream.localPort],
			[stream.localAddress, stream.localPort, stream.remoteAddress, stream.remotePort],
		);
		assert.ok(stream.room > 0 && server.stream.room > 0);
		assert.equal(stream.queued, 0);
		assert.deepEqual([client.rooms, server.rooms], [1, 1]);
	});

	it("ends with refused when nothing listens", async () => {
		const listener = await listening(bench.b);
		listener.close();
		await bench.quiet();
		await refusedAt(listener.listener.port);
	});

	it("does not throw for a malformed address", async () => {
		const client = StreamProbe.connect(bench.guard, bench.a, "no.address", 80);
		streams.push(client);
		await bench.quiet();
		assert.equal(client.rooms, 0);
	});

	it("gives a port to one listener at a time", async () => {
		const first = await listening(bench.b);
		assert.deepEqual([first.openings, first.failures], [1, []]);
		const { port } = first.listener;
		const second = await listening(bench.b, { port });
		assert.deepEqual([second.openings, second.failures], [0, ["in-use"]]);
		first.close();
		await bench.quiet();
		const third = await listening(bench.b, { port });
		assert.deepEqual([third.openings, third.listener.port], [1, port]);
	});

	it("fails to listen on an address that this machine does not have", async () => {
		const options = { port: 0, address: FOREIGN };
		const listener = await listening(bench.b, options);
		assert.deepEqual([listener.openings, listener.failures], [0, ["no-address"]]);
	});

	it("makes no call after an early close, which may be repeated", async () => {
		const listener = new ListenerProbe(bench.guard, bench.b, { port: 0 });
		listener.close();
		listener.close();
		await bench.quiet();
	});

	it("resets a connection that the listener refuses", async () => {
		const listener = await listening(bench.b);
		listener.refusing = true;
		const client = connect(listener.listener.port);
		await bench.until("gone", () => client.goings > 0);
		assert.deepEqual(client.ends, ["reset"]);
	});

	it("keeps accepted connections open when the listener is closed", async () => {
		const [client, server] = await pair();
		listeners[0].close();
		await bench.quiet();
		client.write(pattern(10));
		await bench.until("octets", () => server.length > 0);
		assert.deepEqual([client.ends, server.ends], [[], []]);
		await refusedAt(listeners[0].listener.port);
	});

	it("writes exactly bytes[start, end), and copies them", async () => {
		const [client, server] = await pair();
		const bytes = pattern(1000);
		for (let i = 0; i < 1000; i += 100) client.write(bytes, i, i + 100);
		bytes.fill(0);
		await bench.until("octets", () => server.length >= 1000);
		assert.deepEqual(server.content, pattern(1000));
		server.write(pattern(5));
		await bench.until("the answer", () => client.length >= 5);
	});

	it("writes 1 MB of shared octets in slices within its room", async () => {
		const [client, server] = await pair();
		const bytes = pattern(1_000_000);
		client.pour(bytes, 50_000, () => client.end());
		await bench.until("the end", () => server.ends.length > 0);
		assert.equal(server.length, bytes.length);
		assert.ok(same(server.content, bytes));
	});

	it("has no room while the peer does not read, and has room again afterwards", async () => {
		const [client, server] = await pair((probe) => probe.reading(false));
		const bytes = pattern(65536);
		let written = 0;
		while (client.stream.room > 0 || written === 0) {
			const before = client.stream.room;
			const length = Math.min(before, bytes.length);
			bench.guard.call(() => client.stream.writeShared(bytes, 0, length));
			written += length;
			assert.ok(client.stream.room <= before, "a write makes no room");
			assert.ok(written < FAR_TOO_MUCH, "the host queues without end");
			if (client.stream.room === 0) await bench.quiet();
		}
		const { rooms } = client;
		await bench.quiet();
		assert.equal(server.length, 0, "nothing is received while reading is off");
		assert.deepEqual([client.rooms, client.stream.room], [rooms, 0]);
		const { queued } = client.stream;
		server.reading(true);
		await bench.until("all", () => server.length >= written);
		await bench.until("room", () => client.rooms > rooms);
		await bench.until("an empty queue", () => client.stream.queued === 0);
		assert.ok(client.stream.room > 0 && queued >= 0);
		assert.equal(server.length, written);
	});

	it("copies what it queues while the peer does not read", async () => {
		const [client, server] = await pair((probe) => probe.reading(false));
		const filling = pattern(4096);
		let written = 0;
		while (client.stream.queued === 0 && client.stream.room >= filling.length + 100 && written < FAR_TOO_MUCH) {
			bench.guard.call(() => client.stream.writeShared(filling, 0, filling.length));
			written += filling.length;
		}
		const bytes = pattern(100);
		client.write(bytes);
		bytes.fill(0);
		server.reading(true);
		await bench.until("all", () => server.length >= written + 100);
		assert.deepEqual(server.content.slice(written), pattern(100));
	});

	it("pauses and resumes reading", async () => {
		const [client, server] = await pair();
		server.onReceived = () => server.reading(false);
		client.pour(pattern(300_000), 10_000, () => client.end());
		await bench.until("octets", () => server.length > 0);
		const { length } = server;
		await bench.quiet();
		assert.equal(server.length, length);
		server.onReceived = undefined;
		server.reading(true);
		await bench.until("the end", () => server.ends.length > 0);
		assert.ok(same(server.content, pattern(300_000)));
	});

	for (const first of ["client", "server"]) {
		it(`half-closes: the ${first} ends first, and still receives`, async () => {
			const [client, server] = await pair();
			const [one, other] = first === "client" ? [client, server] : [server, client];
			one.write(pattern(10));
			one.end();
			one.end();
			assert.equal(one.stream.room, 0, "no room after end");
			await bench.until("the first end", () => other.ends.length > 0);
			assert.deepEqual([other.ends, other.content], [["closed"], pattern(10)]);
			assert.deepEqual([one.ends, one.goings, other.goings], [[], 0, 0]);
			other.pour(pattern(200_000), 20_000, () => other.end());
			await bench.until("both gone", () => one.goings > 0 && other.goings > 0);
			assert.deepEqual([one.ends, other.ends], [["closed"], ["closed"]]);
			assert.ok(same(one.content, pattern(200_000)));
		});
	}

	it("reports an abort as reset at both ends", async () => {
		const [client, server] = await pair();
		client.abort();
		assert.deepEqual([client.ends, client.stream.room], [[], 0], "ended comes after the call");
		await bench.until("both gone", () => client.goings > 0 && server.goings > 0);
		assert.deepEqual([client.ends, server.ends], [["reset"], ["reset"]]);
		client.abort();
		client.end();
		client.reading(true);
	});

	it("reports only gone for an abort after the peer's end", async () => {
		const [client, server] = await pair();
		client.end();
		await bench.until("closed", () => server.ends.length > 0);
		server.abort();
		await bench.until("gone", () => server.goings > 0 && client.goings > 0);
		assert.deepEqual([server.ends, client.ends], [["closed"], ["reset"]]);
	});

	it("can be aborted before it is open", async () => {
		const listener = await listening(bench.b);
		const client = connect(listener.listener.port);
		client.abort();
		await bench.until("gone", () => client.goings > 0);
		assert.deepEqual([client.rooms, client.ends], [0, ["reset"]]);
	});

	it("can be aborted during room, received and accepted", async () => {
		const listener = await listening(bench.b);
		const hasty = connect(listener.listener.port, undefined, (probe) => {
			probe.onRoom = () => probe.abort();
		});
		await bench.until("gone", () => hasty.goings > 0);
		assert.deepEqual(hasty.ends, ["reset"]);

		const [client, server] = await pair();
		server.onReceived = () => server.abort();
		client.write(pattern(100));
		await bench.until("both gone", () => client.goings > 0 && server.goings > 0);

		listener.onAccepted = (probe) => probe.abort();
		const late = connect(listener.listener.port);
		await bench.until("gone", () => late.goings > 0 && listener.streams.at(-1)?.goings === 1);
		assert.equal(listener.streams.at(-1)?.rooms, 0);
	});

	it("drops queued octets when it is aborted", async () => {
		const [client, server] = await pair((probe) => probe.reading(false));
		client.pour(pattern(2_000_000), 50_000, () => {});
		await bench.quiet();
		client.abort();
		await bench.until("gone", () => client.goings > 0);
		assert.deepEqual(client.ends, ["reset"]);
		server.reading(true);
		await bench.until("the other end", () => server.ends.length > 0);
		// A host may see no more than an end when a reset meets octets that were never read (libuv does).
		assert.ok(["reset", "closed"].includes(server.ends[0]));
		server.end();
		await bench.until("the other gone", () => server.goings > 0);
	});
}

function same(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((octet, i) => octet === b[i]);
}
