import assert from "node:assert/strict";
import { VirtualStreet, WAN } from "../support/virtual-street";

const SEEDS = Math.min(50, Number(process.env["PORTHOLE_SEEDS"] ?? "50"));
const FLOATING = "192.168.0.100";

function settle(seed: number, cameras: number, link = {}): VirtualStreet {
	const street = new VirtualStreet(seed, { secure: true }, link);
	for (let i = 0; i < cameras; i++) {
		street.add({ "floating-address": FLOATING, "representative-lease": "60" });
		street.world.runFor(300);
	}
	street.until(() => street.cameras.every((c) => c.port !== 0) && ports(street).includes(8080), 10000, "settled");
	return street;
}

const ports = (street: VirtualStreet) => street.ports;
const mapping = (street: VirtualStreet) => street.gateway.table.get("tcp", 8080);
const answers = (street: VirtualStreet) => street.knock(`http://${WAN}:8080/`, 200);

describe("simulation/succession with a floating address", () => {
	it("maps the representative's port to the floating address, and each camera's own to itself", () => {
		const street = settle(1, 3);
		assert.equal(mapping(street)?.address, FLOATING);
		const own = street.gateway.table.all().filter((m) => m.externalPort !== 8080);
		assert.deepEqual(own.map((m) => m.address).sort(), ["192.168.0.12", "192.168.0.13"]);
		assert.ok(answers(street));
	});

	it(`needs no lease to end on a secure gateway: a crash is over within 1.5 s, for ${SEEDS} seeds`, function () {
		this.timeout(600000);
		for (let seed = 1; seed <= SEEDS; seed++) {
			const street = settle(seed, 2 + (seed % 4), { loss: 0.005, jitter: 2 });
			street.world.runFor(street.world.prng.below(3000));
			const representative = street.cameras.find((c) => c.camera.fleet.self.representative);
			assert.ok(representative, `seed ${seed}: ${street.cameras.map((c) => c.camera.fleet.succession.phase)}`);
			representative.crash();
			const start = street.world.now;
			street.until(() => answers(street), 3000, "somebody answers");
			assert.ok(street.world.now - start < 1800, `seed ${seed}: ${street.world.now - start}`);
			assert.equal(mapping(street)?.address, FLOATING, "the mapping is as it was");
			// It comes back, is managed, and the address stays where it is.
			representative.restart();
			street.until(() => representative.port > 8080, 5000, "back with a port of its own");
			assert.equal(street.cameras.filter((c) => c.camera.fleet.self.representative).length, 1);
			street.until(() => answers(street), 1000, "it still answers");
		}
	});

	it("leaves the mapping and the address to the next; the last takes the mapping with it (IMG-20)", () => {
		const street = settle(2, 2);
		const [first, second] = street.cameras;
		first.camera.leave(() => first.crash());
		const start = street.world.now;
		street.until(() => second.port === 8080, 2000, "the other has it");
		assert.ok(answers(street));
		assert.ok(street.world.now - start < 500, `${street.world.now - start}`);
		let left = false;
		second.camera.leave(() => {
			left = true;
		});
		street.until(() => left, 3000, "left");
		assert.equal(street.gateway.table.size, 0);
	});

	it("has one owner after a partition has healed (IMG-25)", () => {
		for (let seed = 1; seed <= 10; seed++) {
			const street = settle(seed, 4);
			const nics = street.cameras.map((c) => c.machine.nics[0]);
			const gateway = street.gateway.machine.nics.filter((nic) => nic.lan === street.lan);
			street.lan.partition([
				[nics[0], nics[1]],
				[nics[2], nics[3], ...gateway],
			]);
			street.world.runFor(8000);
			const both = street.cameras.filter((c) => c.machine.owns(FLOATING));
			assert.equal(both.length, 2, `seed ${seed}: one in each part`);
			street.lan.heal();
			street.world.runFor(15000);
			const owners = street.cameras.filter((c) => c.machine.owns(FLOATING));
			assert.equal(owners.length, 1, `seed ${seed}`);
			assert.equal(owners[0].camera.fleet.self.representative, true);
			assert.ok(answers(street), `seed ${seed}`);
		}
	});

	it("says so and does without when the host can't, or another machine has the address", () => {
		const street = new VirtualStreet(3);
		street.neighbour.nics[0].configure({ address: FLOATING, gateway: "192.168.0.1" });
		const camera = street.add({ "floating-address": FLOATING });
		street.until(() => camera.port === 8080, 5000, "a port all the same");
		assert.equal(mapping(street)?.address, "192.168.0.11");
		assert.match(camera.log, /floating address 192\.168\.0\.100: in-use/);
	});
});
