import assert from "node:assert/strict";
import { hardwareAddressIn } from "../../../src/wire/arp-table";

const TABLE = `IP address       HW type     Flags       HW address            Mask     Device
192.168.0.1      0x1         0x2         02:fc:00:00:00:05     *        eth0
192.168.0.12     0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.0.254    0x1         0x2         02:fc:00:00:00:05     *        eth0
`;

describe("wire/arp-table", () => {
	for (const [address, hardware] of [
		["192.168.0.1", "02:fc:00:00:00:05"],
		["192.168.0.254", "02:fc:00:00:00:05"],
		["192.168.0.12", ""],
		["192.168.0.2", ""],
		["192.168.0", ""],
		["IP", ""],
		["", ""],
	] as const) {
		it(`finds ${hardware || "nothing"} for ${address || "no address"}`, () =>
			assert.equal(hardwareAddressIn(TABLE, address), hardware));
	}

	it("finds nothing in a table that is cut off or empty", () => {
		for (const table of ["", "IP address", "IP address\n192.168.0.1 ", "IP address\n192.168.0.1  0x1"])
			assert.equal(hardwareAddressIn(table, "192.168.0.1"), "");
	});
});
