import assert from "node:assert/strict";
import type { Diagnosis } from "../../../src/gateway/diagnosis";
import { ExternalAddressCheck } from "../../../src/gateway/external-address-check";
import { RecordingOutbox } from "./recording-outbox";

function build() {
	const out = new RecordingOutbox();
	const diagnoses = new Set<Diagnosis>();
	const check = new ExternalAddressCheck((diagnosis, holds) => {
		if (holds) diagnoses.add(diagnosis);
		else diagnoses.delete(diagnosis);
	});
	return { out, diagnoses, check };
}

describe("gateway/external-address-check", () => {
	const cases: [string, boolean, string, string[]][] = [
		["198.20.0.1", false, "198.20.0.1", []],
		["198.20.0.1", true, "198.20.0.1", ["refused"]],
		["10.20.0.1", false, "", ["double-nat"]],
		["192.168.7.1", false, "", ["double-nat"]],
		["172.16.0.1", true, "", ["double-nat"]],
		["192.0.2.1", false, "", ["double-nat"]],
		["100.64.7.7", false, "", ["carrier-nat"]],
		["0.0.0.0", false, "", ["no-address"]],
		["", false, "", ["no-address"]],
		["", true, "", ["double-nat"]],
		["router.local", false, "", ["no-address"]],
		["256.1.1.1", false, "", ["no-address"]],
	];
	for (const [reported, refused, address, expected] of cases) {
		it(`finds ${expected.join() || "no problem"} in ${JSON.stringify(reported)}${refused ? " of a gateway that opens no port" : ""} (quirk 12)`, () => {
			const { out, diagnoses, check } = build();
			check.setRefused(refused, out);
			check.learn(reported, out);
			assert.deepEqual([check.address, check.reported, [...diagnoses]], [address, reported, expected]);
			assert.deepEqual(out.events, [{ type: "address", address }]);
		});
	}

	it("emits an address once, each change, and once more for another gateway (IMG-5)", () => {
		const { out, check } = build();
		for (const address of ["198.20.0.1", "198.20.0.1", "", "10.0.0.1", "198.20.0.2"]) check.learn(address, out);
		check.reset();
		check.learn("198.20.0.2", out);
		assert.deepEqual(
			out.events.map((event) => event.type === "address" && event.address),
			["198.20.0.1", "", "198.20.0.2", "198.20.0.2"],
		);
	});

	it("withdraws a refusal when a port is opened later", () => {
		const { out, diagnoses, check } = build();
		check.learn("", out);
		check.setRefused(true, out);
		assert.deepEqual([...diagnoses], ["double-nat"]);
		check.setRefused(false, out);
		assert.deepEqual([...diagnoses], ["no-address"]);
	});
});
