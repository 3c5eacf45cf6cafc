import { escapeHtml } from "./escape-html";
import { asks, button, choiceField, dangerButton, OWN_PAGE, ownForm } from "./form";
import { LINK_MESSAGES } from "./link-messages";

/** A viewer link as its owner sees it; times are in milliseconds since 1970, `null` where they are not known. */
export interface ListedLink {
	readonly id: string;
	readonly name: string;
	readonly made: number | null;
	readonly until: number | null;
	/** When it was last used at this device. */
	readonly used: number | null;
}

/** Makes the list of viewer links, each with a button that revokes it. @param id the identity of the device */
export function linkList(id: string, links: readonly ListedLink[]): string {
	const text = LINK_MESSAGES.list;
	if (links.length === 0) return "";
	const items = links.map((link) => {
		const name = link.name || text.noName;
		const facts = [
			timeFact(text.made, link.made),
			timeFact(text.ends, link.until),
			link.used === null ? escapeHtml(text.unused) : timeFact(text.used, link.used),
		];
		const form = ownForm(
			id,
			`/api/v1/links/${link.id}/revoke`,
			dangerButton(text.revoke, text.revokeNamed(name)),
			asks(text.ask(name)),
		);
		return `<li class="row" data-id="${link.id}"><div><strong>${escapeHtml(name)}</strong><br><span class="hint">${facts.filter((each) => each !== "").join(" · ")}</span></div>${form}</li>`;
	});
	return `<ul class="links">${items.join("")}</ul>`;
}

function timeFact(label: string, at: number | null): string {
	if (at === null) return "";
	const date = new Date(at).toISOString();
	return `${escapeHtml(label)} <time datetime="${date}">${date.slice(0, 16).replace("T", " ")} UTC</time>`;
}

/**
 * Makes the form that makes a link; its answer is a page of its own.
 * @param id the identity of the device
 * @param hours how long the link lives unless another time is chosen
 * @param label of the button
 */
export function linkForm(id: string, hours: string, label: string): string {
	const text = LINK_MESSAGES.list;
	const name = `<label>${escapeHtml(text.for)} <input name="name" maxlength="40" autocomplete="off"></label>`;
	const life = choiceField("hours", text.hours, text.lives, hours);
	return ownForm(id, "/api/v1/links", `<div class="fields">${name}${life}</div>${button(label)}`, OWN_PAGE);
}
