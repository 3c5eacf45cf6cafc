import assert from "node:assert/strict";
import { isHex } from "../../../src/base/hex";
import { Prng } from "../../../src/base/prng";
import { addressOfPeer, peerOfAddress } from "../../../src/peer/peer-address";
import { isCalled, parsePeerHost } from "../../../src/peer/peer-name";
import { mutate } from "../../support/mutate";

describe("peer/peer-address", () => {
	for (const [peer, address] of [
		["0123456789abcdef", "fd50:6f72:7468:0:123:4567:89ab:cdef"],
		["0000000000000001", "fd50:6f72:7468::1"],
		["ffffffffffffffff", "fd50:6f72:7468:0:ffff:ffff:ffff:ffff"],
	]) {
		it(`gives ${peer} an address and finds it by that (P2P-13)`, () => {
			assert.equal(addressOfPeer(peer), address);
			assert.equal(peerOfAddress(address), peer);
		});
	}

	it("takes no other address for that of a peer", () => {
		for (const address of [
			"192.0.2.1",
			"fd50:6f72:7469::1",
			"fd50:6f72:7468:1::1",
			"fd50::",
			"",
			"fd50:xyz",
			"2001:db8::1",
		])
			assert.equal(peerOfAddress(address), undefined, address);
		const random = new Prng(3);
		for (let i = 0; i < 500; i++) {
			const peer = peerOfAddress(mutate(random, "fd50:6f72:7468:0:123:4567:89ab:cdef", "0123456789abcdef:%"));
			assert.ok(peer === undefined || isHex(peer, 16));
		}
	});
});

describe("peer/peer-name", () => {
	for (const [host, name] of [
		["garage.cabin.peer", { device: "garage", home: "cabin" }],
		["Garage.Cabin.PEER.", { device: "garage", home: "cabin" }],
		["cabin.peer", { device: "", home: "cabin" }],
		["a.b.c.peer", undefined],
		[".cabin.peer", undefined],
		["garage..peer", undefined],
		[".peer", undefined],
		["peer", undefined],
		["garage.local", undefined],
	] as const) {
		it(`${name === undefined ? "does not take" : "takes"} ${host} for a peer`, () => {
			assert.deepEqual(parsePeerHost(host), name);
		});
	}

	it("finds a device by its name in any spelling, or by its identity", () => {
		const id = "0123456789abcdef";
		for (const typed of ["Front door", "front-door", "FRONT DOOR", id])
			assert.ok(isCalled(typed, "Front door", id), typed);
		for (const typed of ["", "front", "...", "0123456789abcdee"]) assert.ok(!isCalled(typed, "Front door", id), typed);
		assert.ok(!isCalled("", "", id));
	});
});
