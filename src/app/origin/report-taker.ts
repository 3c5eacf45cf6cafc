import type { RedeemedTicket } from "../../relay/ledger";
import type { ParameterTaker } from "../../stream/control/parameter-taker";

/** Takes what an origin learns of its relays: their reports by RTSP (REP-6), and which tickets were used (REP-12). */
export interface ReportTaker extends ParameterTaker {
	/** A ticket was used; harmless when repeated. @see Ledger.redeemed */
	redeemed(ticket: RedeemedTicket): void;
}

/** Finds the part of an appliance that keeps a ledger; `undefined`: none does. */
export function reportTakerOf(parts: readonly { readonly reports?: ReportTaker }[]): ReportTaker | undefined {
	for (const { reports } of parts) if (reports !== undefined) return reports;
	return undefined;
}
