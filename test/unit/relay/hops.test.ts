import assert from "node:assert/strict";
import { VirtualRandom } from "../../../hosts/virtual/virtual-random";
import { Prng } from "../../../src/base/prng";
import { drawHop, HOPS_MAX, NO_HOPS, parseHops, refusalOfHops, writeHops } from "../../../src/relay/hops";
import { mutate } from "../../support/mutate";

const A = "00112233445566aa";
const B = "ffeeddccbbaa9988";
const OWN = "0123456789abcdef";

describe("relay/hops", () => {
	const cases: [title: string, value: string | undefined, hops: readonly string[] | undefined][] = [
		["no field is a viewer's own request", undefined, []],
		["one relay", A, [A]],
		["two relays, with and without spaces", `${A},${B}`, [A, B]],
		["spaces around commas", ` ${A} ,  ${B} `, [A, B]],
		["an empty field", "", undefined],
		["an empty element", `${A},,${B}`, undefined],
		["capitals", A.toUpperCase(), undefined],
		["a short identity", A.slice(1), undefined],
		["a long identity", `${A}0`, undefined],
		["a name", "garage-relay-001", undefined],
		["as many as there may be", Array(HOPS_MAX).fill(A).join(", "), Array(HOPS_MAX).fill(A)],
		[
			"one more than there may be",
			Array(HOPS_MAX + 1)
				.fill(A)
				.join(","),
			undefined,
		],
		["a very long field", `${A},`.repeat(10_000), undefined],
	];
	for (const [title, value, hops] of cases)
		it(`reads a list of relays: ${title} (REP-9)`, () => assert.deepEqual(parseHops(value), hops));

	it("draws identities that it reads itself, each different", () => {
		const random = new VirtualRandom(new Prng(1));
		const [one, other] = [drawHop(random), drawHop(random)];
		assert.notEqual(one, other);
		assert.deepEqual(parseHops(writeHops([one], other)), [one, other]);
	});

	it("appends a relay's own identity, so that relays stand in the order in which the request passed them (REP-9)", () => {
		assert.equal(writeHops(NO_HOPS, A), A);
		assert.deepEqual(parseHops(writeHops([A, B], OWN)), [A, B, OWN]);
	});

	it("refuses a loop with 508, a chain that is too long with 508, and a malformed list with 400 (REP-11)", () => {
		assert.equal(refusalOfHops([A, B], OWN), undefined);
		assert.match(refusalOfHops([A, OWN, B], OWN)?.message ?? "", /^loop detected/);
		assert.equal(refusalOfHops([OWN], OWN)?.status, 508);
		assert.equal(refusalOfHops(Array(HOPS_MAX - 1).fill(A), OWN), undefined);
		assert.equal(refusalOfHops(Array(HOPS_MAX).fill(A), OWN)?.status, 508);
		assert.equal(refusalOfHops(undefined, OWN)?.status, 400);
	});

	it("passes on a list of any request that it serves, and another relay reads it (REP-9)", () => {
		for (let count = 0; count < HOPS_MAX; count++) {
			const hops = parseHops(Array(count).fill(A).join(",") || undefined);
			assert.equal(refusalOfHops(hops, OWN), undefined);
			assert.equal(parseHops(writeHops(hops ?? [], OWN))?.length, count + 1);
		}
	});

	it("survives mutated lists, and what it reads is well formed", () => {
		const prng = new Prng(14);
		for (let n = 0; n < 20_000; n++) {
			const hops = parseHops(
				mutate(prng, writeHops(prng.chance(0.5) ? [A, B] : Array(HOPS_MAX - 1).fill(B), OWN), "0189af,, gG\t\r"),
			);
			if (hops === undefined) continue;
			assert.ok(hops.length >= 1 && hops.length <= HOPS_MAX);
			for (const hop of hops) assert.match(hop, /^[0-9a-f]{16}$/);
		}
	});
});
