import { dataTable, numberCell, textCell } from "./data-table";
import { escapeHtml } from "./escape-html";
import { choiceField } from "./form";
import { LEDGER_MESSAGES } from "./ledger-messages";
import { type Notice, noticeList } from "./notices";
import { ownPictures, Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { sizeText } from "./size-text";

const OWN = ownPictures(["/ledger.css"]);

/** What all rows of the ledger's tables show. */
interface ShownCounts {
	readonly payload: number;
	readonly total: number;
	readonly packets: number;
	readonly frames: number;
	readonly drops: number;
	/** As `0.0072 EUR`; empty: none. */
	readonly amount: string;
}

/** A sum as the page shows it. */
export interface ShownSum extends ShownCounts {
	readonly key: string;
	readonly sessions: number;
	readonly time: number;
}

/** A record as the page shows it. */
export interface ShownRecord extends ShownCounts {
	readonly viewer: string;
	readonly content: string;
	readonly relay: string;
	readonly start: number;
	readonly end: number;
	readonly reason: string;
}

/** A used ticket without a record as the page shows it. */
export interface ShownTicket {
	readonly viewer: string;
	readonly content: string;
	readonly relay: string;
	readonly at: number;
	readonly witness: "upstream" | "page" | "redirect";
}

type Group = "viewer" | "content" | "relay" | "day";

/** What the page of the ledger shows. */
export interface LedgerView {
	readonly visitor: Visitor;
	readonly notices: readonly Notice[];
	readonly by: Group;
	/** The fields of the form as they were sent, by name. */
	readonly choice: ReadonlyMap<string, string>;
	/** `undefined`: the ledger can't be read. */
	readonly sums: readonly ShownSum[] | undefined;
	readonly records: readonly ShownRecord[] | undefined;
	/** Names the last record, if there are older ones; empty: there are none. */
	readonly older: string;
	/** Used tickets without a record: the latest first. */
	readonly flags: readonly ShownTicket[];
	/** Returns what people call a content. */
	titleOf(content: string): string;
}

/** How many sums and flags are shown. */
const ROWS_MAX = 200;

const GROUPS: readonly Group[] = Object.freeze(["viewer", "content", "relay", "day"] as const);

/** Generates the owner's page of the ledger: a choice, its sums, its records, and used tickets without a record (REP-8, REP-12). */
export function ledgerPage(view: LedgerView): Page {
	const { title, about, broken } = LEDGER_MESSAGES;
	const { sums, records } = view;
	const tables =
		sums === undefined || records === undefined
			? `<p class="notice" role="alert">${escapeHtml(broken)}</p>`
			: flagSection(view) + sumSection(view, sums) + recordSection(view, records);
	return new Page(
		pageTitle(title, view.visitor),
		[
			pageHeader(title, "/ledger", view.visitor),
			`<main>${noticeList(view.notices)}<p class="hint">${escapeHtml(about)}</p>${form(view)}`,
			tables,
			"</main>",
		],
		OWN,
	);
}

function form({ by, choice }: LedgerView): string {
	const text = LEDGER_MESSAGES;
	const day = (name: "from" | "to"): string =>
		`<label>${escapeHtml(text[name])} <input type="date" name="${name}" value="${escapeHtml(choice.get(name) ?? "")}"></label>`;
	const only = (name: "viewer" | "content" | "relay"): string =>
		`<label>${escapeHtml(text.onlyOf[name])} <input name="${name}" maxlength="256" autocomplete="off" autocapitalize="none" spellcheck="false" value="${escapeHtml(choice.get(name) ?? "")}"></label>`;
	const groups = GROUPS.map((group) => [group, text.groups[group]] as const);
	const fields = [choiceField("by", text.by, groups, by), day("from"), day("to"), only("viewer"), only("content")];
	return `<form class="card fields" method="get" action="/ledger">${fields.join("")}${only("relay")}<button>${escapeHtml(text.show)}</button></form>`;
}

function sumSection(view: LedgerView, sums: readonly ShownSum[]): string {
	const text = LEDGER_MESSAGES;
	const { columns } = text;
	const head = [text.groups[view.by], columns.sessions, columns.time, ...countHeads()];
	const rows = sums.slice(0, ROWS_MAX).map((sum) => {
		const key = view.by === "day" ? textCell(sum.key) : `<td>${linkTo(view, view.by, sum.key)}</td>`;
		return key + numberCell(`${sum.sessions}`) + numberCell(span(sum.time)) + counts(sum);
	});
	const rest = sums.length > ROWS_MAX ? `<p class="hint">${escapeHtml(text.more(sums.length - ROWS_MAX))}</p>` : "";
	return section("sums", text.sums, rows.length === 0 ? none(view) : dataTable(head, 1, rows) + rest);
}

function recordSection(view: LedgerView, records: readonly ShownRecord[]): string {
	const text = LEDGER_MESSAGES;
	const { columns, groups } = text;
	const head = [
		columns.end,
		groups.viewer,
		groups.content,
		groups.relay,
		columns.reason,
		columns.time,
		...countHeads(),
	];
	const rows = records.map(
		(record) =>
			textCell(time(record.end), true) +
			textCell(record.viewer || text.unknownViewer) +
			textCell(view.titleOf(record.content)) +
			textCell(record.relay) +
			textCell(record.reason || text.lasts) +
			numberCell(span(record.end - record.start)) +
			counts(record),
	);
	const links = [
		...(view.choice.has("before") ? [link(view, "/ledger", { before: "" }, text.newest)] : []),
		...(view.older === "" ? [] : [link(view, "/ledger", { before: view.older }, text.older)]),
		link(view, "/api/v1/ledger/records.csv", { before: "" }, text.csv),
		link(view, "/api/v1/ledger/records.json", { before: "" }, text.json),
	];
	const body = rows.length === 0 ? none(view) : dataTable(head, 5, rows);
	const hint = `<p class="hint">${escapeHtml(text.recordsHint)}</p>`;
	return section("records", text.records, `${hint}${body}<p class="row">${links.join(" ")}</p>`);
}

function flagSection({ flags, titleOf }: LedgerView): string {
	const text = LEDGER_MESSAGES;
	if (flags.length === 0) return "";
	const { groups } = text;
	const rows = flags
		.slice(0, ROWS_MAX)
		.map(
			({ viewer, content, relay, at, witness }) =>
				textCell(time(at), true) +
				textCell(viewer) +
				textCell(titleOf(content)) +
				textCell(relay) +
				textCell(text.witnesses[witness]),
		);
	const rest = flags.length > ROWS_MAX ? `<p class="hint">${escapeHtml(text.more(flags.length - ROWS_MAX))}</p>` : "";
	const head = [text.flagTime, groups.viewer, groups.content, groups.relay, ""];
	const hint = `<p class="hint">${escapeHtml(text.flagsHint)}</p>`;
	return section("flags", text.flags, hint + dataTable(head, 5, rows) + rest);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

function none({ choice }: LedgerView): string {
	const { none, empty } = LEDGER_MESSAGES;
	return `<p class="hint">${escapeHtml(choice.size > 0 ? none : empty)}</p>`;
}

function countHeads(): readonly string[] {
	const { payload, total, packets, frames, drops, amount } = LEDGER_MESSAGES.columns;
	return [payload, total, packets, frames, drops, amount];
}

function counts({ payload, total, packets, frames, drops, amount }: ShownCounts): string {
	const sizes = numberCell(sizeText(payload)) + numberCell(sizeText(total));
	return sizes + numberCell(`${packets}`) + numberCell(`${frames}`) + numberCell(`${drops}`) + numberCell(amount);
}

function time(utc: number): string {
	const iso = new Date(utc).toISOString();
	return `<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** `1:02:03` */
function span(millis: number): string {
	const seconds = Math.round(millis / 1000);
	const two = (value: number): string => `${value}`.padStart(2, "0");
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A link that narrows the choice to one viewer, content or relay. */
function linkTo(view: LedgerView, name: "viewer" | "content" | "relay", key: string): string {
	return key === ""
		? escapeHtml(LEDGER_MESSAGES.unknownViewer)
		: link(view, "/ledger", { before: "", by: "day", [name]: key }, name === "content" ? view.titleOf(key) : key);
}

/** A link with the choice of this page, and what differs; an empty value leaves a parameter out. */
function link(view: LedgerView, path: string, changes: Readonly<Record<string, string>>, text: string): string {
	const parameters = new Map([...view.choice, ["by", view.by], ...Object.entries(changes)]);
	let query = "";
	for (const [name, value] of parameters)
		if (value !== "") query += `${query === "" ? "?" : "&"}${name}=${encodeURIComponent(value)}`;
	return `<a href="${escapeHtml(path + query)}">${escapeHtml(text)}</a>`;
}
