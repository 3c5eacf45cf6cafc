import { toJson } from "../base/json";
import { escapeHtml } from "./escape-html";
import { ownPictures, Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { TIMELINE_MESSAGES } from "./timeline-messages";
import { type PlainView, plainTimeline } from "./timeline-plain-page";

const OWN = ownPictures(["/timeline.css"], ["/timeline.js"], "'self'");

/** The speeds that the page offers. */
const SPEEDS: readonly number[] = Object.freeze([0.25, 1, 2, 4, 16, 60, 300]);

/** What the colours of the bars mean. */
const LEGEND = Object.freeze(["rec", "kept", "bad", "idle", "event"] as const);

/**
 * Generates the timeline page: the recordings of all cameras by day, pictures, clips (STR-13, STR-26). The script asks for the
 * data; without script the page lists days and plays them.
 */
export function timelinePage(visitor: Visitor, plain: PlainView): Page {
	const { title, page, gaps, events } = TIMELINE_MESSAGES;
	const texts = toJson({ ...page, gaps, events });
	const body = [
		pageHeader(title, "/timeline", visitor),
		`<main><noscript>${plainTimeline(plain)}</noscript><p id="news" role="status" data-keep></p>`,
		`<div id="timeline" hidden data-texts="${escapeHtml(texts)}"${visitor.owner ? " data-owner" : ""}>`,
		`<div id="stage" role="group" aria-label="${escapeHtml(page.pictures)}"></div>`,
		`<div class="row when">${symbol("day-back", "‹", page.previousDay)}`,
		'<details id="calendar"><summary></summary><div class="month"></div></details>',
		`${symbol("day-on", "›", page.nextDay)}${button("yesterday", page.yesterday)}${button("today", page.today)}`,
		"</div>",
		`<section aria-labelledby="cameras-title"><h2 class="unseen" id="cameras-title">${escapeHtml(page.cameras)}</h2>`,
		'<div class="hours" aria-hidden="true"></div><ul id="rows"></ul></section>',
		`<div class="row both"><div class="row plays" role="group" aria-label="${escapeHtml(page.controls)}">`,
		`${symbol("event-back", "⇤", page.previousEvent)}${symbol("step-back", "−10", page.backStep)}`,
		`<button type="button" id="play">${escapeHtml(page.play)}</button>`,
		`${symbol("step-on", "+10", page.onStep)}${symbol("event-on", "⇥", page.nextEvent)}</div><div class="row sets">`,
		`<label><span class="unseen">${escapeHtml(page.time)}</span><input type="time" step="1" id="time"></label>`,
		`<label><span class="unseen">${escapeHtml(page.speed)}</span><select id="speed">${SPEEDS.map(speed).join("")}</select></label>`,
		`${button("to-live", page.live)}</div></div>`,
		`<div id="strip" role="slider" tabindex="0" aria-label="${escapeHtml(page.strip)}" aria-describedby="keys">`,
		'<div class="thumbs"></div><svg aria-hidden="true" preserveAspectRatio="none"></svg><div class="ticks" aria-hidden="true"></div><i class="head"></i></div>',
		`<p class="row zoom">${symbol("zoom-out", "−", page.zoomOut)}<span id="zoom" aria-live="polite"></span>${symbol("zoom-in", "+", page.zoomIn)}</p>`,
		`<div class="below"><section><h2>${escapeHtml(page.clip)}</h2><p class="row">`,
		`${button("clip-start", page.start)}${button("clip-end", page.end)}${button("clip-clear", page.clear)}</p>`,
		`<p id="clip-is" class="hint">${escapeHtml(page.clipHint)}</p><div id="clip-does"></div></section>`,
		`<section><details id="list"><summary>${escapeHtml(page.list)}</summary><ul></ul></details>`,
		`<p class="legend" aria-hidden="true">${LEGEND.map(legend).join("")}</p>`,
		`<p id="keys" class="hint">${escapeHtml(page.keys)}</p></section></div></div></main>`,
	];
	return new Page(pageTitle(title, visitor), body, OWN);
}

function legend(name: (typeof LEGEND)[number]): string {
	const box =
		name === "rec" || name === "kept" ? "M0 0h12v8h-12z" : name === "event" ? "M5 0h2v8h-2z" : "M0 3h12v2h-12z";
	const text = escapeHtml(TIMELINE_MESSAGES.legend[name]);
	return `<span><svg viewBox="0 0 12 8"><path class="${name}" d="${box}"></path></svg>${text}</span>`;
}

function button(id: string, text: string): string {
	return `<button type="button" class="plain" id="${id}">${escapeHtml(text)}</button>`;
}

/** A button with a symbol, and a name for those who do not see it. */
function symbol(id: string, text: string, name: string): string {
	return `<button type="button" class="plain" id="${id}" aria-label="${escapeHtml(name)}" title="${escapeHtml(name)}">${escapeHtml(text)}</button>`;
}

function speed(value: number): string {
	const text = TIMELINE_MESSAGES.page.times.replace("%", `${value}`);
	return `<option value="${value}"${value === 1 ? " selected" : ""}>${escapeHtml(text)}</option>`;
}
