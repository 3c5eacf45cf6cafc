import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { H264Depacketizer } from "../../../../src/stream/packets/h264-depacketizer";
import { H264Packetizer } from "../../../../src/stream/packets/h264-packetizer";
import { JpegDepacketizer } from "../../../../src/stream/packets/jpeg-depacketizer";
import { PacketStream } from "../../../../src/stream/packets/packet-stream";
import { DatagramCutter } from "../../../../src/stream/relayed/datagram-cutter";
import { type PacketRun, RunPool } from "../../../../src/stream/relayed/packet-run";
import { RtpPacket, writeRtpHeader } from "../../../../src/wire/rtp";
import { frameOf, joined, nalOf, PICTURE, packetsOf, unitOf } from "../../../support/rtp-pictures";

/** Makes a run of packets with these payloads; the last has the marker. */
function runOf(payloads: readonly Uint8Array[], type = 96): PacketRun {
	const pool = new RunPool();
	const run = pool.begin(payloads[0].length, 10, 3600);
	payloads.forEach((payload, i) => {
		assert.ok(pool.append(run, type, i === payloads.length - 1, payload, 0, payload.length));
	});
	return run;
}

/** Gives packets with running numbers to a depacketizer. */
function feed(packets: readonly Uint8Array[], take: (bytes: Uint8Array, packet: RtpPacket) => void): void {
	packets.forEach((bytes, i) => {
		const packet = new RtpPacket();
		writeRtpHeader(bytes, 0, bytes[1] & 127, bytes[1] >= 128, i, 3600, 5);
		assert.ok(packet.read(bytes, 0, bytes.length));
		take(bytes, packet);
	});
}

/** Cuts a run, and checks the sizes and the marker. */
function cut(run: PacketRun, encoding: "JPEG" | "H264"): Uint8Array[] {
	const burst = new DatagramCutter(encoding).cut(run);
	const packets = packetsOf(burst);
	burst.release();
	assert.ok(packets.every(({ length }) => length <= 1400));
	assert.deepEqual(
		packets.map((bytes) => bytes[1] >= 128),
		packets.map((_, i) => i === packets.length - 1),
	);
	return packets;
}

/** The pictures of H.264 packets, as byte streams. */
function pictures(packets: readonly Uint8Array[]): Buffer[] {
	const list: Buffer[] = [];
	const depacketizer = new H264Depacketizer({
		unit: (unit) => {
			list.push(Buffer.from(unit.bytes.subarray(unit.start, unit.end)));
			unit.release();
		},
	});
	feed(packets, (bytes, packet) => depacketizer.packet(0, bytes, packet));
	return list;
}

