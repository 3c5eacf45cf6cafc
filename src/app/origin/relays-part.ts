import { linksOf } from "../../access/revoked-links";
import { isRelayName } from "../../base/relay-name";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { parametersOf } from "../../http/http-server";
import { NO_STORE } from "../../http/response-head";
import type { TicketWitness } from "../../relay/ledger";
import { type RegisteredRelay, RegisteredRelays } from "../../relay/registered-relays";
import {
	REGISTRATION_FIELD,
	REGISTRATION_OCTETS_MAX,
	REGISTRATION_PATH,
	REGISTRATION_TYPE,
	type UsedTicket,
} from "../../relay/registration";
import { relayUrl } from "../../relay/relay-address";
import { isTicketViewer, RELAY_TICKET_LIFE_MAX } from "../../relay/relay-ticket";
import type { ApiAnswer, ApiOperation } from "../../web/api";
import { hostOf } from "../../web/browser-request";
import type { Fact } from "../../web/camera-page";
import { RELAYS_MESSAGES } from "../../web/relays-messages";
import {
	RELAYS_PAGE,
	RELAYS_SCRIPT_PATH,
	relayKeyPage,
	relayLinkPage,
	relayLivePage,
	relaysPage,
} from "../../web/relays-page";
import { RELAYS_SCRIPT } from "../../web/relays-script";
import type { FleetService } from "../../wire/fleet-service";
import { fieldOf } from "../../wire/text-message";
import type { Keyring } from "../access/credential-store";
import type { DeviceTraits } from "../device-facts";
import type { Node } from "../node";
import {
	type DetourRequest,
	get,
	type Metric,
	type NavigationLink,
	type Part,
	post,
	type Route,
	type SiteRequest,
} from "../part";
import type { Site } from "../site";
import { scriptFile } from "../static-file";
import { urlOf } from "../url-of";
import { FleetRelayKeys } from "./fleet-relay-keys";
import { OfferedCameras, type OfferedCamerasNeeds, RELAYS_KIND } from "./offered-cameras";
import { RegistrationDesk, type RegistrationDeskHost } from "./registration-desk";
import { reportTakerOf } from "./report-taker";
import { type IssuedTicket, TicketOffice } from "./ticket-office";

/** The longest lifetime of a link. */
const HOURS_MAX = RELAY_TICKET_LIFE_MAX / 3600;

/** What the part needs of the member of the fleet that it belongs to. */
export interface RelaysPartNeeds extends OfferedCamerasNeeds {
	readonly site: Site;
	readonly keyring: Keyring;
	/** Whether one more viewer at this address would get too few pictures. @default false */
	isUplinkFull?(address: string): boolean;
}

const LINK = { path: RELAYS_PAGE, label: RELAYS_MESSAGES.nav, isRare: true };
const NAVIGATION: readonly NavigationLink[] = Object.freeze([Object.freeze({ ...LINK, need: "viewer" as const })]);
/** While no relay is registered, the page has something for the owner only. */
const OWNERS_NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ ...LINK, need: "owner" as const }),
]);

const ROUTES: readonly Route<RelaysPart>[] = Object.freeze([
	get(RELAYS_PAGE, (relays: RelaysPart, request, reply) => relays.show(request, reply)),
	get(`${RELAYS_PAGE}/watch/{id}`, (relays: RelaysPart, request, reply) => relays.watch(request, reply)),
	Object.freeze({
		...post(REGISTRATION_PATH, (relays: RelaysPart, request, reply) => relays.register(request, reply), "anyone"),
		body: REGISTRATION_OCTETS_MAX,
	}),
]);

const FILES = Object.freeze([scriptFile(RELAYS_SCRIPT_PATH, RELAYS_SCRIPT)]);

