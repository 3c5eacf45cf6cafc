import type { Path } from "../../core/path";
import type { ServiceAdvertiser } from "../../ports/service-advertiser";
import { NO_SERVICE_ADVERTISER, type ServiceSink } from "../../ports/service-advertiser";
import type { DISCOVERY_SCHEMA } from "../../settings/discovery-schema";
import type { ValuesOf } from "../../settings/schema";
import type { Node, NodeSettings } from "../node";
import type { Part } from "../part";

/** The settings of the advertisement part. */
export type AdvertisementPartSettings = NodeSettings & Pick<ValuesOf<typeof DISCOVERY_SCHEMA>, "serviceDiscovery">;

/** What neighbours are told of a device. */
export interface AdvertisedDevice {
	readonly self: { readonly name: string; readonly httpPort: number; readonly representative: boolean };
}

/** Digits of the identity that keep devices of one model apart. */
const DIGITS = 8;

/**
 * Lets people find the device in lists of the LAN (DNS-SD), under its own name, with its address, its identity, and
 * whether it is the representative.
 */
export class AdvertisementPart implements Part, ServiceSink {
	private readonly advertiser: ServiceAdvertiser;
	private paths: readonly Path[] = [];
	private lastState = "";
	private lastMessage = "";

	constructor(
		private readonly node: Node<AdvertisementPartSettings>,
		advertiser: ServiceAdvertiser,
		private readonly device: AdvertisedDevice,
	) {
		this.advertiser = node.settings.serviceDiscovery ? advertiser : NO_SERVICE_ADVERTISER;
	}

	/** Advertises what has changed. */
	refresh(): void {
		if (this.node.isLeaving) return;
		const { identity, kind, addresses } = this.node;
		const { paths } = addresses;
		const { name, httpPort: port } = this.device.self;
		const { id } = identity;
		const representative = this.device.self.representative ? "yes" : "no";
		const instance = name || `Porthole ${id.slice(0, DIGITS)}`;
		const state = `${port} ${representative} ${instance}`;
		if (paths === this.paths && state === this.lastState) return;
		this.paths = paths;
		this.lastState = state;
		const text = { path: "/", id, model: kind, representative };
		const hostName = `porthole-${id.slice(0, DIGITS)}`;
		this.advertiser.advertise({ instance, type: "_http._tcp", port, text, host: hostName }, paths, this);
	}

	/** Says goodbye; takes a second at most. */
	leave(done: () => void): void {
		this.advertiser.withdraw(done);
	}

	/** @see ServiceSink */
	advertised(instance: string, host: string): void {
		this.node.localName = host;
		const message = `advertised in the LAN by DNS-SD as "${instance}" (${host})`;
		if (message !== this.lastMessage) this.node.host.log.write("info", "discovery", message);
		this.lastMessage = message;
		this.node.changed();
	}

	/** @see ServiceSink */
	failed(detail: string): void {
		this.node.host.log.write("warn", "discovery", `cannot be found in the LAN by name: ${detail}`);
		this.lastMessage = "";
	}
}
