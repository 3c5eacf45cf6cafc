import assert from "node:assert/strict";
import { DeviceAddresses } from "../../../../src/app/device-addresses";
import { DualStackAddresses } from "../../../../src/app/ipv6/dual-stack-addresses";

function scene(): DualStackAddresses {
	const before = new DeviceAddresses("");
	before.paths = [{ name: "eth0", address: "192.168.0.11", prefix: 24, gateway: "192.168.0.1" }];
	before.externalAddress = "198.20.0.1";
	before.gatewayAddress = "192.168.0.1";
	const addresses = new DualStackAddresses(before, "");
	addresses.ipv6Paths = [
		{ name: "eth0", address: "fe80::11%eth0", prefix: 64 },
		{ name: "eth0", address: "2a0a:2:0:1::11", prefix: 64 },
		{ name: "eth0", address: "fd00:1::11", prefix: 64 },
	];
	return addresses;
}

describe("app/dual-stack addresses", () => {
	const visitors: [visitor: string, near: boolean, here: boolean][] = [
		["2a0a:2:0:1::99", true, false],
		["2a0a:2:0:1::11", true, true],
		["2a0a:2:0:2::99", false, false],
		["2a0a:3::1", false, false],
		["fd00:1::5", true, false],
		["fd00:2::5", false, false],
		["fe80::5%eth0", true, false],
		["::1", true, true],
		["192.168.0.99", true, false],
		["192.168.0.11", true, true],
		["8.8.8.8", false, false],
	];
	for (const [visitor, near, here] of visitors) {
		it(`takes ${visitor} for ${near ? "near" : "far"}${here ? ", on this machine" : ""} (IMG-32)`, () => {
			assert.equal(scene().isNear(visitor), near);
			assert.equal(scene().isThisMachine(visitor), here);
		});
	}

	it("takes no IPv6 visitor for a neighbour or another device for certain: a router may have the address", () => {
		for (const visitor of ["2a0a:2:0:1::99", "fe80::5%eth0", "fd00:1::5"]) {
			assert.equal(scene().isNeighbour(visitor), false);
			assert.equal(scene().isOtherDevice(visitor), false);
		}
	});

	it("keeps what was known of IPv4", () => {
		const { externalHost, gatewayAddress } = scene();
		assert.deepEqual(
			[externalHost, gatewayAddress, scene().lanAddress()],
			["198.20.0.1", "192.168.0.1", "192.168.0.11"],
		);
	});
});
