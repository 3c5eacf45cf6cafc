import type { EventSink } from "../../core/event-ring";
import type { Path } from "../../core/path";
import { isSerious } from "../../gateway/diagnosis";
import { EVENT_BODY_MAX, EVENT_CALLBACK_TARGET } from "../../gateway/event-subscription";
import { GatewayClient } from "../../gateway/gateway-client";
import type { GatewayEvent } from "../../gateway/gateway-events";
import { GATEWAY_DEFAULTS, type GatewaySettings } from "../../gateway/gateway-settings";
import type { GoneCamera, Peer } from "../../gateway/mapping-holder";
import type { PortAim } from "../../gateway/representative-port";
import type { MappingRequest, WantedMapping } from "../../gateway/wanted-mapping";
import type { HttpReply } from "../../http/http-request";
import type { Switch } from "../../ports/pins";
import type { FLEET_SCHEMA } from "../../settings/fleet-schema";
import type { GATEWAY_SCHEMA } from "../../settings/gateway-schema";
import type { ValuesOf } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { DIAGNOSIS_MESSAGES } from "../../web/diagnosis-messages";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import { readSwitch } from "../../wire/http-target";
import { fieldOf } from "../../wire/text-message";
import type { Node, NodeSettings } from "../node";
import type { Metric, Part, Route, SiteRequest } from "../part";
import type { ChallengingGate } from "../site";
import { GatewayLink } from "./gateway-link";
import { logGateway } from "./gateway-log";

/** The settings of the gateway part. */
export type GatewayPartSettings = NodeSettings &
	ValuesOf<typeof GATEWAY_SCHEMA> &
	Pick<ValuesOf<typeof FLEET_SCHEMA>, "gather">;

/** Learns what happens between this device and its Internet gateway. */
export interface GatewayListener {
	onGateway(event: GatewayEvent): void;
	/** Port assignment was turned on or off (IMG-7). */
	assignmentChanged?(on: boolean): void;
	/** This device leaves: its mappings are deleted after this call. */
	leaving?(): void;
}

const ROUTES: readonly Route<GatewayPart>[] = Object.freeze([
	Object.freeze({
		method: "NOTIFY",
		path: EVENT_CALLBACK_TARGET,
		need: "anyone" as const,
		body: EVENT_BODY_MAX,
		run: (gateway: GatewayPart, request: SiteRequest, reply: HttpReply) => gateway.notified(request, reply),
	}),
]);

/** Operations on the switch of IMG-7. */
const OPERATIONS: readonly ApiOperation<GatewayPart>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/mapping",
		need: "owner",
		about: "Turns remote access on or off: whether the camera asks the Internet gateway for a port.",
		fields: Object.freeze([
			Object.freeze({ name: "on", type: "string", about: "yes or no", example: "yes", needed: true }),
		]),
		run: (gateway: GatewayPart, form: ReadonlyMap<string, string>): ApiAnswer => {
			const on = readSwitch(form.get("on"));
			if (on === undefined) return { fault: MESSAGES.wrong.on };
			gateway.setMapping(on);
			return DONE;
		},
	}),
]);

/** Asks the Internet gateway for an external port and keeps it, while the switch of IMG-7 is on (IMG-2 … IMG-7). */
export class GatewayPart implements Part, EventSink<GatewayEvent> {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly client: GatewayClient;
	/** The switch of IMG-7 in software; the one on a pin counts as well. */
	mappingSwitch: boolean;
	/** True: viewers on the Internet reach the device without a port on the gateway, so it is not serious when there is none. */
	isReached?: boolean;
	private readonly link: GatewayLink<GatewayClient, GatewayEvent>;
	private readonly listeners: GatewayListener[] = [];
	private left: (() => void) | undefined;
	/** The last refusal that the log has. */
	private refusal = "";

	/** @param pin the switch of IMG-7 in hardware */
	constructor(
		private readonly node: Node<GatewayPartSettings>,
		private readonly gate: ChallengingGate,
		readonly pin: Switch,
	) {
		const { host, identity, pump, settings } = node;
		const { log, network, random, store } = host;
		this.mappingSwitch = (store.read("mapping") ?? (settings.mapping ? "on" : "off")) === "on";
		const lastPort = Number(store.read("port") ?? "0");
		this.client = new GatewayClient(gatewaySettings(node), random, lastPort);
		this.link = new GatewayLink(network, pump, log, "gateway", this.client, this);
		this.rename(identity.name);
	}

	/** Tells a listener of all that happens from now on, after this part has dealt with it. */
	listen(listener: GatewayListener): void {
		this.listeners.push(listener);
	}

	/** True: ports are asked of the gateway. Both switches have to be on (IMG-7). */
	get isMapping(): boolean {
		return this.mappingSwitch && this.pin.on;
	}

	/** Sets the switch of IMG-7 in software; it stays so across restarts. */
	setMapping(on: boolean): void {
		this.node.host.store.write("mapping", on ? "on" : "off");
		this.mappingSwitch = on;
		this.switched();
	}

	/** Mappings are described by this name from now on. */
	rename(name: string): void {
		this.link.handle.call((client, now, out) => client.rename(now, name, out));
	}

