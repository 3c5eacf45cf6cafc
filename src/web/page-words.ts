import { TextWords } from "../http/text-words";
import { escapeHtml } from "./escape-html";
import { MESSAGES } from "./messages";
import { PORTAL_MESSAGES } from "./portal-messages";

const { copy } = MESSAGES;
const portal = PORTAL_MESSAGES;

/**
 * What pages contain often, above all the cards of the portal: what is long there should be here. A test looks how much memory a
 * portal of 20 cameras takes.
 */
export const PAGE_WORDS = new TextWords(
	Object.freeze([
		'" data-group=""><a href="',
		'" tabindex="-1"><img src="',
		'snapshot.jpg?width=320" alt="',
		'" width="640" height="480" loading="lazy" data-shot></a>\n<h2><a href="',
		`</a></h2>\n<p class="health" data-health="ok">${escapeHtml(portal.health.ok)}</p>\n`,
		`<p class="hint">${escapeHtml(portal.noTicket)}</p>\n`,
		`<details><summary>${escapeHtml(portal.add)}</summary><form method="post" action="/api/v1/cameras/`,
		'/add" data-said="add-',
		' <input name="password" type="password" maxlength="64" required autocomplete="off"></label><p id="add-',
		'" role="status"></p><button aria-label="',
		`${escapeHtml(afterName(portal.addNamed))}">${escapeHtml(portal.addNow)}</button><p class="hint">${escapeHtml(portal.addMeans)}</p></form></details>\n`,
		`<div class="more"><details><summary>${escapeHtml(portal.addresses)}</summary><p><a class="address" href="`,
		`</a></p><p>${escapeHtml(portal.rtsp)}</p><span class="copy"><code class="code">`,
		`${escapeHtml(afterName(portal.rtspOutsideOf))}" data-copied="${escapeHtml(copy.copied)}">${escapeHtml(copy.copy)}</button></span>`,
		`<p>${escapeHtml(portal.rtspOutside)}</p><span class="copy"><code class="code">`,
		`/live</code><button type="button" class="plain" aria-label="${escapeHtml(copy.copyNamed(portal.rtspOf("")))}`,
		`" data-copied="${escapeHtml(copy.copied)}">${escapeHtml(copy.copy)}</button></span>`,
		`</details><details><summary>${escapeHtml(portal.rename)}</summary><form method="post" action="/api/v1/cameras/`,
		`/name"><label>${escapeHtml(portal.name)} <input name="name" value="`,
		`" maxlength="48" required autocomplete="off"></label> <button>${escapeHtml(portal.save)}</button></form></details></div></li>`,
		`">${escapeHtml(portal.next.addChosen)} <button class="plain">`,
		'<input type="hidden" name="camera" value="',
		'<form method="post" action="',
	]),
);

/** What follows the name in a text that has one. */
function afterName(text: (name: string) => string): string {
	return text("\n").split("\n")[1];
}
