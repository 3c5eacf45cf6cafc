import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { AccessUnit } from "../../../../src/media/access-unit";
import { NalWalker } from "../../../../src/media/h264";
import { H264Depacketizer, UNIT_MAX } from "../../../../src/stream/packets/h264-depacketizer";
import { H264Packetizer } from "../../../../src/stream/packets/h264-packetizer";
import { PacketStream } from "../../../../src/stream/packets/packet-stream";
import { RtpPacket } from "../../../../src/wire/rtp";
import { mutateOctets } from "../../../support/mutate";
import { nalOf, packetsOf, unitOf } from "../../../support/rtp-pictures";

const SPS = new Uint8Array(Buffer.from("6742c01ed900a03db011000003000100000300320f162e48", "hex"));
const PPS = new Uint8Array(Buffer.from("68cb83cb20", "hex"));
const KEY = [SPS, PPS, nalOf(5, 5000), nalOf(5, 300).fill(0x33, 1)];
const OTHER = [nalOf(1, 3000)];

class Rig {
	readonly units: AccessUnit[] = [];
	readonly depacketizer = new H264Depacketizer({ unit: (unit) => this.units.push(unit) });
	private readonly packet = new RtpPacket();

	feed(...packets: readonly Uint8Array[]): this {
		for (const bytes of packets) {
			if (this.packet.read(bytes, 0, bytes.length)) this.depacketizer.packet(5, bytes, this.packet);
		}
		return this;
	}

	get keys(): string {
		return this.units.map((unit) => (unit.isKey ? "K" : "p")).join("");
	}
}

/** The packets of each picture: `K` is a key picture. */
function packetsFor(kinds: string, sequence = 65530): Uint8Array[][] {
	const stream = new PacketStream("udp", 0, { ssrc: 1, sequence }, new H264Packetizer());
	return [...kinds].map((kind, i) =>
		packetsOf(stream.unit(unitOf(kind === "K" ? KEY : OTHER, kind === "K"), 3000 * i)!),
	);
}

function nalsOf(unit: AccessUnit): Uint8Array[] {
	const walker = new NalWalker().open(unit.bytes, unit.start, unit.end);
	const nals: Uint8Array[] = [];
	while (walker.next()) nals.push(unit.bytes.slice(walker.start, walker.end));
	return nals;
}

