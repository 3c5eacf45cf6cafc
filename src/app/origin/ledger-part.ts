import { DAY, type Millis, type Octets } from "../../core/time";
import type { Fleet } from "../../fleet/fleet";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { keyOfRecord, type Ledger, type LedgerSum, type RedeemedTicket } from "../../relay/ledger";
import { moneyText } from "../../relay/ledger-format";
import type { MeteringRecord } from "../../relay/metering-record";
import { REPORT_FIELD, REPORT_OCTETS_MAX, REPORT_PATH } from "../../relay/report";
import type { Fact } from "../../web/camera-page";
import { LEDGER_MESSAGES } from "../../web/ledger-messages";
import { ledgerPage, type ShownRecord, type ShownSum } from "../../web/ledger-page";
import { LEDGER_STYLE } from "../../web/ledger-style";
import type { Notice } from "../../web/notices";
import { sizeText } from "../../web/size-text";
import { fieldOf, type Headers, type TextMessage } from "../../wire/text-message";
import type { Keyring } from "../access/credential-store";
import type { ExtraPart } from "../camera/camera";
import { keyringOf } from "../fleet/make-fleet";
import type { Node } from "../node";
import { get, type Metric, type NavigationLink, type Part, post, type Route, type SiteRequest } from "../part";
import type { Site } from "../site";
import { styleFile } from "../static-file";
import { FLAG_AFTER } from "./flag-after";
import { LEDGER_API } from "./ledger-api";
import { type ExportForm, LedgerExport, LedgerWriter } from "./ledger-export";
import { type LedgerRequest, parseLedgerQuery } from "./ledger-query";
import { ReportDesk } from "./report-desk";
import type { ReportTaker } from "./report-taker";

/** How often it is looked for tickets to flag, and what the day has brought. */
const LOOK: Millis = 600_000;
/** How many records the page shows. */
const SHOWN = 50;
/** The parameters of the page's form. */
const PARAMETERS: readonly string[] = Object.freeze(["from", "to", "viewer", "content", "relay", "before"]);

const JSON_TYPE = "application/json";
const FIELD = REPORT_FIELD.toLowerCase();

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/ledger", label: LEDGER_MESSAGES.nav, need: "owner" as const, isRare: true }),
]);

const ROUTES: readonly Route<LedgerPart>[] = Object.freeze([
	get("/ledger", (part: LedgerPart, request, reply) => part.show(request, reply), "owner"),
	// Signed by the relay, which has no account here.
	post(REPORT_PATH, (part: LedgerPart, request, reply) => part.post(request, reply), "anyone"),
	get("/api/v1/ledger", (part: LedgerPart, request, reply) => part.list(request, reply), "owner"),
	get("/api/v1/ledger/sums", (part: LedgerPart, request, reply) => part.sum(request, reply), "owner"),
	get("/api/v1/ledger/unrecorded", (part: LedgerPart, request, reply) => part.flags(request, reply), "owner"),
	exportRoute("csv", "text/csv; charset=utf-8"),
	exportRoute("json", JSON_TYPE),
]);

const FILES = Object.freeze([styleFile("/ledger.css", LEDGER_STYLE)]);

function exportRoute(form: ExportForm, type: string): Route<LedgerPart> {
	const fields: Headers = Object.freeze([
		["Content-Type", type],
		["Content-Disposition", `attachment; filename="porthole-ledger.${form}"`],
		...NO_STORE,
	]);
	const run: Route<LedgerPart>["run"] = (part, request, reply) => part.export(request, reply, form, fields);
	return get(`/api/v1/ledger/records.${form}`, run, "owner");
}

/** What a {@link LedgerPart} needs of its appliance. */
export interface LedgerPartNeeds {
	readonly node: Node;
	readonly site: Site;
	readonly ledger: Ledger;
	/** The keys of the fleet. */
	readonly keyring: Keyring;
	/** Whose cameras the page shows by their names. */
	readonly fleet: Pick<Fleet, "self" | "registry">;
}

/** The ledger of a camera, for hosts with files. @param open opens the ledger, again after each restart from a page */
export function ledger(open: () => Ledger): ExtraPart {
	return {
		make: (camera) =>
			new LedgerPart({
				node: camera,
				site: camera.site,
				ledger: open(),
				keyring: keyringOf(camera.fleet),
				fleet: camera.fleet,
			}),
	};
}

