import assert from "node:assert/strict";
import { seedsUpTo } from "../support/seeds";
import { VirtualHome, WAN } from "../support/virtual-home";

const SEEDS = Math.min(50, Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "50"));
const FLOATING = "192.168.0.100";

function settle(seed: number, cameras: number, link = {}): VirtualHome {
	const home = new VirtualHome(seed, { secure: true }, link);
	for (let i = 0; i < cameras; i++) {
		home.add({ "floating-address": FLOATING, "representative-lease": "60" });
		home.world.runFor(300);
	}
	home.until(() => home.cameras.every((c) => c.port !== 0) && ports(home).includes(8080), 10000, "settled");
	return home;
}

const ports = (home: VirtualHome) => home.ports;
const mapping = (home: VirtualHome) => home.gateway.table.get("tcp", 8080);
const answers = (home: VirtualHome) => home.knock(`http://${WAN}:8080/`, 200);

describe("simulation/succession with a floating address", () => {
	it("maps the representative's port to the floating address, and each camera's own to itself", () => {
		const home = settle(1, 3);
		assert.equal(mapping(home)?.address, FLOATING);
		const own = home.gateway.table.all().filter((m) => m.externalPort !== 8080);
		assert.deepEqual(own.map((m) => m.address).sort(), ["192.168.0.12", "192.168.0.13"]);
		assert.ok(answers(home));
	});

	it(`recovers from a crash within 1.5 s on a secure gateway, before the lease ends, for ${SEEDS} seeds`, function () {
		this.timeout(600000);
		for (let seed = 1; seed <= SEEDS; seed++) {
			const home = settle(seed, 2 + (seed % 4), { loss: 0.005, jitter: 2 });
			home.world.runFor(home.world.prng.below(3000));
			const representative = home.cameras.find((c) => c.camera.fleet.self.representative);
			assert.ok(representative, `seed ${seed}: ${home.cameras.map((c) => c.camera.fleet.succession.phase)}`);
			representative.crash();
			const start = home.world.now;
			home.until(() => answers(home), 3000, "somebody answers");
			assert.ok(home.world.now - start < 1800, `seed ${seed}: ${home.world.now - start}`);
			assert.equal(mapping(home)?.address, FLOATING, "the mapping is as it was");
			// The camera comes back, is managed, and the address stays with its successor.
			representative.restart();
			home.until(() => representative.port > 8080, 5000, "back with a port of its own");
			assert.equal(home.cameras.filter((c) => c.camera.fleet.self.representative).length, 1);
			home.until(() => answers(home), 1000, "it still answers");
		}
	});

	it("leaves the mapping and the address to the successor; the last camera deletes the mapping (IMG-20)", () => {
		const home = settle(2, 2);
		const [first, second] = home.cameras;
		first.camera.leave(() => first.crash());
		const start = home.world.now;
		home.until(
			() => {
				assert.equal(mapping(home)?.address, FLOATING, "the mapping stays all the time");
				return second.port === 8080;
			},
			2000,
			"the other has it",
		);
		assert.ok(answers(home));
		assert.ok(home.world.now - start < 500, `${home.world.now - start}`);
		let left = false;
		second.camera.leave(() => {
			left = true;
		});
		home.until(() => left, 3000, "left");
		assert.equal(home.gateway.table.size, 0);
	});

	it("has one owner after a partition has healed (IMG-25)", () => {
		for (let seed = 1; seed <= seedsUpTo(10); seed++) {
			const home = settle(seed, 4);
			const nics = home.cameras.map((c) => c.machine.nics[0]);
			const gateway = home.gateway.machine.nics.filter((nic) => nic.lan === home.lan);
			home.lan.partition([
				[nics[0], nics[1]],
				[nics[2], nics[3], ...gateway],
			]);
			home.world.runFor(8000);
			const both = home.cameras.filter((c) => c.machine.owns(FLOATING));
			assert.equal(both.length, 2, `seed ${seed}: one in each part`);
			home.lan.heal();
			home.world.runFor(15000);
			const owners = home.cameras.filter((c) => c.machine.owns(FLOATING));
			assert.equal(owners.length, 1, `seed ${seed}`);
			assert.equal(owners[0].camera.fleet.self.representative, true);
			assert.ok(answers(home), `seed ${seed}`);
		}
	});

	it("reports it and continues without the address when the host has none, or another machine uses it", () => {
		const home = new VirtualHome(3);
		home.neighbour.nics[0].configure({ address: FLOATING, gateway: "192.168.0.1" });
		const camera = home.add({ "floating-address": FLOATING });
		home.until(() => camera.port === 8080, 5000, "a port all the same");
		assert.equal(mapping(home)?.address, "192.168.0.11");
		assert.match(camera.log, /floating address 192\.168\.0\.100: in-use/);
	});
});
