import { lifetimeOf } from "../../access/access-tokens";
import type { Millis, Seconds } from "../../core/time";
import { originOf } from "../../http/http-request";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { ListedLink } from "../../web/link-list";
import { linkPage } from "../../web/link-page";
import { MESSAGES } from "../../web/messages";
import type { Node } from "../node";
import type { Part, SiteRequest } from "../part";
import { type AudienceSource, addressesFor, recipesOf, withToken } from "../program-addresses";
import type { AccessPart } from "./access-part";
import { isLinkName } from "./viewer-links";

/** A link that was just made. */
export interface IssuedLink {
	readonly id: string;
	readonly token: string;
}

const LINK_HOURS_MAX = lifetimeOf("link") / 3600;

const OPERATIONS: readonly ApiOperation<LinksPart>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/links",
		need: "owner",
		about:
			"Creates a viewer link, which lets anyone watch until it expires or is revoked. Its token also works in the addresses for programs.",
		conflict: "there are as many links as can be: revoke one first",
		fields: Object.freeze([
			Object.freeze({ name: "hours", type: "number", about: "1 to 8784", example: 24, needed: true }),
			Object.freeze({
				name: "name",
				type: "string",
				about: "a name for the list of links: up to 40 characters",
				example: "Home Assistant",
			}),
		]),
		run: (links: LinksPart, form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer =>
			links.make(Number(form.get("hours")), (form.get("name") ?? "").trim(), request),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/links",
		need: "owner",
		about:
			"The viewer links that were made at this device and are valid: name, when each was made, when it ends, and when it was last used here. Without their tokens.",
		run: (links: LinksPart, _form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer => ({
			body: { links: links.list(request.now) },
		}),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/links/{id}/revoke",
		need: "owner",
		refusals: Object.freeze([[404, "there is no such link, or it has ended"] as const]),
		about: "Revokes a viewer link, on all cameras of a fleet with a key: what is being watched by it ends.",
		conflict: "too many links were revoked that have not expired yet: end all sessions and links instead",
		run: (
			links: LinksPart,
			_form: ReadonlyMap<string, string>,
			request: SiteRequest,
			[id]: readonly string[],
		): ApiAnswer => links.revoke(id, request.now),
	}),
]);

/** Viewer links: the owner makes, lists and revokes them. The {@link AccessPart} lets their users in. */
export class LinksPart implements Part {
	readonly operations = OPERATIONS;

	/** @param site knows where visitors come from; absent: nothing here is for programs */
	constructor(
		private readonly node: Node,
		private readonly access: Pick<AccessPart, "authenticator" | "credentials" | "links">,
		private readonly site?: AudienceSource,
	) {}

	/** Makes a viewer link to the page that the visitor reached this device by, and addresses for programs. */
	make(hours: number, name: string, request: SiteRequest): ApiAnswer {
		if (!(hours >= 1 && hours <= LINK_HOURS_MAX)) return { fault: MESSAGES.wrong.hours(LINK_HOURS_MAX) };
		if (!isLinkName(name)) return { fault: MESSAGES.wrong.linkName };
		const made = this.issue(request.now, hours * 3600, name);
		if (made === undefined) return { fault: MESSAGES.wrong.tooManyLinks, status: 409 };
		const { id, token } = made;
		const url = `${originOf(request)}/?link=${token}`;
		const { node, site } = this;
		const { parts } = node;
		const place = site?.audience(request) ?? "internet";
		const outside = node.outsideUrl;
		const internetUrl = place === "internet" ? url : outside && `${outside}?link=${token}`;
		const addresses = site === undefined ? [] : withToken(addressesFor(node, site, request), token);
		return {
			body: { id, url, internetUrl, token, hours, name, addresses },
			page: (visitor) => {
				const recipes = recipesOf(parts, addresses, visitor.device ?? "");
				return linkPage({ url, internetUrl, place, hours, name, addresses, recipes }, visitor);
			},
		};
	}

	/**
	 * Makes a viewer link for another part, and adds it to the list.
	 * @param isGuest it is for this device only, not for others of its fleet
	 * @returns `undefined`: there are as many as can be
	 * @throws {StoreError} when it can't be stored
	 */
	issue(now: Millis, lifetime: Seconds, name: string, isGuest = false): IssuedLink | undefined {
		const link = this.access.links.add(now, name, lifetime);
		if (link === undefined) return undefined;
		this.node.changed();
		return { id: link.id, token: this.access.authenticator.issueLink(now, lifetime, isGuest, link.id) };
	}

	/** The links, as programs get them: times in milliseconds since 1970, null where the date is not known. */
	list(now: Millis): readonly ListedLink[] {
		return this.access.links.list(now).map(({ id, name, epoch, made, until, used }) => {
			const date = (seconds: Seconds) => (epoch === "u" && seconds > 0 ? seconds * 1000 : null);
			return { id, name, made: date(made), until: date(until), used: date(used) };
		});
	}

	/** Revokes a link: nothing that was derived from it is accepted any more. */
	revoke(id: string, now: Millis): ApiAnswer {
		const link = this.access.links.find(now, id);
		if (link === undefined) return { fault: MESSAGES.wrong.noLink, status: 404 };
		const until = link.epoch === "u" ? link.until : Infinity;
		if (!this.access.credentials.revoke(id, until)) return { fault: MESSAGES.wrong.tooManyRevoked, status: 409 };
		this.access.links.remove(now, id);
		this.node.changed();
		return DONE;
	}
}
