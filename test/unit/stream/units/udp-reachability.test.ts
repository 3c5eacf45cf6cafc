import assert from "node:assert/strict";
import { SILENCE_MAX, saysBehindRouter, UdpReachability } from "../../../../src/stream/units/udp-reachability";

const HOME = "198.51.100.77";

describe("stream/udp-reachability", () => {
	const cases: readonly [string, boolean, number, number, number, boolean][] = [
		["a silent stream where reports are due", true, 1000, -Infinity, 1000 + SILENCE_MAX, true],
		["a stream that may still report", true, 1000, -Infinity, 999 + SILENCE_MAX, false],
		["a stream that has reported", true, 1000, 2000, 1000 + 10 * SILENCE_MAX, false],
		["a stream without reports", false, 1000, -Infinity, 1000 + 10 * SILENCE_MAX, false],
		["a stream that does not play", true, Infinity, -Infinity, 10 * SILENCE_MAX, false],
	];
	for (const [name, expects, since, reportedAt, now, gone] of cases) {
		it(`${gone ? "recognizes" : "keeps"} ${name} (STR-22)`, () => {
			const reachability = new UdpReachability();
			assert.equal(reachability.isUnreachable(now, HOME, expects, since, reportedAt), gone);
			assert.equal(reachability.refusal(now, HOME)?.status, gone ? 461 : undefined);
			assert.equal(reachability.ended, gone ? 1 : 0);
		});
	}

	for (const [client, named, says] of [
		[HOME, "192.168.0.7", true],
		[HOME, "fd00::7", true],
		[HOME, "198.51.100.78", false],
		[HOME, "not an address", false],
		["192.168.0.9", "192.168.0.7", false],
		["127.0.0.1", "192.168.0.7", false],
	] as const) {
		it(`takes ${client} that names ${named} for a client ${says ? "" : "not "}behind its own router (STR-22)`, () => {
			assert.equal(saysBehindRouter(client, named), says);
		});
	}

	it("lets a client try again after ten minutes, or as soon as reports come from its address (STR-22)", () => {
		const reachability = new UdpReachability();
		reachability.isUnreachable(SILENCE_MAX, HOME, true, 0, -Infinity);
		assert.equal(reachability.refusal(SILENCE_MAX + 599_999, HOME)?.status, 461);
		assert.equal(reachability.refusal(SILENCE_MAX + 600_000, HOME), undefined);
		assert.equal(reachability.refused(SILENCE_MAX + 600_000), 0);
		reachability.isUnreachable(SILENCE_MAX, HOME, true, 0, -Infinity);
		reachability.reached(HOME);
		assert.equal(reachability.refusal(SILENCE_MAX, HOME), undefined);
	});

	it("remembers a bounded number of addresses, the newest", () => {
		const reachability = new UdpReachability();
		for (let i = 0; i < 1000; i++)
			reachability.isUnreachable(SILENCE_MAX, `2001:db8::${i.toString(16)}`, true, 0, -Infinity);
		assert.equal(reachability.refused(SILENCE_MAX), 256);
		assert.equal(reachability.refusal(SILENCE_MAX, "2001:db8::3e7")?.status, 461);
		assert.equal(reachability.refusal(SILENCE_MAX, "2001:db8::1"), undefined);
		assert.equal(reachability.refused(SILENCE_MAX + 600_000), 0);
	});
});
