import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { buildDeliveredLine, buildRecordLine, parseOutboxLine } from "../../../src/relay/outbox-line";
import { recordJson } from "../../../src/relay/record-json";
import { meteringRecord } from "../../support/metering-records";
import { mutateOctets } from "../../support/mutate";

const record = meteringRecord();
const json = recordJson(record);
const parse = (line: Uint8Array) => parseOutboxLine(line, 0, line.length - 1);

describe("relay/outbox-line", () => {
	it("reads records, checkpoints and deliveries as they were written (REP-6)", () => {
		assert.deepEqual(parse(buildRecordLine(17, "home", json)), {
			kind: "record",
			number: 17,
			origin: "home",
			record,
			json,
		});
		assert.deepEqual(parse(buildRecordLine(0, "home", json)), {
			kind: "checkpoint",
			number: 0,
			origin: "home",
			record,
			json,
		});
		assert.deepEqual(parse(buildDeliveredLine([3, 4, 99])), { kind: "delivered", numbers: [3, 4, 99] });
	});

	it("refuses lines that are torn at any place", () => {
		for (const line of [buildRecordLine(1, "home", json), buildDeliveredLine([1, 2])])
			for (let end = 0; end < line.length - 1; end++) assert.equal(parseOutboxLine(line, 0, end), undefined);
	});

	it("refuses changed lines, and never throws", () => {
		const random = new Prng(6);
		const lines = [buildRecordLine(1, "home", json), buildRecordLine(0, "home", json), buildDeliveredLine([1, 2])];
		for (let i = 0; i < 6000; i++) {
			const line = lines[i % 3];
			const changed = mutateOctets(random, line.subarray(0, line.length - 1));
			const parsed = parseOutboxLine(changed, 0, changed.length);
			if (parsed !== undefined) assert.deepEqual(changed, line.slice(0, line.length - 1));
		}
	});

	it("refuses sound lines with a content that is not ours", () => {
		for (const line of [
			buildRecordLine(1, "ho me", json),
			buildRecordLine(1, "", json),
			buildRecordLine(1, "home", utf8Encode("{}")),
			buildRecordLine(1, "home", new Uint8Array(5000)),
			buildDeliveredLine(Array.from({ length: 65 }, () => 1)),
			buildDeliveredLine([]),
		])
			assert.equal(parse(line), undefined);
	});
});
