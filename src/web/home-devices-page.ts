import { dataTable, textCell } from "./data-table";
import { escapeHtml } from "./escape-html";
import { HOME_DEVICES_MESSAGES } from "./home-devices-messages";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";

/** Where the list of the home's devices is. */
export const HOME_DEVICES_PAGE = "/peer/devices";

/** A device of the home, for people. */
export interface ShownDevice {
	readonly name: string;
	readonly kind: string;
	/** The kind of NAT in front of it. */
	readonly nat: string;
	/** The ways by which viewers reach it, the best first. */
	readonly ways: readonly string[];
	/** Its public addresses. */
	readonly addresses: readonly string[];
}

/** Generates the list of the home's devices as the rendezvous server has them. @param devices a text says why there is no list */
export function homeDevicesPage(visitor: Visitor, devices: readonly ShownDevice[] | string): Page {
	const { title, about, columns, none } = HOME_DEVICES_MESSAGES;
	const parts = [pageHeader(title, HOME_DEVICES_PAGE, visitor), `<main><p>${escapeHtml(about)}</p>`];
	if (typeof devices === "string") parts.push(`<p class="notice">${escapeHtml(devices)}</p>`);
	else if (devices.length === 0) parts.push(`<p class="hint">${escapeHtml(none)}</p>`);
	else {
		const rows = devices.map(({ name, kind, nat, ways, addresses }) =>
			[name, kind, nat, ways.join("; "), addresses.join(", ")].map((text) => textCell(text)).join(""),
		);
		parts.push(`<div class="card">${dataTable(columns, columns.length, rows)}</div>`);
	}
	parts.push("</main>");
	return new Page(pageTitle(title, visitor), parts);
}

/** Generates the link to the list. */
export function homeDevicesLink(): string {
	const { title, link } = HOME_DEVICES_MESSAGES;
	return `<section aria-labelledby="devices"><h2 id="devices">${escapeHtml(title)}</h2><p><a href="${HOME_DEVICES_PAGE}">${escapeHtml(link)}</a></p></section>`;
}
