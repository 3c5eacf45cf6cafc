import type { EventSink } from "../../core/event-ring";
import { ipKind } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { Millis } from "../../core/time";
import { PinholeClient } from "../../gateway/pinholes/pinhole-client";
import type { PinholeEvent } from "../../gateway/pinholes/pinhole-events";
import type { Fact } from "../../web/camera-page";
import { IPV6_MESSAGES } from "../../web/ipv6-messages";
import type { Notice } from "../../web/notices";
import type { FleetService } from "../../wire/fleet-service";
import { IPV6_KIND, ipv6Path } from "../../wire/ipv6-service";
import type { AccessPart } from "../access/access-part";
import type { DeviceTraits } from "../device-facts";
import type { FleetPart } from "../fleet/fleet-part";
import { GatewayLink } from "../gateway/gateway-link";
import type { GatewayListener, GatewayPart } from "../gateway/gateway-part";
import type { Node } from "../node";
import type { Metric, Part } from "../part";
import { PortalPart } from "../portal/portal-part";
import type { Site } from "../site";
import { urlOf } from "../url-of";
import { DualStackAddresses } from "./dual-stack-addresses";
import { globalPathOf } from "./global-path";
import { Ipv6Port } from "./ipv6-port";
import { type Ipv6Place, Ipv6Portal } from "./ipv6-portal";

/** How often the addresses are looked at: a router may have got another prefix. */
const LOOK: Millis = 2000;
/** Routers open no lower port. */
const PINHOLE_PORT_MIN = 1024;

/** What the part is made of. */
export interface Ipv6Needs {
	readonly node: Node;
	readonly site: Site;
	readonly access: AccessPart;
	readonly gateway: GatewayPart;
	readonly fleet: FleetPart;
}

/**
 * Reaches a device by IPv6 (IMG-32): serves its pages by IPv6, has the router open a pinhole, announces the address to the fleet, and
 * leads visitors who come by IPv6 to the other devices by IPv6. Behind carrier-grade NAT this is often the only direct way in.
 *
 * It replaces the node's {@link DeviceAddresses} and the portal by those that know IPv6, so it must be the first extra part.
 */
export class Ipv6Part implements Part, EventSink<PinholeEvent>, GatewayListener {
	deadline: Millis = Infinity;
	private readonly addresses: DualStackAddresses;
	private readonly client: PinholeClient;
	private readonly link: GatewayLink<PinholeClient, PinholeEvent>;
	private readonly handle;
	private port: Ipv6Port | undefined;
	/** The path of the address that others are told. */
	private path: Path | undefined;
	private seen: readonly Path[] | undefined;
	/** The address that the Internet has for it; empty while it does not get in. */
	private outside = "";
	private announced: readonly FleetService[] = [];
	/** What {@link announced} says, as text. */
	private said = "";
	/** The trouble that the log was told last. */
	private told = "";
	private left: (() => void) | undefined;

	constructor(private readonly needs: Ipv6Needs) {
		const { node, site, access, gateway, fleet } = needs;
		const { host, settings, pump } = node;
		this.addresses = new DualStackAddresses(
			node.addresses,
			node.addresses.hostName,
			(address) => host.hardwareAddress?.(address) ?? "",
		);
		node.addresses = this.addresses;
		const { httpPort: port } = settings;
		this.client = new PinholeClient(port < PINHOLE_PORT_MIN ? [] : [{ protocol: "TCP", port }], host.random);
		this.link = new GatewayLink(host.network, pump, host.log, "ipv6", this.client, this);
		this.handle = pump.add(this, undefined);
		const at = node.parts.findIndex((part) => part instanceof PortalPart);
		if (at >= 0) {
			const { home } = node.parts[at] as PortalPart;
			const own = () => this.place();
			const portal = new Ipv6Portal(this.addresses, own, node, site, fleet, access.credentials, gateway, home);
			node.parts[at] = portal;
			site.portal = portal;
		}
		gateway.listen(this);
	}

	start(): void {
		this.assignmentChanged(this.needs.gateway.isMapping);
	}

	/** Called first when visitors can be served. */
	pathsChanged(): void {
		this.look();
	}

	expire(): void {
		this.look();
	}

	leave(done: () => void): void {
		this.left = done;
		this.deadline = Infinity;
		this.port?.close();
		this.link.handle.call((client, now, out) => client.leave(now, out));
	}

