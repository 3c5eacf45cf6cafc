import type { Moment } from "../access/access-tokens";
import type { Tickets } from "../access/tickets";
import type { Millis } from "../core/time";
import type { Page } from "../web/page";
import { type Audience, PageStore } from "../web/page-store";
import { fieldOf } from "../wire/text-message";
import type { SiteRequest } from "./part";

/** What the pages of a site depend on besides what they show: passes for the pictures of other cameras, which change. */
export interface SiteTickets {
	readonly tickets: Tickets;
	moment(now: Millis): Moment;
}

/** The pages of a site that are generated again only after what they show has changed (IMG-14). */
export class SitePages {
	private readonly pages = new PageStore();
	/** In which turn of tickets the pages were made. */
	private turn = 0;

	constructor(private readonly tickets: SiteTickets) {}

	/** What pages show has changed. */
	changed(): void {
		this.pages.changed();
	}

	/**
	 * Returns a page for a visitor.
	 * @param name differs for all that the page depends on, besides the visitor
	 */
	get(name: string, audience: Audience, request: SiteRequest, generate: () => Page): Page {
		const { now, visitor, message, remoteAddress } = request;
		const turn = this.tickets.tickets.periodOf(this.tickets.moment(now).seconds);
		if (turn !== this.turn) this.pages.changed();
		this.turn = turn;
		const { role, proof, isGuest, link, until = 0 } = visitor ?? {};
		// Links lead to where the visitor has come by: the name or address, and its family.
		const way = `${fieldOf(message, "host")} ${remoteAddress.includes(":")}`;
		const key = `${name} ${audience} ${way} ${role} ${proof === "session"} ${until > 0} ${isGuest} ${link}`;
		return this.pages.get(key, generate);
	}
}
