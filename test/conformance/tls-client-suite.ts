import assert from "node:assert/strict";
import { latin1 } from "../../src/base/text";
import type { EndReason } from "../../src/core/stream";
import type { Millis } from "../../src/core/time";
import type { Network, Stream, StreamSink, TlsClientOptions } from "../../src/ports/net";
import { Guard, LIMIT, pattern } from "./port-fixture";

/** Ports of servers on one address, all started outside of the host under test. */
export interface TlsServers {
	readonly address: string;
	/** Path of the PEM file of the authority that signed {@link good} and {@link expired}. */
	readonly authority: string;
	/**
	 * Its certificate is for `camera.porthole.test` and for {@link address}. It writes `name=NAME` and a line feed with the
	 * server name that it was asked for (`-` for none), sends back what it hears, and answers an end by `bye` and its own.
	 */
	readonly good: number;
	/** The same, but its certificate has expired. */
	readonly expired: number;
	/** Speaks TLS 1.1 at most. */
	readonly old: number;
	/** Speaks HTTP without TLS. */
	readonly plain: number;
	/** Accepts, and says nothing. */
	readonly silent: number;
	/** Accepts, and ends. */
	readonly closing: number;
}

/** A host's network, servers, and time. */
export interface TlsClientFixture {
	readonly network: Network;
	readonly servers: TlsServers;
	/** Lets time pass until `until()` is true or `limit` is over, whichever comes first. */
	run(until: () => boolean, limit: Millis): Promise<void>;
}

const NAME = "camera.porthole.test";

/** A connection and what it was told. */
class Probe implements StreamSink {
	stream!: Stream;
	rooms = 0;
	readonly ends: EndReason[] = [];
	details: string[] = [];
	goings = 0;
	text = "";
	onRoom: (() => void) | undefined;

	constructor(private readonly guard: Guard) {}

	room(): void {
		this.told("room");
		this.rooms++;
		this.onRoom?.();
	}

	received(bytes: Uint8Array): void {
		this.told("received");
		this.text += latin1(bytes);
	}

	ended(why: EndReason, detail?: string): void {
		this.told("ended");
		this.ends.push(why);
		if (detail !== undefined) this.details.push(detail);
	}

	gone(): void {
		this.told("gone");
		this.goings++;
	}

	private told(what: string): void {
		this.guard.called(what);
		if (this.goings > 0) this.guard.faults.push(`${what} after gone`);
	}
}

