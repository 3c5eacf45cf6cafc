import assert from "node:assert/strict";
import { PictureClock } from "../../../../src/storage/recorder/picture-clock";

describe("storage/recorder/picture-clock", () => {
	it("takes the time of arrival, and moves pictures of one burst apart (STR-13)", () => {
		const clock = new PictureClock();
		assert.deepEqual(
			[1000, 1100, 1100, 1100, 1050, 1200].map((at) => clock.of(at)),
			[1000, 1100, 1101, 1102, 1103, 1200],
		);
	});

	it("follows the machine's clock when it was set", () => {
		const clock = new PictureClock();
		assert.deepEqual(
			[100_000, 200_000, 150_000, 150_100].map((at) => clock.of(at)),
			[100_000, 200_000, 150_000, 150_100],
		);
	});

	it("smooths bursts by the camera's own clock, over the end of its 32 bits", () => {
		const clock = new PictureClock();
		const start = 2 ** 32 - 9000;
		const times: number[] = [];
		for (let i = 0; i < 100; i++) {
			// Ten pictures arrive at once each second.
			const arrived = 5000 + Math.floor(i / 10) * 1000;
			times.push(clock.ofTicks(arrived, ((start + i * 9000) % 2 ** 32) | 0));
		}
		for (let i = 1; i < times.length; i++) assert.equal(times[i] - times[i - 1], 100);
	});

	it("is aligned again when the camera's clock jumps or is too fast", () => {
		const clock = new PictureClock();
		clock.ofTicks(1000, 0);
		assert.equal(clock.ofTicks(1100, 90_000_000), 1100);
		assert.equal(clock.ofTicks(1200, 90_009_000), 1200);
		let last = 0;
		for (let i = 0; i < 1000; i++) last = clock.ofTicks(1300 + i * 100, 90_009_000 + i * 10_000);
		assert.ok(Math.abs(last - (1300 + 99_900)) <= 1000);
		clock.reset();
		assert.equal(clock.ofTicks(500_000, 5), 500_000);
	});
});
