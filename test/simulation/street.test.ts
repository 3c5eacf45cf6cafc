import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import type { Switch } from "../../src/ports/pins";
import { type StreetCamera, VirtualStreet, WAN } from "../support/virtual-street";

/** Seeds of each scenario; more of them by PORTHOLE_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_SEEDS"] ?? "50");

const home = (port: number) => `http://${WAN}:${port}/`;

/** The URLs and names that the portal at a port shows. */
function portal(
	street: VirtualStreet,
	port = 8080,
	from = street.visitor,
	url = home(port),
): { name: string; url: string; representative: boolean }[] {
	const answer = street.get(`${url}api/v1/cameras`, from);
	const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
	return body === "" ? [] : JSON.parse(body).cameras;
}

/** Invariants that hold at any time: no port twice, no two representatives, the gateway's table is what cameras believe. */
function checkInvariants(street: VirtualStreet): void {
	const held = street.ports.filter((port) => port !== 0);
	assert.equal(new Set(held).size, held.length, `seed ${street.seed}: a port twice: ${held}`);
	const representatives = street.cameras.filter((c) => c.machine.on && c.camera.fleet.self.representative);
	assert.ok(representatives.length <= 1, `seed ${street.seed}: ${representatives.length} representatives`);
}

function settled(street: VirtualStreet): boolean {
	const on = street.cameras.filter((c) => c.machine.on);
	return on.every((c) => c.port !== 0 && c.camera.fleet.registry.size === on.length - 1);
}

