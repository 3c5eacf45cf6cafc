import { USED_TICKETS_MAX, type UsedTicket } from "../../relay/registration";
import { OFFERED_MEMBERS_MAX, type RegistrationAnswer } from "../../relay/registration-answer";
import type { RelayedContent, RelayOrigin } from "../../relay/relayed-content";
import type { Fact } from "../../web/camera-page";
import type { Notice } from "../../web/notices";
import { RELAY_MESSAGES } from "../../web/relay-messages";
import { RELAYS_MESSAGES } from "../../web/relays-messages";
import type { Metric, Part } from "../part";
import { OriginRegistration, type RegistrationOwner } from "./origin-registration";
import { RegisteredContents } from "./registered-contents";
import type { RelayServices } from "./relay-services";

/** Tickets that an origin has not been told of: more are not kept. */
const UNTOLD_MAX = 1024;

/** Registers a relay with the origins of its table that have a URL, and knows the cameras that they offer (ONE-7). */
export class RegistrationPart implements Part, RegistrationOwner {
	readonly contents = new RegisteredContents();
	/** By origin and base of a member's pages. */
	private readonly registrations = new Map<string, OriginRegistration>();
	/** The tickets that viewers have shown, by origin, and the identifiers of those that an origin knows of. */
	private readonly untold = new Map<string, UsedTicket[]>();

	/**
	 * @param room how many more viewers there may be
	 * @param broken returns the contents whose upstream is broken while viewers wait
	 */
	constructor(
		private readonly relay: RelayServices,
		private readonly room: () => number,
		private readonly broken: () => readonly RelayedContent[],
	) {
		relay.sources.push(this.contents);
	}

	get node() {
		return this.relay.node;
	}

	get host() {
		return this.relay.host;
	}

	get name(): string {
		return this.relay.name;
	}

	start(): void {
		for (const origin of this.relay.origins.values()) if (origin.url !== "") this.register(origin, origin.url);
	}

	leave(done: () => void): void {
		for (const registration of this.registrations.values()) registration.stop();
		done();
	}

	facts(): readonly Fact[] {
		const { now } = this.node;
		const text = RELAY_MESSAGES;
		const facts: Fact[] = [];
		for (const { origin, base, until } of this.registrations.values()) {
			if (base !== origin.url) continue;
			const count = this.contents.contents().filter((content) => content.origin === origin.name).length;
			facts.push([text.origin(origin.name), until > now ? text.registered(count) : text.notRegistered]);
		}
		return facts;
	}

	notices(): readonly Notice[] {
		const { notices } = RELAYS_MESSAGES;
		const list: Notice[] = [];
		for (const { origin, base, fault } of this.registrations.values())
			if (fault !== "" && base === origin.url)
				list.push({ message: notices.notRegistered(origin.name, fault), remedy: notices.notRegisteredRemedy });
		return list;
	}

	status(): Record<string, unknown> {
		const { now } = this.node;
		const registrations = [...this.registrations.values()].map(({ origin, base, until, fault }) => ({
			origin: origin.name,
			url: base,
			registered: until > now,
			fault: fault === "" ? null : fault,
		}));
		return { registrations, registeredContents: this.contents.contents().length };
	}

	metrics(): readonly Metric[] {
		const { now } = this.node;
		let good = 0;
		for (const { until } of this.registrations.values()) if (until > now) good++;
		return [
			["relay_registrations", "gauge", "Members of origins that this relay is registered with", good],
			["relay_registered_contents", "gauge", "Contents that origins offer", this.contents.contents().length],
		];
	}

	/** A viewer with this ticket has begun to watch: its origin is told by the next registration (REP-12). */
	used(origin: string, ticket: UsedTicket): void {
		const list = this.untold.get(origin) ?? [];
		this.untold.set(origin, list);
		if (list.length < UNTOLD_MAX && !list.some((known) => known.ticket === ticket.ticket)) list.push(ticket);
	}

	/** @see RegistrationOwner */
	place(origin: RelayOrigin) {
		const { hostName: host, httpPort, rtspPort } = this.node.settings;
		const prefix = RegisteredContents.prefixOf(origin);
		return { host, httpPort, rtspPort, secure: this.node.isSecure, prefix, room: Math.max(0, this.room()) };
	}

	/** @see RegistrationOwner */
	takeUsed({ name }: RelayOrigin): readonly UsedTicket[] {
		return this.untold.get(name)?.splice(0, USED_TICKETS_MAX) ?? [];
	}

	/** @see RegistrationOwner */
	returnUsed({ name }: RelayOrigin, used: readonly UsedTicket[]): void {
		for (const ticket of used) this.used(name, ticket);
	}

	/** @see RegistrationOwner */
	answered({ origin, base }: OriginRegistration, answer: RegistrationAnswer): void {
		const { cameras, members: urls, revoked = [] } = answer;
		this.relay.revokeLinks(origin.name, revoked);
		// As the table has it: the others name the member in there, too.
		const members = urls.map((url) => (url.endsWith("/") ? url.slice(0, -1) : url));
		const first = this.registrations.get(`${origin.name} ${origin.url}`);
		// Another member may know less than the one in the table, while that answers.
		if (base === origin.url || first === undefined || first.fault !== "") this.contents.update(origin, cameras);
		for (const member of members) this.register(origin, member);
		// A member that is not named any more, but for the one in the table.
		for (const [key, registration] of this.registrations) {
			const { origin: its, base } = registration;
			if (its !== origin || base === origin.url || members.includes(base) || registration.until > this.node.now)
				continue;
			registration.stop();
			this.registrations.delete(key);
		}
	}

	/** @see RegistrationOwner */
	isMissing({ name }: RelayOrigin): boolean {
		return this.broken().some(({ origin, isOffered }) => isOffered === true && origin === name);
	}

	/** @see RegistrationOwner */
	changed(): void {
		this.node.changed();
	}

	private register(origin: RelayOrigin, base: string): void {
		const key = `${origin.name} ${base}`;
		if (this.registrations.has(key)) return;
		let members = 0;
		for (const known of this.registrations.values()) if (known.origin === origin) members++;
		// Each member names others: an origin could have this relay call more and more of them.
		if (members <= OFFERED_MEMBERS_MAX) this.registrations.set(key, new OriginRegistration(this, origin, base));
	}
}
