import { addressList, recipeList } from "./address-list";
import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { LINK_MESSAGES } from "./link-messages";
import { MESSAGES } from "./messages";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import type { Audience } from "./page-store";
import type { ProgramAddress, Recipe } from "./program-address";

/** A viewer link that was just made. */
export interface ShownLink {
	/** The link, with its token, to this device as the owner has reached it. */
	readonly url: string;
	/** The link that works anywhere; empty: the Internet does not reach this device. */
	readonly internetUrl: string;
	/** Where the owner is, and {@link url} works. */
	readonly place: Audience;
	/** How long it is valid. */
	readonly hours: number;
	/** Its name in the list of links; may be empty. */
	readonly name: string;
	/** Where programs go with the same token. */
	readonly addresses: readonly ProgramAddress[];
	readonly recipes: readonly Recipe[];
}

/** Generates the page that shows a new viewer link, once: for people, and as addresses for programs. */
export function linkPage(shown: ShownLink, visitor: Visitor): Page {
	const { programs } = MESSAGES;
	const link = LINK_MESSAGES;
	const { hours, name, addresses, recipes } = shown;
	const title = name === "" ? link.title : link.titleFor(name);
	const body = [
		pageHeader(title, "/settings", visitor),
		`<main><p>${escapeHtml(link.once)} ${escapeHtml(link.ends(hours))}</p>`,
		`<section aria-labelledby="people"><h2 id="people">${escapeHtml(link.people)}</h2>${links(shown)}</section>`,
	];
	if (addresses.length > 0)
		body.push(
			`<section aria-labelledby="programs"><h2 id="programs">${escapeHtml(programs.title)}</h2>${addressList(addresses)}</section>`,
		);
	if (recipes.length > 0)
		body.push(
			`<section aria-labelledby="recipes"><h2 id="recipes">${escapeHtml(programs.recipes)}</h2>${recipeList(recipes)}</section>`,
		);
	body.push(`<p><a href="/settings#links">${escapeHtml(link.back)}</a></p></main>`);
	return new Page(pageTitle(title, visitor), body);
}

/** The link that works anywhere, and the one for people who are where the owner is, if that is another one. */
function links({ url, internetUrl, place }: ShownLink): string {
	const { title, anywhere, atHome, here, onlyHome, onlyHere } = LINK_MESSAGES;
	if (internetUrl === url) return copyable(url, title, url);
	const isHome = place === "lan";
	if (internetUrl === "")
		return `<p class="notice">${escapeHtml(isHome ? onlyHome : onlyHere)}</p>${copyable(url, title, url)}`;
	const entry = (about: string, to: string) =>
		`<div><span class="hint">${escapeHtml(about)}</span>${copyable(to, `${title}: ${about}`, to)}</div>`;
	return entry(anywhere, internetUrl) + entry(isHome ? atHome : here, url);
}
