import assert from "node:assert/strict";
import { LoginThrottle } from "../../../src/access/login-throttle";

const MINUTE = 60000;
const A = "198.51.100.9";
const B = "203.0.113.7";

/** An address for a number. */
const stranger = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

/** A throttle at which one address has sent so many wrong passwords at this time. */
function wrong(times: number, now: number, address = A, throttle = new LoginThrottle()): LoginThrottle {
	for (let i = 0; i < times; i++) throttle.failed(now, address);
	return throttle;
}

describe("access/login-throttle", () => {
	const waits: [number, number][] = [
		[0, 0],
		[3, 0],
		[4, 1000],
		[5, 2000],
		[6, 4000],
		[12, 256000],
		[13, 300000],
		[50, 300000],
		[5000, 300000],
	];
	for (const [times, wait] of waits) {
		it(`makes an address wait ${wait} ms after ${times} wrong passwords, and no other`, () => {
			const now = 7 * MINUTE;
			const throttle = wrong(times, now);
			assert.equal(throttle.wait(now, A, true), wait);
			assert.equal(throttle.wait(now + wait / 2, A, true), wait / 2);
			assert.equal(throttle.wait(now + wait, A, true), 0);
			assert.equal(throttle.wait(now, B, true), 0);
		});
	}

	it("continues the count of an address until 15 minutes without a wrong password", () => {
		const since = 5 * MINUTE;
		for (const [quiet, wait] of [
			[15 * MINUTE, 8000],
			[15 * MINUTE + 1, 0],
		] as const) {
			const throttle = wrong(6, since);
			assert.equal(throttle.wait(since + quiet, A, true), 0);
			throttle.failed(since + quiet, A);
			assert.equal(throttle.wait(since + quiet, A, true), wait, `${quiet} ms`);
		}
	});

	it("forgets wrong passwords after a right one", () => {
		const throttle = wrong(6, MINUTE);
		throttle.succeeded(A);
		assert.equal(throttle.wait(MINUTE, A, true), 0);
		assert.equal(wrong(3, MINUTE, A, throttle).wait(MINUTE, A, true), 0);
	});

	it("remembers the last 128 addresses with wrong passwords", () => {
		for (const [others, wait] of [
			[127, 256000],
			[128, 0],
		] as const) {
			const throttle = wrong(12, MINUTE);
			for (let i = 0; i < others; i++) throttle.failed(MINUTE, stranger(i));
			assert.equal(throttle.wait(MINUTE, A, true), wait, `${others} others`);
		}
	});

	it("does not forget an address that continues, however many others there are", () => {
		const throttle = wrong(12, MINUTE);
		for (let i = 0; i < 10000; i++) {
			throttle.failed(MINUTE, stranger(i));
			if (i % 100 === 0) throttle.failed(MINUTE, A);
		}
		assert.equal(throttle.wait(MINUTE, A, true), 300000);
		const crowd = Array.from({ length: 10000 }, (_, i) => wrong(4, MINUTE, stranger(i), throttle) && stranger(i));
		const waiting = crowd.filter((address) => throttle.wait(MINUTE, address, true) > 0);
		assert.deepEqual(waiting, crowd.slice(-128));
	});

	it("limits all addresses together: 60 at once, then one per 5 s", () => {
		const throttle = new LoginThrottle();
		for (let i = 0; i < 60; i++) {
			assert.equal(throttle.wait(MINUTE, B, false), 0, `${i} wrong passwords`);
			throttle.failed(MINUTE, stranger(i));
		}
		assert.equal(throttle.wait(MINUTE, B, false), 5000);
		assert.equal(throttle.wait(MINUTE + 4999, B, false), 1);
		assert.equal(throttle.wait(MINUTE + 5000, B, false), 0);
		throttle.failed(MINUTE + 5000, stranger(60));
		assert.equal(throttle.wait(MINUTE + 5000, B, false), 5000);
		assert.equal(throttle.wait(MINUTE + 10000, B, false), 0);
	});

	it("never waits longer than 5 s for the common limit, which recovers within five minutes", () => {
		const throttle = new LoginThrottle();
		for (let i = 0; i < 5000; i++) throttle.failed(MINUTE, stranger(i));
		assert.equal(throttle.wait(MINUTE, B, false), 5000);
		assert.equal(throttle.wait(MINUTE + 5000, B, false), 0);
		for (let i = 0; i < 60; i++) {
			assert.equal(throttle.wait(6 * MINUTE, B, false), 0, `${i} wrong passwords`);
			throttle.failed(6 * MINUTE, stranger(i));
		}
		assert.equal(throttle.wait(6 * MINUTE, B, false), 5000);
	});

	it("exempts the LAN and addresses that have logged in before from the common limit only", () => {
		const throttle = new LoginThrottle();
		throttle.succeeded(B);
		for (let i = 0; i < 60; i++) throttle.failed(MINUTE, stranger(i));
		assert.equal(throttle.wait(MINUTE, A, false), 5000);
		assert.equal(throttle.wait(MINUTE, A, true), 0);
		assert.equal(throttle.wait(MINUTE, B, false), 0);
		wrong(4, MINUTE, B, throttle);
		assert.equal(throttle.wait(MINUTE, B, false), 1000);
		assert.equal(throttle.wait(MINUTE, B, true), 1000);
	});

	it("remembers the last 128 addresses that have logged in", () => {
		for (const [others, wait] of [
			[127, 0],
			[128, 5000],
		] as const) {
			const throttle = new LoginThrottle();
			throttle.succeeded(B);
			for (let i = 0; i < others; i++) throttle.succeeded(stranger(i));
			for (let i = 0; i < 60; i++) throttle.failed(MINUTE, stranger(i));
			assert.equal(throttle.wait(MINUTE, B, false), wait, `${others} others`);
		}
	});
});
