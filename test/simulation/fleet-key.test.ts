import assert from "node:assert/strict";
import { ByteWriter } from "../../src/base/byte-writer";
import { FLEET_PORT } from "../../src/fleet/fleet-settings";
import { encodeFleetMessage, FLEET_MESSAGE_MAX, type FleetMessage } from "../../src/wire/fleet-message";
import { VirtualHome, WAN } from "../support/virtual-home";
import { UdpRecorder } from "../unit/hosts-virtual/sinks";

function settled(count: number, settings: Readonly<Record<string, string>> = {}): VirtualHome {
	const home = new VirtualHome(count);
	for (let i = 0; i < count; i++) home.add(settings);
	home.until(() => home.cameras.every((c) => c.port !== 0), 10000, "all have ports");
	return home;
}

const page = (home: VirtualHome, n: number) =>
	home.get(`http://${home.cameras[n].machine.address}:8000/fleet`, home.neighbour);
const press = (home: VirtualHome, n: number, what: string, form = "") =>
	home.post(`http://${home.cameras[n].machine.address}:8000/api/v1/fleet/${what}`, form, home.neighbour);

/** An announcement that nobody has sealed, of a camera's last start. */
function message(sender: string): FleetMessage {
	return {
		type: "announce",
		fleet: 0,
		sender,
		boot: 0xffffffff,
		sequence: 0xffffffff,
		term: 0,
		answer: false,
		representative: false,
		holds: false,
	};
}

describe("simulation/fleet key", () => {
	it("is made on one camera's page and handed to the others by a code, and is kept across restarts", () => {
		const home = settled(3);
		assert.match(page(home, 0), /This fleet is unprotected/);
		assert.match(press(home, 0, "key"), /200 OK/);
		const code = /class="code">([^<]+)</.exec(page(home, 0))?.[1] ?? "";
		assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
		for (const n of [1, 2]) assert.match(press(home, n, "join", `code=${code.toLowerCase()}`), /200 OK/);
		home.until(() => home.cameras.every((c) => c.camera.fleet.sealed), 5000, "all have the key");
		assert.match(page(home, 2), /has joined the fleet/);
		assert.doesNotMatch(page(home, 2), /This fleet is unprotected/);
		home.world.runFor(30000);
		for (const { camera } of home.cameras) assert.equal(camera.fleet.registry.size, 2);
		assert.equal(home.cameras.filter((c) => c.camera.fleet.self.representative).length, 1);

		const victim = home.cameras[1];
		victim.crash();
		home.world.runFor(3000);
		victim.restart();
		home.until(() => victim.camera.fleet.registry.size === 2, 10000, "it is back");
		assert.ok(victim.camera.fleet.sealed);
		assert.ok(!home.cameras.some((c) => c.log.includes(code)), "no code in a log");
	});

	it("reaches a new camera that is started with the code, and none with a wrong code", () => {
		const home = settled(1, { "fleet-key": "a-key-that-nobody-guesses" });
		press(home, 0, "invite");
		const code = /class="code">([^<]+)</.exec(page(home, 0))?.[1] ?? "";
		const guest = home.add({ "join-code": code });
		const stranger = home.add({ "join-code": "AAAA-BBBB-CCCC-DDDD" });
		home.until(() => guest.camera.fleet.registry.size === 1, 10000, "joined");
		home.world.runFor(70000);
		assert.equal(stranger.camera.fleet.sealed, false);
		assert.equal(stranger.camera.fleet.registry.size, 0);
		assert.match(page(home, 2), /Could not join/);
		assert.equal(
			guest.camera.fleetPart.keys.joinBy("AAAA-BBBB-CCCC-DDDD"),
			false,
			"a camera with a key does not change it",
		);
	});

	it("accepts a camera again after a stranger forged its last start while the fleet was open, and stores no forgery", () => {
		const home = settled(2);
		const [first, second] = home.cameras;
		home.until(() => first.camera.fleet.registry.size === 1, 10000, "they know each other");
		const { id } = second.camera.fleet.settings;
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		assert.ok(encodeFleetMessage(message(id), writer));
		const { socket } = new UdpRecorder(home.neighbour.network, { port: 40000 });
		home.world.runFor(10);
		socket.send(writer.bytes, 0, writer.length, first.machine.address, FLEET_PORT);
		home.world.runFor(100);
		assert.equal(first.camera.fleet.registry.get(id)?.boot, 0xffffffff, "an open fleet believes it");
		press(home, 0, "key");
		const code = /class="code">([^<]+)</.exec(page(home, 0))?.[1] ?? "";
		press(home, 1, "join", `code=${code}`);
		home.until(() => second.camera.fleet.sealed, 5000, "joined");
		const known = () => first.camera.fleet.registry.get(id);
		home.until(() => known()?.boot === second.camera.fleet.settings.boot, 5000, "it is heard");
		first.crash();
		home.world.runFor(1000);
		first.restart();
		home.until(() => known() !== undefined, 10000, "and heard after a restart");
		assert.ok(!first.camera.fleet.receiver.guard.save().some((line) => line.includes("4294967295")));
	});

	it("shows the owner which cameras are not in the fleet, on both sides, until they join or are gone", () => {
		const home = settled(2, { "fleet-key": "a-key-that-nobody-guesses" });
		assert.doesNotMatch(page(home, 0), /is not in this fleet/);
		const guest = home.add();
		home.world.runFor(2000);
		const outside = `A device at ${guest.machine.address} is not in this fleet`;
		for (const n of [0, 1]) assert.ok(page(home, n).includes(outside));
		assert.match(page(home, 2), new RegExp(`A device at ${home.cameras[0].machine.address} is in a fleet with a key`));
		assert.equal(home.cameras[0].camera.fleet.registry.size, 1, "it is not trusted");
		guest.crash();
		home.world.runFor(120000);
		assert.ok(!page(home, 0).includes(outside));
		// A flood of forged ones fills one small list, and nothing else.
		const { socket } = new UdpRecorder(home.neighbour.network, { port: 40000 });
		home.world.runFor(10);
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		assert.ok(encodeFleetMessage({ ...message("00000000000000ff"), name: "<b>forged</b>" }, writer));
		socket.send(writer.bytes, 0, writer.length, home.cameras[0].machine.address, FLEET_PORT);
		home.world.runFor(10);
		assert.match(page(home, 0), /A device at 192\.168\.0\.9 is not in this fleet/);
		assert.doesNotMatch(page(home, 0), /forged/);
	});

	it("can be made and handed over by the owner only", () => {
		const home = settled(1, { "viewer-password": "only looking" });
		const url = `http://${WAN}:8080/fleet`;
		assert.match(home.exchange("GET", url, "", "", home.visitor, 3000), /^HTTP\/1.1 401/);
		assert.match(press(home, 0, "invite"), /409/, "there is no key to hand over");
		assert.match(press(home, 0, "join", "code=nonsense"), /409/);
		assert.match(home.exchange("POST", `http://${WAN}:8080/api/v1/fleet/key`, "", "", home.visitor, 3000), /401/);
		assert.equal(home.cameras[0].camera.fleet.sealed, false);
	});
});
