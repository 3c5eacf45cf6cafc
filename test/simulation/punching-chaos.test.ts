import assert from "node:assert/strict";
import { type Dependence, NAT_DEFAULTS, type NatSettings } from "../../hosts/virtual/nat-settings";
import { Prng } from "../../src/base/prng";
import { CHECK_TIME, CONSENT_TIME, GUESS_TIME } from "../../src/peer/checks/check-times";
import { canPunch } from "../support/nat-theory";
import { type Place, Punching, type PunchPeer } from "../support/punching";

/** Seeds of each test; a soak test runs thousands. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "60");

const DEPENDENCES: readonly Dependence[] = ["EI", "AD", "APD"];
const PORTS = ["preserving", "counting", "random"] as const;

/** A place behind up to two NATs of any kind. */
function anyPlace(random: Prng): Place {
	const nats: Partial<NatSettings>[] = [];
	for (let levels = random.below(3); levels > 0; levels--) {
		nats.push({
			mapping: DEPENDENCES[random.below(3)],
			filtering: DEPENDENCES[random.below(3)],
			ports: PORTS[random.below(3)],
			hairpin: random.chance(0.5),
			udpTimeout: 20_000 + random.below(100_000),
		});
	}
	return { nats };
}

function canConnect(a: Place, b: Place): boolean {
	return canPunch(a.nats.map(levelOf), b.nats.map(levelOf));
}

function levelOf({ mapping, filtering }: Partial<NatSettings>) {
	return { mapping: mapping ?? NAT_DEFAULTS.mapping, filtering: filtering ?? NAT_DEFAULTS.filtering };
}

/** What happened to a peer happened in an order that makes sense. */
function assertOrder({ story }: PunchPeer, what: string): void {
	const types = story.map((line) => line.split(" ")[0]);
	const text = `${what}: ${story}`;
	assert.ok(types.length === 0 || types[0] === "checking", text);
	assert.ok(types.indexOf("checking", 1) < 0, text);
	assert.ok(types.indexOf("connected") === types.lastIndexOf("connected"), text);
	assert.ok(!types.includes("failed") || types.indexOf("failed") === types.length - 1, text);
	const connected = types.indexOf("connected");
	for (const later of ["moved", "interrupted"]) {
		assert.ok(!types.includes(later) || (connected >= 0 && types.indexOf(later) > connected), text);
	}
}

describe("simulation/punching-chaos", () => {
	it(`any two places, bad lines, any start: connects where theory says so, and both use the same path, for ${SEEDS} seeds (P2P-11)`, () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const random = new Prng(seed);
			const link = {
				delay: 1 + random.below(80),
				jitter: random.below(10),
				loss: random.below(8) / 100,
				reordering: 0.05,
			};
			const scene = new Punching(seed, link);
			scene.tellsSymmetric = false;
			const places = [anyPlace(random), anyPlace(random)];
			for (const place of places) scene.add(place);
			scene.discover();
			const relays = random.chance(0.3);
			if (relays) for (const peer of scene.peers) peer.useRelay();
			scene.introduce(random.below(30));
			const what = `seed ${seed}: ${JSON.stringify(places)}`;
			const expected = canConnect(places[0], places[1]);
			const connected = scene.settle();
			assert.equal(connected, expected || relays, `${what}: ${scene.peers.map(({ story }) => story)}`);
			scene.world.runFor(90_000);
			for (const peer of scene.peers) assertOrder(peer, what);
			if (!connected) continue;
			const [a, b] = scene.peers;
			const isRelayed = (peer: PunchPeer): boolean => peer.finder.path?.kind === "relayed";
			const isSettled = (): boolean => isRelayed(a) === isRelayed(b) && !(expected && isRelayed(a));
			assert.ok(scene.world.runUntil(isSettled, 60_000), `${what}: the best path is used again, by both`);
			for (let i = 0; i < 20; i++) {
				a.tell("to b");
				b.tell("to a");
				scene.world.runFor(100);
			}
			assert.ok(a.data.length >= 8 && b.data.length >= 8, `${what}: ${a.data.length}, ${b.data.length}`);
		}
	});

	it(`anything may happen at any time: nothing breaks, and calm brings a path or an end, for ${SEEDS} seeds (P2P-9)`, () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const random = new Prng(seed * 7919);
			const scene = new Punching(seed, { delay: 1 + random.below(40), loss: 0.03 });
			const sockets = 8;
			for (let i = 0; i < 2; i++) scene.add({ ...anyPlace(random), sockets });
			scene.discover();
			for (let step = 0; step < 40; step++) {
				const peer = scene.peers[random.below(2)];
				const what = random.below(10);
				if (what < 3) scene.introduce(random.below(100));
				else if (what === 3) peer.useRelay();
				else if (what === 4) peer.loseRelay();
				else if (what === 5) peer.handle.call((finder, now, out) => finder.doubt(now, out));
				else if (what === 6) peer.machine.nics[peer.machine.nics.length - 1].link.up = random.chance(0.5);
				else if (what === 7) for (const router of peer.routers) router.nat.clear();
				else if (what === 8) peer.tell("data");
				else scene.shareRelay(peer, { kind: "relayed", address: scene.relay.address, port: 1 + random.below(65_535) });
				scene.world.runFor(random.chance(0.2) ? 40_000 : random.below(1500));
			}
			for (const { machine } of scene.peers) machine.nics[machine.nics.length - 1].link.up = true;
			scene.introduce();
			scene.world.runFor(CONSENT_TIME + CHECK_TIME + GUESS_TIME + 5000);
			for (const peer of scene.peers) {
				assertOrder(peer, `seed ${seed}`);
				const last = peer.story[peer.story.length - 1] ?? "";
				assert.ok(/^(connected|moved|failed) /.test(last), `seed ${seed}: ${peer.story}`);
				assert.equal(peer.finder.path === undefined, last.startsWith("failed"), `seed ${seed}: ${peer.story}`);
			}
			assert.equal(scene.peers[0].finder.path === undefined, scene.peers[1].finder.path === undefined, `seed ${seed}`);
		}
	});
});
