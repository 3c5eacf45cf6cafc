import assert from "node:assert/strict";
import { VirtualStreet, WAN } from "../support/virtual-street";

function settled(count: number, settings: Readonly<Record<string, string>> = {}): VirtualStreet {
	const street = new VirtualStreet(count);
	for (let i = 0; i < count; i++) street.add(settings);
	street.until(() => street.cameras.every((c) => c.port !== 0), 10000, "all have ports");
	return street;
}

const page = (street: VirtualStreet, n: number) =>
	street.get(`http://${street.cameras[n].machine.address}:8000/fleet`, street.neighbour);
const press = (street: VirtualStreet, n: number, what: string, form = "") =>
	street.post(`http://${street.cameras[n].machine.address}:8000/api/v1/fleet/${what}`, form, street.neighbour);

describe("simulation/fleet key", () => {
	it("is made on one camera's page and handed to the others by a code; what is sealed stays so across restarts", () => {
		const street = settled(3);
		assert.match(page(street, 0), /This fleet is open/);
		assert.match(press(street, 0, "key"), /200 OK/);
		const code = /class="code">([^<]+)</.exec(page(street, 0))?.[1] ?? "";
		assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
		for (const n of [1, 2]) assert.match(press(street, n, "join", `code=${code.toLowerCase()}`), /200 OK/);
		street.until(() => street.cameras.every((c) => c.camera.fleet.sealed), 5000, "all have the key");
		assert.match(page(street, 2), /has joined the fleet/);
		assert.doesNotMatch(page(street, 2), /This fleet is open/);
		street.world.runFor(30000);
		for (const { camera } of street.cameras) assert.equal(camera.fleet.registry.size, 2);
		assert.equal(street.cameras.filter((c) => c.camera.fleet.self.representative).length, 1);

		const victim = street.cameras[1];
		victim.crash();
		street.world.runFor(3000);
		victim.restart();
		street.until(() => victim.camera.fleet.registry.size === 2, 10000, "it is back");
		assert.ok(victim.camera.fleet.sealed);
		assert.ok(!street.cameras.some((c) => c.log.includes(code)), "no code in a log");
	});

	it("reaches a new camera that is started with the code, and nobody who has a wrong one", () => {
		const street = settled(1, { "fleet-key": "a-key-that-nobody-guesses" });
		press(street, 0, "invite");
		const code = /class="code">([^<]+)</.exec(page(street, 0))?.[1] ?? "";
		const guest = street.add({ "join-code": code });
		const stranger = street.add({ "join-code": "AAAA-BBBB-CCCC-DDDD" });
		street.until(() => guest.camera.fleet.registry.size === 1, 10000, "joined");
		street.world.runFor(70000);
		assert.equal(stranger.camera.fleet.sealed, false);
		assert.equal(stranger.camera.fleet.registry.size, 0);
		assert.match(page(street, 2), /Not joined/);
		assert.equal(guest.camera.keeper.joinBy("AAAA-BBBB-CCCC-DDDD"), false, "who has a key does not change it");
	});

	it("is a matter of the owner, and of nobody else", () => {
		const street = settled(1, { "viewer-password": "only looking" });
		const url = `http://${WAN}:8080/fleet`;
		assert.match(street.exchange("GET", url, "", "", street.visitor, 3000), /^HTTP\/1.1 401/);
		assert.match(press(street, 0, "invite"), /409/, "there is no key to hand over");
		assert.match(press(street, 0, "join", "code=nonsense"), /409/);
		assert.match(street.exchange("POST", `http://${WAN}:8080/api/v1/fleet/key`, "", "", street.visitor, 3000), /401/);
		assert.equal(street.cameras[0].camera.fleet.sealed, false);
	});
});
