import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import { CHECK_TIME } from "../../src/peer/checks/check-times";
import { type Place, Punching, type PunchPeer } from "../support/punching";

/** Seeds of each case with chance; a soak test runs thousands. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "20");

const HOME: Place = { nats: [NAT_KINDS["port-restricted"]] };
const SYMMETRIC: Place = { nats: [NAT_KINDS.random] };
/** The same address in both homes. */
const SAME: Place = { ...HOME, address: "192.168.0.7" };

/** A round trip on the Internet of {@link Punching}, and what the cable of each home adds to it, in milliseconds. */
const ROUND_TRIP = 40;
const HOME_CABLE = 0.8;

/** Two peers that know their addresses. */
function pair(seed: number, a: Place, b: Place, link = {}): [Punching, PunchPeer, PunchPeer] {
	const scene = new Punching(seed, { delay: 10, ...link });
	const peers: [PunchPeer, PunchPeer] = [scene.add(a), scene.add(b)];
	scene.discover();
	return [scene, ...peers];
}

/** How long both took until they were connected. */
function duration(scene: Punching, stagger = 0): number {
	const from = scene.world.now;
	scene.introduce(stagger);
	assert.ok(scene.settle(), `connects: ${scene.peers.map(({ story }) => story)}`);
	return Math.max(...scene.peers.map(({ connectedAt }) => connectedAt as number)) - from;
}

/** One confirmation is enough for each side: both are connected after one round trip, and nothing waits besides. */
function assertOneRoundTrip(scene: Punching, homes: number): void {
	const took = duration(scene);
	assert.ok(Math.abs(took - ROUND_TRIP - homes * HOME_CABLE) < 0.01, `${took} ms`);
}

/** Both can send on the path that they use, and the other one takes it. */
function assertTalk(scene: Punching): void {
	const [a, b] = scene.peers;
	const before = [a.data.length, b.data.length];
	a.tell("to b");
	b.tell("to a");
	scene.world.runFor(200);
	assert.deepEqual([a.data.slice(before[0]), b.data.slice(before[1])], [["to a"], ["to b"]]);
}

