import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { introductionOf, LoneFinder } from "../../../support/check-pair-rig";
import { mutateOctets } from "../../../support/mutate";

const A = "198.51.100.1";
const B = "203.0.113.2";
const ROUNDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "20") * 150;

describe("peer/checks/check-fuzz", () => {
	it("survives any mutation of checks and answers, and answers none of them (P2P-14)", () => {
		const random = new Prng(1);
		const [a, b] = [new LoneFinder(1, A), new LoneFinder(2, B)];
		a.introduce(introductionOf(true, [{ kind: "host", address: B, port: 5000 }]));
		b.introduce(introductionOf(false, [{ kind: "host", address: A, port: 5000 }]));
		const [request] = a.sent.splice(0);
		b.take(request.bytes, A, 5000);
		const genuine = [request, ...b.sent].map(({ bytes }) => bytes);
		a.sent.length = 0;
		b.sent.length = 0;
		for (let i = 0; i < ROUNDS; i++) {
			const good = genuine[i % genuine.length];
			const bad = mutateOctets(random, good);
			if (bad.length === good.length && bad.every((octet, at) => octet === good[at])) continue;
			a.take(bad, B, 5000);
			b.take(bad, A, 5000);
		}
		assert.deepEqual([a.sent.length, b.sent.length], [0, 0]);
		assert.deepEqual([a.finder.path, b.finder.path], [undefined, undefined]);
		a.take(genuine[2], B, 5000);
		assert.notEqual(a.finder.path, undefined, "the genuine answer still counts");
	});
});
