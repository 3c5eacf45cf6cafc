import type { Millis, Seconds } from "../../../src/core/time";
import type { NatSettings } from "../nat-settings";
import { INSIDE_DEFAULT, Router, type RouterPlace } from "../router";
import type { VirtualMachine } from "../virtual-machine";
import type { World } from "../world";
import { controlEndpoint, DESCRIPTION_TARGET, description, eventTarget, servicesOf } from "./description";
import { EventPublisher } from "./event-publisher";
import type { GatewayHost } from "./gateway-host";
import { type DeviceAnswer, type DeviceRequest, HttpResponder } from "./http-responder";
import { PcpServer } from "./pcp-server";
import { type Mapping, type MappingWatcher, PortTable } from "./port-table";
import { type GatewayQuirks, QUIRK_DEFAULTS } from "./quirks";
import { SoapControl } from "./soap-control";
import { SsdpResponder } from "./ssdp-responder";

/** How a gateway is built. */
export interface GatewayOptions extends RouterPlace {
	readonly name?: string;
	readonly nat?: Partial<NatSettings>;
	readonly quirks?: Partial<GatewayQuirks>;
	/** Where its description and its control are. @default 5000 */
	readonly controlPort?: number;
}

/** How a gateway restarts. */
export interface RestartOptions {
	/** How long it is off. @default 2000 */
	readonly away?: Millis;
	/** It sends byebye first, instead of losing power. @default true */
	readonly graceful?: boolean;
}

/** How far the control port moves with each restart (8). */
const CONTROL_PORT_STEP = 7;

/**
 * A home router with NAT and port mappings by UPnP IGD with events, PCP and NAT-PMP, with all the faults of
 * {@link GatewayQuirks}.
 *
 * It is an ordinary machine of the world: clients reach it by sockets.
 * @see InternetGatewayDevice:1, RFC 6887, RFC 6886
 */
export class VirtualGateway implements GatewayHost {
	readonly quirks: GatewayQuirks;
	readonly table: PortTable;
	readonly router: Router;
	readonly uuid: string;
	readonly name: string;
	controlPort: number;
	bootId = 1;
	/** Called before a client deletes a mapping by UPnP, with the client's address. */
	deleting: ((mapping: Mapping, client: string) => void) | undefined;
	/** Its event subscriptions. */
	readonly events: EventPublisher;
	private readonly soap: SoapControl;
	private ssdp: SsdpResponder | undefined;
	private pcp: PcpServer | undefined;
	private webs: HttpResponder[] = [];
	private startedAt = 0;
	private dead = false;
	/** The WAN's router, kept while the connection is down. */
	private wanGateway: string | undefined;

	constructor(
		readonly world: World,
		options: GatewayOptions,
	) {
		this.quirks = { ...QUIRK_DEFAULTS, ...options.quirks };
		this.name = options.name ?? "gateway";
		this.controlPort = options.controlPort ?? 5000;
		this.table = new PortTable(world, this.quirks);
		this.router = new Router(world, this.name, { inside: INSIDE_DEFAULT, ...options }, options.nat, this.table);
		const serial = (this.machine.prng.u32() + 0x100000000).toString(16).slice(1);
		this.uuid = `${serial}-0000-4000-8000-00000000000`;
		this.soap = new SoapControl(this);
		this.events = new EventPublisher(this);
		this.table.changed = () => this.events.changed();
		this.start();
	}

	get machine(): VirtualMachine {
		return this.router.machine;
	}

	get lanAddress(): string {
		return this.router.inside.path?.address ?? "";
	}

	/** Its present address on the WAN; `0.0.0.0` while it has none. */
	get wanAddress(): string {
		return this.router.outside.path?.address ?? "0.0.0.0";
	}

	/** Time since it started. */
	get uptime(): Millis {
		return this.world.now - this.startedAt;
	}

	/** Seconds since its table was created: what PCP and NAT-PMP report, so that clients notice a reboot (24). */
	get epoch(): Seconds {
		return Math.floor(this.uptime / 1000);
	}

	/** The number of requests that its web servers have received since the start. */
	get requests(): number {
		return this.webs.reduce((sum, web) => sum + web.requests, 0);
	}

