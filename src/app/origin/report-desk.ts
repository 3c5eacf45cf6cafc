import { Allowance } from "../../base/allowance";
import { isRelayName } from "../../base/relay-name";
import type { Millis } from "../../core/time";
import type { Ledger } from "../../relay/ledger";
import { relayKeyOf } from "../../relay/relay-key";
import { openReport, parseReportField, ReportSeal } from "../../relay/report";
import type { Keyring } from "../access/credential-store";

/** Reports in one second from addresses that have not sent a signed one yet, in all and from one: checking one costs time. */
const FIRST_REPORTS = 40;
const FIRST_REPORTS_PER_ADDRESS = 10;
/** The same for relays, which strangers can't keep from reporting. */
const REPORTS = 240;
const REPORTS_PER_ADDRESS = 60;
/** How many addresses of relays are known at a time. */
const ADDRESSES_MAX = 1024;
/** Of how many relays the keys are kept. */
const RELAYS_MAX = 256;

/** Calls back with 200 and the value of the answer's field `Porthole-Report`, or with a status of HTTP and RTSP and why. */
export type ReportAnswered = (status: 200 | 400 | 403 | 413 | 503, detail: string) => void;

/** Checks the reports of relays and puts them into a ledger, whichever way they came (REP-6, REP-8). */
export class ReportDesk {
	readonly counters = { reports: 0, records: 0, repeated: 0, refused: 0, failed: 0 };
	/** Why the last report could not be stored; `undefined`: it was. */
	trouble: string | undefined;
	private readonly firstReports = new Allowance(FIRST_REPORTS, FIRST_REPORTS_PER_ADDRESS);
	private readonly reports = new Allowance(REPORTS, REPORTS_PER_ADDRESS);
	/** Addresses from which signed reports have come, the latest last. */
	private readonly addresses = new Set<string>();
	/** The seals of relays by name, one for each key of the fleet. */
	private seals = new Map<string, readonly ReportSeal[]>();
	private keys = "";

	/** @param keyring the keys from which those of relays are derived */
	constructor(
		private readonly ledger: Ledger,
		private readonly keyring: Keyring,
	) {}

	/**
	 * Takes a report.
	 * @param address of the client
	 * @param field the value of the field `Porthole-Report`; empty: there was none
	 * @param answered called once: 200 when all its records are in the ledger
	 */
	take(now: Millis, address: string, body: Uint8Array, field: string, answered: ReportAnswered): void {
		const allowance = this.addresses.has(address) ? this.reports : this.firstReports;
		if (!allowance.take(now, address)) return this.refuse(answered, 503, "too many reports, try again later");
		const { relay = "", signature = "" } = parseReportField(field) ?? {};
		const seals = isRelayName(relay) ? this.sealsOf(relay) : [];
		let seal = seals[0];
		// With the old and the new key of the fleet, while it is replaced.
		let opened = openReport(body, field, () => seal);
		if ("status" in opened && opened.status === 403 && seals.length > 1) {
			seal = seals[1];
			opened = openReport(body, field, () => seal);
		}
		if ("status" in opened) return this.refuse(answered, opened.status, opened.message);
		const records = opened;
		this.addresses.delete(address);
		this.addresses.add(address);
		if (this.addresses.size > ADDRESSES_MAX)
			for (const oldest of this.addresses) if (this.addresses.delete(oldest)) break;
		this.ledger.store(records, (fault, added) => {
			this.trouble = fault;
			if (fault !== undefined) {
				this.counters.failed++;
				return answered(503, "the ledger can't store the report now");
			}
			this.counters.reports++;
			this.counters.records += added;
			this.counters.repeated += records.length - added;
			answered(200, seal.receipt(signature));
		});
	}

	private refuse(answered: ReportAnswered, status: Parameters<ReportAnswered>[0], why: string): void {
		this.counters.refused++;
		answered(status, why);
	}

	/** A stranger may name any relay, so that the keys of few are kept. */
	private sealsOf(relay: string): readonly ReportSeal[] {
		const keys = this.keyring.keys.map(({ text }) => text);
		const all = keys.join();
		if (all !== this.keys || this.seals.size >= RELAYS_MAX) this.seals = new Map();
		this.keys = all;
		let seals = this.seals.get(relay);
		if (seals === undefined) {
			seals = keys.map((key) => new ReportSeal(relay, relayKeyOf(key, relay)));
			this.seals.set(relay, seals);
		}
		return seals;
	}
}
