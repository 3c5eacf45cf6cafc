import { toHex } from "../../base/hex";
import type { FleetKey } from "../../fleet/fleet-key";
import { RENDEZVOUS_SCHEMA, type RendezvousSettings } from "../../settings/rendezvous-schema";
import { AccessPart } from "../access/access-part";
import { LinksPart } from "../access/links-part";
import { Node } from "../node";
import type { Part } from "../part";
import { Site } from "../site";
import { OpenApiPart } from "../system/open-api-part";
import { SystemPart } from "../system/system-part";
import type { RendezvousHost } from "./rendezvous-host";
import { RendezvousPart } from "./rendezvous-part";
import type { RendezvousExtra, RendezvousServices } from "./rendezvous-services";

/** It is in no fleet, and signs its sessions with a key of its own. */
const NO_KEYS: readonly FleetKey[] = Object.freeze([]);

/**
 * A rendezvous server: tells clients their public address, keeps devices registered, and introduces viewers to them (P2P-1 … P2P-4). It
 * carries no media and knows no key of any.
 */
export class Rendezvous extends Node<RendezvousSettings> {
	/** All settings. */
	readonly schema = RENDEZVOUS_SCHEMA;
	readonly services: RendezvousServices;
	readonly part: RendezvousPart;

	/**
	 * @param homes the homes that may use it; absent: all
	 * @param extras parts that this host has besides
	 */
	constructor(
		override readonly host: RendezvousHost,
		settings: RendezvousSettings,
		homes?: ReadonlySet<string>,
		extras: readonly RendezvousExtra[] = [],
	) {
		super(host, settings);
		const access = new AccessPart(this, { keys: NO_KEYS });
		const { credentials, gate } = access;
		const site = new Site(this, gate, credentials);
		credentials.listen(site);
		const part = new RendezvousPart(this, site, homes);
		this.part = part;
		const { matching } = part;
		this.services = {
			node: this,
			host,
			site,
			access,
			legs: part,
			isMatching: matching !== undefined,
			publicKey: toHex(part.key.publicKey),
			admits: (home) => matching !== undefined && homes?.has(home) !== false,
			accountKey: (home, from, done) => {
				if (matching === undefined) done("none");
				else matching.accountKey(this.now, home, from, done);
			},
			agree: (homeKey) => matching?.agree(homeKey),
			turn: (user) => part.turnFor(user),
		};
		const parts: Part[] = [part, access, new LinksPart(this, access), new OpenApiPart(this, this.schema)];
		for (const make of extras) parts.push(make(this.services));
		parts.push(site, new SystemPart(this, site));
		this.parts = parts;
		for (const one of parts) site.serve(one);
	}

	override start(): void {
		this.host.log.write("info", "rendezvous", `${this.identity.name || "rendezvous"} started (${this.identity.id})`);
		super.start();
	}
}
