import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { EVENT_LABEL_MAX, eventLabel } from "../../../../src/storage/events/event-label";
import {
	buildEventRecord,
	EVENT_RECORD_MAX,
	type EventRecord,
	parseEventRecord,
} from "../../../../src/storage/events/event-record";
import { mutateOctets } from "../../../support/mutate";

const RECORDS: readonly EventRecord[] = [
	{ type: "begin", id: 1, utc: 0, kind: "motion", label: "" },
	{ type: "begin", id: 1790000000000, utc: 1790000000000, kind: "switch", label: "Front door" },
	{ type: "begin", id: 999_999_999_999_999, utc: 999_999_999_999_999, kind: "call", label: "é 门 😀".repeat(9) },
	{ type: "end", id: 1790000000000, utc: 1790000000500, still: 1790000000250, score: 100 },
];

const parse = (line: Uint8Array) => parseEventRecord(line, 0, line.length - 1);

describe("storage/events/event-record", () => {
	for (const record of RECORDS) {
		it(`writes and parses ${record.type} ${record.id} (STR-26)`, () => {
			const line = buildEventRecord(record);
			assert.ok(line.length <= EVENT_RECORD_MAX);
			assert.equal(line.indexOf(10), line.length - 1, "one line feed, at its end");
			assert.deepEqual(parse(line), record);
		});
	}

	it("rejects a line that was torn anywhere", () => {
		for (const record of RECORDS) {
			const line = buildEventRecord(record);
			for (let end = 0; end < line.length - 1; end++) assert.equal(parseEventRecord(line, 0, end), undefined);
		}
	});

	it("rejects a line with any octet changed, and never throws (seeded mutations)", () => {
		const random = new Prng(26);
		for (let n = 0; n < 20_000; n++) {
			const record = RECORDS[n % RECORDS.length];
			const line = buildEventRecord(record);
			const changed = mutateOctets(random, line);
			const parsed = parseEventRecord(changed, 0, changed.length - 1);
			if (parsed !== undefined) assert.deepEqual(parsed, record, "only the unchanged line is valid");
		}
	});

	it("never throws for lines of any content with a right checksum", () => {
		const random = new Prng(27);
		const words = ["begin", "end", "motion", "call", "1", "-1", "9".repeat(20), "", "NaN", "101", "\u2028", "\ud800"];
		for (let n = 0; n < 5000; n++) {
			const body = Array.from({ length: random.below(8) }, () => words[random.below(words.length)]).join(" ");
			const octets = utf8Encode(body);
			let sum = 0x811c9dc5;
			for (const octet of octets) sum = Math.imul(sum ^ octet, 0x01000193);
			const line = utf8Encode(`${(sum >>> 0).toString(16).padStart(8, "0")} ${body}`);
			const parsed = parseEventRecord(line, 0, line.length);
			if (parsed !== undefined) assert.deepEqual(parse(buildEventRecord(parsed)), parsed);
		}
	});

	it("makes labels of one line without control characters, of limited length", () => {
		assert.equal(eventLabel("a\nb\u0000c\u2028d\u0085e"), "a b c d e");
		assert.equal(eventLabel("x".repeat(100)).length, EVENT_LABEL_MAX);
		assert.equal([...eventLabel("😀".repeat(40))].length, EVENT_LABEL_MAX / 2);
		assert.equal(eventLabel("\ud83d"), "\ufffd");
		assert.equal(eventLabel(`${"x".repeat(63)}😀`), "x".repeat(63));
	});
});
