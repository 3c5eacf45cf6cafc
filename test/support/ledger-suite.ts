import assert from "node:assert/strict";
import {
	keyOfRecord,
	type Ledger,
	type LedgerGroup,
	type LedgerQuery,
	type LedgerSum,
	type RedeemedTicket,
} from "../../src/relay/ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { meteringRecord } from "./metering-records";

/** A ledger for tests, on files or in a database. */
export interface LedgerRig {
	readonly ledger: Ledger;
	/** Calls `start`, and waits for what it gives to `done`, which must not be during the call. */
	wait<Value>(start: (done: (value: Value) => void) => void): Promise<Value>;
	/** The program is killed, and begins again. */
	restart(): Promise<void>;
	end(): Promise<void>;
}

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 27, 12);
const MIDNIGHT = Date.UTC(2026, 10, 27);

/** A record of the session with this number. */
export function recordOf(number: number, changes: Partial<MeteringRecord> = {}): MeteringRecord {
	return meteringRecord({ session: number.toString(16).padStart(32, "0"), ticket: "", ...changes });
}

/** A used ticket for tests. */
export function ticketOf(ticket: string, at: number, changes: Partial<RedeemedTicket> = {}): RedeemedTicket {
	return { ticket, relay: "kiosk", viewer: "anna", content: "garage", at, witness: "upstream", ...changes };
}

/** Stores records. @returns how many were added */
export async function stored(rig: LedgerRig, records: readonly MeteringRecord[]): Promise<number> {
	const [fault, added] = await rig.wait<[string | undefined, number]>((done) =>
		rig.ledger.store(records, (...answer) => done(answer)),
	);
	assert.equal(fault, undefined);
	return added;
}

/** Lists records. */
export async function listed(
	rig: LedgerRig,
	query: LedgerQuery = {},
	limit = 1000,
	before = "",
): Promise<readonly MeteringRecord[]> {
	const records = await rig.wait<readonly MeteringRecord[] | undefined>((done) =>
		rig.ledger.list(query, limit, before, done),
	);
	assert.ok(records !== undefined);
	return records;
}

/** Sums records up. */
export async function summed(rig: LedgerRig, by: LedgerGroup, query: LedgerQuery = {}): Promise<readonly LedgerSum[]> {
	const sums = await rig.wait<readonly LedgerSum[] | undefined>((done) => rig.ledger.sum(query, by, done));
	assert.ok(sums !== undefined);
	return sums;
}

async function unrecorded(rig: LedgerRig, until: number): Promise<readonly string[]> {
	const tickets = await rig.wait<readonly RedeemedTicket[] | undefined>((done) => rig.ledger.unrecorded(until, done));
	assert.ok(tickets !== undefined);
	return tickets.map(({ ticket }) => ticket);
}

const ids = (records: readonly MeteringRecord[]): string[] => records.map(({ id }) => id);

