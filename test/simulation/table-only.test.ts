import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { bodyOf } from "../support/home-answer";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";

/** Seeds of each scenario; more of them by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "2");

const PORTAL = `http://${WAN}:8080/`;

/** A home whose cameras find each other in the gateway's table alone, started at times of their own. */
function filled(seed: number, count: number, flags: Record<string, string>, events = true): VirtualHome {
	const random = new Prng(seed);
	const home = new VirtualHome(seed, { igd: 2, secure: random.chance(0.5), events });
	for (let i = 0; i < count; i++) {
		home.add({ "table-period": "5", "representative-lease": "20", ...flags });
		home.world.runFor(random.below(400));
	}
	home.until(() => isWhole(home), 30000, "each has a port, one is the representative");
	home.world.runFor(6000);
	return home;
}

function running(home: VirtualHome): HomeCamera[] {
	return home.cameras.filter(({ machine }) => machine.on);
}

/** Whether all have ports, and exactly the one with the first is the representative. */
function isWhole(home: VirtualHome): boolean {
	const all = running(home);
	const ports = new Set(all.map(({ port }) => port));
	const chosen = all.filter(({ camera }) => camera.fleet.self.representative);
	return ports.size === all.length && !ports.has(0) && chosen.length === 1 && chosen[0].port === 8080;
}

function representative(home: VirtualHome): HomeCamera {
	return running(home).find(({ camera }) => camera.fleet.self.representative) as HomeCamera;
}

function listed(home: VirtualHome): { id: string; name: string; url: string }[] {
	const answer = home.get(`${PORTAL}api/v1/cameras`);
	const body = bodyOf(answer);
	return body === "" ? [] : JSON.parse(body).cameras;
}

describe("simulation/table-only", () => {
	for (const gather of ["table", "list"]) {
		it(`replaces a representative that crashes, and takes it back as a managed camera: ${gather} (IMG-23, IMG-25, IMG-28)`, function () {
			this.timeout(60000);
			for (let seed = 1; seed <= SEEDS; seed++) {
				const home = filled(seed, 4, { gather });
				const gone = representative(home);
				gone.crash();
				home.until(() => isWhole(home), 22000, "succession");
				home.until(() => listed(home).length === 3, 10000, "the portal lists the others");
				gone.restart();
				home.until(() => isWhole(home) && listed(home).length === 4, 30000, "it comes back");
				assert.notEqual(representative(home), gone, `seed ${seed}`);
			}
		});

		it(`replaces each representative that leaves, until one camera is left: ${gather} (IMG-20, IMG-28)`, () => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const home = filled(seed, 4, { gather });
				for (let left = 3; left > 0; left--) {
					const leaving = representative(home);
					leaving.camera.leave(() => leaving.crash());
					const took = home.until(() => !leaving.machine.on && isWhole(home), 3000, `succession with ${left} left`);
					assert.ok(took < 1500, `seed ${seed}: ${took} ms`);
					home.until(() => listed(home).length === left, 10000, `${left} are listed`);
				}
			}
		});

		it(`renames another camera from the portal: ${gather} (IMG-15, IMG-28)`, () => {
			const home = filled(7, 3, { gather });
			const other = running(home).find(({ port }) => port === 8082) as HomeCamera;
			home.until(() => listed(home).length === 3, 10000, "listed");
			const entry = listed(home).find(({ url }) => url.endsWith(":8082/"));
			assert.ok(entry);
			const path = `${PORTAL}api/v1/cameras/${encodeURIComponent(entry.id)}/name`;
			assert.match(home.post(path, "name=Shed"), /^HTTP\/1\.1 200/);
			home.world.runFor(200);
			assert.equal(other.camera.fleet.self.name, "Shed");
			assert.ok(listed(home).some(({ name }) => name === "Shed"));
			home.until(() => home.gateway.table.all().some((m) => m.description.endsWith(" Shed")), 2000, "described");
			// The name also comes by the table, as when it is changed on the camera's own page.
			home.world.runFor(6000);
			assert.ok(listed(home).some(({ name }) => name === "Shed"));
			assert.match(home.post(path, "name="), /^HTTP\/1\.1 400/);
		});

		it(`has one representative after each of many crashes, returns and partitions: ${gather} (IMG-25, IMG-28)`, function () {
			this.timeout(120000);
			for (let seed = 1; seed <= SEEDS; seed++) {
				const home = filled(seed, 4, { gather });
				const random = new Prng(seed);
				for (let step = 0; step < 6; step++) {
					const victim = home.cameras[random.below(4)];
					if (!victim.machine.on) victim.restart();
					else if (random.chance(0.5)) victim.crash();
					else victim.camera.leave(() => victim.crash());
					home.world.runFor(random.below(4000));
					if (running(home).length === 0) home.cameras[0].restart();
				}
				home.until(() => isWhole(home), 60000, "whole again");
			}
		});
	}

	it("replaces a representative where cameras cannot hear each other, by the gateway alone (IMG-28)", () => {
		for (const events of [true, false]) {
			for (const leaves of [true, false]) {
				const home = filled(1, 3, { gather: "table", delivery: "unicast" }, events);
				const gone = representative(home);
				if (leaves) gone.camera.leave(() => gone.crash());
				else gone.crash();
				home.until(() => running(home).some(({ port }) => port === 8080), leaves ? 6000 : 22000, "the port is taken");
			}
		}
	});

	for (const succession of ["heirs", "contention", "port-order", "probing"]) {
		it(`works with the choice ${succession} (IMG-27, IMG-28)`, () => {
			const home = filled(3, 4, { gather: "table", succession });
			representative(home).crash();
			home.until(() => isWhole(home), 25000, "succession after a crash");
			const leaving = representative(home);
			leaving.camera.leave(() => leaving.crash());
			home.until(() => isWhole(home), 6000, "succession after a bye");
		});
	}
});
