import type { Millis } from "../../src/core/time";
import type { LedgerGroup, LedgerQuery, LedgerSum, RedeemedTicket } from "../../src/relay/ledger";
import type { MeteringRecord } from "../../src/relay/metering-record";

/** What the thread of a ledger is to do. */
export type LedgerTask =
	| { readonly type: "store"; readonly records: readonly MeteringRecord[] }
	| { readonly type: "redeemed"; readonly ticket: RedeemedTicket }
	| { readonly type: "list"; readonly query: LedgerQuery; readonly limit: number; readonly before: string }
	| { readonly type: "sum"; readonly query: LedgerQuery; readonly by: LedgerGroup }
	| { readonly type: "unrecorded"; readonly until: Millis }
	| { readonly type: "close" };

/** A task with its number, which its answer has, too. */
export type LedgerOrder = LedgerTask & { readonly number: number };

/** What came of a task. */
export interface LedgerReport {
	readonly number: number;
	/** Absent: it was done. */
	readonly fault?: string;
	/** How many records were added. */
	readonly added?: number;
	readonly records?: readonly MeteringRecord[];
	readonly sums?: readonly LedgerSum[];
	readonly tickets?: readonly RedeemedTicket[];
}
