import assert from "node:assert/strict";
import { type Holder, holderOf, type Neighbours } from "../../../src/gateway/mapping-holder";
import { nextAsk } from "../../../src/gateway/representative-port";

const neighbours: Neighbours = {
	id: "3f9a2c0000000000",
	ports: [8080],
	addresses: ["192.168.0.12"],
	gone: [{ id: "77aabb0000000000", address: "192.168.0.13" }],
};

function answer(client: string, description: string, port = 8000, error = 0) {
	const values = new Map([
		["NewInternalClient", client],
		["NewInternalPort", `${port}`],
		["NewPortMappingDescription", description],
	]);
	return { error, errorText: "", values };
}

describe("gateway/representative-port", () => {
	const cases: [string, Holder, ReturnType<typeof answer>, number?][] = [
		["our own", "mine", answer("192.168.0.11", "Porthole/node 3f9a2c server 1")],
		["our own with a garbled description", "mine", answer("192.168.0.11", "\u0001\u0002")],
		["that of another camera on our machine", "camera", answer("192.168.0.11", "Porthole/node 99ffee Hof", 8001)],
		["the same, garbled", "camera", answer("192.168.0.11", "", 8001)],
		["our own at the address that we had before (quirk 9)", "gone", answer("192.168.0.50", "Porthole/node 3f9a2c x")],
		["of a camera that lives", "live", answer("192.168.0.12", "Porthole/node 77aabb x")],
		["of one that is gone (IMG-22)", "gone", answer("192.168.0.13", "Porthole/node 77aabb x")],
		["of one that is gone, garbled", "gone", answer("192.168.0.13", "")],
		[
			"of another camera at the address of one that is gone",
			"camera",
			answer("192.168.0.13", "Porthole/node 121212 x"),
		],
		["of a camera that nobody knows", "camera", answer("192.168.0.77", "Porthole/node 121212 x")],
		["of another product", "stranger", answer("192.168.0.77", "Skype"), 9000],
		["nobody's", "absent", answer("", "", 0, 714)],
		["not to be read", "unreadable", answer("", "", 0, 401)],
	];
	for (const [title, holder, said, port = 8080] of cases) {
		it(`tells whose a mapping is: ${title}`, () => {
			assert.equal(holderOf(said, port, 8000, "192.168.0.11", neighbours), holder);
		});
	}

	it("asks again when the lease ends, not before and not long after; soon where a live camera lets go (IMG-22)", () => {
		assert.equal(nextAsk("gone", 15, -1), 14000);
		assert.equal(nextAsk("camera", 1, 15), 250);
		assert.equal(nextAsk("camera", 0, 1), 250, "a fraction of a second");
		assert.equal(nextAsk("gone", 0, -1), 2000, "for ever, or just over");
		assert.equal(nextAsk("live", 600, -1), 300);
	});
});
