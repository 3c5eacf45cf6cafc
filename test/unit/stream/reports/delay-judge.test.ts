import assert from "node:assert/strict";
import { DelayJudge } from "../../../../src/stream/reports/delay-judge";

const report = (jitter: number, roundTrip: number | undefined, probedAt: number) => ({
	at: 0,
	loss: 0,
	lost: 0,
	expected: 100,
	jitter,
	roundTrip,
	probedAt,
});

/** A judge that has heard for a minute that nothing queues. */
function calm(): DelayJudge {
	const judge = new DelayJudge();
	for (let now = 0; now <= 60_000; now += 5000) assert.equal(judge.observe(now, report(5, 20, now), 0), "short");
	return judge;
}

describe("stream/delay-judge", () => {
	for (const [name, jitter, roundTrip, probedAt, changedAt, delay] of [
		["nothing new", 5, 20, 65_000, 0, "short"],
		["more jitter, but little", 39, 20, 65_000, 0, "short"],
		["much jitter", 60, 20, 65_000, 0, "long"],
		["much jitter without a round trip", 60, undefined, 65_000, 0, "long"],
		["a round trip that is a little longer", 5, 300, 65_000, 0, "short"],
		["a round trip that is much longer", 5, 400, 65_000, 0, "long"],
		["a long round trip from before a change", 5, 400, 63_000, 64_000, "falling"],
		["a short round trip from before a change", 5, 30, 63_000, 64_000, "short"],
		["a long round trip from before a change that was long ago", 5, 400, 40_000, 45_000, "short"],
	] as const) {
		it(`takes ${name} for ${delay} (STR-10)`, () => {
			assert.equal(calm().observe(65_000, report(jitter, roundTrip, probedAt), changedAt), delay);
		});
	}

	it("sees a queue that gets shorter, and one that does not (STR-10)", () => {
		const judge = calm();
		const delays = [2000, 2100, 1500, 900, 880, 200].map((roundTrip, i) =>
			judge.observe(65_000 + 5000 * i, report(5, roundTrip, 65_000 + 5000 * i), 0),
		);
		assert.deepEqual(delays, ["long", "long", "falling", "falling", "long", "short"]);
	});

	it("takes a longer route and steady jitter for usual in the end", () => {
		const judge = calm();
		let delay = "";
		for (let now = 65_000; now <= 400_000; now += 5000) delay = judge.observe(now, report(60, 500, now), 0);
		assert.equal(delay, "short");
	});
});
