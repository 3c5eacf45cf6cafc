import assert from "node:assert/strict";
import { shownDevice } from "../../../../src/app/peer/home-devices-part";
import type { Candidate, CandidateKind } from "../../../../src/peer/candidate";
import { HOME_DEVICES_MESSAGES } from "../../../../src/web/home-devices-messages";

const { nats, ways } = HOME_DEVICES_MESSAGES;

function at(kind: CandidateKind, address: string): Candidate {
	return { kind, address, port: 40_000 };
}

const SEEN = at("reflexive", "8.1.0.1");
const LOCAL = at("host", "192.168.0.7");

describe("app/peer/home-devices-part (ONE-10)", () => {
	for (const [what, isSymmetric, candidates, nat, expected] of [
		["an ordinary NAT", false, [SEEN, LOCAL], nats.independent, [ways.punched]],
		["a symmetric NAT", true, [SEEN, LOCAL], nats.symmetric, [ways.symmetric]],
		["a mapped port", true, [SEEN, LOCAL, at("mapped", "8.1.0.1")], nats.symmetric, [ways.mapped, ways.symmetric]],
		["no NAT", false, [SEEN, at("host", "8.1.0.1")], nats.none, [ways.direct]],
		["IPv6 as well", false, [SEEN, LOCAL, at("reflexive", "2600::7")], nats.independent, [ways.ipv6, ways.punched]],
		["no UDP", false, [LOCAL], nats.unknown, [ways.relayed]],
	] as const) {
		it(`says which ways lead to a device with ${what}`, () => {
			const found = {
				peer: "0123456789abcdef",
				name: "Garage",
				kind: "camera",
				isPortal: false,
				isSymmetric,
				candidates,
			};
			const shown = shownDevice(found);
			assert.deepEqual([shown.nat, shown.ways], [nat, expected]);
			assert.ok(!shown.addresses.join().includes("192.168"));
		});
	}

	it("marks the portal, and names a device without a name by its identity", () => {
		const shown = shownDevice({ peer: "0123456789abcdef", name: "", kind: "nas", isPortal: true });
		assert.equal(shown.name, "0123456789abcdef (portal)");
	});
});
