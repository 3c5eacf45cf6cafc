import assert from "node:assert/strict";
import { LedgerPart } from "../../../../src/app/origin/ledger-part";
import { DAY, type Millis } from "../../../../src/core/time";
import type { Ledger, LedgerQuery, LedgerSum } from "../../../../src/relay/ledger";

const SUM: LedgerSum = {
	key: "1970-01-01",
	sessions: 3,
	records: 3,
	time: 1000,
	payload: 10,
	total: 2000,
	packets: 0,
	frames: 1,
	drops: 0,
	amounts: [],
};

/** The part of an appliance that knows this date, and the queries for sums that it makes. */
function started(utc: Millis | undefined): { readonly part: LedgerPart; readonly asked: LedgerQuery[] } {
	const asked: LedgerQuery[] = [];
	const ledger: Partial<Ledger> = {
		unrecorded: (_until, answered) => answered([]),
		sum(query, _by, answered) {
			asked.push(query);
			answered([SUM]);
		},
	};
	const node = { host: { clock: { utc: () => utc } }, pump: { after() {} }, changed() {} };
	const part = new LedgerPart({ node, ledger, keyring: {}, site: {} } as never);
	part.start();
	return { part, asked };
}

describe("app/origin/ledger-part", () => {
	it("sums up this day, and no day that a relay whose clock is ahead has reported (ONE-9)", () => {
		const noon = Date.UTC(2026, 10, 27, 12);
		const { part, asked } = started(noon);
		assert.deepEqual(asked, [{ from: noon - DAY / 2, to: noon + DAY / 2 }]);
		assert.equal(part.facts().length, 1);
	});

	it("says nothing of today while the date is not known (ONE-9)", () => {
		const { part, asked } = started(undefined);
		assert.deepEqual(asked, []);
		assert.deepEqual(part.facts(), []);
	});
});
