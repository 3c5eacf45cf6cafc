import type { Octets } from "../core/time";
import type { Files } from "../ports/files";
import { FingerprintSet } from "./fingerprint-set";
import { keyOfRecord, type RedeemedTicket } from "./ledger";
import { scanLedger } from "./ledger-scan";
import { type LedgerSegment, listSegments } from "./ledger-segment";
import type { MeteringRecord } from "./metering-record";

/** How many used tickets without a record are kept; the oldest are given up. */
export const UNRECORDED_MAX = 10_000;

/** What a ledger on files has in memory: which records it has, which tickets were used, and the spans of its files. */
export class LedgerIndex {
	/** The oldest first. */
	segments: LedgerSegment[] = [];
	/** Lines of the files that were torn or not valid. */
	skipped = 0;
	private readonly records = new FingerprintSet();
	/** Tickets of records, and used ones. A ticket is good at one relay, so that other relays have no say in it. */
	private readonly recorded = new FingerprintSet();
	private readonly redeemed = new FingerprintSet();
	/** Used tickets without a record. */
	private readonly pending = new Map<string, RedeemedTicket>();

	/** Reads all files. @param done gets what the medium complains of */
	load(files: Files, folder: string, done: (fault: string | undefined) => void): void {
		listSegments(files, folder, (answer) => {
			if (typeof answer === "string") return done(answer);
			this.next(files, answer, 0, done);
		});
	}

	/** Tells whether a record is there. */
	has(record: MeteringRecord): boolean {
		return this.records.has(keyOfRecord(record));
	}

	/** A record is there. @returns false if it was before */
	add(record: MeteringRecord): boolean {
		if (!this.records.add(keyOfRecord(record))) return false;
		if (record.ticket !== "") {
			const key = keyOf(record.relay, record.ticket);
			this.recorded.add(key);
			this.pending.delete(key);
		}
		return true;
	}

	/** Tells whether the use of a ticket is known, by a witness as good as this one. */
	hasTicket({ relay, ticket, witness }: RedeemedTicket): boolean {
		const key = keyOf(relay, ticket);
		if (!this.redeemed.has(key)) return false;
		return witness === "redirect" || this.pending.get(key)?.witness !== "redirect";
	}

	/** A ticket was used. */
	addTicket(ticket: RedeemedTicket): void {
		const key = keyOf(ticket.relay, ticket.ticket);
		const isKnown = this.hasTicket(ticket);
		this.redeemed.add(key);
		if (isKnown || this.recorded.has(key)) return;
		this.pending.set(key, ticket);
		if (this.pending.size <= UNRECORDED_MAX) return;
		for (const oldest of this.pending.keys()) {
			this.pending.delete(oldest);
			break;
		}
	}

	/** Used tickets without a record, in the order in which it became known. */
	unrecorded(): Iterable<RedeemedTicket> {
		return this.pending.values();
	}

	private next(files: Files, segments: LedgerSegment[], at: number, done: (fault: string | undefined) => void): void {
		if (at === segments.length) {
			this.segments = segments;
			return done(undefined);
		}
		const segment = segments[at];
		files.open(segment.path, "read", (answer) => {
			if (answer.failure !== undefined) return done(answer.detail);
			segment.size = answer.value.size;
			scanLedger(
				answer.value,
				segment.size,
				(line, end: Octets) => {
					if ("ticket" in line) this.addTicket(line.ticket);
					else if (this.add(line.record)) segment.add(line.record);
					else segment.repeated(end);
				},
				(fault, skipped) => {
					this.skipped += skipped;
					if (fault !== undefined) done(fault);
					else this.next(files, segments, at + 1, done);
				},
			);
		});
	}
}

function keyOf(relay: string, ticket: string): string {
	return `${relay} ${ticket}`;
}