describe("stream/h264-depacketizer", () => {
	it("puts pictures together again (STR-25)", () => {
		const rig = new Rig().feed(...packetsFor("KppK").flat());
		assert.equal(rig.keys, "KppK");
		assert.deepEqual(rig.units.map(nalsOf), [KEY, OTHER, OTHER, KEY]);
		assert.deepEqual(
			rig.units.map(({ ticks, at, sequence }) => [ticks, at, sequence]),
			[
				[0, 5, 0],
				[3000, 5, 1],
				[6000, 5, 2],
				[9000, 5, 3],
			],
		);
		assert.deepEqual(rig.depacketizer.sets.list, [SPS, PPS]);
		assert.equal(rig.depacketizer.sets.info?.width, 640);
		assert.deepEqual([rig.depacketizer.dropped, rig.depacketizer.malformed], [0, 0]);
	});

	it("drops everything between a lost packet and the next key picture", () => {
		const pictures = packetsFor("KppKpp");
		const all = pictures.flat();
		const second = pictures[0].length;
		const last = second + pictures[1].length;
		for (let lost = second; lost < last; lost++) {
			const rig = new Rig().feed(...all.filter((_, i) => i !== lost));
			assert.equal(rig.keys, "KKpp", `packet ${lost}`);
			assert.equal(rig.depacketizer.dropped, 2);
			assert.equal(rig.depacketizer.waitsForKey, false);
		}
	});

	it("takes a key picture right after a lost picture", () => {
		const [key, lost, next] = packetsFor("KpK");
		assert.equal(lost.length, 3);
		assert.equal(new Rig().feed(...key, ...next).keys, "KK");
		assert.equal(new Rig().feed(...key, ...next.slice(1)).keys, "KK", "only the parameter sets are missing");
		assert.equal(new Rig().feed(...key, ...next.slice(2)).keys, "K");
	});

	it("begins with the first key picture that is whole", () => {
		const pictures = packetsFor("pKpK");
		assert.equal(new Rig().feed(...pictures.flat()).keys, "KpK");
		assert.equal(new Rig().feed(...pictures.flat().slice(pictures[0].length + 2)).keys, "K");
		assert.equal(new Rig().feed(...pictures[0], ...pictures[1], ...pictures[2]).keys, "Kp");
	});

	it("ends a picture at the next timestamp where the marker is missing, and joins sets sent alone to the next picture", () => {
		const packets = packetsFor("Kpp").flat();
		for (const packet of packets) packet[1] &= 0x7f;
		const rig = new Rig().feed(...packets);
		assert.deepEqual(rig.units.map(nalsOf), [KEY, OTHER]);
		const stream = new PacketStream("udp", 0, { ssrc: 1, sequence: 0 }, new H264Packetizer());
		const sets = packetsOf(stream.unit(unitOf([SPS, PPS], false), 100)!);
		const slice = packetsOf(stream.unit(unitOf([KEY[2]], true), 200)!);
		assert.deepEqual(new Rig().feed(...sets, ...slice).units.map(nalsOf), [[SPS, PPS, KEY[2]]]);
	});

	function packet(payload: readonly number[], sequence: number, timestamp: number, marker: boolean): Uint8Array {
		return new Uint8Array([0x80, marker ? 0xe0 : 0x60, 0, sequence, 0, 0, 0, timestamp, 0, 0, 0, 1, ...payload]);
	}

	const malformed: [string, readonly number[][]][] = [
		[
			"the types 0, 25 to 27 and 29 to 31",
			[
				[0, 1],
				[25, 1],
				[26, 1],
				[27, 1],
				[29, 1],
				[30, 1],
				[31, 1],
			],
		],
		["STAP-A with a length past the end", [[24, 0, 3, 0x61, 1]]],
		["STAP-A with an empty NAL unit", [[24, 0, 0, 0, 1, 0x61]]],
		["STAP-A in STAP-A", [[24, 0, 2, 24, 1]]],
		["FU-A without a beginning", [[28, 0x01, 5]]],
		["FU-A that is begin and end", [[28, 0xc1, 5]]],
		["FU-A of FU-A", [[28, 0x9c, 5]]],
		["FU-A that is too short", [[28, 0x81]]],
	];
	for (const [title, payloads] of malformed) {
		it(`refuses ${title}`, () => {
			for (const payload of payloads) {
				const rig = new Rig().feed(packet([0x67, 1], 0, 0, true), packet(payload, 1, 1, true));
				assert.deepEqual([rig.depacketizer.malformed, rig.units.length], [1, 0]);
			}
		});
	}

	it("refuses a fragment that is followed by something else", () => {
		const rig = new Rig().feed(packet([0x7c, 0x85, 0x88], 0, 0, false), packet([0x65, 0x88], 1, 0, true));
		assert.deepEqual([rig.depacketizer.malformed, rig.units.length], [1, 0]);
		const open = new Rig().feed(packet([0x65, 0x88], 0, 0, false), packet([0x7c, 0x85, 0x88], 1, 0, true));
		assert.deepEqual([open.depacketizer.dropped, open.units.length], [1, 0]);
	});

	it("bounds a picture that never ends", () => {
		const rig = new Rig();
		const bytes = new Uint8Array(60_000).fill(0x88);
		bytes.set(packet([0x7c, 0x85], 0, 0, false));
		const count = Math.ceil(UNIT_MAX / 60_000) + 20;
		for (let i = 0; i < count; i++) {
			bytes[2] = i >> 8;
			bytes[3] = i;
			bytes[13] = i === 0 ? 0x85 : 0x05;
			rig.feed(bytes);
		}
		assert.deepEqual([rig.depacketizer.malformed, rig.depacketizer.dropped], [1, 1]);
	});

	it("survives damaged packets (fuzz)", () => {
		const random = new Prng(9);
		const packets = packetsFor("KppKp").flat();
		const rig = new Rig();
		for (let i = 0; i < 5000; i++) {
			const copy = packets[i % packets.length].slice();
			copy[2] = i >> 8;
			copy[3] = i;
			rig.feed(random.chance(0.03) ? mutateOctets(random, copy.subarray(0, 100)) : copy);
			for (const unit of rig.units.splice(0)) {
				assert.ok(nalsOf(unit).length > 0);
				unit.release();
			}
		}
		const { pictures, dropped, sets } = rig.depacketizer;
		assert.ok(pictures > 50 && dropped > 50, `${pictures} whole, ${dropped} dropped`);
		assert.ok(sets.list.length <= 32);
	});
});
