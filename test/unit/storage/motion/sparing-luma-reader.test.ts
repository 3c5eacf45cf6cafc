import assert from "node:assert/strict";
import type { Frame } from "../../../../src/media/frame";
import type { LumaReader, LumaSink } from "../../../../src/ports/luma";
import { SparingLumaReader } from "../../../../src/storage/motion/sparing-luma-reader";

const SINK: LumaSink = { luma() {}, failed() {} };
const FRAME = {} as Frame;

describe("storage/motion/sparing-luma-reader", () => {
	it("leaves three quarters of the time to recording, however many pictures come (STR-26)", () => {
		let now = 1000;
		let read = 0;
		const slow: LumaReader = {
			read() {
				now += 20;
				read++;
				return true;
			},
		};
		const reader = new SparingLumaReader(slow, { now: () => now });
		let refused = 0;
		while (now < 9000) {
			if (reader.read(FRAME, SINK)) continue;
			refused++;
			now++;
		}
		assert.equal(read, 100);
		assert.equal(refused, 100 * 60);
	});

	it("reads all that come where reading takes no time", () => {
		const reader = new SparingLumaReader({ read: () => true }, { now: () => 5 });
		for (let i = 0; i < 10; i++) assert.equal(reader.read(FRAME, SINK), true);
	});
});
