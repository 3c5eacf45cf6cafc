import assert from "node:assert/strict";
import { Lan } from "../../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../hosts/virtual/world";
import type { UdpSink } from "../../../../src/ports/net";
import type { AddressRow, BoundPort } from "../../../../src/stream/address/address-row";
import { AddressTable } from "../../../../src/stream/address/address-table";
import type { MediaPath } from "../../../../src/stream/media-path";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import { ProcessingUnits } from "../../../../src/stream/units/processing-units";
import { A10, A20, C10, FIRST_FORM, lanRows, SECOND_FORM, tableRow } from "../../../support/two-networks";

const LAN = "10.1.0.7";
const FAR = "198.51.100.9";
const SINK: UdpSink = { opened() {}, received() {}, failed() {} };

const range = (first: number, last: number): BoundPort => ({ kind: "range", first, last });
const fixed = (port: number): BoundPort => ({ kind: "static", port });

/** A server with the addresses of the source document. */
class Server {
	readonly world = new World(7);
	readonly machine = new VirtualMachine(this.world, "server");
	readonly units: ProcessingUnits;

	constructor(rows: readonly AddressRow[], byRule = false) {
		const a = new Lan(this.world);
		const c = new Lan(this.world);
		for (const address of [A10, A20])
			this.machine.attach(a, { address }).addIpv6({ address: `2001:db8::${address.slice(-2)}` });
		for (const address of [C10, "10.3.0.20"]) this.machine.attach(c, { address, gateway: "10.3.0.1" });
		const { network, clock, random, log } = this.machine;
		this.units = new ProcessingUnits(network, clock, random, new AddressTable(rows, byRule), log);
	}

	open(client: string, local = A10, rtpPort = 6000): MediaPath | RtspRefusal {
		const request = { client, rtpPort, rtcpPort: rtpPort + 1, local, reports: { client, ssrc: 42, report() {} } };
		let answer: MediaPath | RtspRefusal | undefined;
		this.units.open(0, request, (_now, given) => {
			assert.equal(answer, undefined, "answered twice");
			answer = given;
		});
		this.world.runFor(10);
		assert.ok(answer !== undefined, "not answered");
		return answer;
	}

	path(client: string, local = A10): MediaPath {
		const answer = this.open(client, local);
		assert.ok(!(answer instanceof RtspRefusal), answer instanceof RtspRefusal ? answer.message : "");
		return answer;
	}

	/** Another program uses a port. */
	occupy(port: number, address: string): void {
		this.machine.network.udp({ port, address }, SINK);
		this.world.runFor(1);
	}

	/** Ports in use by streams. */
	get inUse(): number[] {
		return [this.units.pairs.size, this.units.shared.size];
	}
}