/** The operations of {@link RelaysPart}. */
export const RELAYS_OPERATIONS: readonly ApiOperation<RelaysPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/relays",
		need: "owner",
		about: "The relays that are registered: name, host, ports, and how many more viewers each has room for.",
		run: (relays: RelaysPart) => ({ body: { relays: relays.list() } }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/relays/key",
		need: "owner",
		about:
			"Shows the key of a relay, which is derived from its name and the fleet's key, and the line for the relay's table.",
		conflict: "the fleet has no key",
		fields: Object.freeze([
			Object.freeze({
				name: "name",
				type: "string",
				about: "the relay's name: 1 to 32 letters, digits, dots, hyphens and underscores",
				example: "east",
				needed: true,
			}),
		]),
		run: (relays: RelaysPart, form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer =>
			relays.showKey(form.get("name") ?? "", request),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/relays/links",
		need: "owner",
		about: "Makes links by which anyone can watch a camera through a relay until they expire.",
		conflict: "the relay is not registered, or the date is not known",
		fields: Object.freeze([
			Object.freeze({ name: "relay", type: "string", about: "the relay's name", example: "east", needed: true }),
			Object.freeze({
				name: "content",
				type: "string",
				about: "the camera's identity",
				example: "0123456789abcdef",
				needed: true,
			}),
			Object.freeze({
				name: "viewer",
				type: "string",
				about: "the viewer that the metering records name: 1 to 32 letters, digits and the characters . _ - @",
				example: "ann",
				needed: true,
			}),
			Object.freeze({ name: "hours", type: "number", about: `1 to ${HOURS_MAX}`, example: 24, needed: true }),
		]),
		run: (relays: RelaysPart, form: ReadonlyMap<string, string>, { now }: SiteRequest): ApiAnswer =>
			relays.makeLink(now, form),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/relays/seen",
		need: "viewer",
		about: "Tells that a picture has come through a relay by a ticket; pages that show one call it.",
		fields: Object.freeze([
			Object.freeze({ name: "relay", type: "string", about: "the relay's name", example: "east", needed: true }),
			Object.freeze({
				name: "content",
				type: "string",
				about: "the camera's identity",
				example: "0123456789abcdef",
				needed: true,
			}),
			Object.freeze({ name: "ticket", type: "string", about: "as the page has it", example: "r.…", needed: true }),
		]),
		run: (relays: RelaysPart, form: ReadonlyMap<string, string>): ApiAnswer => relays.seen(form),
	}),
]);

/**
 * What a member of a fleet has for relays: takes their registrations, shows them and their keys, hands out tickets, and sends viewers
 * to them that there is no room for (ONE-7, REP-12).
 */
export class RelaysPart implements Part, RegistrationDeskHost {
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly operations = RELAYS_OPERATIONS;
	readonly keys: FleetRelayKeys;
	readonly relays = new RegisteredRelays();
	readonly desk: RegistrationDesk;
	private readonly office: TicketOffice;
	private readonly offered: OfferedCameras;
	private readonly node: Node;
	private service: FleetService | undefined;
	/** Viewers that were sent to a relay. */
	private sent = 0;

	/** @param isCamera whether this device has pictures of its own */
	constructor(
		private readonly needs: RelaysPartNeeds,
		isCamera: boolean,
	) {
		const { node, keyring } = needs;
		this.node = node;
		this.keys = new FleetRelayKeys(keyring);
		this.desk = new RegistrationDesk(this);
		this.office = new TicketOffice(this.keys, node.host.random, () => this.utc());
		this.offered = new OfferedCameras(needs, isCamera);
	}

	/** @see Part.navigation */
	get navigation(): readonly NavigationLink[] {
		return this.relays.list(this.node.now).length > 0 ? NAVIGATION : OWNERS_NAVIGATION;
	}

	start(): void {
		this.desk.start();
	}

	/** Announces that relays can register here; nothing while the fleet has no key. */
	services(): readonly FleetService[] {
		if (!this.keys.exist) return [];
		const { httpPort, externalPort, secure } = this.needs.fleet.fleet.self;
		const { service } = this;
		if (service?.port !== httpPort || service.externalPort !== externalPort || service.secure !== secure)
			this.service = Object.freeze({ kind: RELAYS_KIND, port: httpPort, externalPort, path: RELAYS_PAGE, secure });
		return this.service === undefined ? [] : [this.service];
	}

	facts(): readonly Fact[] {
		const relays = this.relays.list(this.node.now);
		return relays.length === 0 ? [] : [[RELAYS_MESSAGES.title, relays.map(({ name }) => name).join(", ")]];
	}

