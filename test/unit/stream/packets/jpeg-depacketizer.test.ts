import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { FRAME_HEADROOM, FRAME_TAILROOM, type Frame } from "../../../../src/media/frame";
import { parseJpeg } from "../../../../src/media/jpeg";
import { JpegDepacketizer } from "../../../../src/stream/packets/jpeg-depacketizer";
import { JpegLayout } from "../../../../src/stream/packets/jpeg-layout";
import { PacketStream } from "../../../../src/stream/packets/packet-stream";
import { RtpPacket } from "../../../../src/wire/rtp";
import { mutateOctets } from "../../../support/mutate";
import { frameOf, PICTURE, packetsOf } from "../../../support/rtp-pictures";

class Rig {
	readonly frames: Frame[] = [];
	readonly depacketizer: JpegDepacketizer;
	private readonly packet = new RtpPacket();

	constructor(width = 0, height = 0) {
		this.depacketizer = new JpegDepacketizer({ picture: (frame) => this.frames.push(frame) }, width, height);
	}

	feed(...packets: readonly Uint8Array[]): this {
		for (const bytes of packets) {
			if (this.packet.read(bytes, 0, bytes.length)) this.depacketizer.packet(5, 6, bytes, this.packet);
		}
		return this;
	}
}

/** The packets of pictures, 3000 ticks apart. */
function packetsFor(pictures: readonly Uint8Array[], sequence = 65530): Uint8Array[] {
	const stream = new PacketStream("udp", 0, { ssrc: 1, sequence });
	return pictures.flatMap((picture, i) => packetsOf(stream.frame(frameOf(picture), 3000 * i)!));
}

/** What RTP/JPEG carries of a picture. */
function partsOf(bytes: Uint8Array, start: number, end: number): unknown[] {
	const layout = new JpegLayout();
	assert.ok(layout.read(bytes, start, end, true), layout.obstacle);
	const { width, height, type, restartInterval, luminance, chrominance, scanStart, scanEnd } = layout;
	const tables = [luminance, chrominance].map((at) => Buffer.from(bytes.subarray(at, at + 64)).toString("hex"));
	return [
		width,
		height,
		type,
		restartInterval,
		tables,
		Buffer.from(bytes.subarray(scanStart, scanEnd)).toString("hex"),
	];
}

/** Writes a restart interval before the frame header. */
function withRestarts(picture: Uint8Array): Uint8Array {
	const at = picture.indexOf(0xc0) - 1;
	return new Uint8Array([...picture.slice(0, at), 0xff, 0xdd, 0, 4, 0x01, 0x02, ...picture.slice(at)]);
}

/** Changes octets of the frame header: sampling factors, height, width. */
function changed(picture: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
	const copy = picture.slice();
	const at = picture.indexOf(0xc0) - 1;
	for (const [offset, value] of changes) copy[at + offset] = value;
	return copy;
}

const PICTURES: [string, Uint8Array][] = [
	["4:2:0", PICTURE],
	["4:2:2", changed(PICTURE, [[11, 0x21]])],
	["with restart markers", withRestarts(PICTURE)],
	["4:2:2 with restart markers", changed(withRestarts(PICTURE), [[11, 0x21]])],
];

