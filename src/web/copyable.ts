import { escapeHtml } from "./escape-html";
import { MESSAGES } from "./messages";

/**
 * Makes a text that a person takes elsewhere, such as a code, a command or an address, with a button that copies it. The button is
 * shown with script only; without it the text can be selected as any other. @see COMMON_SCRIPT
 * @param what names the text for screen readers: `the RTSP address`
 * @param url where the text leads when it is pressed; empty: it is no link
 */
export function copyable(text: string, what = "", url = ""): string {
	const { copy, copyNamed, copied } = MESSAGES.copy;
	const shown = escapeHtml(text);
	const label = what === "" ? "" : ` aria-label="${escapeHtml(copyNamed(what))}"`;
	// Long texts scroll, so the keyboard has to get there.
	const scrolls = text.length > 160 ? ' tabindex="0"' : "";
	const source =
		url === ""
			? `<code class="code"${scrolls}>${shown}</code>`
			: `<a class="code" href="${escapeHtml(url)}">${shown}</a>`;
	return `<span class="copy">${source}<button type="button" class="plain"${label} data-copied="${escapeHtml(copied)}">${escapeHtml(copy)}</button></span>`;
}
