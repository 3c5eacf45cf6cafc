import assert from "node:assert/strict";
import { readCameraState } from "../../../../src/app/doctor/read-camera-state";
import { Prng } from "../../../../src/base/prng";
import { mutate } from "../../../support/mutate";

const STATUS = JSON.stringify({
	mapping: true,
	peer: { rendezvous: true, state: "registered", natKind: "cone", nat: "a cone NAT", symmetric: true },
	relays: { registered: [{}, {}] },
});

describe("app/doctor/read-camera-state", () => {
	it("reads what the doctor needs", () => {
		assert.deepEqual(readCameraState(STATUS), {
			mapping: true,
			rendezvous: true,
			registration: "registered",
			natKind: "cone",
			nat: "a cone NAT",
			symmetric: true,
			relays: 2,
		});
	});

	it("reads a status without peer to peer and relays", () => {
		assert.deepEqual(readCameraState('{"mapping":false}'), {
			mapping: false,
			rendezvous: false,
			registration: "",
			natKind: "unknown",
			nat: "",
			symmetric: false,
			relays: 0,
		});
	});

	for (const text of ["", "nonsense", "[]", "null", "7", '"x"'])
		it(`takes ${JSON.stringify(text)} for no status`, () => assert.equal(readCameraState(text), undefined));

	it("shortens what a camera sends, and takes nothing of another type", () => {
		const long = "x".repeat(5000);
		const state = readCameraState(JSON.stringify({ peer: { state: long, nat: 7, symmetric: "yes" }, relays: [] }));
		assert.equal(state?.registration.length, 60);
		assert.deepEqual([state?.nat, state?.symmetric, state?.relays], ["", false, 0]);
	});

	it("reads damaged statuses with care, or refuses them", () => {
		let read = 0;
		for (let seed = 0; seed < 2000; seed++) {
			const state = readCameraState(mutate(new Prng(seed), STATUS, '{}[]":,0nt\\'));
			if (state === undefined) continue;
			read++;
			for (const flag of [state.mapping, state.rendezvous, state.symmetric]) assert.equal(typeof flag, "boolean");
			assert.ok(Number.isInteger(state.relays), `seed ${seed}`);
			for (const text of [state.registration, state.nat])
				assert.ok(typeof text === "string" && text.length <= 60, `seed ${seed}`);
		}
		assert.ok(read > 100 && read < 2000, `${read} of 2000 were read`);
	});
});
