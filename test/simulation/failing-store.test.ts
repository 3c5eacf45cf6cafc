import assert from "node:assert/strict";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { StoreError } from "../../src/ports/store";
import { PASSWORD } from "../support/digest";
import { type HomeCamera, VirtualHome } from "../support/virtual-home";

const FULL = /the medium fails/;

/** The page of a camera in the LAN. */
const url = ({ number }: HomeCamera, path: string) => `http://192.168.0.${10 + number}:8000${path}`;

describe("simulation: a store that fails", () => {
	/** A camera with passwords of its own in a home; the store works at first. */
	function scene(): {
		home: VirtualHome;
		door: HomeCamera;
		post: (path: string, form: string) => string;
		page: () => string;
	} {
		const home = new VirtualHome(11);
		const door = home.add({ password: "" });
		home.until(() => door.port !== 0, 30_000, "a port");
		door.camera.access.credentials.setPassword("owner", PASSWORD);
		return {
			home,
			door,
			post: (path, form) => home.post(url(door, path), form, home.neighbour),
			page: () => home.get(url(door, "/camera"), home.neighbour),
		};
	}

	it("refuses changes of the owner with 507, changes nothing, and says why", () => {
		const { door, post, home } = scene();
		const { credentials } = door.camera.access;
		door.machine.store.broken = true;
		const { record, tokens } = credentials;
		for (const [path, form] of [
			["/api/v1/password", "user=owner&password=a+new+password"],
			["/api/v1/password", "user=viewer&password=a+new+password"],
			["/api/v1/logout-all", ""],
			["/api/v1/mapping", "on=no"],
			["/api/v1/settings", "http-port=8123"],
			["/api/v1/fleet/key", ""],
		]) {
			const answer = post(path, form);
			assert.match(answer, /^HTTP\/1\.1 507 [\s\S]*Nothing was changed[\s\S]*the medium fails/, path);
		}
		assert.deepEqual([credentials.record, credentials.tokens], [record, tokens]);
		assert.equal(door.camera.gateway.isMapping, true);
		assert.equal(door.camera.fleet.sealed, false);
		door.crash();
		door.machine.store.broken = false;
		door.restart();
		home.until(() => door.port !== 0, 60_000, "a port again");
		assert.match(post("/api/v1/password", "user=owner&password=a+new+password"), /^HTTP\/1\.1 200 /);
	});

	it("accepts a fleet key completely even if the stored state of other cameras cannot be read", () => {
		const { door, post } = scene();
		const { store } = door.machine;
		const { tokens } = door.camera.access.credentials;
		const { read } = VirtualStore.prototype;
		store.read = (key) => {
			if (key.startsWith("heard")) throw new StoreError("the medium fails");
			return read.call(store, key);
		};
		assert.match(post("/api/v1/fleet/key", ""), /^HTTP\/1\.1 200 /);
		assert.ok(door.camera.fleet.sealed);
		assert.notEqual(door.camera.access.credentials.tokens.name, tokens.name);
	});

	it("renames from memory, says so on the page until the name is stored, and stores it by itself", () => {
		const { home, door, post, page } = scene();
		assert.doesNotMatch(page(), FULL);
		door.machine.store.broken = true;
		assert.match(post(`/api/v1/cameras/${door.camera.identity.id}/name`, "name=Gate"), /^HTTP\/1\.1 200 /);
		home.world.runFor(1000);
		assert.equal(door.camera.fleet.self.name, "Gate");
		assert.match(page(), /can(&#39;|')t store what changes: the medium fails/);
		door.machine.store.broken = false;
		home.world.runFor(61_000);
		assert.equal(door.machine.store.values.get("name"), "own Gate");
		assert.doesNotMatch(page(), FULL);
	});

	it("starts, and is accepted by the others after every start, even if nothing can be stored", () => {
		const { home, door, page } = scene();
		const hall = home.add({ password: "" });
		door.camera.fleetPart.keys.makeKey();
		hall.camera.fleetPart.keys.joinBy(door.camera.fleetPart.keys.view.code);
		home.until(() => hall.camera.fleet.sealed, 60_000, "a sealed fleet");
		door.machine.store.broken = true;
		for (let start = 0; start < 3; start++) {
			door.crash();
			home.world.runFor(60_000);
			door.restart();
			const { id } = door.camera.identity;
			const since = home.world.now;
			home.until(() => (hall.camera.fleet.registry.get(id)?.heard ?? 0) > since, 30_000, `heard (${start})`);
		}
		assert.match(page(), FULL);
	});

	it("runs a new camera whose store fails from the beginning, and shows its password", () => {
		const home = new VirtualHome(12);
		const door = home.add({ password: "" });
		door.crash();
		door.machine.store.values.clear();
		door.machine.store.broken = true;
		door.password = "";
		door.restart();
		home.until(() => door.port !== 0, 60_000, "a port");
		assert.match(door.password, /^.{4}-.{4}-.{4}$/);
	});
});
