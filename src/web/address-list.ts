import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { MESSAGES } from "./messages";
import type { ProgramAddress, Recipe } from "./program-address";

/** Makes the list of addresses for programs, each with a button that copies it (ONE-3). */
export function addressList(addresses: readonly ProgramAddress[]): string {
	const { kinds, lan, internet } = MESSAGES.programs;
	let list = "";
	for (const address of addresses) {
		const kind = kinds[address.kind];
		list += entry(kind, lan, address.lan) + entry(kind, internet, address.internet);
	}
	return list;
}

function entry(kind: string, place: string, url: string): string {
	if (url === "") return "";
	return `<div><span class="hint">${escapeHtml(kind)}, ${escapeHtml(place)}</span>${copyable(url, `${kind}, ${place}`)}</div>`;
}

/** Makes the list of recipes, folded. */
export function recipeList(recipes: readonly Recipe[]): string {
	return recipes
		.map(({ title, about, texts }) => {
			const list = texts.map(
				({ label, text }) =>
					`<div>${label === "" ? "" : `<span class="hint">${escapeHtml(label)}</span>`}${copyable(text, `${title} ${label}`.trim())}</div>`,
			);
			return `<details><summary>${escapeHtml(title)}</summary><p>${escapeHtml(about)}</p>${list.join("")}</details>`;
		})
		.join("");
}
