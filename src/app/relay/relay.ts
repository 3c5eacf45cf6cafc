import type { FleetKey } from "../../fleet/fleet-key";
import { ActiveSessions } from "../../relay/active-sessions";
import { drawHop } from "../../relay/hops";
import { RelayMonitor } from "../../relay/relay-monitor";
import { EMPTY_RELAY_TABLE, type RelayTable } from "../../relay/relay-table";
import type { RelayOrigin } from "../../relay/relayed-content";
import { TicketChecker } from "../../relay/ticket-checker";
import { RELAY_SCHEMA, type RelaySettings } from "../../settings/relay-schema";
import { AccessPart } from "../access/access-part";
import { LinksPart } from "../access/links-part";
import { Node } from "../node";
import type { Part } from "../part";
import { OpenApiPart } from "../system/open-api-part";
import { SystemPart } from "../system/system-part";
import { findContent, NamedServers, TableSource } from "./content-sources";
import { MeteringPart } from "./metering-part";
import { MjpegPart } from "./mjpeg-part";
import { MonitorPart } from "./monitor-part";
import { RegistrationPart } from "./registration-part";
import type { RelayHost } from "./relay-host";
import type { ContentSource, RelayServices } from "./relay-services";
import { RelaySite } from "./relay-site";
import { RtspRelayPart } from "./rtsp-relay-part";
import { isThisMachine } from "./this-machine";
import { TicketWitness } from "./ticket-witness";
import { TransparentPart } from "./transparent-part";

/** A relay has no fleet, and signs its sessions with a key of its own. */
const NO_KEYS: readonly FleetKey[] = Object.freeze([]);

/** A part that only some hosts have. */
export type RelayExtra = (services: RelayServices) => Part;

/**
 * A relay: gets each content once from its origin, and copies it to all its viewers (REP-1 … REP-14). It is no member of a fleet, and
 * has accounts of its own.
 */
export class Relay extends Node<RelaySettings> {
	/** All settings. */
	readonly schema = RELAY_SCHEMA;
	readonly services: RelayServices;
	readonly monitor: RelayMonitor;

	/**
	 * @param table origins and contents that the owner has laid down
	 * @param extras parts that this host has besides those of every relay
	 */
	constructor(
		override readonly host: RelayHost,
		settings: RelaySettings,
		readonly table: RelayTable = EMPTY_RELAY_TABLE,
		extras: readonly RelayExtra[] = [],
	) {
		super(host, settings);
		const { pump } = this;
		const { log } = host;
		const access = new AccessPart(this, { keys: NO_KEYS });
		const { credentials, gate } = access;
		const site = new RelaySite(this, gate, credentials);
		credentials.listen(site);
		const upstreams: RelayServices["upstreams"] = new Map();
		const origins = new Map<string, RelayOrigin>(table.origins.map((origin) => [origin.name, origin]));
		const tickets = new TicketChecker(origins);
		const meter = new MeteringPart(this, settings, origins, () => sources);
		const witness = new TicketWitness(meter.manager, tickets);
		const metering = new ActiveSessions(witness);
		const monitor = new RelayMonitor({ pump, log, metering, upstreams }, limitsOf(settings));
		this.monitor = monitor;
		// In the order in which they are asked.
		const sources: ContentSource[] = [
			new TableSource(table.contents),
			new NamedServers(table.allowed, (name) => isThisMachine(services, name)),
		];
		const services: RelayServices = {
			node: this,
			host,
			site,
			access,
			name: settings.relayName,
			hop: drawHop(host.random),
			monitor,
			metering,
			upstreams,
			doors: new Map([["http", (stream) => site.accept(stream)]]),
			sources,
			find: (request) => findContent(sources, request),
			origins,
			revokeLinks: (origin, links) => {
				tickets.revoke(origin, links);
				monitor.endTickets(this.now, (content, ticket) => tickets.isRevoked(content.origin, ticket));
			},
			checkTicket: (text, content, now, lasts) => tickets.check(text, content, now, lasts),
		};
		this.services = services;
		// In the order in which they start and leave: viewers end first, then reports go out, then the pages close.
		const registration = new RegistrationPart(
			services,
			() => settings.viewers - monitor.viewers,
			() => monitor.broken,
		);
		witness.used = (origin, ticket) => registration.used(origin, ticket);
		const parts: Part[] = [
			new MonitorPart(services, monitor, metering),
			new MjpegPart(services),
			new RtspRelayPart(services),
			new TransparentPart(services),
			registration,
		];
		parts.push(meter, access, new LinksPart(this, access), new OpenApiPart(this, this.schema));
		for (const make of extras) parts.push(make(services));
		parts.push(site, new SystemPart(this, site));
		this.parts = parts;
		for (const part of parts) site.serve(part);
	}

	override start(): void {
		this.host.log.write("info", "relay", `${this.settings.relayName} started (${this.identity.id})`);
		const { table, settings } = this;
		const isEmpty = table.origins.length + table.contents.length + table.allowed.length === 0;
		if (isEmpty && settings.transparentPort === 0) this.host.log.write("info", "relay", NO_CONTENTS);
		super.start();
	}
}

/** What the operator of a relay without a table does next. */
const NO_CONTENTS =
	"nothing to relay yet: give it a table of cameras (--relay-table FILE), or a line for it on the page Relays of a camera or NAS";

function limitsOf({ viewers, upstreams, grace, breakLimit }: RelaySettings) {
	return { viewers, upstreams, grace: grace * 1000, breakLimit: breakLimit * 1000 };
}
