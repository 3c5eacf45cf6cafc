import { escapeHtml } from "./escape-html";
import { MESSAGES } from "./messages";

/** Something that the owner should know, and what to do about it. */
export interface Notice {
	readonly message: string;
	readonly remedy: string;
	/** Whether it keeps the Internet from reaching the camera. @default false */
	readonly serious?: boolean;
	/** Whether viewers are told the message too, without the remedy. @default false */
	readonly forViewers?: boolean;
}

/**
 * Makes the list of notices; serious ones come first, in a banner.
 *
 * The element exists even when it is empty, so that screen readers announce what the script adds later.
 */
export function noticeList(notices: readonly Notice[]): string {
	const serious = notices.filter((notice) => notice.serious === true);
	const others = notices.filter((notice) => notice.serious !== true);
	const banner =
		serious.length === 0
			? ""
			: `<section class="banner" aria-labelledby="unreachable"><h2 id="unreachable">${escapeHtml(MESSAGES.notices.unreachable)}</h2>${serious.map((n) => `<p>${sentences(n)}</p>`).join("")}</section>`;
	return `<div id="notices" aria-live="polite">${banner}${others.map((n) => `<p class="notice">${sentences(n)}</p>`).join("")}</div>`;
}

function sentences(notice: Notice): string {
	return `<strong>${escapeHtml(notice.message)}</strong> ${escapeHtml(notice.remedy)}`;
}
