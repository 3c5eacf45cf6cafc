import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import type { MeteringRecord } from "../../../src/relay/metering-record";
import { readRecord, readRecords, recordJson } from "../../../src/relay/record-json";
import { assertLinearTime } from "../../support/linear-time";
import { meteringRecord } from "../../support/metering-records";
import { mutate } from "../../support/mutate";
import { seedsUpTo } from "../../support/seeds";

const read = (text: string) => {
	const bytes = utf8Encode(text);
	return readRecord(bytes, 0, bytes.length);
};

/** A sound record as JSON, with some members changed; `undefined` removes one. */
const json = (changes: Record<string, unknown>) => JSON.stringify({ ...meteringRecord(), ...changes });

describe("relay/record-json", () => {
	it("writes what JSON.parse reads as the same record, and reads it back (REP-5)", () => {
		for (const record of [
			meteringRecord(),
			meteringRecord({
				content: 'Ga"rä\\ge 🚗',
				viewer: "",
				ticket: "",
				currency: "",
				amount: 0,
				part: 41,
				isLast: false,
			}),
			meteringRecord({ protocol: "http", framing: "tcp", hops: 7, reason: "" }),
		]) {
			const bytes = recordJson(record);
			assert.deepEqual(JSON.parse(utf8Decode(bytes)), record);
			assert.deepEqual(readRecord(bytes, 0, bytes.length), record);
		}
	});

	it("writes only what it reads, whatever the record holds", () => {
		const strange: Partial<MeteringRecord>[] = [
			{ content: "a".repeat(10_000), viewer: "b".repeat(1000), ticket: "c".repeat(99), reason: "d".repeat(999) },
			{ content: `${"a".repeat(255)}🚗`, viewer: "\ud83d" },
			{ content: "a\r\nb\u0000\u2028\u0085", reason: "\t" },
			{ payload: Number.NaN, total: -1, packets: 1.5, frames: Infinity, drops: 1e300, amount: 2.4 },
			{ start: 5000, end: 4000 },
			{ content: "\u0001".repeat(256) },
			{ content: '"'.repeat(256) },
		];
		for (const changes of strange) {
			const bytes = recordJson(meteringRecord(changes));
			assert.notEqual(readRecord(bytes, 0, bytes.length), undefined, JSON.stringify(changes));
			assert(bytes.length < 2048);
		}
	});

	const refused: Record<string, Record<string, unknown>> = {
		"a number as text": { payload: "1" },
		"a negative number": { total: -1 },
		"a fraction": { frames: 1.5 },
		"too large a number": { drops: 1e15 },
		"a missing member": { hops: undefined },
		null: { viewer: null },
		"an object": { viewer: {} },
		"a list": { viewer: [] },
		"an identifier that is not that of session and part": { id: "00112233445566778899aabbccddeeff-1" },
		"a session of other digits": { session: "00112233445566778899AABBCCDDEEFF" },
		"an end before the start": { end: 1 },
		"an unknown protocol": { protocol: "__proto__" },
		"an unknown framing": { framing: "" },
		"a malformed currency": { currency: "eur" },
		"an amount without a currency": { currency: "" },
		"a control character": { content: "a\nb" },
		"a C1 control character": { reason: "\u009b31m" },
		"too long a content": { content: "a".repeat(257) },
		"a relay's name with a slash": { relay: "a/b" },
		"an empty relay": { relay: "" },
		"truth as a number": { isLast: 1 },
		"an unknown member with a list": { more: [1] },
		"too many members": Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, i])),
	};
	for (const [name, changes] of Object.entries(refused)) {
		it(`refuses ${name}`, () => {
			assert.equal(read(json(changes)), undefined);
		});
	}

	it("skips unknown scalars, also with names of properties of all objects", () => {
		const record = read(json({ ["toString"]: "x", version: 2 }).replace("{", '{"__proto__":null,'));
		assert.deepEqual(record, meteringRecord());
	});

	it("refuses a member that comes twice", () => {
		assert.equal(read(json({}).replace("{", '{"amount":1,')), undefined);
	});

	it("reads a list of at most as many records as asked", () => {
		const three = utf8Encode(` [ ${json({})} , ${json({})},\n${json({})} ] `);
		assert.equal(readRecords(three, 0, three.length, 3)?.length, 3);
		assert.equal(readRecords(three, 0, three.length, 2), undefined);
		assert.deepEqual(readRecords(utf8Encode("[]"), 0, 2, 3), []);
		for (const text of ["", "[", "[,]", `[${json({})},]`, `[${json({})}`, `${json({})}`, `[${json({})}]]`]) {
			const bytes = utf8Encode(text);
			assert.equal(readRecords(bytes, 0, bytes.length, 3), undefined, text);
		}
	});

	it("agrees with JSON.parse about mutated records", () => {
		const random = new Prng(14);
		let taken = 0;
		for (let i = 0; i < seedsUpTo(20) * 1000; i++) {
			const text = mutate(random, json({}), '{}[]",:\\0123456789truefalsn ');
			const record = read(text);
			if (record === undefined) continue;
			taken++;
			const members = JSON.parse(text) as Record<string, unknown>;
			for (const [name, value] of Object.entries(record)) assert.deepEqual(members[name], value, text);
		}
		assert(taken >= seedsUpTo(20) * 5);
	});

	it("takes a time that grows with the length only", () => {
		assertLinearTime(() => {
			for (let i = 0; i < 20; i++) read(`{"content":"${"[{\\\\".repeat(20_000)}`);
			for (let i = 0; i < 20; i++) read(`{${" ".repeat(40_000)}"a":1,`.repeat(4));
		});
	});
});
