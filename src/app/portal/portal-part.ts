import type { Moment } from "../../access/access-tokens";
import type { Tickets, TicketUse } from "../../access/tickets";
import { isPublicHost } from "../../core/public-host";
import type { Millis } from "../../core/time";
import type { AbsentCamera } from "../../fleet/absent-cameras";
import type { Fleet } from "../../fleet/fleet";
import type { Outsider } from "../../fleet/fleet-receiver";
import type { Member } from "../../fleet/member";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { ApiOperation } from "../../web/api";
import { hostOf } from "../../web/browser-request";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import type { OtherCamera } from "../../web/other-camera-page";
import type { Page } from "../../web/page";
import type { Visitor } from "../../web/page-header";
import type { Audience } from "../../web/page-store";
import { urlFor } from "../../web/portal-card";
import { PORTAL_MESSAGES } from "../../web/portal-messages";
import { portalJson, portalPage } from "../../web/portal-page";
import type { Health, PortalCamera, PortalStep, PortalView } from "../../web/portal-view";
import type { Headers } from "../../wire/text-message";
import type { Node } from "../node";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { PortalLocator } from "../site";
import { urlOf } from "../url-of";
import { absentDevice, servicesOf, shownHealth } from "./portal-device";

/** The pages of which the portal is one. */
export interface PortalSite {
	audience(request: SiteRequest): Audience;
	isFar(request: SiteRequest): boolean;
	visitor(request: SiteRequest): Visitor;
	notices(): readonly Notice[];
	noticesFor(request: SiteRequest): readonly Notice[];
	page(name: string, request: SiteRequest, reply: HttpReply, generate: (audience: Audience) => Page): void;
}

/** The cameras that the portal lists. */
export interface PortalFleet {
	absent(): readonly AbsentCamera[];
	readonly fleet: Fleet;
	/** How the last attempt to add a device went. */
	readonly keys: {
		readonly outcome: string;
		readonly subject: string;
		readonly hasFailed: boolean;
		readonly view: { readonly code: string };
	};
	/** @see CredentialStore.drawnSecret */
	readonly drawnSecret: string;
	outside(): readonly Outsider[];
	outsideOf(member: Member): string;
}

/** Makes the tickets that save visitors another login at other cameras. */
export interface PortalTickets {
	readonly tickets: Tickets;
	moment(now: Millis): Moment;
}

/** What the first page is where this device is not the representative. */
export interface HomePage {
	/** Its first link leads to the page. */
	readonly navigation: readonly NavigationLink[];
	show(request: SiteRequest, reply: HttpReply): void;
}

/** How links lead a visitor to other cameras. */
interface Way {
	readonly isLan: boolean;
	/**
	 * The host in links from the Internet: the name in the settings (IMG-5), or the one that the visitor came by, which gets
	 * the visitor's cookies anyway. A router can name any address as its own, so that one is not trusted. Empty: none.
	 */
	readonly host: string;
	/** Whether credentials may go that way: not to an address that only a router has named, or into another LAN than ours. */
	readonly isTrusted: boolean;
}

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/portal", label: MESSAGES.nav.portal, need: "viewer" as const }),
]);

/** The path of the QR code of the portal's public address. */
const QR_PATH = "/portal/qr.svg";
/** What a QR code may show: itself. @see CSP Level 3 */
const QR_POLICY: Headers = Object.freeze([["Content-Security-Policy", "default-src 'none'"]] as const);

const ROUTES: readonly Route<PortalPart>[] = Object.freeze([
	get("/", (portal: PortalPart, request, reply) => portal.first(request, reply)),
	get("/device", (portal: PortalPart, _request, reply) => reply.redirect(portal.home.navigation[0].path, NO_STORE)),
	get("/to/{id}", (portal: PortalPart, request, reply) => portal.leadTo(request, reply)),
	get("/to/{id}/portal", (portal: PortalPart, request, reply) => portal.leadTo(request, reply)),
	get("/portal", (portal: PortalPart, request, reply) => portal.show(request, reply)),
	get(QR_PATH, (portal: PortalPart, request, reply) => portal.qrCode(request, reply)),
]);

const OPERATIONS: readonly ApiOperation<PortalPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/cameras",
		need: "viewer",
		about: "All cameras of the fleet, with links that are valid for a few minutes.",
		run: (portal: PortalPart, _form: ReadonlyMap<string, string>, request: SiteRequest) => ({
			body: portal.json(request),
		}),
	}),
]);

/** The page that links to all cameras; the representative's first page (IMG-14, IMG-15). */
export class PortalPart implements Part, PortalLocator {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;

