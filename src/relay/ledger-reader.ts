import type { Millis } from "../core/time";
import type { Files } from "../ports/files";
import { keyOfRecord, type LedgerGroup, type LedgerQuery, type LedgerSum } from "./ledger";
import { scanLedger } from "./ledger-scan";
import type { LedgerSegment } from "./ledger-segment";
import { isWanted, SumTable } from "./ledger-sums";
import type { MeteringRecord } from "./metering-record";

/** How many queries may wait for the one that is being answered; more get no answer. */
const QUERIES_MAX = 64;
/** Of how many last records of answers it is known when they ended: the next page begins there. */
const CURSORS_MAX = 32;

/** Where a list goes on: after this record. */
interface Cursor {
	readonly end: Millis;
	readonly relay: string;
	readonly id: string;
}

/** Answers queries from the files of a ledger, one after another. */
export class LedgerReader {
	private readonly queries: (() => void)[] = [];
	private isBusy = false;
	private readonly cursors = new Map<string, Cursor>();

	constructor(private readonly files: Files) {}

	/** @see Ledger.list */
	list(
		segments: readonly LedgerSegment[],
		query: LedgerQuery,
		limit: number,
		before: string,
		answered: (records: readonly MeteringRecord[] | undefined) => void,
	): void {
		const answer = (records: readonly MeteringRecord[] | undefined): void => {
			const last = records?.[records.length - 1];
			if (last !== undefined) this.keep(last);
			this.finish(answered, records);
		};
		const collect = (cursor: Cursor | undefined): void => {
			const page = new Page(query, Math.max(1, limit), cursor);
			const order = segments.filter((segment) => overlaps(segment, query)).sort((one, other) => other.to - one.to);
			this.walk(
				order,
				(record) => page.add(record),
				(segment) => page.isDone(segment),
				(isFine) => answer(isFine ? page.records : undefined),
			);
		};
		this.begin(answered, () => {
			if (before === "") return collect(undefined);
			const known = this.cursors.get(before);
			if (known !== undefined) return collect(known);
			let found: Cursor | undefined;
			this.walk(
				segments.slice().reverse(),
				(record) => {
					if (keyOfRecord(record) === before) found = record;
				},
				() => found !== undefined,
				(isFine) => {
					if (isFine && found !== undefined) collect(found);
					else answer(isFine ? [] : undefined);
				},
			);
		});
	}

	/** @see Ledger.sum */
	sum(
		segments: readonly LedgerSegment[],
		query: LedgerQuery,
		by: LedgerGroup,
		answered: (sums: readonly LedgerSum[] | undefined) => void,
	): void {
		this.begin(answered, () => {
			const table = new SumTable(by);
			this.walk(
				segments.filter((segment) => overlaps(segment, query)),
				(record) => {
					if (isWanted(query, record)) table.add(record);
				},
				() => table.isFull,
				(isFine) => this.finish(answered, isFine && !table.isFull ? table.sums() : undefined),
			);
		});
	}

	private begin(answered: (nothing: undefined) => void, run: () => void): void {
		if (this.queries.length >= QUERIES_MAX) return answered(undefined);
		this.queries.push(run);
		if (!this.isBusy) this.next();
	}

	private next(): void {
		const run = this.queries.shift();
		this.isBusy = run !== undefined;
		run?.();
	}

	private finish<Answer>(answered: (answer: Answer) => void, answer: Answer): void {
		answered(answer);
		this.next();
	}

	/** Reads segments one after another. @param isOver asked before each, whether enough was seen */
	private walk(
		segments: readonly LedgerSegment[],
		take: (record: MeteringRecord) => void,
		isOver: (segment: LedgerSegment) => boolean,
		done: (isFine: boolean) => void,
		at = 0,
	): void {
		if (at === segments.length || isOver(segments[at])) return done(true);
		const segment = segments[at];
		this.files.open(segment.path, "read", (answer) => {
			if (answer.failure !== undefined) return done(false);
			scanLedger(
				answer.value,
				segment.size,
				(line, end) => {
					if ("record" in line && segment.counts(end)) take(line.record);
				},
				(fault) => (fault === undefined ? this.walk(segments, take, isOver, done, at + 1) : done(false)),
			);
		});
	}

	private keep({ end, relay, id }: MeteringRecord): void {
		const key = keyOfRecord({ relay, id });
		this.cursors.delete(key);
		this.cursors.set(key, { end, relay, id });
		if (this.cursors.size <= CURSORS_MAX) return;
		for (const oldest of this.cursors.keys()) {
			this.cursors.delete(oldest);
			break;
		}
	}
}

/** The newest records of a choice, up to a limit. */
class Page {
	/** The newest first. */
	readonly records: MeteringRecord[] = [];

	constructor(
		private readonly query: LedgerQuery,
		private readonly limit: number,
		private readonly cursor: Cursor | undefined,
	) {}

	add(record: MeteringRecord): void {
		const { records, limit, cursor } = this;
		if (!isWanted(this.query, record) || (cursor !== undefined && !isNewer(cursor, record))) return;
		if (records.length === limit) {
			if (isNewer(records[limit - 1], record)) return;
			records.pop();
		}
		let low = 0;
		for (let high = records.length; low < high; ) {
			const middle = (low + high) >> 1;
			if (isNewer(records[middle], record)) low = middle + 1;
			else high = middle;
		}
		records.splice(low, 0, record);
	}

	/** Whether a segment, and those whose last record is older, have nothing for the page. */
	isDone({ to }: LedgerSegment): boolean {
		const { records, limit } = this;
		return records.length === limit && records[limit - 1].end > to;
	}
}

/** The order of lists: by the end, then by the identifier and the relay, so that no two are equal. */
function isNewer(one: Cursor, other: Cursor): boolean {
	if (one.end !== other.end) return one.end > other.end;
	return one.id === other.id ? one.relay > other.relay : one.id > other.id;
}

function overlaps({ from, to }: LedgerSegment, query: LedgerQuery): boolean {
	return from <= to && (query.from === undefined || to >= query.from) && (query.to === undefined || from < query.to);
}
