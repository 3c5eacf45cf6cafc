import Database from "libsql";
import type { Millis } from "../../src/core/time";
import type { LedgerGroup, LedgerQuery, LedgerSum, RedeemedTicket } from "../../src/relay/ledger";
import { UNRECORDED_MAX } from "../../src/relay/ledger-index";
import { LEDGER_SUMS_MAX } from "../../src/relay/ledger-sums";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { RECORD_MEMBERS } from "../../src/relay/record-json";

/** Each commit is on the medium when it returns, and readers do not wait for it. @see SQLite: PRAGMA synchronous, Write-Ahead Logging */
const SETTINGS = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA busy_timeout = 5000"];

/** The version of the tables, in `PRAGMA user_version`. */
const VERSION = 1;
const TABLES = `
	CREATE TABLE IF NOT EXISTS records (
		id TEXT NOT NULL, session TEXT NOT NULL, part INTEGER NOT NULL, isLast INTEGER NOT NULL,
		relay TEXT NOT NULL, content TEXT NOT NULL, protocol TEXT NOT NULL, framing TEXT NOT NULL,
		viewer TEXT NOT NULL, ticket TEXT NOT NULL, hops INTEGER NOT NULL, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
		reason TEXT NOT NULL, payload INTEGER NOT NULL, total INTEGER NOT NULL, packets INTEGER NOT NULL,
		frames INTEGER NOT NULL, drops INTEGER NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
		PRIMARY KEY (id, relay)
	) WITHOUT ROWID;
	CREATE INDEX IF NOT EXISTS records_by_end ON records ("end", id, relay);
	CREATE INDEX IF NOT EXISTS records_by_ticket ON records (relay, ticket);
	CREATE TABLE IF NOT EXISTS tickets (
		relay TEXT NOT NULL, ticket TEXT NOT NULL, viewer TEXT NOT NULL, content TEXT NOT NULL, at INTEGER NOT NULL,
		witness TEXT NOT NULL, PRIMARY KEY (relay, ticket)
	) WITHOUT ROWID;
	PRAGMA user_version = ${VERSION}`;

const NAMES = RECORD_MEMBERS.map((name) => `"${name}"`).join(", ");
const PLACES = RECORD_MEMBERS.map(() => "?").join(", ");
/** TOTAL, as SUM fails where numbers get too large, which one relay could do to all. */
const SUMS = `COUNT(DISTINCT relay || ' ' || session) AS sessions, COUNT(*) AS records, TOTAL(payload) AS payload, TOTAL(total) AS total,
	TOTAL(packets) AS packets, TOTAL(frames) AS frames, TOTAL(drops) AS drops, TOTAL("end" - "start") AS time`;

const KEYS: Readonly<Record<LedgerGroup, string>> = {
	viewer: "viewer",
	content: "content",
	relay: "relay",
	day: "strftime('%Y-%m-%d', \"end\" / 1000, 'unixepoch')",
};

type Value = string | number;
type Row = Record<string, Value>;

/**
 * The tables of a ledger in SQLite. Its calls block, so that it is for the thread of a {@link SqliteLedger}; what the medium
 * complains of is thrown.
 */
export class LedgerDatabase {
	private readonly db: Database.Database;

	/** @param path of the file, which is made if it is not there */
	constructor(path: string) {
		this.db = new Database(path);
		for (const setting of SETTINGS) this.db.exec(setting);
		const version = this.db.prepare("PRAGMA user_version").get() as { readonly user_version: number };
		if (version.user_version > VERSION) {
			this.db.close();
			throw new Error(`${path} was written by a newer version of Porthole`);
		}
		if (version.user_version < VERSION) this.db.exec(TABLES);
	}

	/** @see Ledger.store @returns how many were added */
	store(records: readonly MeteringRecord[]): number {
		const insert = this.db.prepare(`INSERT OR IGNORE INTO records (${NAMES}) VALUES (${PLACES})`);
		let added = 0;
		this.db.transaction(() => {
			for (const record of records)
				added += insert.run(
					...RECORD_MEMBERS.map((name) => (name === "isLast" ? (record.isLast ? 1 : 0) : record[name])),
				).changes;
		})();
		return added;
	}

