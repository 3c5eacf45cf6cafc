import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { FLEET_GROUP, FLEET_PORT } from "../../src/fleet/fleet-settings";
import { type HomeCamera, VirtualHome } from "../support/virtual-home";

/** The number of seeds of each scenario; PORTHOLE_TEST_SEEDS sets it. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "30");
const KEY = { "fleet-key": "a-key-that-nobody-guesses", presence: "off" };

function change({ camera }: HomeCamera, version: number, text: string): void {
	camera.fleetPart["handle"].call((fleet, now, out) => fleet.setLogin(now, version, text, out));
}

const record = ({ camera }: HomeCamera) => `${camera.fleet.login.version} ${camera.fleet.login.text}`;

/** Records the datagrams of the fleet. */
function capture(home: VirtualHome): Uint8Array[] {
	const bodies: Uint8Array[] = [];
	home.lan.capture = (_, packet) => {
		if (packet.tcp === undefined && packet.body[0] === 0x50 && packet.body[1] === 0x48)
			bodies.push(packet.body.slice());
	};
	return bodies;
}

describe("simulation/login record", () => {
	it(`ends with one record in all cameras despite losses, and attackers learn and change nothing, for ${SEEDS} seeds`, function () {
		this.timeout(300000);
		for (let seed = 1; seed <= SEEDS; seed++) {
			const random = new Prng(seed);
			const home = new VirtualHome(seed, {}, { delay: random.below(4), jitter: random.below(6) });
			const bodies = capture(home);
			const cameras = Array.from({ length: 5 }, () => home.add(KEY));
			home.until(() => cameras.every((c) => c.camera.fleet.registry.size === 4), 60000, "all know all");
			const open = home.add({ presence: "off" });
			const foreign = home.add({ ...KEY, "fleet-key": "a-key-of-somebody-else" });
			change(open, 900000, "~open");
			change(foreign, 900000, "~foreign");
			const loss = random.unit() * 0.2;
			for (const { machine } of home.cameras) for (const nic of machine.nics) nic.link.settings.loss = loss;

			change(cameras[random.below(5)], 1, "porthole:first");
			home.world.runFor(random.below(4000));
			const away = cameras[random.below(5)];
			away.crash();
			home.world.runFor(random.below(8000));
			const present = cameras.filter((c) => c !== away);
			const next = 1 + Math.max(...present.map((c) => c.camera.fleet.login.version));
			change(present[0], next, `porthole:${random.below(1e9)}`);
			home.world.runFor(random.chance(0.5) ? 0 : random.below(200));
			change(present[1], next, `porthole:${random.below(1e9)}`);
			// An attacker replays a message.
			const { network } = home.neighbour;
			const parrot = network.udp({ port: 0, path: network.paths()[0] }, { opened() {}, received() {}, failed() {} });
			const repeat = (body: Uint8Array) => parrot.send(body, 0, body.length, FLEET_GROUP, FLEET_PORT);
			home.world.runFor(1);
			for (const body of bodies.slice(-60)) repeat(body);
			home.world.runFor(random.below(20000));
			away.restart();
			const same = () => cameras.every((c) => record(c) === record(cameras[0]));
			home.until(same, 120000, `all have one record at ${loss} loss: ${cameras.map(record)}`);
			const last = record(cameras[0]);
			assert.match(last, /^\d+ porthole:\d+$/, `seed ${seed}`);
			for (const body of bodies.splice(0)) {
				repeat(body);
				const text = Buffer.from(body).toString("latin1");
				assert.ok(!text.includes("porthole:") && !text.includes(last.split(" ")[1]), `seed ${seed}: ${text}`);
			}
			home.world.runFor(60000);
			for (const each of cameras) assert.equal(record(each), last, `seed ${seed}: it stays so`);
			assert.deepEqual([record(open), record(foreign)], ["900000 ~open", "900000 ~foreign"], `seed ${seed}`);
			assert.ok(
				bodies.every((body) => !Buffer.from(body).includes("~open") && !Buffer.from(body).includes("~foreign")),
			);
		}
	});

	it("reaches a camera that joins by a code, or is switched on again, within 2 s", () => {
		const home = new VirtualHome(3);
		const bodies = capture(home);
		const cameras = [home.add(KEY), home.add(KEY), home.add(KEY)];
		home.until(() => cameras.every((c) => c.camera.fleet.registry.size === 2), 10000, "all know all");
		change(cameras[1], 3, "porthole:of the fleet");
		home.world.runFor(5000);
		for (const [n, shows] of cameras.entries()) {
			const { keys } = shows.camera.fleetPart;
			assert.ok(keys.invite());
			const guest = home.add({ presence: "off" });
			home.world.runFor(20000);
			assert.ok(guest.camera.fleetPart.keys.joinBy(keys.view.code));
			home.until(() => guest.camera.fleet.sealed, 2000, "joined");
			const took = home.until(() => guest.camera.fleet.login.version === 3, 2000, `the record, joined at ${n}`);
			assert.ok(took < 2000, `${took} ms`);
			assert.equal(record(guest), "3 porthole:of the fleet");
		}
		for (const each of [...home.cameras]) {
			each.crash();
			home.world.runFor(2500);
			each.restart();
			home.until(() => each.camera.fleet.login.version === 3, 2000, `the record, at cam${each.number}`);
		}
		assert.ok(bodies.every((body) => !Buffer.from(body).includes("of the fleet")));
	});

	it("makes one password valid at all cameras, including those that join later or were offline, and across restarts", () => {
		const home = new VirtualHome(5);
		const bodies = capture(home);
		const cameras = Array.from({ length: 3 }, () => home.add({ password: "" }));
		home.until(() => cameras.every((c) => c.camera.fleet.registry.size === 2), 10000, "all know all");
		const [founder, often, away] = cameras.map((c) => c.camera);
		for (const password of ["a", "b", "c"])
			assert.ok(often.access.credentials.setPassword("owner", `${password}-of-its-own`));
		const passwords = () =>
			cameras.map((c) => `${c.camera.access.credentials.record.version} ${c.camera.access.credentials.record}`);
		const same = () => new Set(passwords()).size === 1;
		assert.ok(!same());
		assert.ok(founder.fleetPart.keys.makeKey());
		for (const guest of [often, away]) assert.ok(guest.fleetPart.keys.joinBy(founder.fleetPart.keys.view.code));
		home.until(same, 3000, "the founder's passwords are good for all");
		assert.equal(founder.access.credentials.record.version, 1);

		cameras[2].crash();
		home.world.runFor(1000);
		assert.ok(often.access.credentials.setPassword("viewer", "for-the-neighbours"));
		home.world.runFor(1000);
		cameras[2].restart();
		home.until(same, 2000, "the camera that was offline has them");
		for (const each of cameras) each.crash();
		for (const each of cameras) {
			each.restart();
			assert.equal(each.camera.access.credentials.record.version, 2);
		}
		home.world.runFor(5000);
		assert.ok(same());
		const { record } = cameras[0].camera.access.credentials;
		for (const body of bodies) {
			const text = Buffer.from(body).toString("latin1");
			assert.ok(!text.includes(record.owner.sha256.slice(0, 8)) && !text.includes(record.realm.slice(0, 12)));
		}
	});

	it("announces that a camera has no pictures, and that it has them again", () => {
		const home = new VirtualHome(6);
		const [one, other] = [home.add(KEY), home.add(KEY)];
		home.until(() => other.camera.fleet.registry.size === 1, 10000, "they know each other");
		for (const trouble of [true, false]) {
			one.camera.fleetPart.setTrouble(trouble);
			home.until(() => other.camera.fleet.registry.sorted()[0].trouble === trouble, 500, `trouble: ${trouble}`);
		}
	});
});
