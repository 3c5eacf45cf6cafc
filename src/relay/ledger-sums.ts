import type { Millis } from "../core/time";
import { FingerprintSet } from "./fingerprint-set";
import type { LedgerGroup, LedgerQuery, LedgerSum } from "./ledger";
import type { MeteringRecord } from "./metering-record";

/** How many sums there are at most: groups of one query. With more the query fails. */
export const LEDGER_SUMS_MAX = 50_000;

/** Tells whether a query asks for a record. */
export function isWanted({ from, to, viewer, content, relay }: LedgerQuery, record: MeteringRecord): boolean {
	return (
		(from === undefined || record.end >= from) &&
		(to === undefined || record.end < to) &&
		(viewer === undefined || record.viewer === viewer) &&
		(content === undefined || record.content === content) &&
		(relay === undefined || record.relay === relay)
	);
}

/** Returns the UTC day of a time: `2026-11-27`. */
function utcDay(utc: Millis): string {
	return new Date(utc).toISOString().slice(0, 10);
}

/** Returns the group that a record belongs to. */
function groupOf(record: MeteringRecord, by: LedgerGroup): string {
	return by === "day" ? utcDay(record.end) : record[by];
}

/** Sums of one group that still grow. */
interface Growing {
	sessions: number;
	records: number;
	payload: number;
	total: number;
	packets: number;
	frames: number;
	drops: number;
	time: number;
	readonly amounts: Map<string, number>;
}

/** Sums records up by group. */
export class SumTable {
	private readonly groups = new Map<string, Growing>();
	/** The sessions of each group. */
	private readonly sessions = new FingerprintSet();

	constructor(private readonly by: LedgerGroup) {}

	/** True: there are more groups than {@link LEDGER_SUMS_MAX}. */
	get isFull(): boolean {
		return this.groups.size > LEDGER_SUMS_MAX;
	}

	add(record: MeteringRecord): void {
		const key = groupOf(record, this.by);
		let sum = this.groups.get(key);
		if (sum === undefined) {
			if (this.isFull) return;
			sum = {
				sessions: 0,
				records: 0,
				payload: 0,
				total: 0,
				packets: 0,
				frames: 0,
				drops: 0,
				time: 0,
				amounts: new Map(),
			};
			this.groups.set(key, sum);
		}
		if (this.sessions.add(`${record.relay} ${record.session} ${key}`)) sum.sessions++;
		sum.records++;
		sum.payload += record.payload;
		sum.total += record.total;
		sum.packets += record.packets;
		sum.frames += record.frames;
		sum.drops += record.drops;
		sum.time += record.end - record.start;
		const { currency, amount } = record;
		if (currency !== "") sum.amounts.set(currency, (sum.amounts.get(currency) ?? 0) + amount);
	}

	/** The sums in the order of their keys. */
	sums(): readonly LedgerSum[] {
		const sums: LedgerSum[] = [];
		for (const [key, { amounts, ...sum }] of this.groups)
			sums.push({ key, ...sum, amounts: [...amounts].sort(([one], [other]) => (one < other ? -1 : 1)) });
		return sums.sort((one, other) => (one.key < other.key ? -1 : 1));
	}
}
