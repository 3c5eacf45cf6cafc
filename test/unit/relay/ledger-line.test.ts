import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import type { RedeemedTicket } from "../../../src/relay/ledger";
import { buildRecordLine, buildTicketLine, LEDGER_LINE_MAX, parseLedgerLine } from "../../../src/relay/ledger-line";
import { meteringRecord } from "../../support/metering-records";
import { mutateOctets } from "../../support/mutate";

const TICKET: RedeemedTicket = {
	ticket: "AAECAwQFBgcICQoL",
	relay: "kiosk",
	viewer: "anna",
	content: 'é 门 😀 "x" {',
	at: 1_795_000_000_000,
	witness: "page",
};
const PLAIN = { ...TICKET, content: "garage" };
const RECORDS = [
	meteringRecord(),
	meteringRecord({ part: 7, isLast: false, content: 'é 门 😀 "quoted" \\ {', reason: "", currency: "", amount: 0 }),
];

function ticketLine(ticket: RedeemedTicket): Uint8Array {
	const line = buildTicketLine(ticket);
	assert.ok(line !== undefined);
	return line;
}

const parse = (line: Uint8Array) => parseLedgerLine(line, 0, line.length - 1);

describe("relay/ledger-line", () => {
	it("writes and parses records and tickets (REP-8, REP-12)", () => {
		for (const record of RECORDS) assert.deepEqual(parse(buildRecordLine(record)), { record });
		assert.deepEqual(parse(ticketLine(PLAIN)), { ticket: PLAIN });
		for (const line of [...RECORDS.map(buildRecordLine), ticketLine(PLAIN)])
			assert.equal(line.indexOf(10), line.length - 1, "one line feed, at its end");
	});

	it("has room for the longest record", () => {
		const big = 999_999_999_999_999;
		const text = "\u2603".repeat(300);
		const record = meteringRecord({ content: text, viewer: text, ticket: text, reason: text, end: big, payload: big });
		const line = buildRecordLine({ ...record, total: big, packets: big, frames: big, drops: big, amount: big });
		assert.ok(line.length < LEDGER_LINE_MAX);
		assert.ok(parse(line) !== undefined);
		const halves = buildRecordLine(meteringRecord({ content: "\ud83d".repeat(256), reason: '\\"'.repeat(60) }));
		assert.ok(halves.length < LEDGER_LINE_MAX && parse(halves) !== undefined);
	});

	it("refuses a ticket that the parser would not read", () => {
		assert.equal(buildTicketLine({ ...TICKET, content: "x".repeat(257) }), undefined);
		assert.equal(buildTicketLine({ ...TICKET, at: Number.NaN }), undefined);
	});

	it("rejects a line that was torn anywhere", () => {
		for (const line of [...RECORDS.map(buildRecordLine), ticketLine(PLAIN)])
			for (let end = 0; end < line.length - 1; end++) assert.equal(parseLedgerLine(line, 0, end), undefined);
	});

	it("rejects a line with any octet changed, and never throws (seeded mutations)", () => {
		const random = new Prng(8);
		const lines = [...RECORDS.map(buildRecordLine), ticketLine(PLAIN)];
		for (let n = 0; n < 10_000; n++) {
			const line = lines[n % lines.length];
			const changed = mutateOctets(random, line);
			const parsed = parse(changed);
			if (parsed !== undefined) assert.deepEqual(parsed, parse(line), "only the unchanged line is valid");
		}
	});

	it("never throws for lines of any content with a right checksum, and reads what it has read again", () => {
		const random = new Prng(9);
		const lines = [...RECORDS.map(buildRecordLine), ticketLine(PLAIN)];
		for (let n = 0; n < 5000; n++) {
			const body = mutateOctets(random, lines[n % lines.length].subarray(9, -1));
			let sum = 0x811c9dc5;
			for (const octet of body) sum = Math.imul(sum ^ octet, 0x01000193);
			const head = utf8Encode(`${(sum >>> 0).toString(16).padStart(8, "0")} `);
			const line = new Uint8Array(head.length + body.length);
			line.set(head);
			line.set(body, head.length);
			const parsed = parseLedgerLine(line, 0, line.length);
			if (parsed === undefined) continue;
			if ("record" in parsed) assert.deepEqual(parse(buildRecordLine(parsed.record)), parsed);
			else assert.deepEqual(parse(ticketLine(parsed.ticket)), parsed);
		}
	});
});