	/** @see Ledger.redeemed */
	redeemed({ relay, ticket, viewer, content, at, witness }: RedeemedTicket): void {
		this.db
			.prepare(`INSERT INTO tickets (relay, ticket, viewer, content, at, witness) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET at = excluded.at, witness = excluded.witness
				WHERE witness = 'redirect' AND excluded.witness <> 'redirect'`)
			.run(relay, ticket, viewer, content, at, witness);
	}

	/** @see Ledger.list */
	list(query: LedgerQuery, limit: number, before: string): readonly MeteringRecord[] {
		const choice = new Choice(query);
		if (before !== "") {
			const slash = before.indexOf("/");
			const [relay, id] = [before.slice(0, Math.max(0, slash)), before.slice(slash + 1)];
			const found = this.db.prepare('SELECT "end" FROM records WHERE id = ? AND relay = ?').get(id, relay);
			if (found === undefined) return [];
			choice.and('("end", id, relay) < (?, ?, ?)', (found as Row).end, id, relay);
		}
		const rows = this.db
			.prepare(`SELECT ${NAMES} FROM records${choice.where} ORDER BY "end" DESC, id DESC, relay DESC LIMIT ?`)
			.all(...choice.values, Math.max(1, limit)) as Row[];
		return rows.map((row) => ({ ...row, isLast: row.isLast !== 0 }) as unknown as MeteringRecord);
	}

	/** @see Ledger.sum @returns `undefined`: there are too many groups */
	sum(query: LedgerQuery, by: LedgerGroup): readonly LedgerSum[] | undefined {
		const { where, values } = new Choice(query);
		const key = KEYS[by];
		const rows = this.db
			.prepare(`SELECT ${key} AS key, ${SUMS} FROM records${where} GROUP BY 1 ORDER BY 1 LIMIT ?`)
			.all(...values, LEDGER_SUMS_MAX + 1) as (Row & Omit<LedgerSum, "amounts">)[];
		if (rows.length > LEDGER_SUMS_MAX) return undefined;
		const and = where === "" ? " WHERE" : `${where} AND`;
		const paid = this.db
			.prepare(
				`SELECT ${key} AS key, currency, TOTAL(amount) AS amount FROM records${and} currency <> '' GROUP BY 1, 2 ORDER BY 1, 2`,
			)
			.all(...values) as { readonly key: string; readonly currency: string; readonly amount: number }[];
		const amounts = new Map<string, [string, number][]>();
		for (const { key: group, currency, amount } of paid) {
			const list = amounts.get(group);
			if (list === undefined) amounts.set(group, [[currency, amount]]);
			else list.push([currency, amount]);
		}
		return rows.map((row) => ({ ...row, amounts: amounts.get(row.key) ?? [] }));
	}

	/** @see Ledger.unrecorded */
	unrecorded(until: Millis): readonly RedeemedTicket[] {
		return this.db
			.prepare(`SELECT ticket, relay, viewer, content, at, witness FROM tickets WHERE at < ? AND NOT EXISTS (
				SELECT 1 FROM records WHERE records.relay = tickets.relay AND records.ticket = tickets.ticket) ORDER BY at, ticket LIMIT ?`)
			.all(until, UNRECORDED_MAX) as RedeemedTicket[];
	}

	close(): void {
		this.db.close();
	}
}

/** The condition of a query. */
class Choice {
	readonly values: Value[] = [];
	private readonly conditions: string[] = [];

	constructor({ from, to, viewer, content, relay }: LedgerQuery) {
		if (from !== undefined) this.and('"end" >= ?', from);
		if (to !== undefined) this.and('"end" < ?', to);
		if (viewer !== undefined) this.and("viewer = ?", viewer);
		if (content !== undefined) this.and("content = ?", content);
		if (relay !== undefined) this.and("relay = ?", relay);
	}

	get where(): string {
		return this.conditions.length === 0 ? "" : ` WHERE ${this.conditions.join(" AND ")}`;
	}

	and(condition: string, ...values: Value[]): void {
		this.conditions.push(condition);
		this.values.push(...values);
	}
}
