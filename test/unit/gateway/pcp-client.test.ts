import assert from "node:assert/strict";
import { ByteWriter, readU16, readU32 } from "../../../src/base/byte-writer";
import { Prng } from "../../../src/base/prng";
import type { Diagnosis } from "../../../src/gateway/diagnosis";
import { PcpClient, type PcpMapping, type PcpOwner, type PcpRequest } from "../../../src/gateway/pcp-client";
import { PATH, RecordingOutbox } from "./recording-outbox";

const RTSP: PcpRequest = { protocol: "TCP", internalPort: 8554, candidates: [8554, 8555], lease: 600 };
const RTP: PcpRequest = { protocol: "UDP", internalPort: 5004, candidates: [5004], lease: 600 };

/** A client with an owner that records its events. */
class Bench implements PcpOwner {
	readonly out = new RecordingOutbox();
	readonly story: string[] = [];
	readonly client = new PcpClient({ fill: (bytes) => void bytes.fill(9) }, this);
	private readonly writer = new ByteWriter(80);

	constructor() {
		this.client.start(0, PATH);
	}

	pcpChanged(_now: number, { request, port }: PcpMapping): void {
		this.story.push(
			`${request.internalPort} ${port === undefined ? "lost" : `${port.by} ${port.externalPort} ${port.address}`}`,
		);
	}

	pcpRefused(_now: number, { request }: PcpMapping, diagnosis: Diagnosis | undefined): void {
		this.story.push(`${request.internalPort} ${diagnosis === undefined ? "silent" : `refused: ${diagnosis}`}`);
	}

	/** The datagrams sent since the last call: protocol version, transport, internal and external port, lifetime. */
	sent(): string[] {
		return this.out.sent.splice(0).map(({ bytes }) => {
			if (bytes[0] === 2) {
				const transport = bytes[36] === 6 ? "TCP" : "UDP";
				return `PCP ${transport} ${readU16(bytes, 40)}->${readU16(bytes, 42)} ${readU32(bytes, 4)}`;
			}
			if (bytes[1] === 0) return "NAT-PMP address";
			return `NAT-PMP ${bytes[1] === 2 ? "TCP" : "UDP"} ${readU16(bytes, 4)}->${readU16(bytes, 6)} ${readU32(bytes, 8)}`;
		});
	}

	/** A PCP answer. */
	pcp(
		now: number,
		{ protocol, internalPort }: PcpRequest,
		external: number,
		more: { result?: number; epoch?: number; lifetime?: number } = {},
	): void {
		const { result = 0, epoch = Math.floor(now / 1000) + 100, lifetime = 600 } = more;
		this.writer.reset().u8(2).u8(0x81).u8(0).u8(result).u32(lifetime).u32(epoch).u32(0).u32(0).u32(0);
		for (let i = 0; i < 12; i++) this.writer.u8(9);
		this.writer
			.u8(protocol === "TCP" ? 6 : 17)
			.u8(0)
			.u16(0)
			.u16(internalPort)
			.u16(external);
		this.writer.u32(0).u32(0).u32(0xffff).u32(0xc6140001);
		this.client.receive(now, this.writer.copy(), this.out);
	}

	/** A NAT-PMP answer to a mapping. */
	natPmp(now: number, { protocol, internalPort }: PcpRequest, external: number, result = 0, lifetime = 600): void {
		this.writer
			.reset()
			.u8(0)
			.u8(protocol === "TCP" ? 130 : 129)
			.u16(result)
			.u32(Math.floor(now / 1000) + 100);
		this.writer.u16(internalPort).u16(external).u32(lifetime);
		this.client.receive(now, this.writer.copy(), this.out);
	}

	/** A NAT-PMP answer to the address request. */
	natPmpAddress(now: number, result = 0): void {
		this.writer
			.reset()
			.u8(0)
			.u8(128)
			.u16(result)
			.u32(Math.floor(now / 1000) + 100)
			.u32(0xc6140001);
		this.client.receive(now, this.writer.copy(), this.out);
	}

	/** Calls `expire` at each deadline up to `until`. */
	run(until: number): void {
		while (this.client.deadline <= until) this.client.expire(this.client.deadline, this.out);
	}
}

