import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../hosts/virtual/gateway/quirks";
import { Prng } from "../../src/base/prng";
import type { Switch } from "../../src/ports/pins";
import { bodyOf, jsonOf } from "../support/home-answer";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";

/** Seeds of each scenario; more of them by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "50");

const pageUrl = (port: number) => `http://${WAN}:${port}/`;

/** The URLs and names that the portal at a port shows. */
function portal(
	home: VirtualHome,
	port = 8080,
	from = home.visitor,
	url = pageUrl(port),
): { name: string; url: string; representative: boolean }[] {
	// On a network that loses packets a SYN may be sent three times, after one and three seconds.
	const answer = home.get(`${url}api/v1/cameras`, from, 15000);
	const body = bodyOf(answer);
	return body === "" ? [] : JSON.parse(body).cameras;
}

/** Invariants that hold at any time: no port twice, no two representatives, the gateway's table is what cameras believe. */
function checkInvariants(home: VirtualHome): void {
	const held = home.ports.filter((port) => port !== 0);
	assert.equal(new Set(held).size, held.length, `seed ${home.seed}: a port twice: ${held}`);
	const representatives = home.cameras.filter((c) => c.machine.on && c.camera.fleet.self.representative);
	assert.ok(representatives.length <= 1, `seed ${home.seed}: ${representatives.length} representatives`);
}

function settled(home: VirtualHome): boolean {
	const on = home.cameras.filter((c) => c.machine.on);
	return on.every((c) => c.port !== 0 && c.camera.fleet.registry.size === on.length - 1);
}

