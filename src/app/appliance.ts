import type { Fleet } from "../fleet/fleet";
import type { GatewayEvent } from "../gateway/gateway-events";
import type { FloatingAddress } from "../ports/floating-address";
import type { Switch } from "../ports/pins";
import { NO_SERVICE_ADVERTISER, type ServiceAdvertiser } from "../ports/service-advertiser";
import type { Schema, ValuesOf } from "../settings/schema";
import type { SHARED_SCHEMA } from "../settings/shared-schema";
import { AccessPart } from "./access/access-part";
import { LinksPart } from "./access/links-part";
import { AdvertisementPart } from "./discovery/advertisement-part";
import { SsdpPart } from "./discovery/ssdp-part";
import { FleetPart } from "./fleet/fleet-part";
import { keyringOf, makeFleet } from "./fleet/make-fleet";
import { GatewayPart } from "./gateway/gateway-part";
import { MaintenancePart } from "./maintenance/maintenance-part";
import { Node } from "./node";
import type { NodeHost } from "./node-host";
import type { Part } from "./part";
import { type HomePage, PortalPart } from "./portal/portal-part";
import { Site } from "./site";
import { SystemPart } from "./system/system-part";
import { urlOf } from "./url-of";

/** The settings that all members of a fleet have. */
export type ApplianceSettings = ValuesOf<typeof SHARED_SCHEMA>;

/** A member of a fleet, whatever it serves: it has a port on the gateway, accounts, pages, and may be the representative. */
export class Appliance<Settings extends ApplianceSettings = ApplianceSettings> extends Node<Settings> {
	readonly fleet: Fleet;
	readonly access: AccessPart;
	readonly links: LinksPart;
	readonly gateway: GatewayPart;
	readonly site: Site;
	readonly fleetPart: FleetPart;

	/**
	 * @param pin the switch of IMG-7
	 * @param floating takes the floating address over
	 */
	constructor(host: NodeHost, settings: Settings, pin: Switch, floating: FloatingAddress) {
		super(host, settings);
		this.fleet = makeFleet(this);
		this.access = new AccessPart(this, keyringOf(this.fleet));
		const { credentials, gate } = this.access;
		const site = new Site(this, gate, credentials);
		this.site = site;
		this.links = new LinksPart(this, this.access, site);
		this.gateway = new GatewayPart(this, gate, pin);
		this.fleetPart = new FleetPart(this, this.fleet, this.gateway, credentials, floating, site);
		this.gateway.listen(new MappedPort(site));
		credentials.listen(site);
	}

	/** The name in the fleet, which its owner or another member may have changed. @see Node */
	override get deviceName(): string {
		return this.fleet.self.name || this.identity.name;
	}

	override get outsideUrl(): string {
		return urlOf(this.addresses.externalHost, this.fleet.self.externalPort, this.isSecure);
	}

	/**
	 * Adds the parts that all members have, and those of this kind, in the order of the navigation, in which they also start and
	 * leave: the gateway gives its ports back before the fleet hears a bye, and pages are served until then.
	 * @param schema all settings, for the page of settings
	 * @param home the own page
	 * @param pages parts with links before those of all members
	 * @param others parts that follow the fleet
	 */
	protected compose(
		schema: Schema,
		services: ServiceAdvertiser | undefined,
		home: Part & HomePage,
		pages: readonly Part[],
		others: readonly Part[],
	): void {
		const { access, links, gateway, site, fleetPart: fleet } = this;
		const { credentials, gate } = access;
		const portal = new PortalPart(this, site, fleet, credentials, gateway, home);
		site.portal = portal;
		const maintenance = new MaintenancePart(this, schema, site, gateway, credentials, links);
		const ssdp = new SsdpPart(this, gateway, gate);
		const advertisement = new AdvertisementPart(this, services ?? NO_SERVICE_ADVERTISER, fleet);
		this.parts = [portal as Part, home].concat(pages, [gateway, maintenance, fleet, ssdp, access, links], others, [
			site,
			site.changes,
			advertisement,
			new SystemPart(this, site),
		]);
	}
}

/** In the layout `same` the device is reached from the Internet at another port than inside, while it holds one (IMG-6). */
class MappedPort {
	/** The port that is open beside that inside the LAN; 0 for none. */
	private port = 0;

	constructor(private readonly site: Site) {}

	onGateway(event: GatewayEvent): void {
		if (event.type === "mapped") this.follow(event.internalPort);
		else if (event.type === "lost") this.follow(0);
	}

	private follow(port: number): void {
		const { site, port: before } = this;
		this.port = port === site.node.settings.httpPort ? 0 : port;
		if (before === this.port) return;
		if (before !== 0) site.close(before);
		if (this.port !== 0) site.open(port);
	}
}
