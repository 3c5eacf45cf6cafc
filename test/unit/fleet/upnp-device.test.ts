import assert from "node:assert/strict";
import type { Path } from "../../../src/core/path";
import { UpnpDevice } from "../../../src/fleet/upnp-device";
import { buildSearch, parseSsdp } from "../../../src/wire/ssdp";
import { XmlLeaves } from "../../support/xml-leaves";

const path: Path = { name: "eth0", address: "192.168.0.11", prefix: 24 };

class Wire {
	sent: { to: string; port: number; fields: ReadonlyMap<string, string> }[] = [];
	send(_path: Path, to: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sent.push({ to, port, fields: parseSsdp(bytes.subarray(start, end))!.fields });
	}
}

function present(): [UpnpDevice, Wire] {
	const presence = new UpnpDevice("00112233aabbccdd", 3, 8000, { unit: () => 0.5 });
	const wire = new Wire();
	presence.start(0, [path], wire);
	return [presence, wire];
}

describe("fleet/upnp-device", () => {
	it("announces root device, identity and type repeatedly, and sends byebye", () => {
		const [presence, wire] = present();
		assert.deepEqual(
			wire.sent.map(({ fields }) => fields.get("nts")),
			["ssdp:alive", "ssdp:alive", "ssdp:alive"],
		);
		assert.equal(wire.sent[0].fields.get("location"), "http://192.168.0.11:8000/description.xml");
		presence.expire(presence.deadline, wire);
		assert.equal(wire.sent.length, 6);
		presence.leave(wire);
		assert.equal(wire.sent.at(-1)?.fields.get("nts"), "ssdp:byebye");
		assert.equal(presence.deadline, Infinity);
	});

	for (const [target, answers] of [
		["ssdp:all", 3],
		["upnp:rootdevice", 1],
		["urn:schemas-upnp-org:device:Basic:1", 1],
		["urn:schemas-upnp-org:device:InternetGatewayDevice:1", 0],
	] as const) {
		it(`answers a search for ${target} with ${answers} messages, within the time it allows`, () => {
			const [presence, wire] = present();
			wire.sent = [];
			presence.receive(0, path, "192.168.0.50", 4711, buildSearch("239.255.255.250", target, 2), wire);
			presence.expire(2000, wire);
			assert.equal(wire.sent.length, answers);
			assert.ok(wire.sent.every(({ to, port }) => to === "192.168.0.50" && port === 4711));
		});
	}

	it("does not answer searches from outside the LAN, nor more searches than it can hold", () => {
		const [presence, wire] = present();
		wire.sent = [];
		presence.receive(0, path, "8.8.8.8", 1900, buildSearch("239.255.255.250", "ssdp:all", 1), wire);
		presence.expire(5000, wire);
		assert.equal(wire.sent.length, 0);
		for (let i = 0; i < 1000; i++)
			presence.receive(5000, path, "192.168.0.50", i, buildSearch("239.255.255.250", "ssdp:all", 5), wire);
		presence.expire(20000, wire);
		assert.ok(wire.sent.length <= 32);
	});

	it("answers at most 3 searches of one address in a second, and 10 of all, as their sources can be forged", () => {
		const [presence, wire] = present();
		const search = buildSearch("239.255.255.250", "ssdp:all", 0);
		wire.sent = [];
		for (let i = 0; i < 500; i++) presence.receive(5000, path, "192.168.0.50", i, search, wire);
		presence.expire(5000, wire);
		assert.equal(wire.sent.length, 3 * 3);
		for (let i = 0; i < 500; i++) presence.receive(5000, path, `192.168.0.${51 + (i % 100)}`, i, search, wire);
		presence.expire(5000, wire);
		assert.equal(wire.sent.length, 10 * 3);
		presence.receive(6000, path, "192.168.0.50", 1, search, wire);
		presence.expire(6000, wire);
		assert.equal(wire.sent.length, 11 * 3, "a second later it answers again");
	});

	it("returns an XML description with its name", () => {
		const root = new XmlLeaves(present()[0].description("Hof <1>", "node"));
		assert.equal(root.of("friendlyName"), "Hof <1>");
		assert.match(root.of("UDN") ?? "", /^uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
	});
});
