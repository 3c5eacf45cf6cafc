import assert from "node:assert/strict";
import { type LoginAttempt, LoginThrottle } from "../../../src/access/login-throttle";

const MINUTE = 60000;
const A = "198.51.100.9";
const B = "203.0.113.7";

/** An address for a number. */
const stranger = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

/** An attempt to log in as the owner from the Internet. */
const by = (address: string, more: Partial<LoginAttempt> = {}): LoginAttempt => ({
	account: "owner",
	address,
	near: false,
	browser: "",
	...more,
});

/** A throttle at which one address has sent so many wrong passwords at this time. */
function wrong(times: number, now: number, attempt = by(A), throttle = new LoginThrottle()): LoginThrottle {
	for (let i = 0; i < times; i++) throttle.failed(now, attempt);
	return throttle;
}

/** Lets clients guess as fast as they may, for so long. @returns how many passwords were checked */
function guesses(throttle: LoginThrottle, attempts: readonly LoginAttempt[], time: number): number {
	let checked = 0;
	for (let now = MINUTE; now < MINUTE + time; now += 2000) {
		for (const attempt of attempts) {
			if (throttle.wait(now, attempt) > 0) continue;
			throttle.failed(now, attempt);
			checked++;
		}
	}
	return checked;
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
	];
	for (const [times, wait] of waits) {
		it(`makes an address wait ${wait} ms after ${times} wrong passwords, and no other`, () => {
			const now = 7 * MINUTE;
			const throttle = wrong(times, now);
			assert.equal(throttle.wait(now, by(B)), 0);
			assert.equal(throttle.wait(now, by(A)), wait);
			assert.equal(throttle.wait(now + wait / 2, by(A)), wait / 2);
			assert.equal(throttle.wait(now + wait, by(A)), 0);
		});
	}

	it("continues the count of an address until 15 minutes without a wrong password", () => {
		const since = 5 * MINUTE;
		for (const [quiet, wait] of [
			[15 * MINUTE, 8000],
			[15 * MINUTE + 1, 0],
		] as const) {
			const throttle = wrong(6, since);
			assert.equal(throttle.wait(since + quiet, by(A)), 0);
			throttle.failed(since + quiet, by(A));
			assert.equal(throttle.wait(since + quiet, by(A)), wait, `${quiet} ms`);
		}
	});

	it("forgets the wrong passwords of an account after a right one of the same account, not of another", () => {
		for (const [account, wait] of [
			["owner", 0],
			["viewer", 4000],
		] as const) {
			const throttle = wrong(6, MINUTE);
			throttle.succeeded(by(A, { account }));
			assert.equal(throttle.wait(MINUTE, by(A)), wait, account);
		}
	});

	it("counts each account alone, at one address and for all together", () => {
		const throttle = wrong(6, MINUTE, by(A, { account: "viewer" }));
		assert.equal(throttle.wait(MINUTE, by(A)), 0);
		for (let i = 0; i < 60; i++) throttle.failed(MINUTE, by(stranger(i), { account: "viewer" }));
		assert.equal(throttle.wait(MINUTE, by(B, { account: "viewer" })), 5000);
		assert.equal(throttle.wait(MINUTE, by(B)), 0);
		throttle.succeeded(by(B, { account: "viewer" }));
		for (let i = 0; i < 60; i++) throttle.failed(MINUTE, by(stranger(i)));
		assert.equal(throttle.wait(MINUTE, by(B, { account: "viewer" })), 0, "a known address of this account");
		assert.equal(throttle.wait(MINUTE, by(B)), 5000, "and not of the other");
	});

	it("never forgets an address in favor of another: those beyond the memory share one count", () => {
		const throttle = wrong(12, MINUTE);
		for (let i = 0; i < 10000; i++) throttle.failed(MINUTE, by(stranger(i)));
		assert.equal(throttle.wait(MINUTE, by(A)), 256000);
		assert.equal(throttle.wait(MINUTE, by(stranger(20000))), 300000);
		throttle.succeeded(by(B));
		assert.equal(
			throttle.wait(MINUTE, by(stranger(20000))),
			300000,
			"a right password of one earns nothing for others",
		);
		const later = 17 * MINUTE;
		assert.equal(throttle.wait(later, by(A)), 0);
		assert.equal(wrong(4, later, by(A), throttle).wait(later, by(A)), 1000, "there is room again");
	});

	for (const [count, near] of [
		[1, true],
		[150, true],
		[250, true],
		[1, false],
		[150, false],
		[1000, false],
	] as const) {
		it(`lets ${count} addresses ${near ? "in the LAN" : "on the Internet"} check few passwords in an hour`, () => {
			const attempts = Array.from({ length: count }, (_, i) => by(stranger(i), { near }));
			const checked = guesses(new LoginThrottle(), attempts, 3600000);
			assert.ok(checked <= 60 + 720, `${checked} passwords`);
		});
	}

	it("is not reset by somebody who knows the viewer's password", () => {
		const throttle = new LoginThrottle();
		let checked = 0;
		for (let now = MINUTE; now < 61 * MINUTE; now += 500) {
			throttle.succeeded(by(A, { account: "viewer" }));
			if (throttle.wait(now, by(A)) > 0) continue;
			throttle.failed(now, by(A));
			checked++;
		}
		assert.ok(checked <= 25, `${checked} passwords in an hour`);
	});

	it("limits all addresses together: 60 at once, then one per 5 s", () => {
		for (const near of [false, true]) {
			const throttle = new LoginThrottle();
			for (let i = 0; i < 60; i++) {
				assert.equal(throttle.wait(MINUTE, by(B, { near })), 0, `${i} wrong passwords`);
				throttle.failed(MINUTE, by(stranger(i), { near }));
			}
			assert.equal(throttle.wait(MINUTE, by(B, { near: !near })), 0, "the other side");
			assert.equal(throttle.wait(MINUTE, by(B, { near })), 5000);
			assert.equal(throttle.wait(MINUTE + 4999, by(B, { near })), 1);
			assert.equal(throttle.wait(MINUTE + 5000, by(B, { near })), 0);
			throttle.failed(MINUTE + 5000, by(stranger(60), { near }));
			assert.equal(throttle.wait(MINUTE + 5000, by(B, { near })), 5000);
			assert.equal(throttle.wait(MINUTE + 10000, by(B, { near })), 0);
		}
	});

	it("never waits longer than 5 s for the common limit, which recovers within five minutes", () => {
		const throttle = new LoginThrottle();
		for (let i = 0; i < 120; i++) throttle.failed(MINUTE, by(stranger(i)));
		assert.equal(throttle.wait(MINUTE, by(B)), 5000);
		assert.equal(throttle.wait(MINUTE + 5000, by(B)), 0);
		for (let i = 0; i < 60; i++) {
			assert.equal(throttle.wait(6 * MINUTE, by(B)), 0, `${i} wrong passwords`);
			throttle.failed(6 * MINUTE, by(stranger(i)));
		}
		assert.equal(throttle.wait(6 * MINUTE, by(B)), 5000);
	});

	it("exempts addresses from which the account has logged in before from the common limit only", () => {
		const throttle = new LoginThrottle();
		throttle.succeeded(by(B));
		for (let i = 0; i < 60; i++) throttle.failed(MINUTE, by(stranger(i)));
		assert.equal(throttle.wait(MINUTE, by(A)), 5000);
		assert.equal(throttle.wait(MINUTE, by(B)), 0);
		wrong(4, MINUTE, by(B), throttle);
		assert.equal(throttle.wait(MINUTE, by(B)), 1000);
	});

	it("lets the owner in from a known browser behind the address of a stranger who guesses", () => {
		const throttle = wrong(50, MINUTE);
		for (let i = 0; i < 500; i++) throttle.failed(MINUTE, by(stranger(i)));
		const browser = "ou.abc.0123";
		assert.equal(throttle.wait(MINUTE, by(A, { browser })), 0);
		wrong(4, MINUTE, by(A, { browser }), throttle);
		assert.ok(throttle.wait(MINUTE, by(A, { browser })) > 0, "which is no way to guess on");
	});

	it("counts a known browser wherever it is, and apart from its address", () => {
		const browser = "ou.abc.0123";
		const throttle = wrong(6, MINUTE, by(A, { browser }));
		assert.equal(throttle.wait(MINUTE, by(B, { browser })), 4000);
		assert.equal(throttle.wait(MINUTE, by(A)), 0);
		throttle.succeeded(by(B, { browser }));
		assert.equal(throttle.wait(MINUTE, by(A, { browser })), 0);
	});

	it("remembers the last 128 addresses that have logged in", () => {
		for (const [others, wait] of [
			[127, 0],
			[128, 5000],
		] as const) {
			const throttle = new LoginThrottle();
			throttle.succeeded(by(B));
			for (let i = 0; i < others; i++) throttle.succeeded(by(stranger(i)));
			for (let i = 0; i < 60; i++) throttle.failed(MINUTE, by(stranger(i)));
			assert.equal(throttle.wait(MINUTE, by(B)), wait, `${others} others`);
		}
	});
});