describe("stream/jpeg-depacketizer", () => {
	for (const [title, picture] of PICTURES) {
		it(`rebuilds a picture from its packets: ${title} (STR-9)`, () => {
			const rig = new Rig().feed(...packetsFor([picture, picture]));
			assert.equal(rig.frames.length, 2);
			const [frame] = rig.frames;
			assert.equal(frame.start, FRAME_HEADROOM);
			assert.ok(frame.bytes.length >= frame.end + FRAME_TAILROOM);
			assert.deepEqual([frame.at, frame.utc, frame.sequence, rig.frames[1].sequence], [5, 6, 0, 1]);
			assert.deepEqual(partsOf(frame.bytes, frame.start, frame.end), partsOf(picture, 0, picture.length));
			assert.ok(parseJpeg(frame.bytes, frame.start, frame.end)?.standardHuffman);
			assert.deepEqual([rig.depacketizer.pictures, rig.depacketizer.dropped, rig.depacketizer.malformed], [2, 0, 0]);
		});
	}

	it("takes the size of large pictures from SDP, and drops them without", () => {
		const large = changed(PICTURE, [
			[5, 0x07],
			[6, 0x98],
			[7, 0x0a],
			[8, 0x20],
		]);
		const packets = packetsFor([large]);
		assert.deepEqual([...packets[0].slice(18, 20)], [0, 0]);
		const [frame] = new Rig(2592, 1944).feed(...packets).frames;
		const info = parseJpeg(frame.bytes, frame.start, frame.end);
		assert.deepEqual([info?.width, info?.height], [2592, 1944]);
		assert.equal(new Rig().feed(...packets).frames.length, 0);
	});

	it("drops the picture of which any packet is lost, and no other", () => {
		const packets = packetsFor([PICTURE, PICTURE, PICTURE]);
		const each = packets.length / 3;
		for (let lost = each; lost < 2 * each; lost++) {
			const rig = new Rig().feed(...packets.filter((_, i) => i !== lost));
			assert.equal(rig.frames.length, 2, `packet ${lost} of ${packets.length}`);
			assert.equal(rig.depacketizer.dropped, 1);
			assert.deepEqual([rig.depacketizer.guard.lost, rig.depacketizer.malformed], [1, 0]);
		}
	});

	it("ignores packets that come twice or late", () => {
		const packets = packetsFor([PICTURE, PICTURE]);
		const rig = new Rig().feed(...packets.flatMap((packet) => [packet, packet]), packets[3]);
		assert.equal(rig.frames.length, 2);
		assert.equal(rig.depacketizer.guard.late, packets.length + 1);
	});

	it("begins in the middle of a picture", () => {
		const rig = new Rig().feed(...packetsFor([PICTURE, PICTURE]).slice(5));
		assert.deepEqual([rig.frames.length, rig.depacketizer.dropped], [1, 1]);
	});

	it("goes on after the sender has begun again", () => {
		const rig = new Rig().feed(
			...packetsFor([PICTURE], 100),
			...packetsFor([PICTURE], 40_000),
			...packetsFor([PICTURE], 3),
		);
		assert.equal(rig.frames.length, 3);
	});

	/** The first packet of the picture, with the header of the tables replaced. */
	function withTables(q: number, header: readonly number[], packets = packetsFor([PICTURE])): Uint8Array[] {
		const [first, ...others] = packets;
		const changedFirst = new Uint8Array([
			...first.slice(0, 17),
			q,
			...first.slice(18, 20),
			...header,
			...first.slice(152),
		]);
		return [changedFirst, ...others];
	}

	it("computes the tables of the qualities 1 to 99", () => {
		for (const [q, luminance, chrominance] of [
			[50, 16, 17],
			[1, 255, 255],
			[99, 1, 1],
			[75, 8, 9],
			[25, 32, 34],
		] as const) {
			const [frame] = new Rig().feed(...withTables(q, [])).frames;
			const layout = new JpegLayout();
			assert.ok(layout.read(frame.bytes, frame.start, frame.end, false));
			assert.deepEqual([frame.bytes[layout.luminance], frame.bytes[layout.chrominance]], [luminance, chrominance]);
		}
		for (const q of [0, 100, 127]) assert.equal(new Rig().feed(...withTables(q, [])).frames.length, 0);
	});

	it("remembers the tables of the qualities 128 to 254, and no others", () => {
		const table = [...PICTURE.slice(PICTURE.indexOf(0xdb) + 4)].slice(0, 64);
		const empty = [0, 0, 0, 0];
		const rig = new Rig().feed(...withTables(200, empty));
		assert.equal(rig.frames.length, 0);
		rig.feed(...withTables(200, [0, 0, 0, 128, ...table, ...table], packetsFor([PICTURE], 100)));
		rig.feed(...withTables(200, empty, packetsFor([PICTURE], 1000)));
		rig.feed(...withTables(201, empty, packetsFor([PICTURE], 2000)));
		rig.feed(...withTables(255, [0, 0, 0, 128, ...table, ...table], packetsFor([PICTURE], 3000)));
		rig.feed(...withTables(255, empty, packetsFor([PICTURE], 4000)));
		assert.equal(rig.frames.length, 3);
		const [one, two] = rig.frames;
		assert.deepEqual(partsOf(one.bytes, one.start, one.end), partsOf(two.bytes, two.start, two.end));
	});

	const refused: [string, (packets: Uint8Array[]) => void][] = [
		["another type", ([first]) => (first[16] = 2)],
		["a type above 127", ([first]) => (first[16] = 128)],
		["wide tables", ([first]) => (first[21] = 1)],
		["three tables", ([first]) => (first[23] = 192)],
		["tables longer than the packet", ([first]) => (first[22] = 255)],
		["a fragment at another place", (packets) => (packets[3][15] ^= 1)],
		["a restart interval of 0", ([first]) => (first[16] = 65)],
	];
	for (const [title, damage] of refused) {
		it(`drops a picture with ${title}`, () => {
			const packets = packetsFor([PICTURE]);
			damage(packets);
			const rig = new Rig().feed(...packets);
			assert.deepEqual([rig.frames.length, rig.depacketizer.dropped, rig.depacketizer.malformed], [0, 1, 1]);
		});
	}

	it("uses the buffers of pictures again, and keeps those in use", () => {
		const rig = new Rig().feed(...packetsFor([PICTURE, PICTURE]));
		const [one, two] = rig.frames;
		assert.notEqual(one.bytes, two.bytes);
		one.release();
		rig.feed(...packetsFor([PICTURE], 500));
		assert.equal(rig.frames[2].bytes, one.bytes);
	});

	it("survives damaged packets (fuzz)", () => {
		const random = new Prng(8);
		const packets = packetsFor([PICTURE, withRestarts(PICTURE)]);
		const rig = new Rig(640, 480);
		for (let i = 0; i < 10_000; i++) {
			const packet = packets[i % packets.length].slice();
			const sequence = i & 0xffff;
			packet[2] = sequence >> 8;
			packet[3] = sequence;
			rig.feed(random.chance(0.05) ? mutateOctets(random, packet.subarray(0, 200)) : packet);
			for (const frame of rig.frames.splice(0)) {
				assert.ok(frame.length < 1e6);
				assert.ok(parseJpeg(frame.bytes, frame.start, frame.end));
				frame.release();
			}
		}
		const { pictures, dropped } = rig.depacketizer;
		assert.ok(pictures > 50 && dropped > 50, `${pictures} whole, ${dropped} dropped`);
	});
});
