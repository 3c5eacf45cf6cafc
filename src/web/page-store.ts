import type { Page } from "./page";

/** For whom a page is: links lead by the LAN, or by the Internet gateway. */
export type Audience = "lan" | "internet";

/** Pages that are kept at a time; there are few kinds of visitors, and a device has little memory. */
const PAGES_MAX = 4;

/**
 * Keeps the generated pages; a page is generated again only after what it shows has changed (IMG-14).
 */
export class PageStore {
	private readonly pages = new Map<string, Page>();

	/** What pages show has changed: they are generated anew when next asked for. */
	changed(): void {
		this.pages.clear();
	}

	/** Returns a page, generating it if it is not there. @param name differs for all that the page depends on: role, audience */
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