describe("simulation/home", () => {
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
			const home = new VirtualHome(
				seed,
				{ igd: random.chance(0.5) ? 2 : 1, leaseFile: random.chance(0.5), secure: random.chance(0.7) },
				link,
			);
			const count = 2 + random.below(4);
			for (let i = 0; i < count; i++) {
				home.add();
				home.world.runFor(random.below(3000));
				checkInvariants(home);
			}
			home.until(() => settled(home), 60000, "all know all");
			assert.deepEqual(
				[...home.ports].sort(),
				Array.from({ length: count }, (_, i) => 8080 + i),
				`seed ${seed}`,
			);
			const shown = portal(home);
			assert.equal(
				new Set(shown.map((c) => c.name)).size,
				count,
				`seed ${seed}: names differ: ${JSON.stringify(shown)}`,
			);
			assert.deepEqual(
				shown.map((c) => c.url).sort(),
				Array.from({ length: count }, (_, i) => pageUrl(8080 + i)),
				`seed ${seed}`,
			);
			for (const { url } of shown)
				assert.match(home.get(`${url}snapshot.jpg`, home.visitor, 8000), /^HTTP\/1\.1 200/, `seed ${seed}: ${url}`);

			// The router restarts; the provider gives another address.
			const before = home.ports.join();
			home.gateway.restart({ away: 500 + random.below(5000), graceful: random.chance(0.5) });
			home.world.runFor(6000);
			// Where the gateway's word is lost, the look at the mapping each minute finds out.
			home.until(() => home.gateway.table.size === count, 70000, "healed");
			assert.equal(home.ports.join(), before, `seed ${seed}: the same ports after a restart`);
			home.gateway.setWanAddress("198.20.0.2");
			home.until(
				() => home.cameras.every((c) => c.camera.addresses.externalHost === "198.20.0.2"),
				75000,
				"the new address is known",
			);

			// One crashes and comes back; one leaves.
			const victim = home.cameras[random.below(count)];
			victim.crash();
			home.world.runFor(random.below(40000));
			checkInvariants(home);
			victim.restart();
			home.until(() => victim.port !== 0, 30000, "back");
			checkInvariants(home);
		}
	});

	it("starts without an address, and continues when it has one (IMG-1)", () => {
		const home = new VirtualHome(1);
		const camera = home.add();
		camera.machine.nics[0].configure(undefined);
		home.world.runFor(60000);
		camera.machine.nics[0].configure({ address: "192.168.0.50", prefix: 24, gateway: "192.168.0.1" });
		home.until(() => camera.port === 8080, 5000, "a port");
		assert.match(home.get("http://192.168.0.50:8000/", home.neighbour), /200 OK/);
	});

	it("keeps searching, with longer and longer pauses, until there is a gateway (IMG-2)", () => {
		const home = new VirtualHome(1, { upnp: false });
		const camera = home.add();
		const searches: number[] = [];
		home.lan.capture = (at, packet) => {
			const text = JSON.stringify(packet);
			if (packet.destination === "239.255.255.250" && packet.source === "192.168.0.11" && !text.includes("NOTIFY"))
				searches.push(at);
		};
		home.world.runFor(600000);
		const rounds = searches.filter((at, i) => i === 0 || at - searches[i - 1] > 1000);
		const pauses = rounds.slice(1).map((at, i) => at - rounds[i]);
		assert.ok(rounds.length >= 8, `${rounds.length} rounds in ten minutes`);
		assert.ok(Math.max(...pauses) >= 60000 && pauses[0] < 8000, pauses.join());
		home.gateway.quirks.upnp = true;
		home.gateway.applyServices();
		home.until(() => camera.port === 8080, 65000, "a port");
	});

	it("uses a domain name in every link when it has one (IMG-5)", () => {
		const home = new VirtualHome(1);
		for (let i = 0; i < 2; i++) home.add({ "host-name": "cams.example.org" });
		home.until(() => settled(home), 10000, "settled");
		assert.deepEqual(
			portal(home).map((c) => c.url),
			["http://cams.example.org:8080/", "http://cams.example.org:8081/"],
		);
	});

	it("serves the layout in which internal port equals external port (IMG-6)", () => {
		const home = new VirtualHome(1);
		for (let i = 0; i < 2; i++) home.add({ "port-layout": "same" });
		home.until(() => settled(home), 10000, "settled");
		home.world.runFor(100);
		for (const mapping of home.gateway.table.all()) assert.equal(mapping.port, mapping.externalPort);
		for (const port of [8080, 8081]) assert.match(home.get(`${pageUrl(port)}snapshot.jpg`), /200 OK/);
	});

	it("closes the old port in the layout `same` after a succession and when it is switched off; links follow (IMG-6)", () => {
		const home = new VirtualHome(1);
		const first = home.add({ "port-layout": "same" });
		home.until(() => first.port === 8080, 10000, "first");
		const second = home.add({ "port-layout": "same" });
		home.until(() => second.port === 8081 && settled(home), 10000, "second");
		const answers = (port: number) =>
			home.exchange("GET", `http://192.168.0.12:${port}/`, "", "", home.neighbour, 3000) !== "";
		assert.deepEqual([8000, 8080, 8081].map(answers), [true, false, true]);
		first.camera.leave(() => first.machine.crash());
		home.until(() => second.port === 8080, 10000, "succession");
		home.world.runFor(100);
		assert.deepEqual([8000, 8080, 8081].map(answers), [true, true, false]);
		assert.deepEqual(
			portal(home).map((c) => c.url),
			[pageUrl(8080)],
		);
		second.camera.gateway.setMapping(false);
		home.world.runFor(1000);
		assert.deepEqual([8000, 8080, 8081].map(answers), [true, false, false]);
		second.camera.gateway.setMapping(true);
		home.until(() => second.port === 8080, 10000, "mapped again");
		home.world.runFor(100);
		assert.match(home.get(`${pageUrl(8080)}snapshot.jpg`), /200 OK/);
	});

	it("keeps the port inside open where the router gives it outside as well, in the layout `same` (IMG-6)", () => {
		const home = new VirtualHome(1);
		const camera = home.add({ "port-layout": "same", "http-port": "8080" });
		home.until(() => camera.port === 8080, 10000, "mapped");
		camera.camera.gateway.setMapping(false);
		home.world.runFor(1000);
		assert.match(home.get("http://192.168.0.11:8080/camera", home.neighbour), /200 OK/);
	});

	it("maps nothing while the switch is off, and leaves the fleet when it is turned off, by the pin or the page (IMG-7)", () => {
		const home = new VirtualHome(1);
		let thrown = () => {};
		const pin: { on: boolean } & Switch = {
			on: false,
			watch(changed) {
				thrown = changed;
			},
		};
		const other = home.add();
		const camera = home.add({}, pin);
		home.world.runFor(10000);
		assert.equal(home.gateway.table.size, 1);
		assert.equal(other.camera.fleet.registry.size, 0);
		pin.on = true;
		thrown();
		home.until(() => camera.port === 8081 && settled(home), 5000, "mapped");
		home.post("http://192.168.0.12:8000/api/v1/mapping", "on=no", home.neighbour);
		home.until(() => home.gateway.table.size === 1 && other.camera.fleet.registry.size === 0, 3000, "left");
		assert.match(home.get("http://192.168.0.12:8000/camera", home.neighbour), /home network only/);
		camera.crash();
		camera.restart();
		home.world.runFor(10000);
		assert.equal(home.gateway.table.size, 1, "the page's switch stays off across a restart");
		home.post("http://192.168.0.12:8000/api/v1/mapping", "on=yes", home.neighbour);
		home.until(() => camera.port === 8081, 5000, "mapped again");
	});

	it("is one program in two roles: representative by port, and not by birth (IMG-8)", () => {
		const home = new VirtualHome(1);
		const first = home.add();
		home.until(() => first.port === 8080, 5000, "first");
		const second = home.add();
		home.until(() => second.port === 8081, 5000, "second");
		assert.match(home.get(pageUrl(8080)), /<ul id="cameras" /);
		assert.doesNotMatch(home.get(pageUrl(8081)), /<ul id="cameras" /);
		assert.match(
			home.get(`${pageUrl(8081)}portal`),
			/<ul id="cameras" /,
			"every camera has the portal for when it is needed",
		);
	});

	for (const [title, gather] of [
		["entry by entry", "table"],
		["in one list", "list"],
	] as const) {
		it(`lists the cameras from the gateway's table alone, ${title} (IMG-9, IMG-11)`, () => {
			const home = new VirtualHome(1);
			home.add({ gather });
			home.until(() => home.ports[0] === 8080, 5000, "first");
			for (let i = 0; i < 2; i++) home.add({ gather });
			home.until(() => portal(home).length === 3, 70000, "listed");
			assert.deepEqual(
				portal(home).map((c) => c.url),
				[pageUrl(8080), pageUrl(8081), pageUrl(8082)],
			);
		});
	}

	for (const gather of ["table", "list"]) {
		it(`keeps what was read when the router stops answering while it reads, marked incomplete: ${gather} (IMG-9)`, () => {
			const home = new VirtualHome(1, { events: false, tableOrder: "oldest-first" });
			for (let i = 0; i < 3; i++) {
				home.add({ gather, "table-period": "10" });
				home.until(() => home.ports[i] === 8080 + i, 10000, `camera ${i + 1}`);
			}
			const { gateway, fleet } = home.cameras[0].camera;
			home.until(() => fleet.registry.size === 2, 11000, "listed after the period");
			assert.equal(gateway.client.status().table, "complete");
			const { table } = gateway.client as unknown as { table: { readonly reading: boolean } };
			home.gateway.quirks.latency = 50;
			home.until(() => table.reading, 12000, "the next reading");
			home.gateway.quirks.deadAfter = 1;
			home.until(() => gateway.client.status().table === "incomplete", 12000, "marked");
			assert.equal(fleet.registry.size, 2, "nothing is taken for gone");
			home.gateway.quirks.deadAfter = Infinity;
			home.until(() => gateway.client.status().table === "complete", 90000, "read again");
			assert.equal(fleet.registry.size, 2);
		});
	}

	for (const delivery of ["multicast", "broadcast", "multicast,broadcast,unicast"]) {
		it(`finds all by ${delivery} (IMG-10, IMG-12, IMG-13)`, () => {
			const home = new VirtualHome(1);
			for (let i = 0; i < 3; i++) home.add({ delivery });
			home.until(() => settled(home), 20000, "all know all");
		});
	}

	it("finds all by unicast alone, guided by the gateway's table (IMG-10, IMG-13)", () => {
		const home = new VirtualHome(1);
		for (let i = 0; i < 3; i++) home.add({ delivery: "unicast" });
		home.until(() => portal(home).length === 3, 130000, "listed");
	});

	it("shows a newcomer within two seconds, without waiting for any period (IMG-12)", () => {
		const home = new VirtualHome(1);
		for (let i = 0; i < 3; i++) home.add();
		home.until(() => settled(home), 10000, "settled");
		home.world.runFor(20000);
		home.add();
		assert.ok(home.until(() => portal(home).length === 4, 2000, "shown") < 2000);
	});

	it("generates the portal when something has changed, not for each visitor; alone it is the default page (IMG-14)", () => {
		const home = new VirtualHome(1);
		const camera = home.add();
		home.until(() => camera.port === 8080, 5000, "a port");
		assert.match(home.get(pageUrl(8080)), /Connect another camera or a NAS to the same router/);
		const tag = /ETag: (\S+)/.exec(home.get(pageUrl(8080)))?.[1];
		assert.equal(/ETag: (\S+)/.exec(home.get(pageUrl(8080)))?.[1], tag);
		home.add();
		home.until(() => settled(home), 5000, "two");
		assert.notEqual(/ETag: (\S+)/.exec(home.get(pageUrl(8080)))?.[1], tag);
		assert.doesNotMatch(home.get(pageUrl(8080)), /Connect another camera or a NAS to the same router/);
	});

	it("renames a camera from the portal on the Internet; the mapping has it, and a restart keeps it (IMG-15)", () => {
		const home = new VirtualHome(1);
		const cameras = [home.add(), home.add()];
		home.until(() => settled(home), 10000, "settled");
		const hof = cameras.find((c) => c.port === 8081) as HomeCamera;
		home.post(`${pageUrl(8080)}api/v1/cameras/${hof.camera.identity.id}/name`, "name=Hof+%3Cb%3E");
		home.until(() => portal(home).some((c) => c.name === "Hof <b>"), 2000, "renamed");
		assert.match(home.get(pageUrl(8080)), /Hof &lt;b&gt;/);
		home.until(() => home.gateway.table.all().some((m) => m.description.includes("Hof")), 2000, "in the description");
		hof.crash();
		hof.restart();
		home.until(() => hof.port !== 0, 30000, "back");
		assert.equal(hof.camera.fleet.self.name, "Hof <b>");
		assert.match(home.post(`${pageUrl(8080)}api/v1/cameras/${hof.camera.identity.id}/name`, "name="), /400/);
		assert.match(home.post(`${pageUrl(8080)}api/v1/cameras/0000000000000000/name`, "name=x"), /400/);
	});

	it("delivers a snapshot and a live picture through the gateway (IMG-16, IMG-17, IMG-19)", () => {
		const home = new VirtualHome(1);
		const camera = home.add();
		home.until(() => camera.port === 8080, 5000, "a port");
		assert.match(home.get(`${pageUrl(8080)}snapshot.jpg`), /Content-Type: image\/jpeg\r\n/);
		const live = home.get(`${pageUrl(8080)}stream.mjpeg`, home.visitor, 5000);
		assert.ok(live.split("Content-Type: image/jpeg").length > 40, "about ten pictures a second for five seconds");
		home.world.runFor(60000);
		assert.equal(camera.camera.video.hub.watching, 0, "a viewer's end is noticed");
		assert.equal(camera.camera.site.server.connections, 0);
	});

	it("reports the age of its pictures, and never shows an old one as live, when they stand still (C3)", () => {
		for (let seed = 1; seed <= 10; seed++) {
			const home = new VirtualHome(seed, {}, { delay: seed, jitter: seed });
			const camera = home.add();
			home.until(() => camera.port === 8080, 5000, "a port");
			const url = pageUrl(8080);
			const age = () => JSON.parse(home.get(`${url}api/v1/picture`).split("\r\n\r\n")[1]).age;
			const pictures = () =>
				home.get(`${url}stream.mjpeg`, home.visitor, 3000).split("Content-Type: image/jpeg").length - 1;
			assert.ok(pictures() > 10 && age() < 8, `seed ${seed}`);
			camera.still = true;
			home.world.runFor(5000 + 1000 * seed);
			assert.ok(age() > 5, `seed ${seed}: ${age()}`);
			assert.equal(pictures(), 0, `seed ${seed}`);
			assert.match(home.get(`${url}snapshot.jpg`, home.visitor, 8000), /^HTTP\/1\.1 503/);
			camera.still = false;
			assert.ok(pictures() > 10 && age() < 8, `seed ${seed}: it goes on`);
		}
	});

	it("keeps a camera whose port is another program's out of the fleet, until the port is free", () => {
		const home = new VirtualHome(21);
		const holder = home.neighbour.network.listen(
			{ port: 8000 },
			{ opened() {}, failed() {}, remark() {}, accepted: () => undefined },
		);
		const blocked = home.add({}, undefined, home.neighbour);
		const healthy = home.add();
		home.until(() => healthy.camera.fleet.self.representative, 10000, "the healthy one represents");
		home.world.runFor(5000);
		assert.equal(blocked.port, 0);
		assert.equal(healthy.camera.fleet.registry.size, 0);
		holder.close();
		home.until(() => healthy.camera.fleet.registry.size === 1 && blocked.port !== 0, 15000, "it comes when it can");
	});

	it("deletes its mapping, sends bye and closes everything when it leaves (IMG-20)", () => {
		const home = new VirtualHome(1);
		const cameras = [home.add(), home.add(), home.add()];
		home.until(() => settled(home), 10000, "settled");
		const representative = cameras.find((c) => c.port === 8080) as HomeCamera;
		let done = false;
		representative.camera.leave(() => {
			done = true;
		});
		home.until(() => done, 2500, "left");
		assert.equal(home.gateway.table.size, 2);
		for (const camera of cameras) if (camera !== representative) assert.equal(camera.camera.fleet.registry.size, 1);
		assert.equal(home.get(`http://${representative.machine.address}:8000/`, home.neighbour), "");
	});

	it("leaves within two seconds even when the gateway is dead (IMG-20)", () => {
		const home = new VirtualHome(1);
		const camera = home.add();
		home.until(() => camera.port === 8080, 5000, "a port");
		home.gateway.quirks.deadFor = 1e9;
		let done = false;
		camera.camera.leave(() => {
			done = true;
		});
		assert.ok(home.until(() => done, 2500, "left") >= 2000);
	});

	const deaths: [string, Partial<GatewayQuirks>, ((home: VirtualHome) => void)?][] = [
		["answers no more", { deadFor: 1e9 }],
		["is off", {}, (home) => home.gateway.powerOff()],
		["restarts, and comes back", {}, (home) => home.gateway.restart({ away: 1500, graceful: false })],
		["is slow and in secure mode", { latency: 300 }],
		["is slow and has permanent leases", { latency: 300 }],
	];
	for (const [title, quirks, kill = () => {}] of deaths) {
		it(`says bye at once although the gateway ${title}, and its successor gets the port as soon as that is possible (IMG-20)`, () => {
			for (let seed = 1; seed <= 5; seed++) {
				const leases = title.includes("permanent") ? "permanent-725" : "any";
				const home = new VirtualHome(seed, { secure: true, leaseFile: true, events: false, leases });
				for (let i = 0; i < 3; i++) {
					home.add();
					home.until(() => home.ports[i] === 8080 + i, 10000, `camera ${i + 1}`);
				}
				home.until(() => settled(home), 10000, "settled");
				home.world.runFor(7000);
				const [leaving, ...others] = home.cameras;
				Object.assign(home.gateway.quirks, quirks);
				kill(home);
				let done = false;
				leaving.camera.leave(() => {
					done = true;
				});
				const chosen = () => others.filter(({ camera }) => camera.fleet.succession.phase === "representative").length;
				const took = home.until(() => chosen() === 1, 3000, "the bye is heard");
				assert.ok(took < 450, `seed ${seed}: ${took} ms`);
				home.until(() => done, 2500, "left");
				if (!title.includes("slow")) continue;
				home.until(() => others.some(({ port }) => port === 8080), 6000, "the port is taken");
			}
		});
	}

	it("works with fifty cameras", function () {
		this.timeout(120_000);
		const home = new VirtualHome(3);
		for (let i = 0; i < 50; i++) home.add();
		home.until(() => settled(home), 60000, "settled");
		assert.equal(portal(home).length, 50);
	});

	it("keeps a long name in the mapping's description, and a short one where the gateway garbles or refuses long ones (IMG-11)", () => {
		const name = "The garden behind the house at the lake";
		const cases: [quirks: Partial<GatewayQuirks>, kept: string][] = [
			[{}, name],
			[{ garbageDescriptionsFrom: 64 }, name],
			[{ garbageDescriptionsFrom: 40 }, name.slice(0, 10).trimEnd()],
			[{ refusesDescriptionsFrom: 32 }, name.slice(0, 10).trimEnd()],
		];
		for (const [quirks, kept] of cases) {
			const home = new VirtualHome(3, quirks);
			const first = home.add({ gather: "table" });
			home.until(() => first.port === 8080, 10000, "the first has a port");
			const second = home.add({ gather: "table", name });
			home.until(() => second.port === 8081, 20000, "the second has a port");
			home.until(() => first.camera.fleet.registry.size === 1, 90000, "it is in the table");
			assert.equal(first.camera.fleet.registry.sorted()[0].name, kept, JSON.stringify(quirks));
		}
	});

	it("names its metrics as promtool wants: only counters end in _total, each has help and a type before its value", () => {
		const home = new VirtualHome(1);
		const { machine } = home.add();
		home.until(() => settled(home), 20000, "a port");
		const lines = home
			.get(`http://${machine.address}:8000/metrics`, home.neighbour)
			.split("\r\n\r\n")[1]
			.trim()
			.split("\n");
		assert.ok(lines.length > 30 && lines.length % 3 === 0);
		for (let i = 0; i < lines.length; i += 3) {
			const [, help, name] = /^# HELP (([a-z_]+) \S.*)$/.exec(lines[i]) ?? [];
			assert.ok(help !== undefined, lines[i]);
			const [, kind] = new RegExp(`^# TYPE ${name} (counter|gauge)$`).exec(lines[i + 1]) ?? [];
			assert.equal(kind, name.endsWith("_total") ? "counter" : "gauge", lines[i + 1]);
			assert.match(lines[i + 2], new RegExp(`^${name}(\\{[^{}]+\\})? -?[0-9.]+(e\\+?-?\\d+)?$`));
		}
	});

	for (const key of ["", "a-key-that-nobody-guesses"]) {
		it(`keeps a camera that died in its portal, API and metrics until the owner forgets it, ${key === "" ? "in an open fleet" : "in a sealed one across a restart"}`, () => {
			const home = new VirtualHome(5);
			const settings: Record<string, string> = key === "" ? {} : { "fleet-key": key };
			for (let i = 0; i < 3; i++) {
				home.add(settings);
				home.world.runFor(1500);
			}
			home.until(() => settled(home), 20000, "all know all");
			const [first, , dead] = home.cameras;
			const { id, name } = { ...dead.camera.fleet.settings, ...dead.camera.fleet.self };
			const url = (path: string) => `http://${first.machine.address}:8000/${path}`;
			const json = (path: string) => {
				const answer = home.get(url(path), home.neighbour);
				return jsonOf(answer);
			};
			const inList = (list: { id: string; name: string; lastSeen: number }[]) =>
				list.find((camera) => camera.id === id);
			const listed = () => inList(json("api/v1/cameras").cameras);
			const absent = () => inList(json("api/v1/cameras").absent);
			assert.equal(absent(), undefined);
			dead.crash();
			home.until(() => first.camera.fleet.registry.size === 1, 21_000, "it is missed");
			const check = () => {
				assert.equal(listed(), undefined, "programs are given no camera that has no pictures");
				assert.equal(absent()?.name, name);
				assert.ok(absent()!.lastSeen > 0);
				assert.equal(inList(json("api/v1/status").fleet.absent)?.lastSeen, absent()?.lastSeen);
				assert.match(home.get(url("portal"), home.neighbour), new RegExp(`data-id="${id}"[^]*Offline since`));
				assert.match(home.get(url("metrics"), home.neighbour), /\nporthole_fleet_absent_cameras 1\n/);
			};
			check();
			home.world.runFor(600000);
			check();
			first.crash();
			home.world.runFor(1000);
			first.restart();
			home.until(() => settled(home), 20000, "it is back");
			if (key !== "") check();
			else assert.equal(absent(), undefined, "anybody can make up cameras of an open fleet: none is stored");
			assert.match(home.post(url(`api/v1/cameras/${id}/forget`), "", home.neighbour), / 200 /);
			assert.equal(absent(), undefined);
			home.world.runFor(200);
			assert.ok(!home.get(url("portal"), home.neighbour).includes(id));
			dead.restart();
			home.until(() => first.camera.fleet.registry.size === 2, 20000, "it is heard");
			assert.equal(listed()?.id, id);
		});
	}
});