/**
 * Keeps the origin's ledger: takes the reports of relays over HTTP and RTSP, shows, sums up and exports them for the owner, flags used
 * tickets without a record (REP-6, REP-8, REP-12, ONE-9).
 */
export class LedgerPart implements Part, ReportTaker {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly described = LEDGER_API;
	readonly reports = this;
	readonly answerField = REPORT_FIELD;
	readonly bodyMax: Octets = REPORT_OCTETS_MAX;
	private readonly desk: ReportDesk;
	/** Used tickets without a record, as of the last look. */
	private flagged = 0;
	/** What relays have delivered today, as of the last look; empty: nothing. */
	private today = "";

	constructor(private readonly needs: LedgerPartNeeds) {
		this.desk = new ReportDesk(needs.ledger, needs.keyring);
	}

	start(): void {
		this.look();
	}

	leave(done: () => void): void {
		this.needs.ledger.close(done);
	}

	/** A report by RTSP. @see ParameterTaker */
	take(now: Millis, address: string, message: TextMessage, answered: Parameters<ReportTaker["take"]>[3]): boolean {
		const field = fieldOf(message, FIELD);
		if (field === undefined) return false;
		this.desk.take(now, address, message.body, field, (status, detail) =>
			answered(this.needs.node.now, status, detail),
		);
		return true;
	}

	/** A report by HTTP: `POST /api/v1/metering`. */
	post(request: SiteRequest, reply: HttpReply): void {
		const { now, remoteAddress, message } = request;
		const field = fieldOf(message, FIELD);
		// Clients that are not relays see the usual refusal.
		if (field === undefined) return this.needs.site.gate.challenge(request, reply);
		this.desk.take(now, remoteAddress, message.body, field, (status, detail) => {
			if (status === 200) reply.send(200, JSON_TYPE, '{"done":true}', [...NO_STORE, [REPORT_FIELD, detail]]);
			else reply.error(status, detail);
		});
	}

	/** @see ReportTaker */
	redeemed(ticket: RedeemedTicket): void {
		this.needs.ledger.redeemed(ticket);
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { ledger, site } = this.needs;
		const asked = this.parse(request, reply);
		if (asked === undefined) return;
		const { query, by, before } = asked;
		const choice = new Map<string, string>();
		for (const name of PARAMETERS) {
			const value = request.query.get(name) ?? "";
			if (value !== "") choice.set(name, value);
		}
		ledger.unrecorded(this.flagsUntil, (tickets) =>
			ledger.sum(query, by, (sums) =>
				ledger.list(query, SHOWN + 1, before, (records) => {
					const shown = records?.slice(0, SHOWN);
					ledgerPage({
						visitor: site.visitor(request),
						notices: site.notices(),
						by,
						choice,
						sums: sums?.map(shownSum),
						records: shown?.map(shownRecord),
						older: shown !== undefined && (records?.length ?? 0) > SHOWN ? keyOfRecord(shown[SHOWN - 1]) : "",
						flags: tickets?.slice().reverse() ?? [],
						titleOf: (content: string) => this.titleOf(content),
					}).replyWith(reply, 200, NO_STORE);
				}),
			),
		);
	}

	/** `GET /api/v1/ledger`: records, the newest first; `next` is the value of `before` for older ones, or null. */
	list(request: SiteRequest, reply: HttpReply): void {
		const asked = this.parse(request, reply);
		if (asked === undefined) return;
		const { query, limit, before } = asked;
		this.needs.ledger.list(query, limit + 1, before, (found) => {
			const records = found?.slice(0, limit);
			const next = records !== undefined && (found?.length ?? 0) > limit ? keyOfRecord(records[limit - 1]) : null;
			this.answer(reply, records && { records, next });
		});
	}

	/** `GET /api/v1/ledger/sums` */
	sum(request: SiteRequest, reply: HttpReply): void {
		const asked = this.parse(request, reply);
		if (asked === undefined) return;
		this.needs.ledger.sum(asked.query, asked.by, (sums) => this.answer(reply, sums && { by: asked.by, sums }));
	}

	/** `GET /api/v1/ledger/unrecorded` */
	flags(_request: SiteRequest, reply: HttpReply): void {
		this.needs.ledger.unrecorded(this.flagsUntil, (tickets) => this.answer(reply, tickets && { tickets }));
	}

