import type { Millis } from "../core/time";
import { CAMERA_MESSAGES } from "./camera-messages";
import { escapeHtml } from "./escape-html";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";

/** An event as it is shown to visitors of a camera. */
export interface RecentEvent {
	/** Names it in the URLs of its picture and of what was recorded. */
	readonly id: number;
	/** When it began, in milliseconds since 1970. */
	readonly from: Millis;
	/** Who called it, or where it was; may be empty. Not to be trusted. */
	readonly label: string;
}

/**
 * Generates the list of the latest events at a camera, for browsers without script; with script they are on the camera's own page.
 * @param name of the camera
 * @param events the newest last
 */
export function recentEventsPage(visitor: Visitor, name: string, events: readonly RecentEvent[]): Page {
	const { events: title, noEvents } = CAMERA_MESSAGES;
	const items = events.map(item).reverse();
	const list = `<ul class="grid">${items.join("")}</ul>`;
	return new Page(pageTitle(`${title}: ${name}`, visitor), [
		pageHeader(`${title}: ${name}`, "/camera", visitor),
		`<main>${items.length === 0 ? `<p class="hint">${escapeHtml(noEvents)}</p>` : list}</main>`,
	]);
}

function item({ id, from, label }: RecentEvent): string {
	const utc = new Date(from).toISOString();
	const time = `<time datetime="${utc}">${utc.slice(0, 19).replace("T", " ")} UTC</time>`;
	const picture = `<img src="/events/${id}/picture.jpg" alt="" loading="lazy">`;
	return `<li><a href="/events/${id}">${picture}${time}</a>${label === "" ? "" : ` ${escapeHtml(label)}`}</li>`;
}
