import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import { CHECK_TIME, CONSENT_TIME } from "../../src/peer/checks/check-times";
import { type Place, Punching, type PunchPeer } from "../support/punching";

const HOME: Place = { nats: [NAT_KINDS["port-restricted"]] };
const SYMMETRIC: Place = { nats: [NAT_KINDS.random] };

/** Two connected peers. */
function connected(a: Place, b: Place, relay = false, seed = 1): [Punching, PunchPeer, PunchPeer] {
	const scene = new Punching(seed);
	const peers: [PunchPeer, PunchPeer] = [scene.add(a), scene.add(b)];
	scene.discover();
	if (relay) for (const peer of peers) peer.useRelay();
	scene.introduce();
	assert.ok(scene.settle());
	scene.world.runFor(1000);
	return [scene, ...peers];
}

/** Both send for a while, every 20 ms. @returns how many datagrams of each the other one has not received */
function talk(scene: Punching, time: number): number[] {
	const { peers, world } = scene;
	for (const peer of peers) peer.data.length = 0;
	let sent = 0;
	for (const end = world.now + time; world.now < end; sent++) {
		for (const peer of peers) peer.tell(`${sent}`);
		world.runFor(20);
	}
	world.runFor(500);
	return peers.map(({ data }) => sent - new Set(data).size);
}

function unplug(peer: PunchPeer, isUp = false): void {
	peer.machine.nics[0].link.up = isUp;
}

