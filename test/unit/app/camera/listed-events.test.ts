import assert from "node:assert/strict";
import { readListedEvents } from "../../../../src/app/camera/listed-events";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { mutate } from "../../../support/mutate";

const LIST = `{"events":[{"id":1767150000000,"camera":"14d957c4f6f78bd3","kind":"motion","from":1767150000000,"still":1767150004000,"score":40,"label":"Gate {\\"1\\"}"},
 {"id":7,"from":1.5,"to":9}],"more":false}`;

const read = (text: string, max = 6) => readListedEvents(utf8Encode(text), max);

describe("app/camera/listed-events", () => {
	it("reads identity, time and label of each event", () => {
		assert.deepEqual(read(LIST), [
			{ id: 1767150000000, from: 1767150000000, label: 'Gate {"1"}' },
			{ id: 7, from: 1.5, label: "" },
		]);
		assert.equal(read(LIST, 1).length, 1);
	});

	for (const [title, event] of [
		["no identity", '"from":1'],
		["an identity that is no number", '"id":"../x","from":1'],
		["an identity that is too long", `"id":${"9".repeat(20)},"from":1`],
		["no time", '"id":1'],
		["a time before 1970", '"id":1,"from":-5'],
		["a time that no date has", '"id":1,"from":1e300'],
		["a time that is no number", '"id":1,"from":"soon"'],
	] as const) {
		it(`leaves an event out with ${title}`, () => {
			assert.deepEqual(read(`{"events":[{${event}},{"id":2,"from":3}]}`), [{ id: 2, from: 3, label: "" }]);
		});
	}

	it("cuts long labels, and reads nothing that is no list", () => {
		assert.equal(read(`{"events":[{"id":1,"from":1,"label":"${"x".repeat(500)}"}]}`)[0].label.length, 64);
		for (const text of ["", "{", "}}}}", "[]", "null", '{"events":{"id":1', '"{{', "{".repeat(1000)])
			assert.deepEqual(read(text), [], text.slice(0, 20));
	});

	it("reads any damaged answer without an exception, and only what can be shown", () => {
		for (let seed = 0; seed < 2000; seed++) {
			for (const { id, from, label } of read(mutate(new Prng(seed), LIST, '{}"[]\\,:0-e'))) {
				assert.ok(Number.isSafeInteger(id) && label.length <= 64, `seed ${seed}`);
				assert.doesNotThrow(() => new Date(from).toISOString());
			}
		}
	});
});
