import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { FleetKey } from "../../src/fleet/fleet-key";
import type { FleetService } from "../../src/wire/fleet-service";
import { FleetLan, type LanCamera } from "../support/fleet-lan";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "30");
const RTSP: FleetService = { kind: "rtsp", port: 8554, externalPort: 0, path: "/live", secure: false };

/** A fleet of both formats: camera i is of the old one where `isOld(i)`. */
function mixed(seed: number, count: number, isOld: (i: number) => boolean, sealed: boolean): FleetLan {
	const lan = new FleetLan(new Prng(seed));
	const settings = sealed ? { keys: [new FleetKey("one-key-for-old-and-new-cameras")] } : {};
	for (let i = 0; i < count; i++) {
		const camera = isOld(i) ? lan.addOld(settings) : lan.add(settings);
		if (!isOld(i)) camera.fleet.self.otherServices = [RTSP];
		camera.fleet.self.secure = i % 3 === 0;
		camera.start().mapped(8080 + i);
	}
	return lan;
}

function assertKnown(lan: FleetLan, isOld: (i: number) => boolean, place: string): void {
	const present = lan.cameras.filter((camera) => camera.on);
	for (const camera of present) {
		const others = present.filter((other) => other !== camera);
		const known = camera.fleet.registry.sorted();
		assert.deepEqual(
			known.map((m) => [m.id, m.name, m.httpPort, m.externalPort, m.secure, m.externalHost]),
			others.map(({ fleet: { settings, self } }) => [
				settings.id,
				self.name,
				self.httpPort,
				self.externalPort,
				self.secure,
				self.externalHost,
			]),
			`${place}, camera ${camera.number}`,
		);
		const bothNew = others.filter((other) => !isOld(camera.number) && !isOld(other.number));
		assert.deepEqual(
			known.filter((m) => m.service("rtsp") !== undefined).map((m) => [m.id, m.service("rtsp")]),
			bothNew.map((other) => [other.fleet.settings.id, RTSP]),
			`${place}, camera ${camera.number}`,
		);
	}
}

const representatives = (lan: FleetLan): LanCamera[] =>
	lan.cameras.filter((camera) => camera.on && camera.fleet.self.representative);

describe("simulation/fleet: cameras of the old and the new announcement format", () => {
	for (const sealed of [false, true]) {
		const kind = sealed ? "a sealed" : "an open";
		it(`know each other and agree on one representative in ${kind} fleet, for ${SEEDS} seeds`, () => {
			for (let seed = 0; seed < SEEDS; seed++) {
				const random = new Prng(seed + 1000);
				const count = 2 + random.below(5);
				const old = Array.from({ length: count }, (_, i) => (i < 2 ? i === seed % 2 : random.chance(0.5)));
				const isOld = (i: number) => old[i];
				const lan = mixed(seed, count, isOld, sealed);
				lan.loss = 0.02;
				lan.run(40000);
				lan.loss = 0;
				lan.run(80000);
				assertKnown(lan, isOld, `seed ${seed}`);
				assert.equal(representatives(lan).length, 1, `seed ${seed}`);
			}
		});

		it(`find a new representative in ${kind} fleet, whatever the formats of the old one and its heirs`, () => {
			for (let formats = 0; formats < 16; formats++) {
				const isOld = (i: number) => ((formats >> i) & 1) === 1;
				const lan = mixed(formats, 4, isOld, sealed);
				lan.run(3000);
				for (const crash of [false, true]) {
					const [leaving] = representatives(lan);
					if (!crash) leaving.fleet.leave(lan.now, leaving);
					lan.run(lan.now + (crash ? 0 : 60));
					leaving.on = false;
					lan.run(lan.now + 3000);
					assert.equal(representatives(lan).length, 1, `formats ${formats}, ${crash ? "crash" : "bye"}`);
				}
				lan.run(lan.now + 120000);
				assertKnown(lan, isOld, `formats ${formats}`);
			}
		});
	}

	it("rename each other, and a change of a port reaches all at once", () => {
		const isOld = (i: number) => i % 2 === 1;
		const lan = mixed(1, 4, isOld, false);
		lan.run(2000);
		for (const [from, to] of [
			[0, 1],
			[1, 2],
		]) {
			const target = lan.cameras[to].fleet.settings.id;
			const { fleet } = lan.cameras[from];
			assert.equal(fleet.renameMember(target, `name by ${from}`, lan.cameras[from]), true);
			lan.run(lan.now + 20);
			assert.equal(lan.cameras[to].fleet.self.name, `name by ${from}`);
			lan.cameras[to].mapped(8090 + to);
			lan.run(lan.now + 20);
			assert.ok(lan.cameras.every((camera, i) => i === to || camera.ports.includes(8090 + to)));
		}
	});

	it("announces services that start and stop, without a restart", () => {
		const lan = mixed(2, 2, () => false, false);
		lan.run(2000);
		const [one, other] = lan.cameras;
		const before = other.fleet.registry.version;
		one.fleet.update(lan.now, { otherServices: [] }, one);
		lan.run(lan.now + 20);
		assert.equal(other.fleet.registry.sorted()[0].service("rtsp"), undefined);
		assert.equal(other.fleet.registry.sorted()[0].httpPort, 8000);
		assert.ok(other.fleet.registry.version > before);
		one.fleet.update(lan.now, { otherServices: [{ ...RTSP, secure: true, kind: "rtsps" }, RTSP] }, one);
		lan.run(lan.now + 20);
		assert.equal(other.fleet.registry.sorted()[0].service("rtsps")?.secure, true);
		assert.deepEqual(other.fleet.registry.sorted()[0].service("rtsp"), RTSP);
	});
});
