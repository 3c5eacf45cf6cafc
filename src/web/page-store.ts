import type { Page } from "./page";

/**
 * Which addresses the links of a page use: those in the LAN, those on the Internet gateway, or those at which the visitor's own program
 * offers the cameras that it has tunnels to.
 */
export type Audience = "lan" | "internet" | "peer";

/** The most pages that are stored: there are few kinds of visitors, and a device has little memory. */
const PAGES_MAX = 4;

/** Stores generated pages: a page is generated again only after its content has changed (IMG-14). */
export class PageStore {
	private readonly pages = new Map<string, Page>();

	/** Drops all pages. Call it when anything that a page shows has changed. */
	changed(): void {
		this.pages.clear();
	}

	/** Returns a page; generates it if it is not stored. @param name must contain all that the page depends on: role, audience */
	get(name: string, generate: () => Page): Page {
		let page = this.pages.get(name);
		if (page === undefined) {
			if (this.pages.size >= PAGES_MAX) this.pages.delete(this.pages.keys().next().value ?? "");
			page = generate();
			this.pages.set(name, page);
		}
		return page;
	}
}