describe("simulation/punched-path", () => {
	it("keeps the path for an hour through NATs that forget after 20 s, with a check every 5 s or so (P2P-8)", () => {
		const short: Place = { nats: [{ ...NAT_KINDS["port-restricted"], udpTimeout: 20_000 }] };
		const [scene, a, b] = connected(short, short);
		const before = a.sent;
		scene.world.runFor(3_600_000);
		assert.deepEqual([a.story.length, b.story.length], [2, 2]);
		const perHour = a.sent - before;
		assert.ok(perHour > 1200 && perHour < 1800, `${perHour} checks and answers`);
		assert.deepEqual(talk(scene, 100), [0, 0]);
	});

	it("says so when the peer is gone, sends nothing 30 s after the last answer, and gives up (RFC 7675)", () => {
		const [scene, a, b] = connected(HOME, HOME);
		unplug(b);
		const gone = scene.world.now;
		scene.world.runFor(9000);
		assert.equal(a.story.at(-1), "interrupted");
		assert.ok(a.finder.path !== undefined, "it may still be used");
		assert.ok((a.times.at(-1) as number) - gone < 8000);
		scene.world.run(gone + CONSENT_TIME + 1000);
		assert.equal(a.finder.path, undefined);
		scene.world.run(gone + CONSENT_TIME + CHECK_TIME + 2000);
		assert.equal(a.story.at(-1), "failed lost");
		const { sent } = a;
		scene.world.runFor(60_000);
		assert.equal(a.sent, sent);
		assert.equal(a.handle.machine.deadline, Infinity);
	});

	it("goes on when the peer is back within the time of the consent", () => {
		for (const pause of [3000, 12_000, 20_000]) {
			const [scene, a, b] = connected(HOME, HOME);
			unplug(b);
			scene.world.runFor(pause);
			unplug(b, true);
			assert.ok(scene.world.runUntil(() => [a, b].every(({ story }) => story.at(-1) !== "interrupted"), 3000));
			assert.deepEqual(talk(scene, 100), [0, 0], `${pause} ms`);
		}
	});

	it("checks at once when the path is doubted", () => {
		const [scene, a, b] = connected(HOME, HOME);
		unplug(b);
		a.handle.call((finder, now, out) => finder.doubt(now, out));
		scene.world.runFor(2000);
		assert.equal(a.story.at(-1), "interrupted");
		unplug(b, true);
		scene.world.runFor(1500);
		assert.equal(a.story.at(-1), "moved punched");
	});

	it("checks the path in use alone when nothing comes by it, and all others once it gives no answers", () => {
		const [scene, a, b] = connected(HOME, HOME);
		const probe = (): void => a.handle.call((finder, now, out) => finder.probe(now, out));
		const before = a.sent + b.sent;
		for (let i = 0; i < 3; i++) probe();
		scene.world.runFor(500);
		assert.equal(a.sent + b.sent - before, 2, "one check and its answer");
		assert.equal(a.story.length, 2);
		unplug(b);
		const gone = scene.world.now;
		probe();
		scene.world.runFor(2000);
		assert.equal(a.story.at(-1), "interrupted");
		assert.ok((a.times.at(-1) as number) - gone < 1300);
	});

	it("follows a peer that moved to another network within a round trip of the next introduction", () => {
		const [scene, a, b] = connected(HOME, HOME);
		scene.roam(b, HOME);
		const from = scene.world.now;
		scene.introduce();
		scene.world.runFor(1000);
		assert.equal(a.story.at(-1), "moved punched");
		assert.ok((a.times.at(-1) as number) - from <= 49);
		assert.equal(b.story.length, 2, "the way is the same as before, seen from there");
		assert.deepEqual(talk(scene, 100), [0, 0]);
	});

	it("another introduction while the path works interrupts nothing", () => {
		const [scene, a, b] = connected(HOME, HOME);
		scene.introduce();
		assert.deepEqual(talk(scene, 1000), [0, 0]);
		scene.world.runFor(120_000);
		assert.deepEqual(talk(scene, 1000), [0, 0]);
		assert.deepEqual([a.story.length, b.story.length], [2, 2]);
	});

	it("guesses no ports when there is another introduction while a direct path works (P2P-12)", () => {
		const cone: Place = { nats: [NAT_KINDS.cone] };
		const [scene, a, b] = connected(cone, { ...SYMMETRIC, sockets: 256 });
		const before = a.sent + b.sent;
		scene.introduce();
		scene.world.runFor(20_000);
		assert.ok(a.sent + b.sent - before < 60, `${a.sent + b.sent - before}`);
		assert.deepEqual(talk(scene, 1000), [0, 0]);
	});

	it("takes a path that turns out better, without a gap (P2P-12)", () => {
		const scene = new Punching(1);
		const [a, b] = [scene.add(HOME), scene.add(HOME)];
		scene.discover();
		scene.block(a, b, true);
		for (const peer of [a, b]) peer.useRelay();
		scene.introduce();
		assert.ok(scene.settle());
		assert.deepEqual(talk(scene, 20_000), [0, 0]);
		assert.deepEqual([a.finder.path?.kind, b.finder.path?.kind], ["relayed", "relayed"]);
		scene.block(a, b, false);
		assert.deepEqual(talk(scene, 70_000), [0, 0]);
		assert.deepEqual([a.story.at(-1), b.story.at(-1)], ["moved punched", "moved punched"]);
	});

	it("falls back to the relay when the direct path dies, and returns to it", () => {
		const [scene, a, b] = connected(HOME, HOME, true);
		assert.deepEqual([a.finder.path?.kind, b.finder.path?.kind], ["punched", "punched"]);
		scene.block(a, b, true);
		scene.world.runFor(10_000);
		assert.deepEqual([a.story.at(-1), b.story.at(-1)], ["moved relayed", "moved relayed"]);
		assert.deepEqual(talk(scene, 1000), [0, 0]);
		scene.block(a, b, false);
		assert.deepEqual(talk(scene, 70_000), [0, 0]);
		assert.deepEqual([a.story.at(-1), b.story.at(-1)], ["moved punched", "moved punched"]);
	});

	it("does without the relay when the TURN server ends the allocation", () => {
		const [scene, a, b] = connected(SYMMETRIC, SYMMETRIC, true);
		for (const peer of [a, b]) peer.loseRelay();
		scene.world.runFor(CONSENT_TIME + CHECK_TIME);
		assert.equal(a.story.at(-1), "failed lost");
		assert.equal(b.story.at(-1), "failed lost");
	});
});