	/** Calls `watcher` after each mapping that appears or goes; `undefined` stops. */
	onMapping(watcher: MappingWatcher | undefined): void {
		this.table.watch = watcher;
	}

	/** Reboots: sessions are lost, and the table too without a lease file (7); see quirks 8 and 24 for what moves. */
	restart(options: RestartOptions = {}): void {
		const { away = 2000, graceful = true } = options;
		if (graceful && !this.dead) this.ssdp?.notify("ssdp:byebye");
		this.powerOff();
		this.world.after(away, () => this.powerOn());
	}

	/** The power fails until {@link powerOn}. */
	powerOff(): void {
		this.router.crash();
		this.webs = [];
		this.events.clear();
		if (!this.quirks.leaseFile) this.table.clear();
	}

	/** The power is back: it starts again. Harmless when it is on. */
	powerOn(): void {
		if (this.machine.on) return;
		this.machine.powerOn();
		this.bootId++;
		if (this.quirks.controlPortMoves) this.controlPort += CONTROL_PORT_STEP;
		this.start();
	}

	/** Loses all mappings without any message (7). */
	loseMappings(): void {
		this.table.clear();
	}

	/** The provider assigns another address, on which existing mappings work. `undefined`: the connection is down. */
	setWanAddress(address: string | undefined): void {
		const { path } = this.router.outside;
		const prefix = path?.prefix ?? 24;
		const gateway = path?.gateway ?? this.wanGateway;
		this.wanGateway = gateway;
		const settings = gateway === undefined ? { prefix } : { prefix, gateway };
		this.router.outside.configure(address === undefined ? undefined : { ...settings, address });
		this.router.nat.clear();
		if (address !== undefined) this.pcp?.announce();
		this.events.changed();
	}

	/** Switches UPnP, PCP and NAT-PMP on or off while running, according to the quirks. */
	applyServices(): void {
		this.stopServices();
		this.startServices();
	}

	/** The UPnP daemon dies of a bug, while the router lives on, until {@link restart}. */
	killDaemon(): void {
		this.dead = true;
		this.stopServices();
	}

	private start(): void {
		this.dead = false;
		this.startedAt = this.world.now;
		this.startServices();
	}

	private startServices(): void {
		const { upnp, pcp, natPmp } = this.quirks;
		if (upnp) {
			this.ssdp = new SsdpResponder(this);
			const ports = new Set([
				this.controlPort,
				...servicesOf(this.quirks).map((_, i) => controlEndpoint(this, i).port),
			]);
			for (const port of ports) {
				this.webs.push(
					new HttpResponder(this.machine, this.quirks, this.lanAddress, port, (request) => this.answer(request)),
				);
			}
			this.repeatNotify(this.ssdp);
		}
		if (pcp || natPmp) this.pcp = new PcpServer(this);
	}

	private stopServices(): void {
		this.ssdp?.close();
		this.pcp?.close();
		for (const web of this.webs) web.close();
		this.ssdp = undefined;
		this.pcp = undefined;
		this.webs = [];
	}

	private repeatNotify(ssdp: SsdpResponder): void {
		const { network } = this.machine;
		this.world.after(this.quirks.notifyInterval, () => {
			if (this.ssdp !== ssdp || !network.alive) return;
			ssdp.notify("ssdp:alive");
			this.repeatNotify(ssdp);
		});
	}

	private answer(request: DeviceRequest): DeviceAnswer | undefined {
		const { method, target, port } = request;
		if (method === "GET" && target === DESCRIPTION_TARGET && port === this.controlPort) {
			const { redirect } = this.quirks;
			if (redirect !== undefined) return { status: 302, header: `Location: ${redirect}\r\n`, body: "" };
			return { status: 200, body: description(this) };
		}
		const services = servicesOf(this.quirks);
		const events = services.findIndex((_, i) => target === eventTarget(i));
		if (events >= 0 && this.quirks.events && port === this.controlPort) return this.events.answer(request, events);
		const index = services.findIndex((_, i) => {
			const place = controlEndpoint(this, i);
			return place.target === target && place.port === port;
		});
		if (index < 0) return { status: 404, type: "text/html", body: "<h1>Not Found</h1>" };
		if (method !== "POST") return { status: 405, type: "text/html", body: "<h1>Method Not Allowed</h1>" };
		return this.soap.answer(request, services[index]);
	}
}