	traits(): DeviceTraits {
		return { relays: this.list().length };
	}

	status(): Record<string, unknown> {
		return { relays: { registered: this.list(), ...this.desk.counters, viewersSent: this.sent } };
	}

	metrics(): readonly Metric[] {
		const { taken, refused } = this.desk.counters;
		return [
			["relays_registered", "gauge", "Relays that are registered here", this.relays.list(this.node.now).length],
			["relay_registrations_total", "counter", "Registrations of relays that were taken", taken],
			["relay_registrations_refused_total", "counter", "Registrations that were refused", refused],
			[
				"relay_viewers_sent_total",
				"counter",
				"Viewers that were sent to a relay, as there was no room here",
				this.sent,
			],
		];
	}

	/** The registered relays, for the owner. */
	list(): readonly Record<string, unknown>[] {
		return this.relays
			.list(this.node.now)
			.map(({ name, host, httpPort, rtspPort, secure, room }) => ({ name, host, httpPort, rtspPort, secure, room }));
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { site } = this.needs;
		relaysPage({
			visitor: site.visitor(request),
			id: this.node.identity.id,
			isSealed: this.keys.exist,
			relays: this.relays.list(request.now),
			cameras: this.offered.cameras(),
			hoursMax: HOURS_MAX,
		}).replyWith(reply, 200, NO_STORE);
	}

	/** Shows a camera through the relay with the most room. */
	watch(request: SiteRequest, reply: HttpReply): void {
		const [id] = parametersOf(`${RELAYS_PAGE}/watch/{id}`, request.path) ?? [];
		const camera = this.offered.cameras().find((camera) => camera.id === id);
		if (camera === undefined) return reply.error(404, RELAYS_MESSAGES.wrong.camera);
		const { visitor } = request;
		const relay = this.relays.choose(request.now, (relay) => relay.secure || !request.secure);
		if (relay === undefined || visitor === undefined) return reply.error(503, RELAYS_MESSAGES.wrong.room);
		const ticket = this.office.issueFor(visitor, relay.name, camera.id);
		if (ticket === undefined) return reply.error(503, RELAYS_MESSAGES.wrong.login);
		relayLivePage({
			visitor: this.needs.site.visitor(request),
			camera: camera.name,
			relay: relay.name,
			content: camera.id,
			ticket: ticket.text,
			http: relayUrl("http", relay, camera.id, ticket.text),
			rtsp: relayUrl("rtsp", relay, camera.id, ticket.text),
		}).replyWith(reply, 200, NO_STORE);
	}

	/** Takes the registration of a relay. */
	register(request: SiteRequest, reply: HttpReply): void {
		const { now, remoteAddress, message } = request;
		const field = fieldOf(message, REGISTRATION_FIELD.toLowerCase());
		// Clients that are not relays see the usual refusal.
		if (field === undefined) return this.needs.site.gate.challenge(request, reply);
		// Without an address there are no URLs to give: the relay asks again soon, rather than after the usual time.
		if (this.node.addresses.paths.length === 0) return reply.error(503, RELAYS_MESSAGES.wrong.network);
		const before = this.relays.list(now).length;
		const answer = this.desk.take(now, remoteAddress, field, message.body, () => ({
			cameras: this.offered.offer(request),
			members: this.offered.members(request),
			revoked: linksOf(this.needs.access.credentials.record.revoked),
		}));
		if (answer.status !== 200) {
			const { signature, registration } = RELAYS_MESSAGES.wrong;
			return reply.error(answer.status, answer.status === 403 ? signature : registration);
		}
		if (this.relays.list(now).length !== before) {
			this.node.host.log.write("info", "relay", `the relay ${answer.registration.relay} has registered`);
			this.node.changed();
		}
		reply.send(200, REGISTRATION_TYPE, answer.body, [[REGISTRATION_FIELD, answer.signature], ...NO_STORE]);
	}

	/** Shows the key of a relay, with the line for its table that leads it here. */
	showKey(name: string, request: SiteRequest): ApiAnswer {
		if (!isRelayName(name)) return { fault: RELAYS_MESSAGES.wrong.name };
		const key = this.keys.textFor(name);
		if (key === "") return { fault: RELAYS_MESSAGES.wrong.noKey, status: 409 };
		const line = `origin home ${key} ${this.baseFor(request)}`;
		return { body: { name, key, line }, page: (visitor) => relayKeyPage(name, line, visitor) };
	}