	/** Sends all records of a choice as a file. */
	export(request: SiteRequest, reply: HttpReply, form: ExportForm, fields: Headers): void {
		const asked = this.parse(request, reply);
		if (asked === undefined) return;
		const { ledger, node } = this.needs;
		const writer = new LedgerWriter(ledger, asked.query, form);
		reply.stream(200, fields, new LedgerExport(writer, () => node.now));
	}

	facts(): readonly Fact[] {
		return this.today === "" ? [] : [[LEDGER_MESSAGES.today, this.today]];
	}

	notices(): readonly Notice[] {
		const { notStored, notStoredRemedy, flagged, flaggedRemedy } = LEDGER_MESSAGES.notices;
		const notices: Notice[] = [];
		if (this.desk.trouble !== undefined) notices.push({ message: notStored, remedy: notStoredRemedy });
		if (this.flagged > 0) notices.push({ message: flagged(this.flagged), remedy: flaggedRemedy });
		return notices;
	}

	status(): Record<string, unknown> {
		return { ledger: { ...this.desk.counters, unrecorded: this.flagged } };
	}

	metrics(): readonly Metric[] {
		const { reports, records, repeated, refused, failed } = this.desk.counters;
		return [
			["ledger_reports_total", "counter", "Reports of relays that were stored", reports],
			["ledger_records_total", "counter", "Metering records that were stored", records],
			["ledger_repeated_total", "counter", "Metering records that had been stored before", repeated],
			["ledger_refused_total", "counter", "Reports that were malformed, not signed, or too many", refused],
			["ledger_failed_total", "counter", "Reports that the medium could not store", failed],
			["ledger_unrecorded", "gauge", "Used tickets of which no relay has reported a session", this.flagged],
		];
	}

	/** What people call a content. */
	private titleOf(content: string): string {
		const { node, fleet } = this.needs;
		const name = content === node.identity.id ? fleet.self.name : fleet.registry.get(content)?.name;
		return name || content;
	}

	/** Tickets that were used before this time and have no record are flagged. */
	private get flagsUntil(): Millis {
		return (this.needs.node.host.clock.utc() ?? 0) - FLAG_AFTER;
	}

	/** Looks for tickets to flag and sums the day up, now and then. */
	private look(): void {
		const { ledger, node } = this.needs;
		node.pump.after(LOOK, () => this.look());
		// Not every viewer that is sent to a relay goes there.
		ledger.unrecorded(this.flagsUntil, (tickets) => {
			const count = tickets?.filter(({ witness }) => witness !== "redirect").length;
			this.found(count ?? this.flagged, this.today);
		});
		const utc = node.host.clock.utc();
		if (utc === undefined) return this.found(this.flagged, "");
		const from = utc - (utc % DAY);
		// The clock of a relay may be a day ahead.
		ledger.sum({ from, to: from + DAY }, "day", (sums) => {
			const sum = sums?.[0];
			this.found(this.flagged, sum === undefined ? "" : LEDGER_MESSAGES.sessions(sum.sessions, sizeText(sum.total)));
		});
	}

	private found(flagged: number, today: string): void {
		if (flagged === this.flagged && today === this.today) return;
		this.flagged = flagged;
		this.today = today;
		this.needs.node.changed();
	}

	private parse(request: SiteRequest, reply: HttpReply): LedgerRequest | undefined {
		const asked = parseLedgerQuery((name) => request.query.get(name));
		if (typeof asked !== "string") return asked;
		reply.error(400, asked);
		return undefined;
	}

	private answer(reply: HttpReply, body: unknown): void {
		if (body === undefined) reply.error(503, LEDGER_MESSAGES.broken);
		else reply.send(200, JSON_TYPE, JSON.stringify(body), NO_STORE);
	}
}

function shownSum({ amounts, ...sum }: LedgerSum): ShownSum {
	return { ...sum, amount: amounts.map(([currency, amount]) => `${moneyText(amount)} ${currency}`).join(", ") };
}

function shownRecord({ amount, currency, ...record }: MeteringRecord): ShownRecord {
	return { ...record, amount: currency === "" ? "" : `${moneyText(amount)} ${currency}` };
}