	/** Asks for another kind of port. @param gone cameras whose mappings may be deleted */
	setAim(aim: PortAim, gone: readonly GoneCamera[]): void {
		this.link.handle.call((client, now, out) => client.setAim(now, aim, gone, out));
	}

	/** The representative's port leads to this address of ours; empty: to the device's own. */
	setFloating(address: string): void {
		this.link.handle.call((client) => client.setFloating(address));
	}

	/** These other cameras are alive. */
	setPeers(peers: readonly Peer[]): void {
		this.link.handle.call((client) => client.setPeers(peers));
	}

	/** Asks the gateway for a sign of life; the event `sign` follows when it gives one. */
	askSign(): void {
		this.link.handle.call((client, _now, out) => client.askSign(out));
	}

	/** Asks for one more mapping, beside that of the pages, and keeps it. The event `mapping` tells of each change of its state. */
	want(request: MappingRequest): WantedMapping {
		return this.link.handle.call((client, now, out) => client.want(now, request, out));
	}

	/** The gateway sent an event (GENA). The client checks where it comes from and whether it was asked for (IMG-30). */
	notified(request: SiteRequest, reply: HttpReply): void {
		const { message, remoteAddress } = request;
		if (remoteAddress !== this.node.addresses.gatewayAddress) return this.gate.challenge(request, reply);
		const event = {
			from: remoteAddress,
			nt: fieldOf(message, "nt"),
			nts: fieldOf(message, "nts"),
			sid: fieldOf(message, "sid"),
			seq: fieldOf(message, "seq"),
			body: message.body,
		};
		const status = this.link.handle.call((client, now, out) => client.notify(now, event, out));
		reply.error(status, "");
	}

	/** A NOTIFY or another message of SSDP came in. */
	ssdp(path: Path, address: string, bytes: Uint8Array): void {
		this.link.handle.call((client, now, out) => client.notified(now, path, address, bytes, out));
	}

	start(): void {
		this.assign();
		this.pin.watch(() => this.switched());
	}

	pathsChanged(paths: readonly Path[]): void {
		this.link.udp.setPaths(paths);
		// Gateways send events by plain HTTP.
		const callbackPort = this.node.isSecure ? 0 : this.node.settings.httpPort;
		this.link.handle.call((client, now, out) => {
			client.setCallbackPort(now, callbackPort, out);
			client.start(now, paths, out);
		});
	}

	leave(done: () => void): void {
		this.left = done;
		for (const listener of this.listeners) listener.leaving?.();
		this.link.handle.call((client, now, out) => client.leave(now, out));
	}

	stop(): void {
		this.link.abandon();
		this.link.udp.close();
	}

	notices(): readonly Notice[] {
		if (!this.isMapping) return [];
		return this.client.status().diagnoses.map((diagnosis) => ({
			...DIAGNOSIS_MESSAGES[diagnosis],
			serious: !this.isReached && isSerious(diagnosis),
		}));
	}

	facts(): readonly Fact[] {
		const { facts } = MESSAGES;
		const { name, by } = this.client.status();
		const found = name || (by === "" ? facts.noRouter : facts.routerBy(by));
		return [[facts.router, this.isMapping ? found : facts.routerUnasked]];
	}

	status(): Record<string, unknown> {
		return { mapping: this.isMapping, gateway: this.client.status() };
	}

	metrics(): readonly Metric[] {
		const { diagnoses } = this.client.status();
		return [["diagnoses", "gauge", "Problems that keep the Internet from reaching this device", diagnoses.length]];
	}

	/** @see EventSink */
	on(event: GatewayEvent): void {
		const { addresses, memory } = this.node;
		if (event.type === "refusal") {
			// It comes with each of many attempts.
			const reason = `${event.by} ${event.error}`;
			if (reason === this.refusal) return;
			this.refusal = reason;
		}
		logGateway(this.node, event, this.isMapping);
		if (event.type === "found") addresses.gatewayAddress = event.address;
		if (event.type === "address") addresses.externalAddress = event.address;
		if (event.type === "mapped" && !event.representative) memory.write("port", `${event.externalPort}`);
		for (const listener of this.listeners) listener.onGateway(event);
		if (event.type === "left") this.left?.();
		else this.node.changed();
	}

	private assign(): void {
		this.link.handle.call((client, now, out) => client.assign(now, this.isMapping, out));
	}

	private switched(): void {
		// What was given back must not be asked for again; the next start reads the switch.
		if (this.node.isLeaving) return;
		this.assign();
		const on = this.isMapping;
		for (const listener of this.listeners) listener.assignmentChanged?.(on);
		this.node.host.log.write("info", "gateway", `port assignment is ${on ? "on" : "off"}`);
		this.node.changed();
	}
}

function gatewaySettings({ settings, identity, kind }: Node<GatewayPartSettings>): GatewaySettings {
	return {
		...GATEWAY_DEFAULTS,
		id: identity.id,
		model: kind,
		representativePorts: settings.representativePorts,
		internalPort: settings.portLayout === "fixed" ? settings.httpPort : 0,
		representativeLease: settings.representativeLease,
		ownLease: settings.ownLease,
		addressPoll: settings.addressPoll * 1000,
		tablePeriod: settings.tablePeriod * 1000,
		table: settings.gather.includes("list") ? "list" : settings.gather.includes("table") ? "walk" : "none",
	};
}
