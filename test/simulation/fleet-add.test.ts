import assert from "node:assert/strict";
import { FleetJoin, type JoinOutbox } from "../../src/fleet/fleet-join";
import { FLEET_PORT } from "../../src/fleet/fleet-settings";
import { fleetMessageType } from "../../src/wire/fleet-message";
import { statusOf } from "../support/home-answer";
import { Owner } from "../support/owner";
import { type HomeCamera, VirtualHome } from "../support/virtual-home";
import { UdpRecorder } from "../unit/hosts-virtual/sinks";

/** Cameras that nobody has set up. */
function fresh(count: number, settings: Readonly<Record<string, string>> = {}): VirtualHome {
	const home = new VirtualHome(40 + count);
	for (let i = 0; i < count; i++) home.add({ password: "", ...settings });
	home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
	home.until(() => home.cameras.every((c) => c.camera.fleet.registry.size === count - 1), 10000, "all are known");
	return home;
}

/** Watches for messages of a camera that are sealed by another's password. */
function sentBy(home: VirtualHome, { machine }: HomeCamera): () => readonly string[] {
	const sent: string[] = [];
	home.lan.capture = (_at, { source, body }) => {
		const type = fleetMessageType(body);
		if (source === machine.address && type === "adopt") sent.push(type);
	};
	return () => sent;
}

const inOneFleet = (...cameras: readonly HomeCamera[]) =>
	cameras.every(({ camera }) => camera.fleet.sealed && camera.fleet.registry.size === cameras.length - 1);