	/** @param gateway shows whether this device asks for a port, and whether it is reached without one; so are the others then */
	constructor(
		private readonly node: Node,
		protected readonly site: PortalSite,
		protected readonly cameras: PortalFleet,
		private readonly access: PortalTickets,
		private readonly gateway: { readonly isMapping: boolean; readonly isReached?: boolean },
		readonly home: HomePage,
	) {}

	/** Answers with the portal at the representative, and with this device's own page elsewhere. */
	first(request: SiteRequest, reply: HttpReply): void {
		if (this.cameras.fleet.self.representative) this.show(request, reply);
		else this.home.show(request, reply);
	}

	/** Answers with the portal. */
	show(request: SiteRequest, reply: HttpReply): void {
		// Where a device has several LAN addresses, links depend on the network that the visitor is in.
		const lan = this.node.addresses.lanAddress(request.remoteAddress);
		const name = `portal ${lan} ${this.wayOf(request).isTrusted}`;
		this.site.page(name, request, reply, (audience) => portalPage(this.view(request), audience));
	}

	/** Draws the portal's public address, for phones to scan. */
	qrCode(request: SiteRequest, reply: HttpReply): void {
		const address = this.publicAddress(this.wayOf(request));
		const { qrCode } = this.node.host;
		if (address === "" || qrCode === undefined) reply.error(404, MESSAGES.refused.nowhere);
		else reply.send(200, "image/svg+xml", qrCode(address), [...QR_POLICY, ...NO_STORE]);
	}

	/** What is known of all cameras, for programs and for a portal that is open. */
	json(request: SiteRequest): unknown {
		return portalJson(this.view(request), this.site.audience(request));
	}

	/** Where all cameras are listed: at the representative; every device has the portal too, for the time without one. */
	portalUrl(request: SiteRequest): string {
		const { fleet } = this.cameras;
		const member = fleet.self.representative ? undefined : fleet.registry.representative();
		if (member === undefined) return "/portal";
		const camera = this.viewOf(member, request);
		const url = urlFor(camera, this.site.audience(request));
		if (url === "") return "/portal";
		return camera.page === `/to/${camera.id}` ? `${camera.page}/portal` : `${url}portal`;
	}

	/**
	 * Sends the visitor to another camera, with a ticket that is made now: pages need not contain any (IMG-14). Where the path
	 * names no page, it is the camera's own page: a representative shows the portal first.
	 */
	leadTo(request: SiteRequest, reply: HttpReply): void {
		const [, , id, page = "device"] = request.path.split("/");
		const { url = "", ticket = "" } = this.otherCamera(request, id) ?? {};
		if (url === "") reply.error(404, MESSAGES.refused.nowhere);
		else reply.redirect(`${url}${page}${ticket === "" ? "" : `?pass=${ticket}`}`, NO_STORE);
	}

	/** @see PortalLocator */
	otherCamera(request: SiteRequest, id: string): OtherCamera | undefined {
		const member = this.cameras.fleet.registry.get(id);
		return member === undefined ? undefined : this.placeOf(member, request);
	}

	private placeOf(member: Member, request: SiteRequest): OtherCamera {
		const camera = this.viewOf(member, request);
		return { name: camera.name, url: urlFor(camera, this.site.audience(request)), ticket: camera.ticket };
	}

	/** Gathers what the portal shows to a visitor; its links save another login at the other cameras. */
	protected view(request: SiteRequest): PortalView {
		const { fleet } = this.cameras;
		const { addresses, identity } = this.node;
		const { self } = fleet;
		const notices = this.site.noticesFor(request);
		const way = this.wayOf(request);
		const own: PortalCamera = {
			id: identity.id,
			boot: identity.boot,
			name: self.name || PORTAL_MESSAGES.self,
			lanUrl: urlOf(addresses.lanAddress(request.remoteAddress), self.httpPort, self.secure),
			internetUrl: urlOf(way.host || addresses.externalHost, self.externalPort, self.secure),
			representative: self.representative,
			self: true,
			page: this.home.navigation[0].path,
			ticket: "",
			pass: "",
			health: this.ownHealth(),
			group: self.group,
			...servicesOf(
				self.otherServices,
				addresses.lanAddress(request.remoteAddress),
				way.host || addresses.externalHost,
			),
		};
		const others = fleet.registry.sorted().map((member) => this.viewOf(member, request, way));
		const absent = this.cameras.absent().map(absentDevice);
		const visitor = this.site.visitor(request);
		const address = this.publicAddress(way);
		const view = { visitor, cameras: [own, ...others, ...absent], notices, sealed: fleet.sealed, address };
		const qrCode =
			this.node.host.qrCode === undefined || address === "" ? "" : `${QR_PATH}?for=${encodeURIComponent(address)}`;
		return { ...view, qrCode, ...(visitor.owner ? this.ownersView(way) : {}) };
	}

