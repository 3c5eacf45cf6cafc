import { MESSAGES } from "./messages";
import { escapeHtml } from "./page";

/** Something that the owner should know: what is the matter, and what to do. */
export interface Notice {
	readonly message: string;
	readonly remedy: string;
	/** True: the Internet can't reach the camera because of it. @default false */
	readonly serious?: boolean;
}

/**
 * Lists what to know; what keeps the Internet out comes first, in a banner.
 *
 * The element is there when it is empty as well: screen readers tell what the script puts in later.
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
