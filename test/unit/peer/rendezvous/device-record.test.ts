import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { Candidate } from "../../../../src/peer/candidate";
import { REGISTRATION_MAX } from "../../../../src/peer/peer-registry";
import { type DeviceRecord, encodeDeviceRecord, readDeviceRecord } from "../../../../src/peer/rendezvous/device-record";
import { mutateOctets } from "../../../support/mutate";

const CANDIDATES: readonly Candidate[] = [
	{ kind: "host", address: "192.168.1.20", port: 40000 },
	{ kind: "reflexive", address: "2001:db8::7", port: 1 },
	{ kind: "mapped", address: "203.0.113.9", port: 65535 },
];
const RECORD: DeviceRecord = {
	name: "Garage ü",
	kind: "camera",
	tags: "cars street",
	isPortal: true,
	isSymmetric: false,
	key: new Uint8Array(32).fill(3),
	proof: new Uint8Array(16).fill(4),
	roundTrip: 40,
	candidates: CANDIDATES,
};
const VIEWER: DeviceRecord = { ...RECORD, name: "", kind: "viewer", tags: "", isPortal: false, isSymmetric: true };

describe("peer/rendezvous/device-record", () => {
	const { key, proof, ...withoutKey } = VIEWER;
	const cases: readonly DeviceRecord[] = [RECORD, VIEWER, withoutKey, { ...RECORD, candidates: [] }];

	it("writes and reads what devices and viewers say about themselves (P2P-2)", () => {
		for (const record of cases) {
			const read = readDeviceRecord(encodeDeviceRecord(record));
			assert.deepEqual(read, { key: undefined, proof: undefined, ...record });
		}
	});

	it("leaves addresses out of lists (P2P-3)", () => {
		assert.deepEqual(readDeviceRecord(encodeDeviceRecord(RECORD, false)), { ...RECORD, candidates: [] });
	});

	it("cuts names at a whole character, and leaves out what exceeds the number of candidates", () => {
		const many = Array.from({ length: 12 }, () => CANDIDATES[0]);
		const read = readDeviceRecord(encodeDeviceRecord({ ...RECORD, name: `${"ü".repeat(40)}x`, candidates: many }));
		assert.equal(read?.name, "ü".repeat(32));
		assert.equal(read?.candidates.length, 8);
	});

	it("has room for the largest record", () => {
		const six = { kind: "host", address: "2001:db8:1:2:3:4:5:6", port: 1 } as const;
		const full = { ...RECORD, name: "x".repeat(64), kind: "x".repeat(12), tags: "x".repeat(64) };
		assert.equal(encodeDeviceRecord({ ...full, candidates: Array(8).fill(six) }).length < REGISTRATION_MAX, true);
		assert.throws(() => encodeDeviceRecord({ ...full, key: new Uint8Array(300), candidates: [] }), RangeError);
	});

	it("replaces control characters, which would garble a terminal", () => {
		assert.equal(readDeviceRecord(encodeDeviceRecord({ ...RECORD, name: "a\u001b[2Jb\u0085" }))?.name, "a [2Jb ");
	});

	it("never throws, and reads only what it would write, whatever comes", () => {
		const random = new Prng(11);
		for (let i = 0; i < 5000; i++) {
			const read = readDeviceRecord(mutateOctets(random, encodeDeviceRecord(cases[i % cases.length])));
			if (read !== undefined) assert.deepEqual(readDeviceRecord(encodeDeviceRecord(read)), read);
		}
	});
});