	stop(): void {
		this.link.abandon();
		this.link.udp.close();
		this.handle.remove();
	}

	/** @see GatewayListener */
	onGateway(): void {}

	/** @see GatewayListener */
	assignmentChanged(on: boolean): void {
		this.link.handle.call((client, now, out) => client.assign(now, on, out));
	}

	/** @see EventSink */
	on(event: PinholeEvent): void {
		const { log } = this.needs.node.host;
		switch (event.type) {
			case "opened":
				this.outside = ipKind(event.address) === "public" ? event.address : "";
				log.write("info", "ipv6", `reachable at ${this.url()} (${IPV6_MESSAGES.by[event.by]})`);
				break;
			case "closed": {
				const { message, remedy } = IPV6_MESSAGES.trouble[event.trouble];
				if (this.outside !== "" || this.told !== event.trouble) log.write("info", "ipv6", `${message} ${remedy}`);
				this.told = event.trouble;
				this.outside = "";
				break;
			}
			case "left":
				this.left?.();
				return;
		}
		this.announce();
	}

	services(): readonly FleetService[] {
		return this.announced;
	}

	facts(): readonly Fact[] {
		if (this.path === undefined) return [];
		const { asking, closed, internet, lan } = IPV6_MESSAGES;
		const list: Fact[] = [[lan, this.url()]];
		if (!this.needs.gateway.isMapping || this.needs.node.settings.httpPort < PINHOLE_PORT_MIN) return list;
		const state = this.client.trouble === "" ? asking : closed;
		return [...list, [internet, this.outside === "" ? state : this.url(this.outside)]];
	}

	notices(): readonly Notice[] {
		const { trouble } = this.client;
		if (this.path === undefined || trouble === "" || !this.needs.gateway.isMapping) return [];
		// Many routers have nothing of the kind, and most cameras are reached by IPv4.
		return trouble === "no-answer" ? [] : [IPV6_MESSAGES.trouble[trouble]];
	}

	traits(): DeviceTraits {
		return { reach: this.outside === "" ? undefined : "ipv6" };
	}

	status(): Record<string, unknown> {
		const { method, trouble } = this.client;
		const address = this.path?.address ?? "";
		return { ipv6: { address, url: address === "" ? "" : this.url(), outside: this.outside, by: method, trouble } };
	}

	metrics(): readonly Metric[] {
		const open = this.outside === "" ? 0 : 1;
		return [["ipv6_reachable", "gauge", "1 while the router lets connections by IPv6 in", open]];
	}

	/** The URL of the pages by IPv6. */
	private url(address = this.path?.address ?? ""): string {
		const { settings, isSecure } = this.needs.node;
		return urlOf(address, settings.httpPort, isSecure);
	}

	private place(): Ipv6Place | undefined {
		const { path, outside } = this;
		const { httpPort: port } = this.needs.node.settings;
		return path && { address: outside || path.address, port, isOpen: outside !== "" };
	}

	/** Looks which addresses there are now. */
	private look(): void {
		const { node, site } = this.needs;
		if (node.isLeaving) return;
		this.deadline = node.now + LOOK;
		this.handle.called();
		const { network } = node.host;
		const paths = network.ipv6Paths();
		if (paths === this.seen) return;
		this.seen = paths;
		this.addresses.ipv6Paths = paths;
		if (paths.length > 0) this.port ??= new Ipv6Port(site, this.addresses);
		const path = globalPathOf(paths);
		if (path !== this.path) {
			this.path = path;
			this.outside = "";
		}
		const path4 = network.paths().find(({ name }) => name === path?.name);
		this.link.udp.setPaths([path, path4].filter((each) => each !== undefined));
		this.link.handle.call((client, now, out) => client.start(now, path, path4, out));
		this.announce();
	}

	private announce(): void {
		const { path, outside } = this;
		const { node } = this.needs;
		const { httpPort: port } = node.settings;
		const externalPort = outside === "" ? 0 : port;
		const address = outside || path?.address;
		const service = { kind: IPV6_KIND, port, externalPort, path: "", secure: node.isSecure };
		const said = address === undefined ? "" : `${address} ${externalPort} ${node.isSecure}`;
		// Another array is announced to the others; the same one is not announced again.
		if (said !== this.said) this.announced = address === undefined ? [] : [{ ...service, path: ipv6Path(address) }];
		this.said = said;
		node.changed();
	}
}