describe("stream/relayed: long packets are cut for datagrams", () => {
	it("JPEG: the picture stays the same", () => {
		const stream = new PacketStream("tcp", 0, { ssrc: 1, sequence: 2 });
		const burst = stream.frame(frameOf(PICTURE), 3600);
		assert.ok(burst);
		const payloads = packetsOf(burst).map((bytes) => bytes.slice(16));
		assert.equal(payloads.length, 1);
		const packets = cut(runOf(payloads, 26), "JPEG");
		assert.ok(packets.length >= 18 && packets.length <= 20);
		let got: Uint8Array | undefined;
		const depacketizer = new JpegDepacketizer({
			picture: (frame) => {
				got = frame.bytes.slice(frame.start, frame.end);
				frame.release();
			},
		});
		feed(packets, (bytes, packet) => depacketizer.packet(0, undefined, bytes, packet));
		assert.ok(got !== undefined);
		assert.deepEqual(got.slice(-20_000), PICTURE.slice(-20_000));
	});

	it("JPEG with restart markers, in fragments from the middle of the picture", () => {
		const payload = (offset: number, length: number): Uint8Array =>
			joined(
				new Uint8Array([0, offset >> 16, offset >> 8, offset & 255, 65, 50, 80, 60, 0, 4, 0xff, 0xff]),
				new Uint8Array(length).map((_, i) => (offset + i) % 250),
			);
		const packets = cut(runOf([payload(0, 5000), payload(5000, 900), payload(5900, 4000)], 26), "JPEG");
		let at = 0;
		for (const bytes of packets) {
			assert.equal((bytes[13] << 16) | (bytes[14] << 8) | bytes[15], at);
			assert.deepEqual([...bytes.subarray(16, 24)], [65, 50, 80, 60, 0, 4, 0xff, 0xff]);
			for (const octet of bytes.subarray(24)) assert.equal(octet, at++ % 250);
		}
		assert.equal(at, 9900);
	});

	it("H.264: long NAL units, long fragments and units together", () => {
		const nals = [nalOf(7, 20), nalOf(8, 10), nalOf(5, 9000, 3), nalOf(5, 700, 5), nalOf(5, 3000, 11)];
		const long = nals[2];
		const together = [nals[3], nals[4]].map((nal) => joined(new Uint8Array([nal.length >> 8, nal.length & 255]), nal));
		const payloads = [
			joined(new Uint8Array([24, 0, 20]), nals[0], new Uint8Array([0, 10]), nals[1]),
			joined(new Uint8Array([0x60 | 28, 0x80 | 5]), long.slice(1, 5000)),
			joined(new Uint8Array([0x60 | 28, 5]), long.slice(5000, 5500)),
			joined(new Uint8Array([0x60 | 28, 0x40 | 5]), long.slice(5500)),
			joined(new Uint8Array([24]), ...together),
		];
		const [got] = pictures(cut(runOf(payloads), "H264"));
		assert.deepEqual(got, Buffer.concat(nals.map((nal) => Buffer.concat([Buffer.from([0, 0, 0, 1]), nal]))));
	});

	it("H.264: many small NAL units stay together, so that an origin can't make many packets of one", () => {
		const units = Array.from({ length: 15_000 }, () => new Uint8Array([0, 1, 0x41]));
		const packets = cut(runOf([joined(new Uint8Array([24]), ...units)]), "H264");
		assert.ok(packets.length < 36, `${packets.length}`);
		assert.equal(
			packets.reduce((sum, { length }) => sum + length - 13, 0),
			45_000,
		);
		const empty = Array.from({ length: 15_000 }, () => new Uint8Array([0, 0]));
		assert.ok(cut(runOf([joined(new Uint8Array([24]), ...empty)]), "H264").length < 36);
	});

	it("H.264: what our own server sends by TCP", () => {
		const stream = new PacketStream("tcp", 0, { ssrc: 1, sequence: 2 }, new H264Packetizer());
		const nals = [nalOf(7, 20), nalOf(8, 10), nalOf(5, 50_000, 3)];
		const burst = stream.unit(unitOf(nals, true), 3600);
		assert.ok(burst);
		const payloads = packetsOf(burst).map((bytes) => bytes.slice(16));
		const [got] = pictures(cut(runOf(payloads), "H264"));
		assert.deepEqual(got, Buffer.concat(nals.map((nal) => Buffer.concat([Buffer.from([0, 0, 0, 1]), nal]))));
	});

	for (const encoding of ["JPEG", "H264"] as const)
		it(`bears any octets: ${encoding}`, () => {
			const prng = new Prng(5);
			for (let round = 0; round < 400; round++) {
				const payloads = Array.from({ length: 1 + prng.below(4) }, () => {
					const bytes = new Uint8Array(prng.below(2) === 0 ? prng.below(20) : 1300 + prng.below(30_000));
					for (let i = 0; i < Math.min(40, bytes.length); i++) bytes[i] = prng.below(256);
					if (bytes.length > 2 && prng.below(2) === 0) bytes[0] = [24, 28, 0x7c][prng.below(3)];
					return bytes;
				});
				const run = runOf(payloads);
				const burst = new DatagramCutter(encoding).cut(run);
				for (const packet of packetsOf(burst)) assert.ok(packet.length <= 1400);
				assert.ok(burst.offsets[burst.count] <= burst.bytes.length);
				burst.release();
				run.release();
			}
		});
});
