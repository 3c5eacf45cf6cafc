import assert from "node:assert/strict";
import { ByteWriter, readU16, readU32 } from "../../../src/base/byte-writer";

describe("base/byte-writer", () => {
	it("writes numbers in network order, text and octets", () => {
		const writer = new ByteWriter(32)
			.u8(1)
			.u16(0x0203)
			.u32(0xdeadbeef)
			.latin1("hi")
			.octets(Uint8Array.of(9, 8, 7), 1);
		assert.deepEqual([...writer.copy()], [1, 2, 3, 0xde, 0xad, 0xbe, 0xef, 0x68, 0x69, 8, 7]);
		assert.equal(readU16(writer.bytes, 1), 0x0203);
		assert.equal(readU32(writer.bytes, 3), 0xdeadbeef);
	});

	it("stops at its capacity and reports it until the next reset", () => {
		const writer = new ByteWriter(4).u16(1).u32(2).u8(3);
		assert.equal(writer.overflowed, true);
		assert.equal(writer.length, 2);
		assert.equal(writer.reset().u32(5).overflowed, false);
	});
});