describe("stream/processing-units", () => {
	it("gives pairs of adjacent ports, even and odd, all different, and frees them (STR-20, STR-3)", () => {
		const server = new Server(lanRows(A20));
		const paths = Array.from({ length: 40 }, () => server.path(LAN));
		for (const { rtpPort, rtcpPort } of paths) {
			assert.deepEqual([rtpPort % 2, rtcpPort - rtpPort], [0, 1]);
			assert.ok(rtpPort >= 32_768 && rtcpPort <= 61_000);
		}
		assert.equal(new Set(paths.map(({ rtpPort }) => rtpPort)).size, 40);
		assert.deepEqual(server.inUse, [40, 0]);
		for (const path of paths) {
			path.close();
			path.close();
			path.sendReport(new Uint8Array(8), 0, 8);
		}
		assert.deepEqual(server.inUse, [0, 0]);
	});

	it("takes another pair when one of its ports is in use, and refuses with 503 when all are (STR-20)", () => {
		const rows = [
			tableRow("10.1.0.0/24", "RTP sender", "send", A20),
			tableRow("10.1.0.0/24", "RTCP sender and receiver", "send", A20, range(5001, 5005)),
			tableRow("10.1.0.0/24", "RTCP sender and receiver", "receive", A20, range(5001, 5005)),
		];
		const server = new Server(rows);
		server.occupy(5000, A20);
		server.occupy(5005, A20);
		const path = server.path(LAN);
		assert.deepEqual([path.rtpPort, path.rtcpPort], [5002, 5003]);
		const refused = server.open(LAN);
		assert.ok(refused instanceof RtspRefusal && refused.status === 503);
		assert.match(server.machine.log.text(), /no free pair of ports/);
		assert.doesNotMatch(refused.message, /\d+\.\d+/);
		path.close();
		assert.equal(server.path(LAN).rtpPort, 5002);
	});

	for (const [name, first, last, ports] of [
		["an odd first port", 5001, 5001, [5000, 5001]],
		["an even first port", 5000, 5001, [5000, 5001]],
		["an even last port", 5001, 5002, [5000, 5001]],
	] as const) {
		it(`keeps RTCP inside a range with ${name} (STR-20)`, () => {
			const server = new Server([
				tableRow("0.0.0.0/0", "RTP sender", "send", C10),
				tableRow("0.0.0.0/0", "RTCP sender", "send", C10, range(first, last)),
			]);
			const { rtpPort, rtcpPort } = server.path(FAR);
			assert.deepEqual([rtpPort, rtcpPort], ports);
		});
	}

	it("refuses a range of RTP that holds no even port", () => {
		const rows = [tableRow("0.0.0.0/0", "RTP sender", "send", C10, range(5001, 5001))];
		const refused = new Server(rows).open(FAR);
		assert.ok(refused instanceof RtspRefusal && refused.status === 503);
	});

	it("holds a dummy port, so that nobody uses it, and frees it with the stream (STR-6, STR-20)", () => {
		const server = new Server(FIRST_FORM);
		const path = server.path(FAR);
		let failed = "";
		server.machine.network.udp(
			{ port: path.rtcpPort, address: C10 },
			{
				...SINK,
				failed: (why) => {
					failed = why;
				},
			},
		);
		server.world.runFor(1);
		assert.equal(failed, "in-use");
		path.close();
		server.occupy(path.rtcpPort, C10);
		assert.deepEqual(server.inUse, [0, 0]);
	});

	it("shares one receiving socket among sessions, and closes it with the last (STR-7)", () => {
		const server = new Server(SECOND_FORM);
		const one = server.path(FAR);
		const other = server.path(FAR);
		assert.deepEqual(server.inUse, [2, 1]);
		assert.notEqual(one.rtcpPort, other.rtcpPort);
		one.close();
		assert.deepEqual(server.inUse, [1, 1]);
		other.close();
		assert.deepEqual(server.inUse, [0, 0]);
		assert.notEqual(server.path(FAR).rtcpPort, 0);
	});

	it("refuses with 503 and logs once when a static port is in use, and serves when it is free (STR-7)", () => {
		const server = new Server(SECOND_FORM);
		const thief = server.machine.network.udp({ port: 500, address: A20 }, SINK);
		server.world.runFor(1);
		for (let i = 0; i < 3; i++) {
			const refused = server.open(FAR);
			assert.ok(refused instanceof RtspRefusal && refused.status === 503);
		}
		assert.equal(server.machine.log.lines.filter(({ text }) => text.includes("in-use")).length, 1);
		assert.deepEqual(server.inUse, [0, 0]);
		thief.close();
		assert.equal(server.path(FAR).hasReports, true);
	});

	it("refuses with 503 when the bound address is gone, and serves others (STR-4)", () => {
		const server = new Server([...lanRows(A20), tableRow("0.0.0.0/0", "RTP sender", "send", "10.9.0.1")]);
		const refused = server.open(FAR);
		assert.ok(refused instanceof RtspRefusal && refused.status === 503);
		assert.match(server.machine.log.text(), /no-address/);
		server.path(LAN);
		assert.deepEqual(server.inUse, [1, 0]);
	});

	it("refuses UDP to a client in no network with 461, so that it goes on by TCP, and names no address (STR-4, STR-19)", () => {
		const server = new Server(lanRows(A20));
		const refused = server.open(FAR);
		assert.ok(refused instanceof RtspRefusal && refused.status === 461);
		assert.doesNotMatch(refused.message, /\d+\.\d+/);
	});

	it("refuses a bound address of another family, and frees the pair", () => {
		const server = new Server([tableRow("0.0.0.0/0", "RTP sender", "send", "2001:db8::10")]);
		const refused = server.open(FAR);
		assert.ok(refused instanceof RtspRefusal && refused.status === 503);
		assert.deepEqual(server.inUse, [0, 0]);
	});

	it("never advertises a private address to a client on the Internet (STR-19)", () => {
		for (const [client, advertised, source] of [
			["8.8.8.8", A20, ""],
			["8.8.8.8", "8.8.4.4", "8.8.4.4"],
			["172.16.0.9", A20, A20],
			["8.8.8.8", "", ""],
			["172.16.0.9", A10, ""],
		]) {
			const server = new Server([tableRow("0.0.0.0/0", "RTP sender", "send", A20, { kind: "dynamic" }, advertised)]);
			assert.equal(server.path(client).source, source, `${client} ${advertised}`);
		}
	});

	it("advertises what the rows say: static ports, and the sender's port for a receiver with a static one (STR-4, STR-7)", () => {
		const one = new Server([
			tableRow("0.0.0.0/0", "RTP sender", "send", A10, fixed(5004)),
			tableRow("0.0.0.0/0", "RTCP sender and receiver", "send", A10, fixed(5005)),
			tableRow("0.0.0.0/0", "RTCP sender and receiver", "receive", A10, fixed(5005)),
		]);
		const [a, b] = [one.path(FAR), one.path(LAN)];
		assert.deepEqual([a.rtpPort, a.rtcpPort, b.rtpPort, b.rtcpPort], [5004, 5005, 5004, 5005]);
		assert.deepEqual(one.inUse, [0, 2]);
		a.close();
		b.close();
		assert.deepEqual(one.inUse, [0, 0]);
		const numbers = new Server([
			{ ...tableRow("0.0.0.0/0", "RTP sender", "send", A10), advertisedPort: 7000 },
			{ ...tableRow("0.0.0.0/0", "RTCP sender and receiver", "send", A10) },
			{ ...tableRow("0.0.0.0/0", "RTCP sender and receiver", "receive", A10), advertisedPort: 7001 },
		]);
		const { rtpPort, rtcpPort } = numbers.path(FAR);
		assert.deepEqual([rtpPort, rtcpPort], [7000, 7001]);
		const split = new Server([
			tableRow("0.0.0.0/0", "RTP sender", "send", C10),
			tableRow("0.0.0.0/0", "RTCP sender", "send", C10),
			tableRow("0.0.0.0/0", "RTCP receiver", "receive", A20),
		]);
		const path = split.path(FAR);
		assert.deepEqual(
			path.units.map(({ unit, bound }) => `${unit} ${bound}`),
			[
				`RTP sender ${C10}:${path.rtpPort}`,
				`RTCP sender ${C10}:${path.rtcpPort}`,
				`RTCP receiver ${A20}:${path.rtcpPort}`,
			],
		);
	});

	it("expects reports of far clients only where they can come in (STR-22)", () => {
		assert.equal(new Server(SECOND_FORM).path(FAR).expectsReports, true);
		assert.equal(new Server(SECOND_FORM).path(LAN).expectsReports, false);
		assert.equal(new Server(FIRST_FORM).path(FAR).expectsReports, false);
		assert.equal(new Server([], true).path(FAR).expectsReports, false);
	});

	it("serves IPv6 clients, and takes an address in any spelling", () => {
		const server = new Server([], true);
		const path = server.path("2001:DB8:0:0::7", "2001:db8::10");
		assert.equal(path.peer.address, "2001:db8::7");
		assert.ok(path.units[0].bound.startsWith("[2001:db8::10]:"));
	});
});
