import type { Fact } from "./camera-page";
import { escapeHtml } from "./escape-html";
import { button, choiceField, hiddenField, ownForm } from "./form";
import { NAS_MESSAGES } from "./nas-messages";
import { type Notice, noticeList } from "./notices";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { sizeText } from "./size-text";

/** The modes in which a camera is recorded, as the page offers them. */
export type ModeName = keyof typeof NAS_MESSAGES.modes;

/** A camera as the page shows it. */
export interface NasCamera {
	readonly key: string;
	readonly title: string;
	readonly mode: ModeName;
	/** Why it is not being recorded; `undefined`: it is. */
	readonly why: keyof typeof NAS_MESSAGES.why | undefined;
	/** What its source or the medium complains of; `undefined`: nothing. */
	readonly trouble: string | undefined;
	/** Octets of its recordings. */
	readonly octets: number;
	/** When its oldest recording began, in milliseconds since 1970; 0: there is none. */
	readonly from: number;
}

/** What a NAS's own page shows. */
export interface NasView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly notices: readonly Notice[];
	/** True: the index of the recordings is still being made. */
	readonly isOpening: boolean;
	/** Octets of the recordings, and of those among them that are locked. */
	readonly recordings: number;
	readonly locked: number;
	/** Octets of the medium; 0: not known yet. */
	readonly free: number;
	readonly total: number;
	/** When the oldest recording began, in milliseconds since 1970; 0: there is none. */
	readonly from: number;
	/** How much is kept: octets and days (0: no limit), and octets of the medium that stay free. */
	readonly limits: { readonly octets: number; readonly days: number; readonly free: number };
	readonly cameras: readonly NasCamera[];
	/** Whether remote access is off, so that it takes no part in the fleet, and finds no cameras of it. */
	readonly isApart?: boolean;
	/** Facts about the NAS; only owners see them. */
	readonly facts: readonly Fact[];
}

const MODES = Object.entries(NAS_MESSAGES.modes);

/** Generates a NAS's own page: space, cameras with their modes, facts (STR-27). */
export function nasPage(view: NasView): Page {
	return new Page(pageTitle(NAS_MESSAGES.nav, view.visitor), [
		pageHeader(NAS_MESSAGES.nav, "/nas", view.visitor),
		`<main>${noticeList(view.notices)}<div class="sections">`,
		section("space", NAS_MESSAGES.space, space(view)),
		section("recorded", NAS_MESSAGES.cameras, cameras(view)),
		view.visitor.owner ? section("facts", NAS_MESSAGES.facts, list(view.facts.map(escaped))) : "",
		"</div></main>",
	]);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

/** @param pairs already HTML */
function list(pairs: readonly Fact[]): string {
	return `<dl>${pairs.map(([term, value]) => `<dt>${term}</dt><dd>${value}</dd>`).join("")}</dl>`;
}

function escaped([term, value]: Fact): Fact {
	return [escapeHtml(term), escapeHtml(value)];
}

function space({ recordings, locked, free, total, from, limits, isOpening }: NasView): string {
	const text = NAS_MESSAGES;
	const percent = total === 0 ? 0 : Math.round((100 * (total - free)) / total);
	const meter =
		total === 0
			? ""
			: `<p><meter min="0" max="100" high="90" value="${percent}" aria-label="${escapeHtml(text.meter(percent))}"></meter> ${escapeHtml(text.meter(percent))}</p>`;
	const kept = [text.limitFree(sizeText(limits.free))];
	if (limits.octets > 0) kept.push(text.limitOctets(sizeText(limits.octets)));
	if (limits.days > 0) kept.push(text.limitAge(limits.days));
	const facts: Fact[] = [[escapeHtml(text.recordings), sizeText(recordings)]];
	if (locked > 0) facts.push([escapeHtml(text.locked), sizeText(locked)]);
	if (total > 0) facts.push([escapeHtml(text.disk), escapeHtml(text.freeOf(sizeText(free), sizeText(total)))]);
	facts.push([escapeHtml(text.oldest), from === 0 ? escapeHtml(text.none) : time(from)]);
	facts.push([escapeHtml(text.limits), escapeHtml(kept.join("; "))]);
	return `${isOpening ? `<p role="status">${escapeHtml(text.opening)}</p>` : ""}${meter}${list(facts)}`;
}

/** A time, which the script of the pages shows in the visitor's time zone. */
function time(utc: number): string {
	const date = new Date(utc);
	return `<time datetime="${date.toISOString()}">${date.toUTCString()}</time>`;
}

function cameras({ cameras: all, visitor, id, isApart = false }: NasView): string {
	const { noCameras, apart } = NAS_MESSAGES;
	if (all.length === 0) return `<p class="hint">${escapeHtml(isApart ? apart : noCameras)}</p>`;
	return `<ul>${all.map((camera) => `<li>${row(camera, visitor.owner, id)}</li>`).join("")}</ul>`;
}

function row({ key, title, mode, why, trouble, octets, from }: NasCamera, isOwner: boolean, id: string): string {
	const text = NAS_MESSAGES;
	const link = `<a href="/timeline?camera=${key}" aria-label="${escapeHtml(text.timelineOf(title))}">${escapeHtml(title)}</a>`;
	const isWell = why === undefined || why === "waiting" || why === "off" || why === "crash";
	const health = why === undefined ? "ok" : isWell ? "unreachable" : "no-pictures";
	const state = escapeHtml(why === undefined ? text.recording : text.why[why]);
	const more = trouble === undefined ? "" : ` <span class="hint">${escapeHtml(trouble)}</span>`;
	const facts: Fact[] = [[escapeHtml(text.size), sizeText(octets)]];
	if (from > 0) facts.push([escapeHtml(text.since), time(from)]);
	facts.push([escapeHtml(text.key), `<code>${key}</code>`]);
	if (!isOwner) facts.push([escapeHtml(text.mode), escapeHtml(text.modes[mode])]);
	const forms = isOwner ? controls(key, title, mode, why === undefined, id) : "";
	return `<h3>${link}</h3><p class="health" data-health="${health}">${state}${more}</p>${list(facts)}${forms}`;
}

function controls(key: string, title: string, mode: ModeName, isRecording: boolean, id: string): string {
	const text = NAS_MESSAGES;
	const path = `/api/v1/recordings/${key}`;
	const choice = choiceField("mode", text.mode, MODES, mode) + button(text.set, true, text.setNamed(title));
	const demand = isRecording
		? ownForm(id, `${path}/stop`, button(text.stop, true, text.stopNamed(title)))
		: ownForm(id, `${path}/record`, hiddenField("seconds", 300) + button(text.record, true, text.recordNamed(title)));
	return `<div class="row">${ownForm(id, `${path}/mode`, choice)}${mode === "continuous" ? "" : demand}</div>`;
}
