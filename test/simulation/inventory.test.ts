import assert from "node:assert/strict";
import { InventoryPart } from "../../src/app/inventory/inventory-part";
import { readDeviceFacts } from "../../src/app/inventory/read-device-facts";
import { Prng } from "../../src/base/prng";
import { utf8Encode } from "../../src/base/text";
import { VERSION } from "../../src/base/version";
import { bodyOf, jsonOf } from "../support/home-answer";
import { mutate } from "../support/mutate";
import { VirtualHome, WAN } from "../support/virtual-home";
import { HomeNas } from "../support/virtual-nas";

const KEY = "a-key-of-the-whole-home";

interface Entry {
	readonly [name: string]: unknown;
}

function homeOf(seed: number, cameras: number, settings: Readonly<Record<string, string>> = {}): VirtualHome {
	const home = new VirtualHome(seed);
	home.extras = [{ make: (camera) => new InventoryPart(camera) }];
	for (let i = 0; i < cameras; i++) home.add({ name: `Camera ${i + 1}`, ...settings });
	home.until(() => home.ports.every((port) => port !== 0), 60_000, "all have ports");
	home.world.runFor(8000);
	return home;
}

function inventoryOf(home: VirtualHome, base = "http://192.168.0.11:8000"): readonly Entry[] {
	return jsonOf(home.get(`${base}/api/v1/inventory`, home.neighbour, 12_000)).devices;
}