describe("simulation/punching", () => {
	describe("places (P2P-11)", () => {
		it("two homes, whose local addresses collide: one round trip", () => {
			const [scene] = pair(1, SAME, SAME);
			assertOneRoundTrip(scene, 2);
			assertTalk(scene);
			for (const { story } of scene.peers) assert.deepEqual(story, ["checking", "connected punched"]);
		});

		it("two peers without NAT: one round trip", () => {
			const [scene] = pair(1, { nats: [] }, { nats: [] });
			assertOneRoundTrip(scene, 0);
			assertTalk(scene);
		});

		it("one peer without NAT, either way round: one round trip", () => {
			for (const places of [
				[HOME, { nats: [] }],
				[{ nats: [] }, HOME],
			]) {
				const [scene] = pair(1, places[0], places[1]);
				assertOneRoundTrip(scene, 1);
				assertTalk(scene);
			}
		});

		it("behind the same NAT: by local addresses within 10 ms", () => {
			const scene = new Punching(1);
			const a = scene.add(HOME);
			scene.addBeside(a, "192.168.0.8");
			scene.discover();
			assert.ok(duration(scene) <= 10);
			scene.world.runFor(1000);
			for (const { story } of scene.peers) assert.deepEqual(story, ["checking", "connected lan"]);
			assertTalk(scene);
		});

		it("two homes behind the same carrier: only if it hairpins", () => {
			for (const hairpin of [true, false]) {
				const scene = new Punching(1);
				const a = scene.add({ nats: [NAT_KINDS["port-restricted"], { mapping: "EI", filtering: "EI", hairpin }] });
				scene.addBehindCarrier(a, HOME);
				scene.discover();
				scene.introduce();
				assert.equal(scene.settle(), hairpin);
				if (hairpin) assertTalk(scene);
			}
		});

		it("both with IPv6 behind firewalls: by IPv6, whatever the NATs (IMG-32)", () => {
			const [scene] = pair(1, { ...SYMMETRIC, ipv6: "2001:db8:1::7" }, { ...SYMMETRIC, ipv6: "2001:db8:2::7" });
			assertOneRoundTrip(scene, 2);
			for (const { story } of scene.peers) assert.deepEqual(story, ["checking", "connected ipv6"]);
			assertTalk(scene);
		});
	});

	describe("start (P2P-9)", () => {
		const nodrop: Place = { nats: [{ ...NAT_KINDS["port-restricted"], drops: false }] };

		it("routers that do not drop: connects while both begin within the one-way delay of 20 ms, and not after", () => {
			for (const [stagger, connects] of [
				[0, true],
				[10, true],
				[19, true],
				[25, false],
				[60, false],
			] as const) {
				const [scene, a] = pair(1, nodrop, nodrop);
				scene.introduce(stagger);
				assert.equal(scene.settle(), connects, `${stagger} ms`);
				if (!connects) assert.equal(a.story.at(-1), "failed no-answer");
			}
		});

		it("routers that drop: connects whatever the stagger, one and a half round trips after the second one at most", () => {
			for (const stagger of [0, 20, 60, 500, 1900]) {
				const took = duration(pair(1, HOME, HOME)[0], stagger);
				assert.ok(took <= (stagger === 0 ? 49 : stagger + 65), `${stagger} ms: ${took} ms`);
			}
		});

		it("waits for the delay, but not when the other side is heard before", () => {
			const [scene, , b] = pair(1, { nats: [] }, { nats: [] });
			const from = scene.world.now;
			scene.introduce(1000);
			assert.ok(scene.settle());
			assert.ok((b.connectedAt as number) - from < 70, `${b.connectedAt}`);
		});
	});

	it(`connects through loss, reordering and duplication, for ${SEEDS} seeds (P2P-9, P2P-10)`, () => {
		let slowest = 0;
		for (let seed = 1; seed <= SEEDS; seed++) {
			const bad = { loss: 0.1, jitter: 15, reordering: 0.1, duplication: 0.05 };
			const [scene] = pair(seed, HOME, seed % 2 === 0 ? HOME : { nats: [] }, bad);
			slowest = Math.max(slowest, duration(scene));
			scene.world.runFor(60_000);
			assertAgree(scene, `seed ${seed}`);
		}
		assert.ok(slowest < 2000, `the slowest one took ${slowest} ms`);
	});

	describe("symmetric NATs (P2P-12)", () => {
		it("both symmetric: connects by the relay in less than 200 ms, and says so without one", () => {
			const [without, c, d] = pair(1, SYMMETRIC, SYMMETRIC);
			without.introduce();
			assert.equal(without.settle(), false);
			assert.deepEqual([c.story.at(-1), d.story.at(-1)], ["failed symmetric", "failed symmetric"]);
			assert.ok((c.times.at(-1) as number) - c.times[0] <= CHECK_TIME);
			const [scene, a, b] = pair(1, SYMMETRIC, SYMMETRIC);
			a.useRelay();
			b.useRelay();
			assert.ok(duration(scene) < 200);
			for (const { story } of scene.peers) assert.equal(story[1], "connected relayed");
			assertTalk(scene);
		});

		it("the relay of one side is enough, of either", () => {
			for (const which of [0, 1]) {
				const [scene] = pair(1, SYMMETRIC, HOME);
				scene.peers[which].useRelay();
				assert.ok(duration(scene) < 200);
				assertTalk(scene);
			}
		});

		it("a port that a router maps is as good as no NAT", () => {
			for (const [a, b] of [
				[{ ...SYMMETRIC, mapped: 7000 }, SYMMETRIC],
				[SYMMETRIC, { ...HOME, mapped: 7000 }],
				[{ ...SYMMETRIC, mapped: 7000 }, HOME],
			]) {
				const [scene] = pair(1, a, b);
				assert.ok(duration(scene) <= 90);
				for (const { story } of scene.peers) assert.equal(story[1], "connected mapped");
				assertTalk(scene);
			}
		});

		it("one symmetric, the other port-restricted: guesses the port in time, in 9 of 10 cases", () => {
			let connected = 0;
			for (let seed = 1; seed <= SEEDS; seed++) {
				const [scene, a, b] = pair(seed, HOME, { ...SYMMETRIC, sockets: 256 });
				scene.introduce();
				if (scene.settle()) {
					connected++;
					assertTalk(scene);
				} else {
					assert.equal(a.story.at(-1), "failed symmetric");
				}
				assert.ok(a.sent <= 1024 + 60 && b.sent <= 512 + 60, `bounded: ${a.sent}, ${b.sent}`);
			}
			assert.ok(connected >= SEEDS * 0.9, `${connected} of ${SEEDS}`);
		});

		it("a relay in use is replaced when guessing has found the port, without a gap", () => {
			const [scene, a, b] = pair(3, HOME, { ...SYMMETRIC, sockets: 256 });
			a.useRelay();
			assert.ok(duration(scene) < 200);
			assert.equal(a.story[1], "connected relayed");
			let sent = 0;
			for (; sent < 1500; sent++) {
				a.tell(`${sent}`);
				b.tell(`${sent}`);
				scene.world.runFor(20);
			}
			scene.world.runFor(500);
			for (const peer of [a, b]) {
				assert.equal(peer.story.at(-1), "moved punched");
				assert.equal(new Set(peer.data).size, sent, "nothing is lost");
			}
		});
	});
});

/** Both use the same path, seen from either side. */
function assertAgree(scene: Punching, what: string): void {
	const [a, b] = scene.peers;
	assert.equal(a.finder.path?.kind, b.finder.path?.kind, what);
	assert.ok(a.finder.path !== undefined, what);
}
