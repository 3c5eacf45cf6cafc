import assert from "node:assert/strict";
import { parseForm } from "../../src/wire/http-target";
import { seedsUpTo } from "../support/seeds";
import { VirtualHome, WAN } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";

const KEY = "a-key-of-the-whole-home";

/** A home with two cameras and a NAS, all reachable from the Internet. */
function homeWithNas(seed: number, settings: Readonly<Record<string, string>> = {}): [VirtualHome, HomeNas] {
	// Routers let other machines replace a mapping.
	const home = new VirtualHome(seed, { secure: false });
	home.add({ "fleet-key": KEY, ...settings });
	home.until(() => home.cameras[0].port === 8080, 10000, "a representative");
	home.add({ "fleet-key": KEY, ...settings });
	const nas = new HomeNas(home, 50, { "fleet-key": KEY, ...settings });
	home.until(() => home.cameras[1].port !== 0 && nas.nas.fleet.self.externalPort !== 0, 10000, "all have ports");
	home.world.runFor(8000);
	return [home, nas];
}

describe("simulation/nas in the fleet", () => {
	it("is listed on every portal, with its storage in place of a picture (STR-27)", () => {
		const [home, nas] = homeWithNas(1);
		for (const url of [`http://${WAN}:8080/portal`, `${nas.url}/portal`]) {
			const page = home.get(url, url.startsWith(nas.url) ? home.neighbour : home.visitor);
			const [, card = ""] = page.split(`<li data-id="${nas.nas.identity.id}"`);
			// Of this medium no size is known.
			assert.match(card.split("</li>")[0], /<p class="storage"><a href="[^"]+">Nothing recorded yet<\/a><\/p>/, url);
			assert.doesNotMatch(card.split("</li>")[0], /<img/, url);
		}
		const list = home.get(`http://${WAN}:8080/api/v1/cameras`);
		const { cameras, nas: all } = JSON.parse(list.slice(list.indexOf("\r\n\r\n")));
		assert.equal(cameras.length, 2, "programs that show pictures do not get the NAS");
		assert.deepEqual(
			all.map(({ id, name, health }: Record<string, unknown>) => [id, name, health]),
			[[nas.nas.identity.id, "NAS", "ok"]],
		);
	});

	it("shows on its own page at once how a camera is recorded, when the owner has changed it (STR-27)", () => {
		const [home, nas] = homeWithNas(7);
		const modes = () => [...home.get(`${nas.url}/nas`, home.neighbour).matchAll(/<option value="(\w+)" selected>/g)];
		assert.deepEqual(
			modes().map(([, mode]) => mode),
			["continuous", "continuous"],
		);
		const { id } = home.cameras[0].camera.identity;
		const answer = home.post(`${nas.url}/api/v1/recordings/${id}/mode`, "mode=off", home.neighbour);
		assert.match(answer, /^HTTP\/1\.1 200/);
		assert.deepEqual(
			modes()
				.map(([, mode]) => mode)
				.sort(),
			["continuous", "off"],
		);
	});

	it("leads a user from the representative's portal to its own page without another login (ONE-2, STR-27)", () => {
		const [home, nas] = homeWithNas(2);
		const reply = home.get(`http://${WAN}:8080/to/${nas.nas.identity.id}`);
		const [, place = ""] = /\r\nLocation: (\S+)/.exec(reply) ?? [];
		assert.match(place, /^http:\/\/198\.20\.0\.1:\d+\/device\?pass=/);
		const there = (url: string) => home.exchange("GET", url, "", "", home.visitor, 3000);
		assert.match(there(place), /^HTTP\/1.1 303.*Location: \/timeline\r\n/s);
		assert.match(there(place.replace("/device", "/timeline")), /^HTTP\/1.1 200.*<h1>Timeline<\/h1>/s);
	});

	it("shares the passwords of a sealed fleet (ONE-2, STR-27)", () => {
		const home = new VirtualHome(3);
		const camera = home.add({ "fleet-key": KEY, password: "" });
		home.until(() => camera.port === 8080, 10000, "a representative");
		const form = "user=owner&password=a+new+password";
		assert.notEqual(camera.password, "");
		camera.camera.access.setPassword(parseForm(form) ?? new Map());
		const nas = new HomeNas(home, 50, { "fleet-key": KEY, password: "" });
		const { credentials } = nas.nas.access;
		home.until(
			() => credentials.record.version === camera.camera.access.credentials.record.version,
			20000,
			"the record",
		);
		assert.equal(`${credentials.record}`, `${camera.camera.access.credentials.record}`);
	});

	it("says in the description of its mapping that it is a NAS (STR-27)", () => {
		const [home, nas] = homeWithNas(4);
		const { address } = nas.machine;
		const [mapping] = home.gateway.table.all().filter((entry) => entry.address === address);
		assert.match(mapping.description, /^Porthole\/nas [0-9a-f]{6} NAS$/);
	});

	it("is called a NAS in its own log", () => {
		const [home, nas] = homeWithNas(9);
		nas.nas.leave(() => {});
		home.world.runFor(5000);
		const lines = nas.machine.log.lines.map((line) => JSON.stringify(line)).join("\n");
		assert.match(lines, /"area":"nas","text":"stopped"/);
		assert.doesNotMatch(lines, /this camera|"area":"camera"/);
	});

	it("says at its start where it records, and how much is free", () => {
		const home = new VirtualHome(10);
		const nas = new HomeNas(home, 50, {}, { storagePath: "/mnt/disk" });
		home.world.runFor(1000);
		const lines = nas.machine.log.lines.map(({ text }) => text);
		assert.ok(
			lines.some((text) => /^recordings go to \/mnt\/disk(: [\d.]+ \w+ free of [\d.]+ \w+)?$/.test(text)),
			lines.join("\n"),
		);
	});

	it("is the representative only where there is no camera (STR-27)", () => {
		const [home, nas] = homeWithNas(5);
		const { self } = nas.nas.fleet;
		const [first, second] = home.cameras;
		first.crash();
		home.until(() => second.camera.fleet.self.representative, 10000, "the other camera takes over");
		assert.equal(self.representative, false);
		second.crash();
		home.until(() => self.representative && self.externalPort === 8080, 10000, "the NAS takes over");
		assert.match(home.get(`http://${WAN}:8080/`), /<h1>Cameras<\/h1>/, "its first page is the portal then");
	});

	it("does not become it when all start at the same time (STR-27)", () => {
		for (let seed = 1; seed <= seedsUpTo(10); seed++) {
			const home = new VirtualHome(seed);
			const nas = new HomeNas(home, 50);
			home.add();
			home.add();
			home.until(() => home.cameras.every((c) => c.port !== 0), 15000, "all have ports");
			home.world.runFor(3000);
			assert.equal(nas.nas.fleet.self.representative, false, `seed ${seed}`);
		}
	});
});
