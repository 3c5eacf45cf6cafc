import assert from "node:assert/strict";
import { readU16, readU32 } from "../../../../src/base/byte-writer";
import { Prng } from "../../../../src/base/prng";
import { AccessUnit } from "../../../../src/media/access-unit";
import type { Frame } from "../../../../src/media/frame";
import { NalWalker } from "../../../../src/media/h264";
import { parseJpeg } from "../../../../src/media/jpeg";
import { H264Packetizer } from "../../../../src/stream/packets/h264-packetizer";
import { JpegDepacketizer } from "../../../../src/stream/packets/jpeg-depacketizer";
import { JpegLayout } from "../../../../src/stream/packets/jpeg-layout";
import { PacketStream } from "../../../../src/stream/packets/packet-stream";
import { RtpPacket } from "../../../../src/wire/rtp";
import { mutateOctets } from "../../../support/mutate";
import { frameOf, joined, nalOf, PICTURE, packetsOf, streamOf, unitOf } from "../../../support/rtp-pictures";

const NUMBERS = { ssrc: 0xfedcba98, sequence: 65534 };

/** Undoes the packetization, strictly. */
function unpacked(list: readonly Uint8Array[]): Uint8Array[] {
	const nals: Uint8Array[] = [];
	let open: Uint8Array | undefined;
	for (const packet of list) {
		const type = packet[12] & 31;
		if (type === 24) {
			for (let at = 13; at < packet.length; ) {
				const length = readU16(packet, at);
				nals.push(packet.slice(at + 2, at + 2 + length));
				at += 2 + length;
			}
		} else if (type === 28) {
			if ((packet[13] & 0x80) !== 0) open = new Uint8Array([(packet[12] & 0xe0) | (packet[13] & 31)]);
			open = joined(open!, packet.slice(14));
			if ((packet[13] & 0x40) !== 0) nals.push(open);
		} else nals.push(packet.slice(12));
	}
	return nals;
}

