import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { casesUpTo, seedsUpTo } from "../support/seeds";
import { SuccessionScenario } from "../support/succession-scenario";
import { VirtualHome, WAN } from "../support/virtual-home";

/** The number of seeds; PORTHOLE_TEST_SEEDS sets it. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "50");

describe("simulation/succession", () => {
	for (const mode of ["heirs", "contention", "port-order", "probing"]) {
		it(`${mode}: has one representative after byes, crashes, partitions and sleep, and deletes no live camera's mapping, for ${SEEDS} seeds (IMG-20 … IMG-25)`, function () {
			this.timeout(3600000);
			for (let seed = 1; seed <= SEEDS; seed++) {
				const scenario = new SuccessionScenario(seed, mode);
				scenario.pass(5000);
				for (let i = 0; i < 6; i++) scenario.act();
				scenario.settle();
			}
		});
	}

	const pairs: readonly (readonly [choice: string, settings: Readonly<Record<string, string>>])[] = [
		["heirs", { detection: "probe" }],
		["heirs", { detection: "bye,silence,probe", "probe-delivery": "multicast", delivery: "multicast,unicast-all" }],
		["contention", { detection: "silence" }],
		["contention", { detection: "bye,probe", "claim-delay": "identity", "probe-delivery": "broadcast,unicast" }],
		["port-order", { detection: "bye,silence,probe", "claim-turn": "200" }],
	];
	for (const [choice, settings] of pairs) {
		it(`${choice} with ${JSON.stringify(settings)}: the same (IMG-27, IMG-29)`, function () {
			this.timeout(3600000);
			for (let seed = 1; seed <= Math.max(seedsUpTo(3), SEEDS / 10); seed++) {
				const scenario = new SuccessionScenario(seed, choice, undefined, settings);
				scenario.pass(5000);
				for (let i = 0; i < 6; i++) scenario.act();
				scenario.settle();
			}
		});
	}

	it("makes the camera with the higher priority the representative also when all start at the same time (IMG-3)", () => {
		for (let seed = 1; seed <= seedsUpTo(20); seed++) {
			const random = new Prng(seed);
			const home = new VirtualHome(seed);
			const preferred = seed % 3;
			for (let i = 0; i < 3; i++) {
				home.add({ priority: i === preferred ? "200" : `${100 + i}` });
				// Machines of one power strip do not start in the same millisecond.
				if (seed > 5) home.world.runFor(random.below(250));
			}
			home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
			home.world.runFor(3000);
			assert.deepEqual(
				home.cameras.map((c) => c.camera.fleet.self.representative),
				[0, 1, 2].map((i) => i === preferred),
				`seed ${seed}`,
			);
			assert.equal(home.cameras[preferred].port, 8080, `seed ${seed}`);
		}
	});
});

describe("simulation/succession in special cases", () => {
	const answers = (home: VirtualHome, port = 8080) => home.knock(`http://${WAN}:${port}/`, 500);

	it("distinguishes cameras on one machine, which have the same address (IMG-25)", () => {
		const home = new VirtualHome(5, { secure: false });
		const first = home.add();
		home.until(() => first.port === 8080, 5000, "a port");
		home.gateway.deleting = (mapping) => {
			assert.notEqual(mapping.port, 8000, "a mapping of the first camera is deleted");
		};
		const second = home.add({ "http-port": "8001" }, undefined, first.machine);
		const third = home.add();
		home.until(() => third.port !== 0 && second.port !== 0, 10000, "all have ports");
		home.world.runFor(70000);
		assert.deepEqual([...home.ports].sort(), [8080, 8081, 8082]);
		for (const camera of home.cameras) assert.ok(answers(home, camera.port), `${camera.port}`);
		home.gateway.deleting = undefined;
		let left = false;
		first.camera.leave(() => {
			left = true;
		});
		home.until(() => left, 3000, "left");
		home.world.runFor(2000);
		const others = [second, third];
		assert.equal(others.filter((c) => c.camera.fleet.self.representative && c.port === 8080).length, 1);
		for (const camera of others) assert.ok(answers(home, camera.port), `${camera.port}`);
	});

	for (const [event, limit] of [
		["leave", 200],
		["crash", 1500],
	] as const) {
		it(`answers at the representative's port again within ${limit} ms of a ${event}, seen from the Internet (IMG-26)`, () => {
			for (let seed = 1; seed <= seedsUpTo(20); seed++) {
				const home = new VirtualHome(seed, { secure: false });
				for (let i = 0; i < 4; i++) home.add();
				home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
				home.world.runFor(6000 + home.world.prng.below(1000));
				const [first] = home.cameras.filter((c) => c.camera.fleet.self.holds);
				let answered = home.world.now;
				let gap = 0;
				const visit = (): void => {
					// A request without an answer is given up soon, so that the next one is not late.
					if (!home.knock(`http://${WAN}:8080/`, 50)) return;
					gap = Math.max(gap, home.world.now - answered);
					answered = home.world.now;
				};
				visit();
				gap = 0;
				if (event === "leave") first.camera.leave(() => first.crash());
				else first.crash();
				const end = home.world.now + 4000;
				while (home.world.now < end) {
					visit();
					home.world.runFor(10);
				}
				const successor = home.cameras.find((c) => c.machine.on && c.camera.fleet.self.holds);
				assert.ok(successor !== undefined && successor !== first, `seed ${seed}`);
				assert.ok(gap < limit, `seed ${seed}: ${gap} ms`);
			}
		});
	}

	for (const secure of [false, true]) {
		it(`survives a crash of the successor at each packet of its takeover on ${secure ? "a secure" : "an open"} gateway (IMG-22)`, function () {
			this.timeout(600000);
			for (const packet of casesUpTo(60, 6)) {
				const home = new VirtualHome(packet, { secure });
				for (let i = 0; i < 4; i++) {
					home.add({ "representative-lease": "10" });
					home.world.runFor(800);
				}
				home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
				const first = home.cameras.find((c) => c.camera.fleet.self.holds);
				assert.ok(first);
				first.crash();
				const chosen = () => home.cameras.find((c) => c.machine.on && c.camera.fleet.self.representative);
				home.until(() => chosen() !== undefined, 3000, "a successor");
				const successor = chosen();
				let left = packet;
				home.lan.capture = (_, { source, destination }) => {
					if (source === successor?.machine.address && destination === "192.168.0.1" && --left === 0)
						home.world.after(0, () => successor.crash());
				};
				home.world.runFor(12000);
				home.lan.capture = undefined;
				const holds = () => home.cameras.filter((c) => c.machine.on && c.camera.fleet.self.holds);
				home.until(() => holds().length === 1 && answers(home), 25000, `packet ${packet}: one has the port`);
			}
		});
	}

	it("leaves no mapping when the heir is shut down while it takes over (IMG-20)", () => {
		for (const wait of casesUpTo(60, 6).map((n) => n - 1)) {
			const home = new VirtualHome(wait, { secure: false, latency: 4 });
			for (let i = 0; i < 2; i++) home.add();
			home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
			home.world.runFor(6000);
			const [first] = home.cameras.filter((c) => c.camera.fleet.self.holds);
			let gone = 0;
			first.camera.leave(() => gone++);
			home.world.runFor(wait);
			for (const other of home.cameras) if (other !== first) other.camera.leave(() => gone++);
			home.until(() => gone === 2, 5000, `after ${wait} ms: both have left`);
			const rest = home.gateway.table.all().map((m) => `${m.externalPort} -> ${m.address}`);
			assert.deepEqual(rest, [], `after ${wait} ms`);
		}
	});

	it("elects one representative although two cameras have the same name (IMG-25)", () => {
		const home = new VirtualHome(6, { secure: false });
		for (let i = 0; i < 3; i++) home.add({ name: "Hof" });
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
		assert.equal(home.cameras.filter((c) => c.camera.fleet.self.representative).length, 1);
		const [first] = home.cameras.filter((c) => c.port === 8080);
		first.crash();
		home.until(() => answers(home), 3000, "another answers");
	});

	it("is not affected by jumps of the calendar clock (IMG-25)", () => {
		const home = new VirtualHome(7);
		for (let i = 0; i < 3; i++) home.add();
		home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
		const terms = home.cameras.map((c) => c.camera.fleet.succession.term);
		for (const jump of [86400000, -86400000 * 400]) {
			for (const { machine } of home.cameras) machine.clock.utc = () => home.world.utc + home.world.now + jump;
			home.world.runFor(60000);
		}
		assert.deepEqual(
			home.cameras.map((c) => c.camera.fleet.succession.term),
			terms,
		);
		assert.ok(answers(home));
	});

	it("accepts a representative back that was suspended, and keeps its successor in the role (IMG-25)", () => {
		for (let seed = 1; seed <= seedsUpTo(20); seed++) {
			const home = new VirtualHome(seed, { secure: seed % 2 === 0 });
			for (let i = 0; i < 4; i++) home.add({ "representative-lease": "20" });
			home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
			const [first] = home.cameras.filter((c) => c.camera.fleet.self.representative);
			first.machine.suspend();
			home.world.runFor(25000);
			const [next] = home.cameras.filter((c) => c !== first && c.camera.fleet.self.representative);
			assert.equal(next.port, 8080, `seed ${seed}`);
			first.machine.resume();
			home.until(() => !first.camera.fleet.self.representative && first.port > 8080, 30000, "it is managed");
			assert.ok(next.camera.fleet.self.representative && answers(home), `seed ${seed}`);
		}
	});
});
