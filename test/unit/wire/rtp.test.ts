import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { RTP_HEADER, RtpPacket, sequenceDistance, writeRtpHeader } from "../../../src/wire/rtp";

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

const read = (text: string) => {
	const bytes = hex(text);
	const packet = new RtpPacket();
	if (!packet.read(bytes, 0, bytes.length)) return undefined;
	const { marker, payloadType, sequence, timestamp, ssrc } = packet;
	return [
		marker,
		payloadType,
		sequence,
		timestamp,
		ssrc,
		Buffer.from(bytes.subarray(packet.start, packet.end)).toString("hex"),
	];
};

const HEAD = "1234 89abcdef deadbeef";
const CASES: readonly [string, string, unknown][] = [
	["a plain packet", `80 1a ${HEAD} 0102`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, "0102"]],
	["a marker", `80 e0 ${HEAD} 0102`, [true, 96, 0x1234, 0x89abcdef, 0xdeadbeef, "0102"]],
	["an empty payload", `80 1a ${HEAD}`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, ""]],
	["two contributing sources", `82 1a ${HEAD} 00000001 00000002 0a`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, "0a"]],
	["an extension", `90 1a ${HEAD} bede0001 10ff0000 0b0c`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, "0b0c"]],
	["an empty extension", `90 1a ${HEAD} bede0000 0b`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, "0b"]],
	["padding", `a0 1a ${HEAD} 0b 000003`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, "0b"]],
	["nothing but padding", `a0 1a ${HEAD} 00000004`, [false, 26, 0x1234, 0x89abcdef, 0xdeadbeef, ""]],
	["an octet too few", `80 1a ${HEAD}`.slice(0, -2), undefined],
	["version 1", `40 1a ${HEAD} 00`, undefined],
	["padding of no octet", `a0 1a ${HEAD} 0b00`, undefined],
	["more padding than payload", `a0 1a ${HEAD} 0b03`, undefined],
	["contributing sources beyond the end", `8f 1a ${HEAD} 00000001`, undefined],
	["an extension beyond the end", `90 1a ${HEAD} bede0002 10ff0000`, undefined],
	["half the head of an extension", `90 1a ${HEAD} bede`, undefined],
];

describe("wire/rtp", () => {
	for (const [name, text, expected] of CASES) {
		it(`${expected === undefined ? "refuses" : "reads"} ${name} (RFC 3550 §5.1)`, () => {
			assert.deepEqual(read(text), expected);
		});
	}

	it("reads only its part of a buffer", () => {
		const bytes = hex(`ffff 80 1a ${HEAD} 0102 ffff`);
		const packet = new RtpPacket();
		assert.equal(packet.read(bytes, 2, bytes.length - 2), true);
		assert.deepEqual([packet.start, packet.end], [14, 16]);
		assert.equal(packet.read(bytes, 2, bytes.length + 1), false);
	});

	it("writes headers that it reads back", () => {
		const bytes = new Uint8Array(40);
		assert.equal(writeRtpHeader(bytes, 4, 96, true, 0xfffe, 0xfedcba98, 0x80000001), 4 + RTP_HEADER);
		const packet = new RtpPacket();
		assert.equal(packet.read(bytes, 4, 4 + RTP_HEADER), true);
		const { marker, payloadType, sequence, timestamp, ssrc } = packet;
		assert.deepEqual([marker, payloadType, sequence, timestamp, ssrc], [true, 96, 0xfffe, 0xfedcba98, 0x80000001]);
	});

	it("measures distances of sequence numbers over the wrap", () => {
		for (const [from, to, distance] of [
			[1, 2, 1],
			[2, 1, -1],
			[0xffff, 0, 1],
			[0, 0xffff, -1],
			[0x10, 0x800f, 0x7fff],
		])
			assert.equal(sequenceDistance(from, to), distance);
	});

	it("never reads beyond a mutated packet (fuzz)", () => {
		const random = new Prng(3550);
		const packet = new RtpPacket();
		let whole = 0;
		for (let round = 0; round < 8000; round++) {
			const size = random.below(80);
			const from = random.below(4);
			const bytes = new Uint8Array(from + size + random.below(4));
			for (let i = 0; i < bytes.length; i++) bytes[i] = random.u32();
			if (random.chance(0.8)) bytes[from] = 0x80 | (bytes[from] & 0x3f);
			if (!packet.read(bytes, from, from + size)) continue;
			whole++;
			assert.ok(packet.start >= from + RTP_HEADER && packet.start <= packet.end && packet.end <= from + size);
		}
		assert.ok(whole > 500);
	});
});