describe("simulation/inventory", () => {
	it("lists all devices of a sealed fleet with what each says of itself, at every member", () => {
		const home = homeOf(1, 3, { "fleet-key": KEY });
		const nas = new HomeNas(home, 50, { "fleet-key": KEY });
		home.world.runFor(15_000);
		for (const base of ["http://192.168.0.11:8000", "http://192.168.0.13:8000", nas.url]) {
			// Asked first, as nothing is known yet but announcements.
			const targets = jsonOf(home.get(`${base}/api/v1/fleet/targets`, home.neighbour));
			const devices = inventoryOf(home, base);
			const modelsOf = (list: readonly Entry[]) => Object.fromEntries(list.map(({ name, model }) => [name, model]));
			assert.deepEqual(modelsOf(targets.map(({ labels }: { labels: Entry }) => labels)), modelsOf(devices), base);
			assert.equal(devices.length, 4, base);
			assert.deepEqual(new Set(devices.map(({ name }) => name)), new Set(["Camera 1", "Camera 2", "Camera 3", "NAS"]));
			assert.equal(devices.filter(({ self }) => self).length, 1);
			assert.equal(devices.filter(({ representative }) => representative).length, 1);
			for (const device of devices) {
				const { version, health, uptime, path, kind, name, model, lanUrl, internetUrl, lastSeen } = device;
				assert.deepEqual([version, health, model], [VERSION, "ok", "sim"], `${base}: ${name}`);
				assert.equal(kind, name === "NAS" ? "nas" : "camera");
				assert.ok(typeof uptime === "number" && uptime > 10 && typeof lastSeen === "number");
				assert.equal(path, "mapped");
				assert.match(`${lanUrl} ${internetUrl}`, /^http:\/\/192\.168\.0\.\d+:8000\/ http:\/\/198\.20\.0\.1:\d+\/$/);
			}
		}
	});

	it("lists what is announced of an open fleet, and gives none of its cameras a ticket", () => {
		const home = homeOf(2, 2);
		const [own, other] = inventoryOf(home);
		assert.deepEqual([own.version, own.self, other.self], [VERSION, true, false]);
		assert.deepEqual([other.version, other.uptime, other.path, other.name], [null, null, null, "Camera 2"]);
		assert.equal(other.model, "sim");
		assert.equal(home.cameras[1].camera.access.gate.counters.strangers, 0, "it was not asked");
	});

	it("answers within some seconds where a camera is dead, and lists it as silent", () => {
		const home = homeOf(3, 3, { "fleet-key": KEY });
		home.cameras[2].crash();
		const begun = home.world.now;
		const devices = inventoryOf(home);
		assert.ok(home.world.now - begun < 9000, `${home.world.now - begun} ms`);
		const dead = () => devices.find(({ name }) => name === "Camera 3");
		assert.deepEqual([dead()?.version, devices.length], [null, 3]);
		home.world.runFor(200_000);
		const later = inventoryOf(home);
		const lost = later.find(({ name }) => name === "Camera 3");
		assert.equal(lost?.health, "silent");
		assert.ok(typeof lost?.lastSeen === "number");
		const targets = jsonOf(home.get("http://192.168.0.11:8000/api/v1/fleet/targets", home.neighbour));
		assert.ok(
			targets.some(({ labels }: { labels: Entry }) => labels.name === "Camera 3"),
			"so that it is missed",
		);
		assert.match(
			home.get("http://192.168.0.11:8000/api/v1/fleet/metrics", home.neighbour),
			/\nporthole_fleet_device_up\{id="[0-9a-f]{16}",name="Camera 3"\} 0\n/,
		);
	});

	it("asks each camera at most once in ten seconds, however often the inventory is asked for", () => {
		const home = homeOf(4, 2, { "fleet-key": KEY });
		const requests = () => home.cameras[1].camera.site.server.counters.requests;
		const before = requests();
		for (let i = 0; i < 5; i++) inventoryOf(home);
		assert.equal(requests(), before + 1);
		home.world.runFor(10_000);
		inventoryOf(home);
		assert.equal(requests(), before + 2);
	});

	it("writes CSV in which no name is a formula", () => {
		const home = homeOf(5, 2, { "fleet-key": KEY });
		home.cameras[1].camera.fleetPart.rename(home.cameras[1].camera.identity.id, '=HYPERLINK("http://evil","x")');
		home.world.runFor(5000);
		const answer = home.get("http://192.168.0.11:8000/api/v1/inventory.csv", home.neighbour, 12_000);
		assert.match(answer, /\r\nContent-Type: text\/csv; charset=utf-8\r\n/);
		assert.match(answer, /\r\nContent-Disposition: attachment; filename="porthole-inventory\.csv"\r\n/);
		const [head, ...lines] = bodyOf(answer).trimEnd().split("\r\n");
		assert.match(head, /^id,name,group,kind,model,version,health,lastSeen,uptime,width,height,path,/);
		assert.equal(lines.length, 2);
		assert.match(lines[1], /^[0-9a-f]{16},"'=HYPERLINK\(""http:\/\/evil"",""x""\)",/);
		assert.match(lines[0], /^[0-9a-f]{16},Camera 1,,camera,sim,[\d.]+,ok,\d{4}-\d\d-\d\dT[\d:.]+Z,\d+,/);
	});

	it("names targets that the client can reach: in the LAN, or from the Internet", () => {
		const home = homeOf(6, 2, { "fleet-key": KEY });
		const read = (url: string, from = home.visitor) => jsonOf(home.get(url, from));
		const inside = read("http://192.168.0.11:8000/api/v1/fleet/targets", home.neighbour);
		assert.deepEqual(
			inside.map(({ targets }: { targets: unknown }) => targets),
			[["192.168.0.11:8000"], ["192.168.0.12:8000"]],
		);
		assert.deepEqual(Object.keys(inside[0].labels), ["__scheme__", "id", "name", "kind", "model"]);
		const outside = read(`http://${WAN}:8080/api/v1/fleet/targets`);
		assert.deepEqual(
			outside.map(({ targets }: { targets: unknown }) => targets),
			[[`${WAN}:8080`], [`${WAN}:8081`]],
		);
	});

	it("names itself alone in a fleet without a key: a scraper's token must not go to any announced address", () => {
		const home = homeOf(8, 2);
		const answer = home.get("http://192.168.0.11:8000/api/v1/fleet/targets", home.neighbour);
		assert.deepEqual(
			jsonOf(answer).map(({ targets }: { targets: unknown }) => targets),
			[["192.168.0.11:8000"]],
		);
	});

	it("tells viewers who ask from the Internet no addresses in the LAN", () => {
		const home = homeOf(9, 2, { "fleet-key": KEY });
		const { camera } = home.cameras[0];
		const { token } = camera.links.issue(camera.now, 3600, "viewer") ?? { token: "" };
		for (const path of ["inventory", "inventory.csv", "fleet/metrics", "fleet/targets"]) {
			const ask = (base: string, from = home.visitor) =>
				home.exchange("GET", `${base}/api/v1/${path}?link=${token}`, "", "", from, 12_000);
			const outside = ask(`http://${WAN}:8080`);
			assert.match(outside, /^HTTP\/1\.1 200 /, path);
			assert.doesNotMatch(outside, /192\.168\.0/, path);
			assert.match(ask("http://192.168.0.11:8000", home.neighbour), /192\.168\.0\.12/, path);
		}
		assert.match(home.get(`http://${WAN}:8080/api/v1/inventory`, home.visitor, 12_000), /192\.168\.0\.12/, "owners");
	});

	it("tells a guest of one device nothing of the others, and a stranger nothing", () => {
		const home = homeOf(7, 2, { "fleet-key": KEY });
		const { camera } = home.cameras[0];
		const { token } = camera.links.issue(camera.now, 3600, "guest", true) ?? { token: "" };
		for (const path of ["inventory", "inventory.csv", "fleet/metrics", "fleet/targets"]) {
			const url = `http://192.168.0.11:8000/api/v1/${path}`;
			const answer = home.exchange("GET", `${url}?link=${token}`, "", "", home.neighbour, 3000);
			assert.match(answer, /^HTTP\/1\.1 403 [\s\S]*"error":"Your link is for this device only/, path);
			const stranger = home.exchange("GET", url, "", "", home.neighbour, 3000);
			assert.match(stranger, /^HTTP\/1\.1 401 /, path);
		}
	});

	it("reads what another device says of itself with care", () => {
		const random = new Prng(1);
		const good = JSON.stringify({ version: "1", model: "node", uptime: 5, width: 640, height: 480, path: "lan" });
		assert.deepEqual(readDeviceFacts(utf8Encode(good)), JSON.parse(good));
		for (let i = 0; i < 500; i++) {
			const facts = readDeviceFacts(utf8Encode(mutate(random, good, '{}[]":,\\0123456789eE-.xlnu')));
			if (facts === undefined) continue;
			const { version, model, uptime, width, height, path } = facts;
			assert.ok(version.length > 0 && version.length <= 64 && model.length > 0 && model.length <= 64);
			for (const number of [uptime, width, height])
				assert.ok(number === undefined || (Number.isInteger(number) && number >= 0 && number < 1e10));
			assert.ok([undefined, "mapped", "ipv6", "punched", "lan"].includes(path));
		}
		assert.equal(readDeviceFacts(utf8Encode(`{"version":"${"x".repeat(3000)}","model":"y"}`))?.version.length, 64);
	});
});
