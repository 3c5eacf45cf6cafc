import assert from "node:assert/strict";
import { type Dependence, NAT_DEFAULTS, NAT_KINDS, type NatSettings } from "../../hosts/virtual/nat-settings";
import { CHECK_TIME, GUESS_TIME } from "../../src/peer/checks/check-times";
import { canPunch, type NatLevel } from "../support/nat-theory";
import { type Place, Punching } from "../support/punching";

/** Seeds of each pair; a soak test runs thousands. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "8");
/** How long it may take in round-trip times, with 5 ms to spare; longer where a port is learnt from the other side's check. */
const EASY_LIMIT = 1.1;
const HARD_LIMIT = 3.1;
/** Delays of one line to the Internet: a peer-to-peer round trip is four of them. */
const DELAYS = [10, 2, 40, 150];

const HOME = NAT_KINDS["port-restricted"];
const DEPENDENCES: readonly Dependence[] = ["EI", "AD", "APD"];

/** Where a peer may be: without NAT, behind one of each mapping and filtering, and behind special ones. */
const PLACES = new Map<string, Place>([["no NAT", { nats: [] }]]);
for (const mapping of DEPENDENCES) {
	for (const filtering of DEPENDENCES) PLACES.set(`${mapping}/${filtering}`, { nats: [{ mapping, filtering }] });
}
for (const [name, place] of [
	["APD/APD, random ports", { nats: [NAT_KINDS.random] }],
	["APD/EI, random ports", { nats: [{ ...NAT_KINDS.random, filtering: "EI" }] }],
	["EI/APD, random ports", { nats: [{ ...HOME, ports: "random" }] }],
	["EI/APD that does not drop", { nats: [{ ...HOME, drops: false }] }],
	["EI/APD with several addresses", { nats: [HOME], pool: 2 }],
	["APD/AD with several addresses", { nats: [{ mapping: "APD", filtering: "AD" }], pool: 2 }],
	[
		"APD/AD, an address for each mapping",
		{ nats: [{ ...NAT_KINDS.random, filtering: "AD", pooling: "arbitrary" }], pool: 9 },
	],
	["EI/APD behind a carrier's EI/EI", { nats: [HOME, NAT_KINDS.cone] }],
	["EI/APD behind a carrier's EI/APD", { nats: [HOME, HOME] }],
	["EI/EI behind a carrier's EI/AD", { nats: [NAT_KINDS.cone, { mapping: "EI", filtering: "AD" }] }],
	["EI/APD behind a carrier's APD/APD", { nats: [HOME, NAT_KINDS.random] }],
	["EI/APD behind a carrier's APD/EI", { nats: [HOME, { mapping: "APD", filtering: "EI" }] }],
	["APD/APD behind a carrier's EI/APD", { nats: [NAT_KINDS.symmetric, HOME] }],
] as readonly [string, Place][]) {
	PLACES.set(name, place);
}

function levelsOf({ nats }: Place): NatLevel[] {
	return nats.map(({ mapping, filtering, pooling }: Partial<NatSettings>) => ({
		mapping: mapping ?? NAT_DEFAULTS.mapping,
		filtering: filtering ?? NAT_DEFAULTS.filtering,
		manyAddresses: pooling === "arbitrary" && mapping !== "EI",
	}));
}

describe("simulation/punching-pairs", () => {
	for (const [a, placeA] of PLACES) {
		it(`${a} with each kind: connects exactly where theory says so (P2P-9, P2P-10, P2P-11, P2P-12)`, () => {
			for (const [b, placeB] of PLACES) {
				const expected = canPunch(levelsOf(placeA), levelsOf(placeB));
				for (let seed = 1; seed <= SEEDS; seed++) {
					const delay = DELAYS[seed % DELAYS.length];
					const scene = new Punching(seed, { delay });
					scene.tellsSymmetric = false;
					const peers = [scene.add(placeA), scene.add(placeB)];
					scene.discover();
					const from = scene.world.now;
					scene.introduce();
					const what = `${a} and ${b}, seed ${seed}`;
					assert.equal(scene.settle(), expected, what);
					const isHard = peers.some((peer) => peer.own.symmetric);
					const limit = expected
						? (isHard ? HARD_LIMIT : EASY_LIMIT) * 4 * delay + 5
						: isHard
							? GUESS_TIME
							: CHECK_TIME;
					for (const { own, times, story } of peers) {
						const took = (times.at(-1) as number) - from;
						assert.ok(took <= limit, `${what}: ${story} after ${took} ms`);
						if (expected) continue;
						assert.equal(story.at(-1), own.symmetric ? "failed symmetric" : "failed no-answer", what);
					}
				}
			}
		});
	}
});