/** What every ledger must do (REP-8, REP-12). @param open begins an empty one */
export function ledgerSuite(open: () => Promise<LedgerRig>): void {
	let rig: LedgerRig;

	beforeEach(async () => {
		rig = await open();
	});

	afterEach(() => rig.end());

	it("keeps every member of a record, also after a restart (REP-8)", async () => {
		const records = [
			recordOf(1),
			recordOf(2, {
				part: 3,
				isLast: false,
				reason: "",
				hops: 2,
				protocol: "http",
				framing: "tcp",
				currency: "",
				amount: 0,
			}),
			recordOf(3, {
				content: 'é 门 😀 "quoted" \\',
				viewer: "",
				ticket: "AAECAwQFBgcICQoL",
				payload: 999_999_999_999_999,
			}),
		];
		assert.equal(await stored(rig, records), 3);
		const expected = records.slice().reverse();
		assert.deepEqual(await listed(rig), expected);
		await rig.restart();
		assert.deepEqual(await listed(rig), expected);
	});

	it("keeps one record of each identifier, also after a restart (REP-6)", async () => {
		const first = recordOf(1);
		assert.equal(await stored(rig, [first, recordOf(2)]), 2);
		assert.equal(await stored(rig, [first, recordOf(3), recordOf(3)]), 1);
		assert.equal(await stored(rig, [{ ...first, total: 1, end: first.end + DAY }]), 0);
		assert.equal(await stored(rig, []), 0);
		await rig.restart();
		assert.equal(await stored(rig, [first, recordOf(2), recordOf(3)]), 0);
		assert.deepEqual(ids(await listed(rig)), ids([recordOf(3), recordOf(2), first]));
	});

	it("keeps one record of each identifier although the same report comes twice at a time (REP-6)", async () => {
		const report = [recordOf(1), recordOf(2)];
		const added = await Promise.all([1, 2, 3].map(() => stored(rig, report)));
		assert.deepEqual(added.sort(), [0, 0, 2]);
		assert.equal((await listed(rig)).length, 2);
	});

	it("lists the newest first by end, page by page, by viewer, content, relay and time (REP-8)", async () => {
		const records: MeteringRecord[] = [];
		for (let i = 0; i < 60; i++) {
			const end = NOON + ((i * 37) % 20) * 1000;
			records.push(
				recordOf(i, { start: end - 1000, end, viewer: `v${i % 3}`, content: `c${i % 4}`, relay: `r${i % 5}` }),
			);
		}
		await stored(rig, records);
		const order = records.slice().sort((a, b) => b.end - a.end || (a.id < b.id ? 1 : -1));
		assert.deepEqual(ids(await listed(rig)), ids(order));
		let page = await listed(rig, {}, 7);
		for (let at = 0; at < 60; at += 7) {
			assert.deepEqual(ids(page), ids(order.slice(at, at + 7)));
			if (at === 28) await rig.restart();
			page = await listed(rig, {}, 7, keyOfRecord(page[page.length - 1]));
		}
		assert.deepEqual(page, []);
		assert.deepEqual(await listed(rig, {}, 7, "nobody-0"), []);
		const query = { viewer: "v1", content: "c1", from: NOON + 1000, to: NOON + 18_000 };
		const wanted = order.filter(
			({ viewer, content, end }) => viewer === "v1" && content === "c1" && end >= query.from && end < query.to,
		);
		assert.ok(wanted.length > 2);
		assert.deepEqual(ids(await listed(rig, query)), ids(wanted));
		assert.deepEqual(ids(await listed(rig, query, 5, keyOfRecord(wanted[0]))), ids(wanted.slice(1, 6)));
		const ofRelay = order.filter(({ relay }) => relay === "r2");
		assert.deepEqual(ids(await listed(rig, { relay: "r2" })), ids(ofRelay));
		assert.deepEqual(await listed(rig, { relay: "R2" }), [], "names differ by case");
	});

	it("lets no relay keep out or hide the records of another one by their identifiers", async () => {
		const copies = [recordOf(1, { relay: "thief", total: 1 }), recordOf(2, { relay: "thief", total: 1 })];
		assert.equal(await stored(rig, copies), 2);
		const own = [recordOf(1), recordOf(2), recordOf(3)];
		assert.equal(await stored(rig, own), 3);
		await rig.restart();
		assert.equal(await stored(rig, [...own, ...copies]), 0);
		assert.deepEqual(await listed(rig, { relay: "kiosk" }), own.slice().reverse());
		const all = await listed(rig);
		assert.equal(all.length, 5);
		const found: MeteringRecord[] = [];
		for (let before = ""; ; before = keyOfRecord(found[found.length - 1])) {
			const page = await listed(rig, {}, 1, before);
			if (page.length === 0) break;
			found.push(...page);
		}
		assert.deepEqual(found, all);
		assert.deepEqual(
			(await summed(rig, "content")).map(({ sessions, records }) => [sessions, records]),
			[[5, 5]],
		);
	});

	it("has sums and days whatever numbers a relay reports", async () => {
		const most = 999_999_999_999_999;
		const end = 253_402_300_799_999;
		const numbers = { payload: most, total: most, packets: most, frames: most, drops: most, amount: most };
		for (let i = 0; i < 9300; i += 310)
			await stored(
				rig,
				Array.from({ length: 310 }, (_, k) => recordOf(i + k, { relay: "thief", start: 0, end, ...numbers })),
			);
		await stored(rig, [recordOf(1)]);
		const sums = await summed(rig, "relay");
		assert.deepEqual(
			sums.map(({ key, records }) => [key, records]),
			[
				["kiosk", 1],
				["thief", 9300],
			],
		);
		assert.ok(Math.abs(sums[1].total / (9300 * most) - 1) < 1e-9);
		assert.deepEqual(
			(await summed(rig, "day")).map(({ key }) => key),
			["2026-11-18", "9999-12-31"],
		);
	});

	it("sums up by viewer, content, relay and UTC day: spans of a session add up, currencies apart (REP-8, REP-13)", async () => {
		await stored(rig, [
			recordOf(1, { part: 0, isLast: false, start: MIDNIGHT - 60_000, end: MIDNIGHT - 1, amount: 5 }),
			recordOf(1, { part: 1, start: MIDNIGHT - 1, end: MIDNIGHT + 1000, amount: 7 }),
			recordOf(2, {
				start: MIDNIGHT,
				end: MIDNIGHT + 500,
				viewer: "ben",
				content: "yard",
				currency: "CHF",
				amount: 11,
			}),
			recordOf(3, { start: MIDNIGHT, end: MIDNIGHT + DAY, viewer: "ben", relay: "train", currency: "", amount: 0 }),
		]);
		const one = { payload: 7_200_000, total: 7_368_000, packets: 6000, frames: 1500, drops: 3 };
		const two = { payload: 14_400_000, total: 14_736_000, packets: 12_000, frames: 3000, drops: 6 };
		const anna = { key: "anna", sessions: 1, records: 2, ...two, time: 61_000, amounts: [["EUR", 12]] };
		assert.deepEqual(await summed(rig, "viewer"), [
			anna,
			{ key: "ben", sessions: 2, records: 2, ...two, time: DAY + 500, amounts: [["CHF", 11]] },
		]);
		assert.deepEqual(await summed(rig, "content"), [
			{
				key: "garage",
				sessions: 2,
				records: 3,
				payload: 21_600_000,
				total: 22_104_000,
				packets: 18_000,
				frames: 4500,
				drops: 9,
				time: DAY + 61_000,
				amounts: [["EUR", 12]],
			},
			{ key: "yard", sessions: 1, records: 1, ...one, time: 500, amounts: [["CHF", 11]] },
		]);
		assert.deepEqual(
			(await summed(rig, "relay")).map(({ key, sessions, records, amounts }) => [key, sessions, records, amounts]),
			[
				[
					"kiosk",
					2,
					3,
					[
						["CHF", 11],
						["EUR", 12],
					],
				],
				["train", 1, 1, []],
			],
		);
		assert.deepEqual(
			(await summed(rig, "day")).map(({ key, sessions, records }) => [key, sessions, records]),
			[
				["2026-11-26", 1, 1],
				["2026-11-27", 2, 2],
				["2026-11-28", 1, 1],
			],
		);
		await rig.restart();
		assert.deepEqual(await summed(rig, "viewer", { viewer: "anna" }), [anna]);
		assert.deepEqual(await summed(rig, "viewer", { to: MIDNIGHT }), [
			{ ...anna, records: 1, ...one, time: 59_999, amounts: [["EUR", 5]] },
		]);
		assert.deepEqual(await summed(rig, "viewer", { viewer: "carl" }), []);
	});

	it("flags used tickets without a record, of the relay that they are for (REP-12)", async () => {
		const { ledger } = rig;
		ledger.redeemed(ticketOf("early", NOON));
		ledger.redeemed(ticketOf("late", NOON + 5000));
		ledger.redeemed(ticketOf("late", NOON + 9000));
		ledger.redeemed(ticketOf("paid", NOON));
		ledger.redeemed(ticketOf("other", NOON, { witness: "page" }));
		await stored(rig, [
			recordOf(1, { ticket: "paid", end: NOON }),
			recordOf(2, { ticket: "other", relay: "train" }),
			recordOf(3, { ticket: "before" }),
		]);
		ledger.redeemed(ticketOf("before", NOON));
		assert.deepEqual(await unrecorded(rig, NOON + 5000), ["early", "other"]);
		assert.deepEqual(await unrecorded(rig, NOON + 5001), ["early", "other", "late"]);
		await stored(rig, [recordOf(4, { ticket: "early" })]);
		await rig.restart();
		assert.deepEqual(await unrecorded(rig, NOON + 5001), ["other", "late"]);
		const all = await rig.wait<readonly RedeemedTicket[] | undefined>((done) => rig.ledger.unrecorded(Infinity, done));
		assert.deepEqual(all?.[0], ticketOf("other", NOON, { witness: "page" }));
	});

	it("keeps a better witness than a redirect, which says only where the viewer was sent (REP-12)", async () => {
		const { ledger } = rig;
		ledger.redeemed(ticketOf("a", NOON, { witness: "redirect" }));
		ledger.redeemed(ticketOf("b", NOON, { witness: "redirect" }));
		await stored(rig, []);
		ledger.redeemed(ticketOf("a", NOON + 1, { witness: "page" }));
		ledger.redeemed(ticketOf("a", NOON + 2, { witness: "upstream" }));
		ledger.redeemed(ticketOf("a", NOON + 3, { witness: "redirect" }));
		await stored(rig, []);
		const expected = [ticketOf("b", NOON, { witness: "redirect" }), ticketOf("a", NOON + 1, { witness: "page" })];
		const flags = () =>
			rig.wait<readonly RedeemedTicket[] | undefined>((done) => rig.ledger.unrecorded(Infinity, done));
		assert.deepEqual(await flags(), expected);
		await rig.restart();
		assert.deepEqual(await flags(), expected);
	});

	it("stores nothing after it was closed, and what came before (REP-8)", async () => {
		const answers: (string | undefined)[] = [];
		rig.ledger.store([recordOf(1)], (fault) => answers.push(fault));
		await rig.wait<undefined>((done) => rig.ledger.close(() => done(undefined)));
		assert.deepEqual(answers, [undefined]);
		const late = await rig.wait<string | undefined>((done) => rig.ledger.store([recordOf(2)], done));
		assert.equal(late, "the ledger is closed");
		assert.equal(await rig.wait((done) => rig.ledger.list({}, 10, "", done)), undefined);
		await rig.restart();
		assert.deepEqual(ids(await listed(rig)), ids([recordOf(1)]));
	});

	it("starts empty where nothing was stored", async () => {
		assert.deepEqual(await listed(rig), []);
		assert.deepEqual(await summed(rig, "day"), []);
		assert.deepEqual(await unrecorded(rig, Infinity), []);
	});
}
