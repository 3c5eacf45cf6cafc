import assert from "node:assert/strict";
import { type Holder, holderOf, type Neighbours } from "../../../src/gateway/mapping-holder";

const neighbours: Neighbours = {
	id: "3f9a2c0000000000",
	peers: [
		{ id: "77aabb0000000000", address: "192.168.0.12", httpPort: 8000, externalPort: 8080 },
		{ id: "55aabb0000000000", address: "192.168.0.11", httpPort: 8005, externalPort: 8085 },
		{ id: "66aabb0000000000", address: "192.168.0.13", httpPort: 8006, externalPort: 8086 },
	],
	gone: [
		{ id: "77aabb0000000000", address: "192.168.0.13" },
		{ id: "88aabb0000000000", address: "192.168.0.14" },
	],
	floating: "192.168.0.100",
};

function answer(client: string, description: string, port = 8000, error = 0) {
	const values = new Map([
		["NewInternalClient", client],
		["NewInternalPort", `${port}`],
		["NewPortMappingDescription", description],
	]);
	return { error, errorText: "", values };
}

describe("gateway/mapping-holder", () => {
	it("takes over each mapping to the floating address, regardless of its owner; elsewhere the description counts", () => {
		const said = (client: string, port = 8000) => answer(client, "Porthole/node 121212 x", port);
		assert.equal(holderOf(said("192.168.0.100"), 8080, 8000, "192.168.0.100", neighbours), "mine");
		assert.equal(holderOf(said("192.168.0.100", 8001), 8080, 8000, "192.168.0.100", neighbours), "camera");
		assert.equal(holderOf(said("192.168.0.11"), 8080, 8000, "192.168.0.11", neighbours), "camera");
	});

	it("knows the port of a camera on the same machine by its announcement, where internal and external ports are equal (IMG-6)", () => {
		assert.equal(holderOf(answer("192.168.0.11", "", 8085), 8085, 8085, "192.168.0.11", neighbours), "live");
		assert.equal(holderOf(answer("192.168.0.11", "", 8084), 8084, 8084, "192.168.0.11", neighbours), "mine");
	});

	const cases: [string, Holder, ReturnType<typeof answer>, number?][] = [
		["our own for another service", "mine", answer("192.168.0.11", "Porthole/node 3f9a2c/rtsp Hof", 8554)],
		["our own", "mine", answer("192.168.0.11", "Porthole/node 3f9a2c server 1")],
		["our own with a garbled description", "mine", answer("192.168.0.11", "\u0001\u0002")],
		["another camera's on our machine", "camera", answer("192.168.0.11", "Porthole/node 99ffee Hof", 8001)],
		["another camera's on our machine, with a garbled description", "camera", answer("192.168.0.11", "", 8001)],
		["a live camera's on our machine", "live", answer("192.168.0.11", "Porthole/node 55aabb Hof", 8005)],
		["the same with a garbled description", "live", answer("192.168.0.11", "", 8005)],
		["another product's on our machine", "stranger", answer("192.168.0.11", "Skype", 9000), 9000],
		["one that is gone from a machine where another lives", "gone", answer("192.168.0.13", "Porthole/node 77aabb x")],
		["our own at the address we had before (quirk 9)", "gone", answer("192.168.0.50", "Porthole/node 3f9a2c x")],
		["a live camera's", "live", answer("192.168.0.12", "Porthole/node 77aabb x")],
		["a camera's that is gone (IMG-22)", "gone", answer("192.168.0.13", "Porthole/node 77aabb x")],
		["the same with a garbled description", "gone", answer("192.168.0.14", "")],
		["another camera's at the address of one that is gone", "camera", answer("192.168.0.13", "Porthole/node 121212 x")],
		["an unknown camera's", "camera", answer("192.168.0.77", "Porthole/node 121212 x")],
		["another product's", "stranger", answer("192.168.0.77", "Skype"), 9000],
		["nobody's (714)", "absent", answer("", "", 0, 714)],
		["one that cannot be read (401)", "unreadable", answer("", "", 0, 401)],
	];
	for (const [title, holder, said, port = 8080] of cases) {
		it(`calls the mapping ${holder}: ${title}`, () => {
			assert.equal(holderOf(said, port, 8000, "192.168.0.11", neighbours), holder);
		});
	}
});
