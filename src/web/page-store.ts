import type { Page } from "./page";

/** For whom a page is: links lead by the LAN, or by the Internet gateway. */
export type Audience = "lan" | "internet";

/**
 * Keeps the generated pages; a page is generated again only after what it shows has changed (IMG-14).
 */
export class PageStore {
	/** Pages generated so far. */
	generated = 0;
	private readonly pages = new Map<string, Page>();

	/** What pages show has changed: they are generated anew when next asked for. */
	changed(): void {
		this.pages.clear();
	}

	/** Returns a page, generating it if it is not there. */
	get(name: string, audience: Audience, generate: (audience: Audience) => Page): Page {
		const key = `${name} ${audience}`;
		let page = this.pages.get(key);
		if (page === undefined) {
			page = generate(audience);
			this.generated++;
			this.pages.set(key, page);
		}
		return page;
	}
}