describe("stream/packet-stream", () => {
	for (const extra of [0, 100_000]) {
		it(`splits a JPEG picture into datagrams of 1,400 octets (STR-9), ${extra} octets unused in its buffer`, () => {
			const stream = new PacketStream("udp", 0, NUMBERS, new H264Packetizer());
			const burst = stream.frame(frameOf(PICTURE, extra), 0x87654321);
			assert.ok(burst);
			const info = parseJpeg(PICTURE, 0, PICTURE.length)!;
			const list = packetsOf(burst);
			const scan: number[] = [];
			for (const [i, packet] of list.entries()) {
				assert.equal(packet[0], 0x80);
				assert.equal(packet[1], i === list.length - 1 ? 0x9a : 26);
				assert.equal(readU16(packet, 2), (65534 + i) & 0xffff);
				assert.equal(readU32(packet, 4), 0x87654321);
				assert.equal(readU32(packet, 8), 0xfedcba98);
				assert.equal(readU32(packet, 12), scan.length, "type-specific 0, offset");
				assert.deepEqual([...packet.slice(16, 20)], [1, 255, 80, 60]);
				if (i < list.length - 1) assert.equal(packet.length, 1400);
				scan.push(...packet.slice(i === 0 ? 20 + 132 : 20));
			}
			assert.deepEqual(new Uint8Array(scan), PICTURE.slice(info.scanStart, -2));
			assert.deepEqual([...list[0].slice(20, 24)], [0, 0, 0, 128]);
			assert.equal(burst.payload, scan.length + 132 + 8 * list.length);
		});
	}

	it("sends a JPEG picture as one block of an RTSP connection (STR-1)", () => {
		const stream = new PacketStream("tcp", 4, NUMBERS, new H264Packetizer());
		const burst = stream.frame(frameOf(PICTURE), 9);
		assert.ok(burst);
		assert.equal(burst.count, 1);
		const [packet] = packetsOf(burst);
		assert.deepEqual([packet[0], packet[1], readU16(packet, 2)], [0x24, 4, packet.length - 4]);
		assert.equal(stream.sequence, 65535);
	});

	for (const framing of ["udp", "tcp"] as const) {
		for (const headroom of [0, 5, 300]) {
			it(`keeps all NAL units of an H.264 picture (STR-25), ${framing}, ${headroom} octets before it`, () => {
				const stream = new PacketStream(framing, 0, NUMBERS, new H264Packetizer());
				const nals = [
					nalOf(7, 20),
					nalOf(8, 6),
					nalOf(6, 700),
					nalOf(6, 690),
					nalOf(6, 1),
					nalOf(5, 100_000),
					nalOf(5, 1388),
					nalOf(5, 1389, 3),
					nalOf(5, 9),
				];
				const burst = stream.unit(unitOf([nalOf(9, 2), ...nals], true, headroom), 77);
				assert.ok(burst);
				const list = packetsOf(burst).map((packet) => (framing === "tcp" ? packet.slice(4) : packet));
				assert.deepEqual(unpacked(list), nals);
				for (const [i, packet] of list.entries()) {
					assert.equal(packet[1], i === list.length - 1 ? 0x80 + 96 : 96);
					assert.ok(packet.length <= (framing === "tcp" ? 60_000 : 1400));
				}
			});
		}
	}

	it("sends the parameter sets before a key picture without them, and only there", () => {
		const stream = new PacketStream("udp", 0, NUMBERS, new H264Packetizer());
		const sets = [nalOf(7, 20), nalOf(8, 6)];
		stream.parameterSets = sets;
		const slice = nalOf(5, 100);
		assert.deepEqual(unpacked(packetsOf(stream.unit(unitOf([slice], true), 0)!)), [...sets, slice]);
		assert.deepEqual(unpacked(packetsOf(stream.unit(unitOf([nalOf(7, 9), slice], true), 0)!)), [nalOf(7, 9), slice]);
		assert.deepEqual(unpacked(packetsOf(stream.unit(unitOf([nalOf(1, 9)], false), 0)!)), [nalOf(1, 9)]);
	});

	it("uses the buffers again after the last release", () => {
		const stream = new PacketStream("udp", 0, NUMBERS, new H264Packetizer());
		const frame = frameOf(PICTURE);
		const first = stream.frame(frame, 0)!;
		const { bytes, offsets } = first;
		first.retain();
		first.release();
		assert.notEqual(stream.frame(frame, 1)!.bytes, bytes, "still referred to");
		first.release();
		const again = stream.frame(frame, 2)!;
		assert.equal(again, first);
		assert.equal(again.bytes, bytes);
		assert.equal(again.offsets, offsets);
		again.release();
		assert.throws(() => again.release(), RangeError);
	});

	it("says why it refuses a picture, and uses no sequence number for it", () => {
		const stream = new PacketStream("udp", 0, NUMBERS, new H264Packetizer());
		const grey = PICTURE.slice();
		const at = grey.indexOf(0xc0);
		assert.deepEqual([grey[at - 1], grey[at + 8]], [0xff, 3]);
		grey[at + 10] = 0x41;
		assert.equal(stream.frame(frameOf(grey), 0), undefined);
		assert.equal(stream.obstacle, "the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)");
		assert.deepEqual([stream.refused, stream.sequence], [1, 65534]);
		assert.ok(stream.frame(frameOf(PICTURE), 0));
		assert.equal(stream.obstacle, undefined);
		assert.equal(stream.unit(unitOf([], true), 0), undefined);
	});

	it("keeps the NAL units of damaged streams, whatever their lengths (fuzz)", () => {
		const random = new Prng(2);
		const streams = [
			new PacketStream("udp", 0, NUMBERS, new H264Packetizer()),
			new PacketStream("tcp", 2, NUMBERS, new H264Packetizer()),
		];
		const walker = new NalWalker();
		for (let i = 0; i < 500; i++) {
			const nals = Array.from({ length: 1 + random.below(6) }, () =>
				nalOf(1 + random.below(13), 1 + random.below(random.chance(0.5) ? 40 : 4000)),
			);
			const bytes = mutateOctets(random, streamOf(nals));
			const before = random.below(3);
			const unit = new AccessUnit(joined(new Uint8Array(before), bytes), before, before + bytes.length, false, 0, 0, 0);
			const expected: Uint8Array[] = [];
			walker.open(unit.bytes, unit.start, unit.end);
			while (walker.next()) {
				const { type, start, end } = walker;
				if (type > 0 && type < 24 && type !== 9 && type !== 12) expected.push(unit.bytes.slice(start, end));
			}
			for (const [j, stream] of streams.entries()) {
				const burst = stream.unit(unit, i);
				if (burst === undefined) assert.equal(expected.length, 0);
				else {
					assert.deepEqual(unpacked(packetsOf(burst).map((packet) => packet.slice(j === 0 ? 0 : 4))), expected);
					burst.release();
				}
			}
		}
	});

	it("sends what can be rebuilt of damaged pictures, or nothing (fuzz)", () => {
		const random = new Prng(3);
		const stream = new PacketStream("udp", 0, NUMBERS, new H264Packetizer());
		const frames: Frame[] = [];
		const depacketizer = new JpegDepacketizer({ picture: (frame) => frames.push(frame) });
		const packet = new RtpPacket();
		const layout = new JpegLayout();
		const heads = PICTURE.slice(0, 3000);
		heads.set([0xff, 0xd9], 2998);
		let sent = 0;
		for (let i = 0; i < 1000; i++) {
			const picture = mutateOctets(random, heads);
			const burst = stream.frame(frameOf(picture), i);
			if (burst === undefined) continue;
			sent++;
			for (const bytes of packetsOf(burst)) {
				assert.ok(packet.read(bytes, 0, bytes.length));
				depacketizer.packet(0, undefined, bytes, packet);
			}
			burst.release();
			assert.ok(layout.read(picture, 0, picture.length, true));
			const scan = picture.slice(layout.scanStart, layout.scanEnd);
			// Sides above 2040 are not in the packets.
			if (layout.width > 2040 || layout.height > 2040) continue;
			const frame = frames.pop();
			assert.ok(frame);
			assert.ok(layout.read(frame.bytes, frame.start, frame.end, true));
			const isOwnEnd = scan[scan.length - 2] === 0xff && scan[scan.length - 1] === 0xd9;
			assert.deepEqual(frame.bytes.slice(layout.scanStart, layout.scanEnd), isOwnEnd ? scan.slice(0, -2) : scan);
			frame.release();
		}
		assert.ok(sent > 100, `${sent}`);
	});
});
