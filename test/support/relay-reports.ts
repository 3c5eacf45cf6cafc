import { latin1 } from "../../src/base/text";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { recordJson } from "../../src/relay/record-json";
import { relayKeyOf } from "../../src/relay/relay-key";
import { joinReport, REPORT_FIELD, ReportSeal } from "../../src/relay/report";

/** A fleet's key for tests. */
export const FLEET_KEY = "0123456789abcdef0123456789abcdef";

/** A signed report as a relay sends it: its body, and its field with line end. */
export function signedReport(
	records: readonly MeteringRecord[],
	relay = "kiosk",
	fleetKey = FLEET_KEY,
): { readonly body: string; readonly field: string } {
	const body = joinReport(records.map(recordJson));
	const seal = new ReportSeal(relay, relayKeyOf(fleetKey, relay));
	return { body: latin1(body, 0, body.length), field: `${REPORT_FIELD}: ${seal.sign(body)}\r\n` };
}