/** Proves that a host's TLS client keeps the contract of {@link TlsClientOptions}. */
export function tlsClientSuite(fixture: () => TlsClientFixture): void {
	let guard: Guard;
	let probes: Probe[];

	beforeEach(() => {
		guard = new Guard();
		probes = [];
	});
	afterEach(async () => {
		for (const { stream } of probes) guard.call(() => stream.abort());
		await fixture().run(() => probes.every(({ goings }) => goings > 0), LIMIT);
		for (const { ends, goings } of probes) assert.deepEqual([ends.length, goings], [1, 1], "each ends and goes once");
		assert.deepEqual(guard.faults, []);
	});

	function connect(port: number, tls: TlsClientOptions): Probe {
		const probe = new Probe(guard);
		const { address } = fixture().servers;
		probe.stream = guard.call(() => fixture().network.connect({ address, port, tls }, probe));
		assert.equal(probe.stream.room, 0);
		probes.push(probe);
		return probe;
	}

	async function until(what: string, is: () => boolean): Promise<void> {
		await fixture().run(is, LIMIT);
		assert.ok(is(), `not in time: ${what}`);
	}

	/** The options that the good server satisfies. */
	function good(more: Partial<TlsClientOptions> = {}): TlsClientOptions {
		return { serverName: NAME, ca: fixture().servers.authority, ...more };
	}

	async function opens(port: number, tls: TlsClientOptions): Promise<Probe> {
		const probe = connect(port, tls);
		await until("the greeting", () => probe.text.endsWith("\n") || probe.ends.length > 0);
		assert.deepEqual(probe.ends, [], probe.details.join());
		assert.ok(probe.stream.secure && probe.stream.room > 0 && probe.stream.localPort > 0);
		return probe;
	}

	async function endsWith(why: EndReason, port: number, tls: TlsClientOptions): Promise<Probe> {
		const probe = connect(port, tls);
		await until("gone", () => probe.goings > 0);
		assert.deepEqual([probe.rooms, probe.ends, probe.text], [0, [why], ""], probe.details.join());
		return probe;
	}

	it("opens a connection to a server with a valid certificate for its name", async () => {
		const probe = await opens(fixture().servers.good, good());
		assert.equal(probe.text, `name=${NAME}\n`);
	});

	it("checks an address, and sends no name then", async () => {
		const probe = await opens(fixture().servers.good, good({ serverName: fixture().servers.address }));
		assert.equal(probe.text, "name=-\n");
	});

	for (const [what, port, more] of [
		["is for another name", "good", { serverName: "other.porthole.test" }],
		["is for another address", "good", { serverName: "127.0.0.9" }],
		["has expired", "expired", {}],
		["is from an unknown authority", "good", { ca: undefined }],
	] as const) {
		const tls = () => {
			const { ca, ...rest } = { ...good(), ...more };
			return ca === undefined ? rest : { ...rest, ca };
		};

		it(`ends with certificate and a detail when the certificate ${what}`, async () => {
			const probe = await endsWith("certificate", fixture().servers[port], tls());
			assert.notEqual(probe.details.join(), "");
		});

		it(`accepts a certificate that ${what} without verification`, async () => {
			await opens(fixture().servers[port], { ...tls(), verify: false });
		});
	}

	for (const [what, port] of [
		["has no TLS", "plain"],
		["has only TLS 1.1", "old"],
		["ends the connection", "closing"],
	] as const) {
		it(`ends with tls when the server ${what}`, async () => {
			const probe = await endsWith("tls", fixture().servers[port], good());
			assert.notEqual(probe.details.join(), "");
		});
	}

	it("ends with timeout when the handshake takes too long", async () => {
		await endsWith("timeout", fixture().servers.silent, good({ handshakeTime: 200 }));
	});

	it("ends with refused when nothing listens", async () => {
		await endsWith("refused", 1, good());
	});

	it("ends with tls when the file of certificate authorities can't be read", async () => {
		await endsWith("tls", fixture().servers.good, good({ ca: "/nowhere/ca.pem" }));
	});

	it("can be aborted during the handshake", async () => {
		const probe = connect(fixture().servers.silent, good());
		await fixture().run(() => false, 50);
		guard.call(() => probe.stream.abort());
		await until("gone", () => probe.goings > 0);
		assert.deepEqual([probe.rooms, probe.ends], [0, ["reset"]]);
	});

	it("transfers a megabyte both ways within its room", async () => {
		const probe = await opens(fixture().servers.good, good());
		probe.text = "";
		const bytes = pattern(1 << 20);
		let at = 0;
		const fill = (): void => {
			while (at < bytes.length && probe.stream.room > 0) {
				const start = at;
				at = Math.min(bytes.length, at + Math.min(10_000, probe.stream.room));
				guard.call(() => probe.stream.writeShared(bytes, start, at));
			}
		};
		probe.onRoom = fill;
		fill();
		await until("all", () => probe.text.length === bytes.length);
		assert.ok(probe.text === latin1(bytes));
	});

	it("counts the octets of TLS that the network stack took: the handshake's, and a few more for each record (REP-5)", async () => {
		const probe = await opens(fixture().servers.good, good());
		const before = probe.stream.sent as number;
		assert.ok(before > 100 && before < 4000, `${before} octets of the handshake`);
		probe.text = "";
		const bytes = pattern(100_000);
		assert.ok(guard.call(() => probe.stream.offer(bytes, 0, bytes.length)));
		await until("all", () => probe.text.length === bytes.length && probe.stream.queued === 0);
		const more = (probe.stream.sent as number) - before - bytes.length;
		assert.ok(more >= 7 * 22 && more < 2000, `${more} octets of 7 records or more`);
		const sent = probe.stream.sent;
		guard.call(() => probe.stream.abort());
		await until("gone", () => probe.goings > 0);
		assert.equal(probe.stream.sent, sent);
	});

	it("takes an offered frame whole, and the next one when that has left", async () => {
		const probe = await opens(fixture().servers.good, good());
		probe.text = "";
		const frame = pattern(500_000);
		assert.ok(guard.call(() => probe.stream.offer(frame, 0, frame.length)));
		await until("the frame", () => probe.text.length === frame.length && probe.stream.queued === 0);
		assert.ok(guard.call(() => probe.stream.offer(frame, 5, 10)));
		await until("the rest", () => probe.text.length === frame.length + 5);
	});

	it("half-closes: receives after its own end", async () => {
		const probe = await opens(fixture().servers.good, good());
		guard.call(() => probe.stream.end());
		await until("gone", () => probe.goings > 0);
		assert.deepEqual([probe.text, probe.ends], [`name=${NAME}\nbye`, ["closed"]]);
	});
}