	/** What only owners are shown: devices that they may add, what they have not done yet, and how each device is reached. */
	private ownersView({ isLan }: Way): Omit<PortalView, "visitor" | "cameras" | "notices"> {
		const { keys, fleet, drawnSecret } = this.cameras;
		const steps: PortalStep[] = drawnSecret === "" ? [] : ["password"];
		if (fleet.self.automaticName) steps.push("name");
		const outside = this.cameras.outside().map(({ id, name, address, isSealed }) => ({ id, name, address, isSealed }));
		// Where this device is asked from elsewhere, addresses in the LAN are nobody's business.
		const ways = this.node.parts.find(({ waysPage }) => waysPage !== undefined)?.waysPage ?? "";
		const isApart = !this.gateway.isMapping;
		const { outcome, subject, hasFailed } = keys;
		const attempt = { outcome, subject, hasFailed, code: keys.view.code };
		return { outside: isLan ? outside : [], ...attempt, steps, ways, isApart };
	}

	/** Where the portal is on the Internet: at the representative; empty: nowhere, or not known. */
	private publicAddress({ host }: Way): string {
		const { fleet } = this.cameras;
		const { self } = fleet;
		const { addresses } = this.node;
		const member = self.representative ? undefined : fleet.registry.representative();
		const outside = host || (member === undefined ? addresses.externalHost : this.cameras.outsideOf(member));
		// The visitor may have come by an address of this machine or network, and the router's own may be a private one.
		if (!isPublicHost(outside)) return "";
		const { externalPort, secure } = member ?? self;
		return urlOf(outside, externalPort, secure);
	}

	/** What the portal shows of another device to a visitor. */
	protected viewOf(member: Member, request: SiteRequest, way = this.wayOf(request)): PortalCamera {
		const { isLan, host, isTrusted } = way;
		// No credential goes to a camera that only the router's table has, or from an encrypted page over a connection that is not.
		const trusted = isTrusted && !member.isFromTable && (member.secure || !request.secure);
		const internetUrl = urlOf(host || this.cameras.outsideOf(member), member.externalPort, member.secure);
		const lanUrl = urlOf(member.address, member.httpPort, member.secure);
		// Where the browser sends its session to the other camera too, the page links to it directly.
		const sharesCookie = !isLan && host === hostOf(request) && request.visitor?.proof === "session";
		const pass = trusted ? this.ticketTo(request, member, "pictures") : "";
		const url = isLan ? lanUrl : internetUrl;
		return {
			id: member.id,
			boot: member.boot,
			name: member.name || member.address,
			lanUrl,
			internetUrl,
			page: url === "" ? "" : pass === "" || sharesCookie ? `${url}device` : `/to/${member.id}`,
			representative: member.representative,
			self: false,
			ticket: trusted ? this.ticketTo(request, member, request.visitor?.role) : "",
			pass,
			health: shownHealth(member, this.gateway.isReached),
			group: member.group,
			isOpen: !this.cameras.fleet.sealed && !member.isFromTable,
			...servicesOf(member.services, member.address, host || this.cameras.outsideOf(member)),
		};
	}

	/** Lets a visitor in at another camera; empty: the visitor has to log in there. */
	private ticketTo({ visitor, now }: SiteRequest, member: Member, use: TicketUse | undefined): string {
		if (visitor === undefined || use === undefined || visitor.isGuest === true) return "";
		return this.access.tickets.issue(use, member.id, this.access.moment(now), visitor.until, visitor.link);
	}

	protected wayOf(request: SiteRequest): Way {
		const isLan = this.site.audience(request) === "lan";
		const host = isLan ? "" : this.node.addresses.hostName || hostOf(request);
		return { isLan, host, isTrusted: isLan ? !this.site.isFar(request) : host !== "" };
	}

	private ownHealth(): Health {
		const { self } = this.cameras.fleet;
		if (self.trouble) return "no-pictures";
		if (!this.gateway.isMapping || this.gateway.isReached) return "ok";
		const isReached = this.node.addresses.externalHost !== "" && self.externalPort !== 0;
		return isReached && !this.site.notices().some((notice) => notice.serious === true) ? "ok" : "unreachable";
	}
}