	/** The base of this device's pages for a relay: as the Internet reaches it, or as the visitor does. */
	private baseFor(request: SiteRequest): string {
		const { httpPort, secure } = this.needs.fleet.fleet.self;
		const base = this.node.outsideUrl || urlOf(hostOf(request), httpPort, secure);
		return base.endsWith("/") ? base.slice(0, -1) : base;
	}

	/** Makes links to a camera through a relay. */
	makeLink(now: Millis, form: ReadonlyMap<string, string>): ApiAnswer {
		const { wrong } = RELAYS_MESSAGES;
		const viewer = form.get("viewer") ?? "";
		const hours = Number(form.get("hours"));
		const content = form.get("content") ?? "";
		if (!isTicketViewer(viewer)) return { fault: wrong.viewer };
		if (!(hours >= 1 && hours <= HOURS_MAX)) return { fault: wrong.hours(HOURS_MAX) };
		if (this.offered.cameras().every(({ id }) => id !== content)) return { fault: wrong.camera };
		const relay = this.relays.get(now, form.get("relay") ?? "");
		if (relay === undefined) return { fault: wrong.relay, status: 409 };
		const ticket = this.office.issue(relay.name, content, viewer, hours * 3600);
		if (ticket === undefined) return { fault: wrong.date, status: 409 };
		const http = relayUrl("http", relay, content, ticket.text);
		const rtsp = relayUrl("rtsp", relay, content, ticket.text);
		const urls = [http, rtsp].filter((url) => url !== "");
		return {
			body: { relay: relay.name, ticket: ticket.id, http, rtsp, hours },
			page: (visitor) => relayLinkPage(urls, hours, visitor),
		};
	}

	/** A page has shown a picture by a ticket. */
	seen(form: ReadonlyMap<string, string>): ApiAnswer {
		const relay = form.get("relay") ?? "";
		const used = { content: form.get("content") ?? "", ticket: form.get("ticket") ?? "" };
		return isRelayName(relay) && this.redeemed(relay, used, "page") ? {} : { fault: RELAYS_MESSAGES.wrong.ticket };
	}

	/** @see RegistrationDeskHost */
	utc(): Millis | undefined {
		return this.node.host.clock.utc();
	}

	/** @see RegistrationDeskHost */
	used(relay: string, tickets: readonly UsedTicket[]): void {
		for (const ticket of tickets) this.redeemed(relay, ticket, "upstream");
	}

	/** @see Part.detour */
	detour({ now, protocol, secure, address, visitor, content, path, isFull }: DetourRequest): string {
		if (!isFull && this.needs.isUplinkFull?.(address) !== true) return "";
		// What comes by a pass is a relay, or the portal's small picture.
		if (visitor === undefined || visitor.proof === "pass") return "";
		const fits = (relay: RegisteredRelay): boolean =>
			relayUrl(protocol, relay, path, "") !== "" && (relay.secure || !secure);
		const relay = this.relays.choose(now, fits);
		const ticket = relay && this.office.issueFor(visitor, relay.name, content);
		if (relay === undefined || ticket === undefined) return "";
		this.sent++;
		this.note(relay.name, ticket, "redirect");
		return relayUrl(protocol, relay, path, ticket.text);
	}

	/** @returns false: the ticket is not one of this fleet */
	private redeemed(relay: string, { content, ticket: text }: UsedTicket, witness: TicketWitness): boolean {
		const ticket = this.office.read(relay, content, text);
		if (ticket !== undefined) this.note(relay, ticket, witness);
		return ticket !== undefined;
	}

	/** Only the ledger that gets the relay's records would not miss them. */
	private note(relay: string, { id, viewer, content }: Omit<IssuedTicket, "text">, witness: TicketWitness): void {
		const at = this.utc();
		if (at === undefined || this.relays.get(this.node.now, relay)?.reports !== true) return;
		reportTakerOf(this.node.parts)?.redeemed({ ticket: id, relay, viewer, content, at, witness });
	}
}