describe("simulation/street", () => {
	it(`gives any number of cameras ports and a portal, whatever the network does, for ${SEEDS} seeds (IMG-2 … IMG-14)`, function () {
		this.timeout(120000);
		for (let seed = 1; seed <= SEEDS; seed++) {
			const random = new Prng(seed);
			const link = {
				delay: random.below(5),
				jitter: random.below(8),
				loss: random.unit() * 0.03,
				duplication: 0.01,
				reordering: 0.05,
			};
			const street = new VirtualStreet(
				seed,
				{ igd: random.chance(0.5) ? 2 : 1, leaseFile: random.chance(0.5), secure: random.chance(0.7) },
				link,
			);
			const count = 2 + random.below(4);
			for (let i = 0; i < count; i++) {
				street.add();
				street.world.runFor(random.below(3000));
				checkInvariants(street);
			}
			street.until(() => settled(street), 60000, "all know all");
			assert.deepEqual(
				[...street.ports].sort(),
				Array.from({ length: count }, (_, i) => 8080 + i),
				`seed ${seed}`,
			);
			const shown = portal(street);
			assert.equal(
				new Set(shown.map((c) => c.name)).size,
				count,
				`seed ${seed}: names differ: ${JSON.stringify(shown)}`,
			);
			assert.deepEqual(
				shown.map((c) => c.url).sort(),
				Array.from({ length: count }, (_, i) => home(8080 + i)),
				`seed ${seed}`,
			);
			for (const { url } of shown)
				assert.match(street.get(`${url}snapshot.jpg`, street.visitor, 8000), /^HTTP\/1\.1 200/, `seed ${seed}: ${url}`);

			// The router restarts; the provider gives another address.
			const before = street.ports.join();
			street.gateway.restart({ away: 500 + random.below(5000), graceful: random.chance(0.5) });
			street.world.runFor(6000);
			// Where the gateway's word is lost, the look at the mapping each minute finds out.
			street.until(() => street.gateway.table.size === count, 70000, "healed");
			assert.equal(street.ports.join(), before, `seed ${seed}: the same ports after a restart`);
			street.gateway.setWanAddress("198.20.0.2");
			street.until(
				() => street.cameras.every((c) => c.camera.addresses.externalHost === "198.20.0.2"),
				75000,
				"the new address is known",
			);

			// One crashes and comes back; one leaves.
			const victim = street.cameras[random.below(count)];
			victim.crash();
			street.world.runFor(random.below(40000));
			checkInvariants(street);
			victim.restart();
			street.until(() => victim.port !== 0, 30000, "back");
			checkInvariants(street);
		}
	});

	it("starts without an address, and begins when it has one (IMG-1)", () => {
		const street = new VirtualStreet(1);
		const camera = street.add();
		camera.machine.nics[0].configure(undefined);
		street.world.runFor(60000);
		camera.machine.nics[0].configure({ address: "192.168.0.50", prefix: 24, gateway: "192.168.0.1" });
		street.until(() => camera.port === 8080, 5000, "a port");
		assert.match(street.get("http://192.168.0.50:8000/", street.neighbour), /200 OK/);
	});

	it("searches for ever, with longer and longer pauses, until a gateway is there (IMG-2)", () => {
		const street = new VirtualStreet(1, { upnp: false });
		const camera = street.add();
		const searches: number[] = [];
		street.lan.capture = (at, packet) => {
			const text = JSON.stringify(packet);
			if (packet.destination === "239.255.255.250" && packet.source === "192.168.0.11" && !text.includes("NOTIFY"))
				searches.push(at);
		};
		street.world.runFor(600000);
		const rounds = searches.filter((at, i) => i === 0 || at - searches[i - 1] > 1000);
		const pauses = rounds.slice(1).map((at, i) => at - rounds[i]);
		assert.ok(rounds.length >= 8, `${rounds.length} rounds in ten minutes`);
		assert.ok(Math.max(...pauses) >= 60000 && pauses[0] < 8000, pauses.join());
		street.gateway.quirks.upnp = true;
		street.gateway.applyServices();
		street.until(() => camera.port === 8080, 65000, "a port");
	});

	it("uses a domain name in every link when it has one (IMG-5)", () => {
		const street = new VirtualStreet(1);
		for (let i = 0; i < 2; i++) street.add({ "host-name": "cams.example.org" });
		street.until(() => settled(street), 10000, "settled");
		assert.deepEqual(
			portal(street).map((c) => c.url),
			["http://cams.example.org:8080/", "http://cams.example.org:8081/"],
		);
	});

	it("serves the layout in which internal port equals external port (IMG-6)", () => {
		const street = new VirtualStreet(1);
		for (let i = 0; i < 2; i++) street.add({ "port-layout": "same" });
		street.until(() => settled(street), 10000, "settled");
		street.world.runFor(100);
		for (const mapping of street.gateway.table.all()) assert.equal(mapping.port, mapping.externalPort);
		for (const port of [8080, 8081]) assert.match(street.get(`${home(port)}snapshot.jpg`), /200 OK/);
	});

	it("maps nothing while the switch is off, and leaves the fleet when it is thrown; the pin's and the page's alike (IMG-7)", () => {
		const street = new VirtualStreet(1);
		let thrown = () => {};
		const pin: { on: boolean } & Switch = {
			on: false,
			watch(changed) {
				thrown = changed;
			},
		};
		const other = street.add();
		const camera = street.add({}, pin);
		street.world.runFor(10000);
		assert.equal(street.gateway.table.size, 1);
		assert.equal(other.camera.fleet.registry.size, 0);
		pin.on = true;
		thrown();
		street.until(() => camera.port === 8081 && settled(street), 5000, "mapped");
		street.post("http://192.168.0.12:8000/api/v1/mapping", "on=no", street.neighbour);
		street.until(() => street.gateway.table.size === 1 && other.camera.fleet.registry.size === 0, 3000, "left");
		assert.match(street.get("http://192.168.0.12:8000/camera", street.neighbour), /home network only/);
		camera.crash();
		camera.restart();
		street.world.runFor(10000);
		assert.equal(street.gateway.table.size, 1, "the page's switch stays off across a restart");
		street.post("http://192.168.0.12:8000/api/v1/mapping", "on=yes", street.neighbour);
		street.until(() => camera.port === 8081, 5000, "mapped again");
	});

	it("is one program in two roles: representative by port, and not by birth (IMG-8)", () => {
		const street = new VirtualStreet(1);
		const first = street.add();
		street.until(() => first.port === 8080, 5000, "first");
		const second = street.add();
		street.until(() => second.port === 8081, 5000, "second");
		assert.match(street.get(home(8080)), /<ul id="cameras">/);
		assert.doesNotMatch(street.get(home(8081)), /<ul id="cameras">/);
		assert.match(
			street.get(`${home(8081)}portal`),
			/<ul id="cameras">/,
			"every camera has the portal for when it is needed",
		);
	});

	for (const [title, gather] of [
		["entry by entry", "table"],
		["in one list", "list"],
	] as const) {
		it(`lists the cameras from the gateway's table alone, ${title} (IMG-9, IMG-11)`, () => {
			const street = new VirtualStreet(1);
			street.add({ gather });
			street.until(() => street.ports[0] === 8080, 5000, "first");
			for (let i = 0; i < 2; i++) street.add({ gather });
			street.until(() => portal(street).length === 3, 70000, "listed");
			assert.deepEqual(
				portal(street).map((c) => c.url),
				[home(8080), home(8081), home(8082)],
			);
		});
	}

	for (const delivery of ["multicast", "broadcast", "multicast,broadcast,unicast"]) {
		it(`finds all by ${delivery} (IMG-10, IMG-12, IMG-13)`, () => {
			const street = new VirtualStreet(1);
			for (let i = 0; i < 3; i++) street.add({ delivery });
			street.until(() => settled(street), 20000, "all know all");
		});
	}

	it("finds all by unicast alone, guided by the gateway's table (IMG-10, IMG-13)", () => {
		const street = new VirtualStreet(1);
		for (let i = 0; i < 3; i++) street.add({ delivery: "unicast" });
		street.until(() => portal(street).length === 3, 130000, "listed");
	});

	it("shows a newcomer within two seconds, without waiting for any period (IMG-12)", () => {
		const street = new VirtualStreet(1);
		for (let i = 0; i < 3; i++) street.add();
		street.until(() => settled(street), 10000, "settled");
		street.world.runFor(20000);
		street.add();
		assert.ok(street.until(() => portal(street).length === 4, 2000, "shown") < 2000);
	});

	it("generates the portal when something has changed, not for each visitor; alone it is the default page (IMG-14)", () => {
		const street = new VirtualStreet(1);
		const camera = street.add();
		street.until(() => camera.port === 8080, 5000, "a port");
		assert.match(street.get(home(8080)), /No other cameras yet/);
		const tag = /ETag: (\S+)/.exec(street.get(home(8080)))?.[1];
		assert.equal(/ETag: (\S+)/.exec(street.get(home(8080)))?.[1], tag);
		street.add();
		street.until(() => settled(street), 5000, "two");
		assert.notEqual(/ETag: (\S+)/.exec(street.get(home(8080)))?.[1], tag);
		assert.doesNotMatch(street.get(home(8080)), /No other cameras yet/);
	});

	it("renames a camera from the portal on the Internet; the mapping has it, and a restart keeps it (IMG-15)", () => {
		const street = new VirtualStreet(1);
		const cameras = [street.add(), street.add()];
		street.until(() => settled(street), 10000, "settled");
		const hof = cameras.find((c) => c.port === 8081) as StreetCamera;
		street.post(`${home(8080)}api/v1/cameras/${hof.camera.identity.id}/name`, "name=Hof+%3Cb%3E");
		street.until(() => portal(street).some((c) => c.name === "Hof <b>"), 2000, "renamed");
		assert.match(street.get(home(8080)), /Hof &lt;b&gt;/);
		street.until(
			() => street.gateway.table.all().some((m) => m.description.includes("Hof")),
			2000,
			"in the description",
		);
		hof.crash();
		hof.restart();
		street.until(() => hof.port !== 0, 30000, "back");
		assert.equal(hof.camera.fleet.self.name, "Hof <b>");
		assert.match(street.post(`${home(8080)}api/v1/cameras/${hof.camera.identity.id}/name`, "name="), /400/);
		assert.match(street.post(`${home(8080)}api/v1/cameras/0000000000000000/name`, "name=x"), /400/);
	});

	it("delivers a snapshot and a live picture through the gateway (IMG-16, IMG-17, IMG-19)", () => {
		const street = new VirtualStreet(1);
		const camera = street.add();
		street.until(() => camera.port === 8080, 5000, "a port");
		assert.match(street.get(`${home(8080)}snapshot.jpg`), /Content-Type: image\/jpeg\r\n/);
		const live = street.get(`${home(8080)}stream.mjpeg`, street.visitor, 5000);
		assert.ok(live.split("Content-Type: image/jpeg").length > 40, "about ten pictures a second for five seconds");
		street.world.runFor(60000);
		assert.equal(camera.camera.web.hub.watching, 0, "who has gone is noticed");
		assert.equal(camera.camera.web.server.connections, 0);
	});

	it("keeps a camera whose port is another program's out of the fleet, until the port is free", () => {
		const street = new VirtualStreet(21);
		const holder = street.neighbour.network.listen(
			{ port: 8000 },
			{ opened() {}, failed() {}, remark() {}, accepted: () => undefined },
		);
		const blocked = street.add({}, undefined, street.neighbour);
		const healthy = street.add();
		street.until(() => healthy.camera.fleet.self.representative, 10000, "the healthy one represents");
		street.world.runFor(5000);
		assert.equal(blocked.port, 0);
		assert.equal(healthy.camera.fleet.registry.size, 0);
		holder.close();
		street.until(() => healthy.camera.fleet.registry.size === 1 && blocked.port !== 0, 15000, "it comes when it can");
	});

	it("leaves in order: mapping deleted, bye said, everything closed (IMG-20)", () => {
		const street = new VirtualStreet(1);
		const cameras = [street.add(), street.add(), street.add()];
		street.until(() => settled(street), 10000, "settled");
		const representative = cameras.find((c) => c.port === 8080) as StreetCamera;
		let done = false;
		representative.camera.leave(() => {
			done = true;
		});
		street.until(() => done, 2500, "left");
		assert.equal(street.gateway.table.size, 2);
		for (const camera of cameras) if (camera !== representative) assert.equal(camera.camera.fleet.registry.size, 1);
		assert.equal(street.get(`http://${representative.machine.address}:8000/`, street.neighbour), "");
	});

	it("leaves within two seconds when the gateway is dead, too (IMG-20)", () => {
		const street = new VirtualStreet(1);
		const camera = street.add();
		street.until(() => camera.port === 8080, 5000, "a port");
		street.gateway.quirks.deadFor = 1e9;
		let done = false;
		camera.camera.leave(() => {
			done = true;
		});
		assert.ok(street.until(() => done, 2500, "left") >= 2000);
	});

	it("works with fifty cameras", function () {
		this.timeout(60000);
		const street = new VirtualStreet(3);
		for (let i = 0; i < 50; i++) street.add();
		street.until(() => settled(street), 60000, "settled");
		assert.equal(portal(street).length, 50);
	});
});
