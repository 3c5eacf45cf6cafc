import { secondsOf } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import type { ApiAnswer, ApiOperation } from "../../web/api";
import { MESSAGES } from "../../web/messages";
import {
	HOME_NAME_MAX,
	PAIRING_DAYS_MAX,
	PAIRING_PAGE,
	PAIRINGS,
	pairingCodePage,
	pairingPage,
} from "../../web/pairing-page";
import { TUNNEL_MESSAGES } from "../../web/tunnel-messages";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import { PAIRING_PREFIX, type Pairing, writePairing } from "./pairing";
import type { PeerServices } from "./peer-part-services";
import { guestLinksOf } from "./tunnel-door-part";

/** Draws a QR code. @returns SVG; empty: the page draws it */
export type QrMaker = (text: string) => string;

const DAY = 86_400;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: PAIRING_PAGE, label: TUNNEL_MESSAGES.pair.nav, need: "owner" as const, isRare: true }),
]);

const ROUTES: readonly Route<PairingPart>[] = Object.freeze([
	get(PAIRING_PAGE, (part: PairingPart, request, reply) => part.page(request, reply), "owner"),
]);

const OPERATIONS: readonly ApiOperation<PairingPart>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: PAIRINGS,
		need: "owner",
		about:
			"Makes the text by which a viewer program finds the devices of this home from anywhere and may watch them, or by which a guest reaches this device; and the URL by which browsers do, where they can. The text grants that right.",
		conflict: "there is no rendezvous server, or the date is not known",
		fields: Object.freeze([
			Object.freeze({ name: "kind", type: "string", about: "viewer or guest", example: "viewer", needed: true }),
			Object.freeze({
				name: "days",
				type: "number",
				about: `how long it is valid: 1 to ${PAIRING_DAYS_MAX}`,
				example: 365,
				needed: true,
			}),
			Object.freeze({
				name: "home",
				type: "string",
				about: `a name for the home, 1 to ${HOME_NAME_MAX} characters; guests get the name of the device`,
				example: "Cabin",
			}),
		]),
		run: (part: PairingPart, form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer =>
			part.pair(form, request),
	}),
]);

/** Pairs viewers with the home: by a text that the owner hands over, or as a QR code (P2P-13, ONE-5). */
export class PairingPart implements Part {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;

	/** @param qr draws codes */
	constructor(
		private readonly peers: PeerServices,
		private readonly qr: QrMaker = () => "",
	) {}

	/** Without a rendezvous server there is nothing to pair with. */
	get navigation(): readonly NavigationLink[] {
		return this.peers.rendezvous === "" ? [] : NAVIGATION;
	}

	/** Answers with the page. */
	page(request: SiteRequest, reply: HttpReply): void {
		const { node } = this.peers;
		const fault = this.fault();
		node.site.page(`pair ${fault === ""} ${node.fleet.sealed}`, request, reply, () =>
			pairingPage({ visitor: node.site.visitor(request), id: node.identity.id, fault, isAlone: !node.fleet.sealed }),
		);
	}

	/** Makes a pairing as a form asks for it. */
	pair(form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer {
		const { wrong, pair } = TUNNEL_MESSAGES;
		const days = Number(form.get("days"));
		const kind = form.get("kind");
		const home = (form.get("home") ?? pair.homeDefault).trim();
		if (!(days >= 1 && days <= PAIRING_DAYS_MAX)) return { fault: wrong.days(PAIRING_DAYS_MAX) };
		if (kind !== "viewer" && kind !== "guest") return { fault: wrong.kind };
		if (kind === "viewer" && (home === "" || home.length > HOME_NAME_MAX)) return { fault: wrong.home(HOME_NAME_MAX) };
		const fault = this.fault();
		const now = secondsOf(this.peers.node.host.clock.utc());
		const isGuest = kind === "guest";
		const pairing =
			fault !== "" || now === undefined ? undefined : this.make(isGuest, home, now, days * DAY, request.now);
		if (pairing === undefined) return { fault: fault || wrong.server, status: 409 };
		if (pairing === "full") return { fault: MESSAGES.wrong.tooManyLinks, status: 409 };
		const text = writePairing(pairing);
		const { watchUrl } = this.peers;
		// The fragment of a URL never reaches a server.
		const url = watchUrl === undefined ? "" : `${watchUrl}#${text.slice(PAIRING_PREFIX.length)}`;
		// A phone opens the URL; a viewer program takes the text out of it.
		const code = this.qr(url || text);
		return {
			body: { text, days, ...(url !== "" && { url }) },
			page: (visitor) => pairingCodePage({ text, url, isGuest, days, code }, visitor),
		};
	}

	/** @param now seconds since 1970 @param lifetime in seconds @param moment the monotonic time */
	private make(
		isGuest: boolean,
		home: string,
		now: number,
		lifetime: number,
		moment: number,
	): Pairing | "full" | undefined {
		const { peers } = this;
		const { node, deviceKey } = peers;
		const until = Math.floor(now + lifetime);
		const { id } = node.identity;
		const all = peers.access(isGuest ? id : "", until);
		if (all === undefined) return undefined;
		const { pair } = TUNNEL_MESSAGES;
		const pass = node.links.issue(moment, lifetime, isGuest ? pair.guestLink : pair.viewerLink(home), isGuest)?.token;
		if (pass === undefined) return "full";
		if (!isGuest) return { name: home, access: all, pass };
		const guest = guestLinksOf(peers).issue(node.host.random, until);
		const { home: homeId, rendezvous, ticket, ticketSecret } = all;
		return {
			name: node.fleet.self.name || id,
			pass,
			access: {
				home: homeId,
				rendezvous,
				ticket,
				ticketSecret,
				peer: id,
				peerKey: deviceKey.publicKey,
				guestId: guest.id,
				guestSecret: guest.secret,
			},
		};
	}

	/** Why nothing can be given out; empty: it can. */
	private fault(): string {
		const { pair } = TUNNEL_MESSAGES;
		if (this.peers.rendezvous === "") return pair.off;
		return this.peers.node.host.clock.utc() === undefined ? pair.date : "";
	}
}
