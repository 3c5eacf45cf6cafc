import { isRouterName } from "../base/host-label";
import { addressKind } from "../core/ipv4";
import type { Path } from "../core/path";
import { Pump } from "../core/pump";
import type { Millis } from "../core/time";
import { DeviceAddresses } from "./device-addresses";
import { type Identity, loadIdentity } from "./identity";
import type { NodeHost } from "./node-host";
import type { Part } from "./part";
import { TolerantStore } from "./tolerant-store";

/** The settings that every appliance has. */
export interface NodeSettings {
	/** The name in the settings; empty: an automatic one. */
	readonly name: string;
	/** The port of its pages inside the LAN. */
	readonly httpPort: number;
	/** A domain name that leads to the gateway, at the start; empty: none. @see DeviceAddresses.hostName */
	readonly hostName: string;
	/** Path of the TLS certificate; empty: no TLS. */
	readonly tlsCertificate: string;
}

/** The last messages of parts need a moment to go out before sockets are closed. */
const FAREWELL: Millis = 100;
/** How long values wait in memory until a store that failed is tried again. */
const STORE_RETRY: Millis = 60_000;
/** The page that asked for a restart still loads its style and script. */
const LAST_PAGE: Millis = 2000;

/**
 * One running appliance: its host, pump, identity and addresses, and the list of its parts.
 *
 * It does not know the parts by name. {@link start} starts them; {@link leave} lets them leave in order.
 */
export class Node<Settings extends NodeSettings = NodeSettings> {
	readonly pump: Pump;
	readonly identity: Identity;
	/** A part may replace it, when it is made, by one that knows more. */
	addresses: DeviceAddresses;
	/** The store, for events: a medium that fails is reported on the pages and never ends the program. */
	readonly memory: TolerantStore;
	/** In the order in which they start and leave. */
	parts: Part[] = [];
	/** The `.local` name by which this device is found in the LAN; empty: none. */
	localName = "";
	/** True from the moment at which it began to leave. */
	isLeaving = false;
	private isServing = false;
	private hasLeft = false;
	private left: () => void = () => {};
	private hasPaths = false;

	constructor(
		readonly host: NodeHost,
		readonly settings: Settings,
	) {
		this.pump = new Pump(host.clock);
		this.memory = new TolerantStore(
			host.store,
			host.log,
			(run) => this.pump.after(STORE_RETRY, run),
			() => this.changed(),
		);
		this.identity = loadIdentity(host.store, host.random, settings.name, this.memory, host.clock.utc());
		this.addresses = new DeviceAddresses(settings.hostName, (address) => host.hardwareAddress?.(address) ?? "");
	}

	/** The monotonic time. */
	get now(): Millis {
		return this.pump.now();
	}

	/** The name of this device; empty: it has none yet. */
	get deviceName(): string {
		return this.identity.name;
	}

	/** Its pages as the Internet reaches them; empty: it does not. */
	get outsideUrl(): string {
		return "";
	}

	/** The kind of device, for the gateway and the rendezvous server. */
	get kind(): string {
		return this.host.model;
	}

	/** What the log calls this device; in lower case it is the area of lines about the device itself. */
	get noun(): string {
		return "camera";
	}

	/** True: visitors are served by TLS. */
	get isSecure(): boolean {
		return this.settings.tlsCertificate !== "";
	}

	/** Names by which visitors may call this machine, besides its addresses, in lower case. */
	get hostNames(): readonly string[] {
		const names = [this.addresses.hostName, this.localName].concat(this.host.hostNames ?? []);
		return names.filter((name) => name !== "").map((name) => name.toLowerCase());
	}

	/** Whether visitors may call this machine so, with the ending of a home router too. @param name the host in a request, without its port, in lower case */
	isOurName(name: string): boolean {
		const { hostNames } = this;
		const asked = name.endsWith(".") ? name.slice(0, -1) : name;
		return hostNames.includes(asked) || isRouterName(asked, hostNames);
	}

	/** Starts all parts. Without a network address they wait for one (IMG-1). */
	start(): void {
		const { network } = this.host;
		for (const part of this.parts) part.start?.();
		network.watch(() => this.setPaths(network.paths()));
		this.setPaths(network.paths());
	}

	/** Visitors can be served: from now on parts learn of the network's interfaces. */
	serving(): void {
		if (this.isServing) return;
		this.isServing = true;
		this.setPaths(this.host.network.paths());
	}

	/** Something that pages show, or that others are told of, may have changed. */
	changed(): void {
		for (const part of this.parts) part.refresh?.();
	}

	/**
	 * Lets all parts take leave, one after another, closes them, then calls `done` (IMG-20). If it leaves already, the
	 * latest `done` is called instead: a program that is told to end does not start again.
	 */
	leave(done: () => void): void {
		this.left = done;
		if (this.hasLeft) done();
		if (this.isLeaving) return;
		this.isLeaving = true;
		this.host.log.write("info", "system", "stopping");
		this.host.network.watch(undefined);
		this.leaveFrom(0);
	}

	/** Leaves, and lets the host start again. The visitor who asked for it gets the rest of the page first. */
	restart(): void {
		this.pump.after(LAST_PAGE, () => {
			if (!this.isLeaving) this.leave(() => this.host.restart?.());
		});
	}

	private leaveFrom(index: number): void {
		for (let i = index; i < this.parts.length; i++) {
			const part = this.parts[i];
			if (part.leave === undefined) continue;
			part.leave(() => this.leaveFrom(i + 1));
			return;
		}
		this.pump.after(FAREWELL, () => {
			for (const part of this.parts) part.stop?.();
			// The host may start again on the same clock.
			this.pump.close();
			this.hasLeft = true;
			this.left();
		});
	}

	private setPaths(all: readonly Path[]): void {
		const paths = all.filter((path) => addressKind(path.address) !== "loopback");
		const before = this.addresses.paths;
		const same = paths.length === before.length && paths.every((path, i) => path === before[i]);
		// A device that cannot serve pages must neither represent others nor show itself to them.
		if (this.isLeaving || !this.isServing || (this.hasPaths && same)) return;
		this.hasPaths = true;
		this.addresses.paths = paths;
		for (const part of this.parts) part.pathsChanged?.(paths);
		this.changed();
	}
}