describe("simulation/fleet-add", () => {
	it("makes one fleet of two new cameras by one form on the portal, and one login is good for both (ONE-5, IMG-14)", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const owner = new Owner(home, first, first.password);
		const { name } = second.camera.fleet.self;
		assert.match(owner.page(), new RegExp(`action="/api/v1/cameras/${second.camera.identity.id}/add"`));
		assert.doesNotMatch(owner.page(), new RegExp(`cameras/${first.camera.identity.id}/add"`));
		assert.equal(owner.add(second, second.password.toLowerCase().replaceAll("-", " ")), 200, "however it is typed");
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
		assert.equal(owner.json.adding, `${name} is in this fleet now. Your password here is good for it too.`);
		assert.doesNotMatch(owner.page(), /\/add"/);
		assert.match(owner.page(), new RegExp(`<p id="add-[0-9a-f]+" role="status">${name} is in this fleet now`));
		home.world.runFor(40_000);
		assert.equal(owner.json.adding, "", "after a while it is no news");
		home.until(() => second.camera.access.credentials.record.version === 1, 5000, "the passwords of the fleet");
		assert.equal(new Owner(home, second, first.password).ask("/api/v1/status").status, 200);
		assert.equal(new Owner(home, second, second.password).ask("/api/v1/status").status, 401);
		for (const { log, password } of home.cameras) assert.ok(!log.includes(password), "no password in a log");
	});

	it("tells the owner of a new camera what to do next, until it is done (ONE-5)", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const next = (by: Owner): readonly string[] => {
			const [, list = ""] = /<section id="next">.*?<ul>(.*?)<\/ul>/.exec(by.page()) ?? [];
			return [...list.matchAll(/<li>(?:<a [^>]*>)?([^<]*)/g)].map(([, text]) => text);
		};
		const owner = new Owner(home, first, first.password);
		const add = "Add your other devices to this fleet, so that one password is good for all of them.";
		assert.deepEqual(next(owner), ["Choose a password of your own", "Give this device a name", add]);
		assert.equal(owner.add(second, second.password), 200);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
		assert.deepEqual(next(owner), ["Choose a password of your own", "Give this device a name"]);
		const { id } = first.camera.identity;
		assert.equal(owner.ask(`/api/v1/cameras/${id}/name`, "name=Door").status, 200);
		assert.deepEqual(next(owner), ["Choose a password of your own"]);
		assert.equal(owner.ask("/api/v1/password", "user=owner&password=open-sesame").status, 200);
		const later = new Owner(home, first, "open-sesame");
		assert.match(later.page(), /<section id="next" hidden>/);
		const alone = fresh(1);
		const [only] = alone.cameras;
		const itsOwner = new Owner(alone, only, only.password);
		assert.match(next(itsOwner)[2], /^Connect another camera or a NAS/);
		assert.equal(itsOwner.ask("/api/v1/mapping", "on=no").status, 200);
		assert.match(next(itsOwner)[2], /^Turn on remote access\./, "as nothing appears by itself then");
	});

	it("adds a third camera to a fleet that has a key; until then it is offered without link and picture", () => {
		const home = fresh(3);
		const [first, second, third] = home.cameras;
		const owner = new Owner(home, first, first.password);
		assert.equal(owner.add(second, second.password), 200);
		assert.deepEqual(
			owner.json.outside.map(({ id }: { id: string }) => id).includes(third.camera.identity.id),
			true,
			"at once",
		);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
		home.world.runFor(40000);
		const { outside } = owner.json;
		assert.deepEqual(outside, [
			{
				id: third.camera.identity.id,
				name: third.camera.fleet.self.name,
				address: third.machine.address,
				isSealed: false,
			},
		]);
		const page = owner.page();
		assert.match(
			page,
			/A device at 192\.168\.0\.13 that calls itself Camera \d is not in this fleet\. Add it if it is yours\./,
		);
		assert.ok(!page.includes(`//${third.machine.address}`), "neither link nor picture");
		assert.equal(owner.add(third, third.password), 200);
		home.until(() => inOneFleet(first, second, third), 5000, "one fleet");
		assert.deepEqual(owner.json.outside, []);
	});

	it("does not add a camera by a wrong password, and says what to do", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const owner = new Owner(home, first, first.password);
		const { name } = second.camera.fleet.self;
		assert.equal(owner.add(second, ""), 400);
		assert.equal(owner.add(second, "ABCD-EFGH-IJKL"), 200);
		assert.equal(owner.json.adding, `Adding ${name}… This takes up to 10 seconds.`);
		home.world.runFor(12000);
		assert.match(owner.json.adding, /did not accept that password/);
		const { id } = second.camera.identity;
		const said = new RegExp(`<details open>.*<p id="add-${id}" role="status" class="wrong">${name} did not accept`);
		assert.match(owner.page(), said, "beside the form, which is open");
		assert.match(owner.page(), /<div id="adding" role="status"><\/div>/);
		for (const { camera, machine } of home.cameras) {
			assert.equal(camera.fleet.sealed, false, "neither has a key");
			assert.equal(machine.store.values.get("fleet-key"), undefined);
			assert.equal(camera.fleet.registry.size, 1, "both are on the other's portal");
		}
		assert.equal(owner.add(second, second.password), 200, "and the right one works then");
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
	});

	it("gives no key to a device that only calls itself as the one that is added, and none to itself", () => {
		const home = fresh(3);
		const [first, second, third] = home.cameras;
		second.crash();
		const owner = new Owner(home, first, first.password);
		const sent: string[] = [];
		home.lan.capture = (_at, { source, body }) => {
			const type = fleetMessageType(body);
			if (source === first.machine.address && type === "welcome") sent.push(type);
		};
		assert.equal(owner.add(second, second.password), 200);
		// It does not know the password that the offer was made with.
		const random = { fill: (bytes: Uint8Array) => bytes.fill(7) };
		const forger = new FleetJoin({ ...third.camera.fleet.settings, id: second.camera.identity.id }, random);
		forger.setPaths([{ name: "eth0", address: third.machine.address, prefix: 24 }]);
		const { socket } = new UdpRecorder(third.machine.network, { address: third.machine.address, port: 40000 });
		home.world.runFor(10);
		const out: JoinOutbox = {
			send: (_path, address, port, bytes, start, end) => socket.send(bytes, start, end, address, port),
			emit: () => {},
		};
		forger.join(home.world.now, `password ${"0".repeat(64)}`, out);
		home.world.runFor(12000);
		assert.deepEqual(sent, []);
		assert.equal(first.camera.fleet.sealed, false);
		assert.ok(first.camera.fleet.registry.get(third.camera.identity.id));
	});

	it("keeps the owner's session when a fleet gets its key later than the answer, until all sessions end", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const url = `http://${first.machine.address}:8000`;
		const ask = (method: string, path: string, form = "", fields = "") =>
			home.exchange(method, `${url}${path}`, form, fields, home.neighbour, 3000);
		const logIn = () => {
			const answer = ask("POST", "/login", `user=owner&password=${first.password}`, "Accept: text/html\r\n");
			return `Cookie: ${/Set-Cookie: (porthole-[^;]+)/.exec(answer)?.[1]}\r\n`;
		};
		const [cookie, other] = [logIn(), logIn()];
		const { id } = second.camera.identity;
		assert.equal(statusOf(ask("POST", `/api/v1/cameras/${id}/add`, `password=${second.password}`, cookie)), 200);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
		assert.equal(statusOf(ask("GET", "/api/v1/status", "", cookie)), 200);
		assert.match(ask("POST", "/logout", "", other), /^HTTP\/1\.1 303/);
		assert.equal(statusOf(ask("GET", "/api/v1/status", "", other)), 401, "one that was ended is over");
		assert.equal(statusOf(ask("GET", "/api/v1/status", "", cookie)), 200);
		const ended = ask("POST", "/api/v1/logout-all", "", cookie);
		assert.equal(statusOf(ended), 200);
		assert.equal(statusOf(ask("GET", "/api/v1/status", "", cookie)), 401);
	});

	it("keeps the owner's session over the first restart after the fleet got its key, and at the other device (ONE-5)", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		let cookies = "";
		const ask = (camera: HomeCamera, method: string, path: string, form = "") => {
			const url = `http://${camera.machine.address}:8000${path}`;
			const answer = home.exchange(
				method,
				url,
				form,
				`Accept: text/html\r\nCookie: ${cookies}\r\n`,
				home.neighbour,
				3000,
			);
			for (const [, cookie] of answer.matchAll(/Set-Cookie: (porthole-[0-9a-f]+=[^;]+)/g)) cookies += `; ${cookie}`;
			return answer;
		};
		ask(first, "POST", "/login", `user=owner&password=${first.password}`);
		ask(first, "POST", `/api/v1/cameras/${second.camera.identity.id}/add`, `password=${second.password}`);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
		assert.equal(statusOf(ask(first, "GET", "/settings")), 200);
		first.crash();
		first.restart();
		home.until(() => inOneFleet(first, second), 20000, "one fleet again");
		assert.equal(statusOf(ask(first, "GET", "/settings")), 200);
		home.until(() => second.camera.access.credentials.record.version === 1, 5000, "the passwords of the fleet");
		assert.equal(statusOf(ask(second, "GET", "/settings")), 200);
	});

	it("changes neither device when the key can't be stored, and says so", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const owner = new Owner(home, first, first.password);
		const { name } = second.camera.fleet.self;
		first.machine.store.broken = true;
		assert.equal(owner.add(second, second.password), 200);
		home.world.runFor(70_000);
		assert.equal(owner.json.adding, `${name} was not added: the key can't be stored (the medium fails).`);
		for (const { camera } of home.cameras) {
			assert.equal(camera.fleet.sealed, false);
			assert.equal(camera.fleet.registry.size, 1);
		}
		first.machine.store.broken = false;
		assert.equal(owner.add(second, second.password), 200);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
	});

	it("adds a camera though an offer of before is repeated to it", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const owner = new Owner(home, first, first.password);
		const copies: Uint8Array[] = [];
		home.lan.capture = (_at, { body }) => {
			if (fleetMessageType(body) === "adopt") copies.push(body.slice());
		};
		first.machine.store.broken = true;
		assert.equal(owner.add(second, second.password), 200);
		home.world.runFor(70_000);
		first.machine.store.broken = false;
		const { socket } = new UdpRecorder(first.machine.network, { address: first.machine.address, port: 40000 });
		home.world.runFor(10);
		socket.send(copies[0], 0, copies[0].length, second.machine.address, FLEET_PORT);
		home.world.runFor(3000);
		assert.equal(second.camera.fleet.sealed, false);
		assert.match(second.camera.fleetPart.keys.outcome, /^Waiting/, "it has believed the copy");
		assert.equal(owner.add(second, second.password), 200);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
	});

	it("does not add a camera whose password a person has chosen: it could be guessed from what it seals", () => {
		for (const settings of [{ password: "open-sesame" }, {}]) {
			const home = fresh(2, settings);
			const [first, second] = home.cameras;
			if (first.password !== "")
				assert.equal(
					new Owner(home, second, second.password).ask("/api/v1/password", "user=owner&password=open-sesame").status,
					200,
				);
			const owner = new Owner(home, first, first.password || "open-sesame");
			const sent = sentBy(home, first);
			assert.equal(owner.add(second, "open-sesame"), 400);
			home.world.runFor(12000);
			assert.equal(second.camera.fleet.sealed, false);
			assert.equal(first.camera.fleet.sealed, false);
			assert.deepEqual(sent(), [], "a stranger gets nothing to guess by");
		}
	});

	it("does not seal with a password of this camera that a person has chosen, even if it looks like a drawn one", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const chosen = "MYDO-GISM-YPAL";
		assert.equal(
			new Owner(home, first, first.password).ask("/api/v1/password", `user=owner&password=${chosen}`).status,
			200,
		);
		const sent = sentBy(home, first);
		assert.equal(new Owner(home, first, chosen).add(second, "my dogismypal"), 400);
		home.world.runFor(3000);
		assert.deepEqual(sent(), []);
	});

	it("says what to do where the device has another password by now", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		const drawn = second.password;
		assert.equal(new Owner(home, second, drawn).ask("/api/v1/password", "user=owner&password=open-sesame").status, 200);
		const owner = new Owner(home, first, first.password);
		assert.equal(owner.add(second, drawn), 200);
		home.world.runFor(12000);
		assert.equal(second.camera.fleet.sealed, false);
		const { name } = second.camera.fleet.self;
		const advice = `If that password was changed, show a join code, and enter it on the Fleet page of ${name}.`;
		assert.ok(owner.json.adding.endsWith(advice), owner.json.adding);
	});

	it("lets a device whose password a person has chosen join by a code, which the portal offers (ONE-5)", () => {
		for (const isSealed of [false, true]) {
			const home = fresh(2);
			const [first, second] = home.cameras;
			const owner = new Owner(home, first, first.password);
			if (isSealed) {
				assert.equal(owner.ask("/api/v1/fleet/key", "").status, 200);
				// That code is not needed.
				home.world.runFor(700_000);
				assert.doesNotMatch(owner.page(), /Join code, valid/);
			}
			const chosen = "password=open-sesame&user=owner";
			assert.equal(new Owner(home, second, second.password).ask("/api/v1/password", chosen).status, 200);
			const [, action = ""] = /id="next".*?action="([^"]+)"/s.exec(owner.page()) ?? [];
			assert.equal(action, isSealed ? "/api/v1/fleet/invite" : "/api/v1/fleet/key");
			const { code, message } = JSON.parse(owner.ask(action, "").body);
			assert.equal(message, `Join code: ${code}`);
			assert.match(owner.page(), new RegExp(`Join code, valid for 10 minutes:.*${code}`));
			assert.ok(
				!owner.page().includes(`//${second.machine.address}`),
				"the code is in no link to a device that may be anybody's",
			);
			const other = new Owner(home, second, "open-sesame");
			home.until(() => other.json.outside.length === 1, 40_000, "it has heard of the fleet with a key");
			assert.match(other.page(), /is in another fleet\..*href="\/fleet">Join that fleet by a code/);
			const joined = JSON.parse(other.ask("/api/v1/fleet/join", `code=${code}`).body);
			assert.equal(joined.message, "Waiting for the device that shows this code.");
			home.until(() => inOneFleet(first, second), 5000, "one fleet");
			home.until(() => second.camera.access.credentials.record.version === 1, 5000, "the passwords of the fleet");
			assert.equal(new Owner(home, second, first.password).ask("/api/v1/status").status, 200);
		}
	});

	it("adds nothing for a viewer or a stranger, nothing that is unknown, and nothing that is in the fleet already", () => {
		const home = fresh(2, { "viewer-password": "only-looking" });
		const [first, second] = home.cameras;
		const path = `/api/v1/cameras/${second.camera.identity.id}/add`;
		const url = `http://${first.machine.address}:8000${path}`;
		assert.match(home.exchange("POST", url, "password=x", "", home.neighbour, 3000), /^HTTP\/1\.1 401/);
		const viewer = home.askAs("viewer", "only-looking", "POST", url, home.neighbour, "password=x");
		assert.match(viewer, /^HTTP\/1\.1 403/);
		const owner = new Owner(home, first, first.password);
		assert.equal(owner.ask("/api/v1/cameras/0000000000000000/add", "password=x").status, 404);
		assert.equal(owner.add(second, second.password), 200);
		home.until(() => inOneFleet(first, second), 5000, "one fleet");
		assert.equal(owner.add(second, second.password), 404);
	});

	it("hides devices that are not in the fleet from visitors outside the LAN", () => {
		const home = fresh(2);
		const [first, second] = home.cameras;
		assert.equal(new Owner(home, first, first.password).ask("/api/v1/fleet/key", "").status, 200);
		home.world.runFor(40000);
		assert.equal(new Owner(home, first, first.password).json.outside.length, 1);
		const url = `http://198.20.0.1:${first.port}/api/v1/cameras`;
		const answer = home.askAs("owner", first.password, "GET", url, home.visitor);
		assert.match(answer, /^HTTP\/1\.1 200/);
		assert.match(answer, /"outside":\[\]/);
		assert.ok(!answer.includes(second.machine.address));
	});
});
