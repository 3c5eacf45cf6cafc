import assert from "node:assert/strict";
import { DeviceAddresses } from "../../../src/app/device-addresses";

/** In two networks: behind a router whose own side the host knows, and by a public address. */
function scene(hostName = ""): DeviceAddresses {
	const addresses = new DeviceAddresses(hostName);
	addresses.paths = [
		{ name: "eth0", address: "192.168.0.11", prefix: 24, gateway: "192.168.0.1" },
		{ name: "wlan0", address: "10.1.2.3", prefix: 16 },
		{ name: "eth1", address: "51.15.0.10", prefix: 28 },
	];
	addresses.gatewayAddress = "10.1.0.254";
	return addresses;
}

describe("app/addresses", () => {
	const visitors: [visitor: string, what: string, neighbour: boolean, near: boolean][] = [
		["127.0.0.1", "this machine", true, true],
		["127.9.9.9", "this machine by another address", true, true],
		["192.168.0.11", "the camera's own address", true, true],
		["192.168.0.77", "a neighbour", true, true],
		["10.1.99.99", "a neighbour in the second network", true, true],
		["51.15.0.1", "a neighbour in a network with public addresses", true, true],
		["192.168.0.1", "the router that packets go to", false, true],
		["10.1.0.254", "the gateway that answers to UPnP", false, true],
		["192.168.1.77", "another private network", false, true],
		["10.2.0.1", "a private network beside the second one", false, true],
		["172.16.0.5", "a private network, by a VPN", false, true],
		["100.64.0.9", "the provider's own network", false, true],
		["51.15.0.17", "the Internet, beside our network", false, false],
		["8.8.8.8", "the Internet", false, false],
		["", "nowhere", false, true],
		["192.168.0.077", "an address that is none", false, true],
		["fe80::1", "IPv6", false, true],
	];
	for (const [visitor, what, neighbour, near] of visitors) {
		const words = `${neighbour ? "a neighbour" : "no neighbour"}, and ${near ? "near" : "far"}`;
		it(`takes a visitor from ${what} for ${words}`, () => {
			assert.equal(scene().isNeighbour(visitor), neighbour);
			assert.equal(scene().isNear(visitor), near);
		});
	}

	for (const [address, external, seen] of [
		["10.1.2.3", "51.15.0.3", "51.15.0.3"],
		["10.1.2.3", "", ""],
		["10.1.2.3", "100.64.0.9", ""],
		["192.168.0.11", "51.15.0.3", ""],
		["10.1.99.99", "51.15.0.3", ""],
		["fe80::1", "51.15.0.3", ""],
	] as const) {
		it(`says that the Internet sees ${seen || "nothing known"} in place of ${address}, behind a gateway at ${external || "no address"} (ONE-4)`, () => {
			const addresses = scene();
			addresses.externalAddress = external;
			assert.equal(addresses.outsideOf(address), seen);
		});
	}

	for (const [visitor, what, trusted] of [
		["127.0.0.1", "this machine", false],
		["127.9.9.9", "this machine by another address", false],
		["192.168.0.11", "this machine by its address in the LAN", false],
		["10.1.2.3", "this machine by its address in the second network", false],
		["192.168.0.77", "a neighbour", true],
		["10.1.99.99", "a neighbour in the second network", true],
		["192.168.0.1", "the router that packets go to", false],
		["10.1.0.254", "the gateway that answers to UPnP", false],
		["51.15.0.3", "the router by its external address", false],
		["192.168.0.253", "a second router", false],
		["192.168.1.77", "another private network", false],
		["8.8.8.8", "the Internet", false],
	] as const) {
		it(`${trusted ? "trusts" : "does not trust"} a visitor from ${what} without a password`, () => {
			const addresses = scene();
			addresses.externalAddress = "51.15.0.3";
			addresses.sawRouter("192.168.0.253");
			assert.equal(addresses.isOtherDevice(visitor), trusted);
		});
	}

	it("does not trust another address of a router, which has the same hardware", () => {
		const hardware = new Map([
			["192.168.0.1", "a"],
			["192.168.0.254", "a"],
			["10.1.0.254", "b"],
			["10.1.0.253", "b"],
			["192.168.0.77", "c"],
		]);
		const addresses = new DeviceAddresses("", (address) => hardware.get(address) ?? "");
		addresses.paths = scene().paths;
		addresses.gatewayAddress = "10.1.0.254";
		const trusted = ["192.168.0.254", "10.1.0.253", "192.168.0.77", "192.168.0.78"].map((a) =>
			addresses.isOtherDevice(a),
		);
		assert.deepEqual(trusted, [false, false, true, true]);
	});

	it("does not trust an address at which the gateway once was", () => {
		const addresses = scene();
		addresses.gatewayAddress = "192.168.0.2";
		addresses.gatewayAddress = "";
		for (const visitor of ["192.168.0.2", "10.1.0.254"]) assert.equal(addresses.isOtherDevice(visitor), false);
	});

	it("has no neighbours but this machine while no interface is up", () => {
		const addresses = new DeviceAddresses("");
		for (const visitor of ["192.168.0.77", "192.168.0.1", "0.0.0.0", "8.8.8.8", ""])
			assert.equal(addresses.isNeighbour(visitor), false, visitor);
		assert.equal(addresses.isNeighbour("127.0.0.1"), true);
		assert.equal(addresses.isNear("8.8.8.8"), false);
		assert.equal(addresses.lanAddress(), "");
	});

	it("stops trusting the gateway's address as soon as it is known, and trusts the last one again", () => {
		const addresses = scene();
		addresses.gatewayAddress = "";
		assert.equal(addresses.isNeighbour("10.1.0.254"), true);
		addresses.gatewayAddress = "192.168.0.2";
		assert.equal(addresses.isNeighbour("192.168.0.2"), false);
		assert.equal(addresses.isNeighbour("192.168.0.1"), false, "the router stays one");
	});

	for (const [visitor, address] of [
		["192.168.0.77", "192.168.0.11"],
		["10.1.99.99", "10.1.2.3"],
		["51.15.0.1", "51.15.0.10"],
		["172.16.0.5", "192.168.0.11"],
		["8.8.8.8", "192.168.0.11"],
		["", "192.168.0.11"],
	] as const) {
		it(`is at ${address} for a visitor from ${visitor || "nowhere"}`, () =>
			assert.equal(scene().lanAddress(visitor), address));
	}

	it("is on the Internet by the name in the settings, or by the gateway's address (IMG-5)", () => {
		const [named, plain] = [scene("cams.example.org"), scene()];
		assert.deepEqual([named.externalHost, plain.externalHost], ["cams.example.org", ""]);
		for (const each of [named, plain]) each.externalAddress = "198.20.0.1";
		assert.deepEqual([named.externalHost, plain.externalHost], ["cams.example.org", "198.20.0.1"]);
	});
});