describe("gateway/pcp-client", () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});

	it("sends nothing while no mapping is wanted", () => {
		bench.run(1e6);
		assert.deepEqual([bench.sent(), bench.client.deadline], [[], Infinity]);
	});

	it("asks again after 250, 500, 1000, 2000 ms, then by NAT-PMP, and after that again in a minute (RFC 6887 §8.1.1)", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.run(1750);
		assert.deepEqual(bench.sent(), new Array(4).fill("PCP TCP 8554->8554 600"));
		bench.run(7500);
		assert.deepEqual(bench.sent(), new Array(4).fill(["NAT-PMP address", "NAT-PMP TCP 8554->8554 600"]).flat());
		assert.deepEqual([bench.client.deadline, bench.story], [67500, []]);
		bench.run(67500);
		assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600"]);
	});

	it("maps TCP and UDP at the same time, and renews each at half its lifetime", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.map(0, RTP, bench.out);
		assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600", "PCP UDP 5004->5004 600"]);
		bench.pcp(10, RTP, 5004);
		bench.pcp(20, RTSP, 8560);
		assert.deepEqual(bench.story, ["5004 PCP 5004 198.20.0.1", "8554 PCP 8560 198.20.0.1"]);
		bench.run(300010);
		assert.deepEqual([bench.sent(), bench.client.deadline], [["PCP UDP 5004->5004 600"], 300020]);
		bench.pcp(300015, RTP, 5004);
		bench.run(300020);
		assert.deepEqual(bench.sent(), ["PCP TCP 8554->8560 600"], "it asks for the port that it was given");
		assert.equal(bench.story.length, 2, "a renewal is no news");
	});

	it("takes a shorter lifetime from the server, but renews at most once a second", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.pcp(0, RTSP, 8554, { lifetime: 120 });
		assert.equal(bench.client.deadline, 60000);
		bench.pcp(0, RTSP, 8554, { lifetime: 1 });
		assert.equal(bench.client.deadline, 1000);
	});

	it("suggests the next candidate when the server cannot give one, and is refused after the last", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.pcp(1, RTSP, 0, { result: 11 });
		assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600", "PCP TCP 8554->8555 600"]);
		bench.pcp(2, RTSP, 0, { result: 11 });
		assert.deepEqual([bench.sent(), bench.story], [[], ["8554 refused: refused"]]);
		bench.run(60002);
		assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600"]);
	});

	it("reports a lost mapping when its renewal is refused; the others stay", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.map(0, RTP, bench.out);
		bench.pcp(1, RTSP, 8554);
		bench.pcp(1, RTP, 5004);
		bench.pcp(2, RTSP, 8554, { result: 2 });
		assert.deepEqual(bench.story.slice(2), ["8554 lost", "8554 refused: permission"]);
	});

	for (const [title, answer] of [
		["another version of PCP", (b: Bench) => b.pcp(5, RTSP, 0, { result: 1 })],
		[
			"NAT-PMP only (RFC 6886 §3.5)",
			(b: Bench) => b.client.receive(5, new Uint8Array([0, 0x81, 0, 1, 0, 0, 0, 0]), b.out),
		],
	] as const) {
		it(`changes to NAT-PMP for all mappings when the server speaks ${title}`, () => {
			bench.client.map(0, RTSP, bench.out);
			bench.client.map(0, RTP, bench.out);
			bench.sent();
			answer(bench);
			assert.deepEqual(bench.sent(), ["NAT-PMP address", "NAT-PMP TCP 8554->8554 600", "NAT-PMP UDP 5004->5004 600"]);
			bench.natPmpAddress(6);
			bench.natPmp(7, RTSP, 8554);
			bench.natPmp(8, RTP, 5005);
			assert.deepEqual(bench.story, ["8554 NAT-PMP 8554 198.20.0.1", "5004 NAT-PMP 5005 198.20.0.1"]);
		});
	}

	it("loses all mappings when the server stops answering, and asks for them again", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.map(0, RTP, bench.out);
		bench.pcp(1, RTSP, 8554);
		bench.pcp(1, RTP, 5004);
		bench.run(320000);
		assert.deepEqual(bench.story.slice(2).sort(), ["5004 lost", "8554 lost"]);
		bench.sent();
		bench.run(400000);
		assert.ok(bench.sent().length > 0);
	});

	it("renews everything within a second when the epoch goes back, which means a restart (quirk 24)", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.map(0, RTP, bench.out);
		bench.pcp(0, RTSP, 8554, { epoch: 5000 });
		bench.pcp(1, RTP, 5004, { epoch: 5000 });
		bench.run(300000);
		bench.sent();
		bench.pcp(300000, RTSP, 8554, { epoch: 3 });
		bench.run(300001);
		bench.pcp(300002, RTP, 5004, { epoch: 3 });
		bench.sent();
		bench.run(301000);
		assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600"]);
	});

	it("does not take an epoch that runs an eighth slow for a restart (RFC 6887 §8.5)", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.pcp(0, RTSP, 8554, { epoch: 5000 });
		bench.pcp(300000, RTSP, 8554, { epoch: 5000 + 262 });
		assert.equal(bench.client.deadline, 600000);
	});

	it("reports a new external address, and deletes with two requests, by either protocol", () => {
		const mapping = bench.client.map(0, RTSP, bench.out);
		bench.pcp(1, RTSP, 8554);
		bench.sent();
		bench.client.unmap(mapping, bench.out);
		assert.deepEqual([bench.sent(), bench.client.deadline], [["PCP TCP 8554->0 0", "PCP TCP 8554->0 0"], Infinity]);
		bench.client.unmap(mapping, bench.out);
		assert.deepEqual(bench.sent(), []);
	});

	it("also deletes a mapping whose request has not been answered yet", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.sent();
		bench.client.stop(bench.out);
		assert.deepEqual([bench.sent(), bench.client.running], [["PCP TCP 8554->0 0", "PCP TCP 8554->0 0"], false]);
	});

	it("asks again for everything when the path changes", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.pcp(1, RTSP, 8554);
		bench.sent();
		bench.client.start(5000, { ...PATH, address: "192.168.0.44" });
		bench.run(5000);
		assert.deepEqual([bench.sent(), bench.story.length], [["PCP TCP 8554->8554 600"], 1]);
		bench.client.start(6000, PATH);
	});

	for (const [result, diagnosis] of [
		[2, "permission"],
		[3, "refused"],
		[4, "refused"],
		[7, "double-nat"],
		[8, "table-full"],
		[10, "table-full"],
		[12, "double-nat"],
	] as const) {
		it(`tries NAT-PMP after PCP result ${result}, and reports ${diagnosis} when that is not answered (quirk 30)`, () => {
			bench.client.map(0, RTSP, bench.out);
			bench.sent();
			bench.pcp(5, RTSP, 0, { result });
			assert.deepEqual(bench.sent(), ["NAT-PMP address", "NAT-PMP TCP 8554->8554 600"]);
			bench.run(10000);
			assert.deepEqual(bench.story, [`8554 refused: ${diagnosis}`]);
			bench.sent();
			bench.run(64000);
			assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600"]);
			bench.run(80000);
			assert.deepEqual(bench.story.slice(1), ["8554 silent"]);
		});
	}

	it("takes a PCP error without the request for an answer to what was asked", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.sent();
		bench.client.receive(5, new Uint8Array([2, 0x81, 0, 4, ...new Array(20).fill(0)]), bench.out);
		assert.deepEqual(bench.sent(), ["NAT-PMP address", "NAT-PMP TCP 8554->8554 600"]);
	});

	for (const [pcp, natPmp, diagnosis] of [
		[2, 3, "double-nat"],
		[8, 3, "double-nat"],
		[7, 2, "double-nat"],
		[8, 2, "permission"],
		[4, 4, "table-full"],
		[4, 5, "refused"],
	] as const) {
		it(`reports ${diagnosis} for PCP result ${pcp} and NAT-PMP result ${natPmp}, and asks by PCP again in a minute (quirk 30)`, () => {
			bench.client.map(0, RTSP, bench.out);
			bench.pcp(5, RTSP, 0, { result: pcp });
			bench.natPmp(6, RTSP, 0, natPmp);
			// An answer to a request that was sent twice.
			bench.natPmp(7, RTSP, 0, natPmp);
			assert.deepEqual(bench.story, [`8554 refused: ${diagnosis}`]);
			bench.sent();
			bench.run(60006);
			assert.deepEqual(bench.sent(), ["PCP TCP 8554->8554 600"]);
			bench.pcp(60007, RTSP, 8554);
			assert.deepEqual(bench.story.slice(1), ["8554 PCP 8554 198.20.0.1"]);
		});
	}

	it("takes the port that NAT-PMP gives after PCP has refused it (quirk 30)", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.pcp(5, RTSP, 0, { result: 2 });
		bench.natPmpAddress(6);
		bench.natPmp(7, RTSP, 8554);
		assert.deepEqual(bench.story, ["8554 NAT-PMP 8554 198.20.0.1"]);
	});

	it("stays with PCP when it refuses one of two mappings", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.map(0, RTP, bench.out);
		bench.pcp(5, RTP, 5004);
		bench.sent();
		bench.pcp(6, RTSP, 0, { result: 8 });
		assert.deepEqual([bench.sent(), bench.story.at(-1)], [[], "8554 refused: table-full"]);
	});

	it("believes only the answer about a mapping, not an error to the address request of NAT-PMP (quirk 30)", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.receive(5, new Uint8Array([0, 0x81, 0, 1, 0, 0, 0, 0]), bench.out);
		for (let at = 6; at < 2e6; at += 300_000) {
			bench.run(at);
			bench.natPmpAddress(at, 3);
			bench.natPmp(at, RTSP, 8554);
		}
		assert.deepEqual(bench.story, ["8554 NAT-PMP 8554 0.0.0.0"]);
		bench.natPmpAddress(2e6);
		assert.deepEqual(bench.story.slice(1), ["8554 NAT-PMP 8554 198.20.0.1"]);
	});

	it("reports an error to the address request of NAT-PMP when nothing else is answered (quirk 30)", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.client.receive(5, new Uint8Array([0, 0x81, 0, 1, 0, 0, 0, 0]), bench.out);
		bench.natPmpAddress(6, 3);
		bench.run(10000);
		assert.deepEqual(bench.story, ["8554 refused: double-nat"]);
	});

	it("ignores answers without a request, and survives any datagram", () => {
		bench.client.map(0, RTSP, bench.out);
		bench.pcp(1, RTP, 5004);
		bench.pcp(1, { ...RTSP, protocol: "UDP" }, 5004);
		assert.deepEqual(bench.story, []);
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const bytes = new Uint8Array(random.below(70)).map(() => (random.chance(0.4) ? 0 : random.below(256)));
			assert.doesNotThrow(() => bench.client.receive(seed, bytes, bench.out), `seed ${seed}`);
		}
	});
});
