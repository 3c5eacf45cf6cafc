import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { identityDelay } from "../../../src/fleet/claim-delay";
import { FLEET_GROUP, type FleetSettings } from "../../../src/fleet/fleet-settings";
import { MEMBERS_MAX } from "../../../src/fleet/member-registry";
import { decodeFleetMessage } from "../../../src/wire/fleet-message";
import { FleetLan, fleetLan } from "../../support/fleet-lan";
import { SUCCESSION_SETTINGS } from "../../support/fleet-settings";
import { seedsUpTo } from "../../support/seeds";

describe("fleet/fleet", () => {
	it("announces a new camera's port to the representative at once, without waiting for the period (IMG-12)", () => {
		const lan = fleetLan(3);
		lan.run(50);
		assert.deepEqual(lan.cameras[0].ports, [8081, 8082]);
		lan.add().start().mapped(8083);
		lan.run(60);
		assert.deepEqual(lan.cameras[0].ports, [8081, 8082, 8083]);
		assert.deepEqual(lan.cameras[3].ports, [8080, 8081, 8082]);
	});

	for (const delivery of [
		{ multicast: true, broadcast: false, unicast: false },
		{ multicast: false, broadcast: true, unicast: false },
	]) {
		it(`finds all cameras by ${delivery.multicast ? "multicast" : "broadcast"} alone (IMG-10, IMG-12)`, () => {
			const lan = fleetLan(4, { delivery });
			lan.run(1000);
			for (const camera of lan.cameras) assert.equal(camera.ports.length, 3);
			const wrong = delivery.multicast ? "192.168.0.255" : FLEET_GROUP;
			assert.equal(lan.sent.filter((d) => d.to === wrong).length, 0);
		});
	}

	it("inquires at random intervals within the range while it is the representative, and no other camera does (IMG-10)", () => {
		const lan = fleetLan(2, { inquiryMin: 2000, inquiryMax: 4000 });
		lan.run(60000);
		const times = lan.sent
			.filter((d) => d.bytes[3] === 2 && (d.bytes[5] & 1) === 1 && d.to === FLEET_GROUP && d.at > 2000)
			.map((d) => [d.from, d.at] as const);
		assert.ok(times.every(([from]) => from === "192.168.0.11"));
		const gaps = times.slice(1).map(([, at], i) => at - times[i][1]);
		assert.ok(gaps.length >= 15 && gaps.every((gap) => gap >= 1999 && gap <= 4001), gaps.join());
		assert.ok(new Set(gaps).size > 5, "intervals are drawn");
	});

	it("removes a camera at once after its bye, and ignores an announcement of it that arrives later (IMG-20)", () => {
		const lan = fleetLan(3);
		lan.run(1000);
		const leaving = lan.cameras[2];
		const old = lan.sent.filter((d) => d.from === leaving.path.address).at(-1)!;
		leaving.fleet.leave(lan.now, leaving);
		leaving.on = false;
		lan.run(1005);
		assert.deepEqual(lan.cameras[0].ports, [8081]);
		lan.carry(old.from, FLEET_GROUP, old.bytes);
		lan.run(1010);
		assert.deepEqual(lan.cameras[0].ports, [8081]);
	});

	it("sends only byes once it has started to leave, at any time between its inquiries (IMG-20)", () => {
		for (let offset = 0; offset < 250; offset += 10) {
			const lan = fleetLan(3);
			lan.run(5000 + offset);
			const leaving = lan.cameras.find((camera) => camera.fleet.self.representative)!;
			lan.sent = [];
			leaving.fleet.leave(lan.now, leaving);
			lan.run(lan.now + 60);
			const words = lan.sent
				.filter((d) => d.from === leaving.path.address)
				.map((d) => decodeFleetMessage(d.bytes)?.type);
			assert.ok(words.length >= 3);
			assert.deepEqual([...new Set(words)], ["bye"], `${offset} ms`);
			assert.equal(lan.cameras.filter((camera) => camera.fleet.self.representative).length, 1);
		}
	});

	it("removes a crashed camera: the representative when it has left five questions unanswered, others after a silence", () => {
		for (let seed = 0; seed < 5; seed++) {
			const lan = fleetLan(3, {}, seed);
			lan.run(30_000 + seed * 1700);
			const { now } = lan;
			lan.cameras[2].on = false;
			// Inquiries are up to 10 s apart; then it is asked alone every two seconds.
			lan.run(now + 14_100);
			assert.ok(
				[...lan.cameras[0].fleet.registry.values()].every(
					(member) => member.missed >= 2 || member.externalPort === 8081,
				),
			);
			lan.run(now + 20_100);
			assert.deepEqual(lan.cameras[0].ports, [8081]);
			lan.run(now + 140_000);
			assert.deepEqual(lan.cameras[1].ports, [8080]);
		}
	});

	it("asks only a camera that has not answered again, and keeps one that answers the fourth question", () => {
		const lan = fleetLan(3);
		lan.run(30_000);
		const [representative, , other] = lan.cameras;
		other.on = false;
		lan.sent = [];
		const missedBy = () => representative.fleet.registry.get(other.fleet.settings.id)?.missed ?? assert.fail("removed");
		while (missedBy() < 4) lan.run(lan.now + 100);
		const asked = lan.sent.filter(({ from, to }) => from === representative.path.address && to === other.path.address);
		assert.ok(asked.length >= 4, `${asked.length}`);
		assert.equal(
			lan.sent.filter(({ from, to }) => from === representative.path.address && to === lan.cameras[1].path.address)
				.length,
			0,
		);
		other.on = true;
		lan.run(lan.now + 2100);
		assert.equal(missedBy(), 0);
	});

	it("keeps all cameras for an hour at 5 % loss", () => {
		for (let seed = 0; seed < seedsUpTo(5); seed++) {
			const lan = fleetLan(5, {}, seed);
			lan.loss = 0.05;
			for (let minute = 1; minute <= 60; minute++) {
				lan.run(minute * 60000);
				for (const camera of lan.cameras)
					assert.ok(camera.ports.length >= 3, `seed ${seed}, minute ${minute}: ${camera.ports}`);
				lan.sent = [];
			}
			assert.ok(lan.cameras[0].ports.length === 4, `seed ${seed}`);
		}
	});

	it("ignores other fleets, other networks and malformed datagrams", () => {
		const lan = fleetLan(1);
		const other = lan.add({ fleet: 7 }).start().mapped(8081);
		lan.run(1000);
		assert.deepEqual(lan.cameras[0].ports, []);
		assert.deepEqual(other.ports, []);
		const before = lan.cameras[0].fleet.receiver.strange;
		const announcement = lan.sent[0].bytes;
		lan.cameras[0].fleet.receive(1000, lan.cameras[0].path, "8.8.8.8", 1, announcement, lan.cameras[0]);
		lan.cameras[0].fleet.receive(1000, lan.cameras[0].path, "192.168.0.99", 1, Uint8Array.of(1, 2, 3), lan.cameras[0]);
		assert.equal(lan.cameras[0].fleet.receiver.strange, before + 2);
	});

	it("answers at most 20 inquiries a second and keeps at most 256 cameras, whatever it receives", () => {
		const lan = fleetLan(1);
		const [camera] = lan.cameras;
		lan.run(1000);
		const announcement = lan.sent[1].bytes.slice();
		lan.sent = [];
		for (let i = 0; i < 1000; i++) {
			announcement[3] = i % 2 === 0 ? 1 : 2;
			announcement[18] = i >> 8;
			announcement[19] = i;
			camera.fleet.receive(1000, camera.path, "192.168.0.99", 1234, announcement, {
				...camera,
				send: () => lan.sent.push(lan.sent[0]),
				emit() {},
			});
		}
		assert.equal(camera.fleet.registry.size, MEMBERS_MAX);
		assert.ok(lan.sent.length <= 20, `${lan.sent.length}`);
	});

	it("sends an address at most three times what came from there, under any forged sender, until it answers", () => {
		const flood: [title: string, senders: number, spacing: number][] = [
			["one announcement", 1, Infinity],
			["one camera that keeps announcing itself", 1, 1000],
			["many cameras at once", 200, Infinity],
			["a flood", 60, 2000],
		];
		for (const [title, senders, spacing] of flood) {
			for (const type of [1, 2, 5, 6]) {
				const lan = fleetLan(3);
				lan.run(3000);
				const victim = "192.168.0.77";
				const forged = lan.sent[0].bytes.slice();
				forged[3] = type;
				lan.sent = [];
				for (let at = 0; at < 60000; at += Math.min(spacing, 60000)) {
					for (let n = 0; n < senders; n++) {
						forged[18] = 0x77;
						forged[19] = n;
						new DataView(forged.buffer).setUint32(24, at + 1);
						lan.carry(victim, FLEET_GROUP, forged.slice());
					}
					lan.run(lan.now + Math.min(spacing, 60000));
				}
				const octets = (all: typeof lan.sent) => all.reduce((sum, d) => sum + d.bytes.length, 0);
				const came = octets(lan.sent.filter((d) => d.from === victim));
				for (const { path } of lan.cameras) {
					const sent = octets(lan.sent.filter((d) => d.from === path.address && d.to === victim));
					assert.ok(sent <= 3 * came, `${title}, type ${type}: ${sent} for ${came}`);
				}
			}
		}
	});

	it("keeps sending to cameras that answer, where only unicast gets through", () => {
		const lan = fleetLan(4, { delivery: { multicast: false, broadcast: false, unicast: true } });
		const entries = [8080, 8081, 8082, 8083].map((externalPort, i) => ({
			id: `00000${i}`,
			externalPort,
			internalClient: `192.168.0.${11 + i}`,
			internalPort: 8000,
			name: "",
		}));
		for (const camera of lan.cameras) camera.fleet.table(lan.now, entries, camera);
		lan.run(5000);
		lan.sent = [];
		lan.run(300000);
		const first = lan.cameras.find((camera) => camera.fleet.self.representative)!;
		assert.equal(lan.cameras.filter((camera) => camera.fleet.self.representative).length, 1);
		for (const camera of lan.cameras) {
			assert.equal(camera.fleet.registry.size, 3);
			if (camera === first) continue;
			const heartbeats = lan.sent.filter((d) => d.from === first.path.address && d.to === camera.path.address);
			assert.ok(heartbeats.length >= 1150, `${heartbeats.length}`);
		}
	});

	const PROBING: Partial<FleetSettings> = {
		succession: { ...SUCCESSION_SETTINGS, mode: "heirs", detection: { bye: true, silence: false, probe: true } },
	};

	const probesOf = (lan: FleetLan) => lan.sent.filter((d) => decodeFleetMessage(d.bytes)?.type === "probe");

	for (const [way, to] of [
		["multicast", FLEET_GROUP],
		["broadcast", "192.168.0.255"],
		["unicast", "192.168.0.11"],
	] as const) {
		it(`probes the representative by ${way} where that is set, and hears its answer (IMG-24, IMG-29)`, () => {
			const none = { multicast: false, broadcast: false, unicast: false };
			const lan = fleetLan(1, { ...PROBING, probes: { ...none, [way]: true } });
			lan.run(1000);
			lan
				.add({ ...PROBING, probes: { ...none, [way]: true } })
				.start()
				.mapped(8081);
			lan.run(3000);
			lan.sent = [];
			lan.run(30000);
			const probes = probesOf(lan);
			assert.ok(probes.length >= 15 && probes.every((probe) => probe.to === to), `${probes.map((probe) => probe.to)}`);
			assert.equal(lan.cameras[1].fleet.succession.claims, 0);
			lan.cameras[0].on = false;
			lan.run(45000);
			assert.ok(lan.cameras[1].fleet.self.representative);
		});
	}

	for (const inTable of [true, false]) {
		it(`${inTable ? "finds" : "loses"} a representative whose address has changed ${inTable ? "through" : "without"} the gateway's table (IMG-24, IMG-29)`, () => {
			const lan = fleetLan(1, PROBING);
			lan.run(1000);
			lan.add(PROBING).start().mapped(8081);
			lan.run(3000);
			const [first, second] = lan.cameras;
			lan.multicastWorks = false;
			const moved = { ...first.path, address: "192.168.0.50" };
			Object.assign(first, { path: moved });
			// It cannot reach the other: its messages by unicast are lost as well.
			first.fleet.registry.clear();
			first.fleet.start(lan.now, [moved], first);
			const entry = { id: "000070", externalPort: 8080, internalClient: moved.address, internalPort: 8000, name: "" };
			const entries = [entry, { ...entry, externalPort: 8081, internalClient: second.path.address }];
			if (inTable) second.fleet.table(lan.now, entries, second);
			lan.sent = [];
			lan.run(lan.now + 20000);
			assert.equal(second.fleet.self.representative, !inTable);
			assert.equal(
				probesOf(lan).some((probe) => probe.to === moved.address),
				inTable,
			);
		});
	}

	it("says bye to every camera by unicast where that is set, beside multicast (IMG-20)", () => {
		for (const all of [true, false]) {
			const lan = fleetLan(6, { delivery: { multicast: true, broadcast: false, unicast: true, all } });
			lan.run(5000);
			const leaving = lan.cameras.find((camera) => camera.fleet.self.representative)!;
			lan.sent = [];
			leaving.fleet.leave(lan.now, leaving);
			lan.run(lan.now + 50);
			const byes = lan.sent.filter((d) => d.from === leaving.path.address && d.bytes[3] === 3);
			const addresses = new Set(byes.map((d) => d.to).filter((to) => to !== FLEET_GROUP));
			assert.equal(addresses.size, all ? 5 : 3, "otherwise the heirs only");
			assert.ok(byes.some((d) => d.to === FLEET_GROUP));
		}
	});

	it("computes its delay from the MAC address where the host knows it (IMG-21)", () => {
		const succession = { ...SUCCESSION_SETTINGS, mode: "contention", delay: "identity", window: 1000 } as const;
		const delays = (macs: readonly string[]) => {
			const lan = new FleetLan(new Prng(1));
			for (const mac of ["", ...macs]) {
				const camera = lan.add({ succession });
				Object.assign(camera.path, mac === "" ? {} : { mac });
				camera.start().mapped(8080 + lan.cameras.length - 1);
				if (mac === "") lan.run(1000);
			}
			lan.run(5000);
			const [first, ...others] = lan.cameras;
			lan.sent = [];
			const start = lan.now;
			first.fleet.leave(start, first);
			lan.run(start + 3000);
			const winner = others.find((camera) => camera.fleet.self.representative)!;
			const claim = lan.sent.find((d) => d.from === winner.path.address && d.bytes[3] === 5)!;
			return [winner.path.mac, claim.at - start];
		};
		const macs = ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"];
		const expected = macs.map((mac) => [mac, identityDelay(mac, 1000)] as const).sort((a, b) => a[1] - b[1])[0];
		for (const order of [macs, [...macs].reverse()]) {
			const [winner, delay] = delays(order);
			assert.equal(winner, expected[0]);
			assert.ok(Math.abs(Number(delay) - expected[1]) < 10, `${delay}`);
		}
	});

	it("is idle without an address, and starts when it has one (IMG-1)", () => {
		const lan = new FleetLan(new Prng(1));
		const camera = lan.add();
		camera.fleet.start(0, [], camera);
		lan.run(100000);
		assert.equal(lan.sent.length, 0);
		camera.fleet.start(lan.now, [camera.path], camera);
		assert.ok(lan.sent.length > 0);
	});
});
