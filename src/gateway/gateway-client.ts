import type { DatagramMachine } from "../core/datagram";
import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { Timers } from "../core/timers";
import { PCP_PORT } from "../wire/pcp";
import { parseSsdp } from "../wire/ssdp";
import type { Diagnosis } from "./diagnosis";
import {
	type EventCounters,
	type EventNotification,
	EventSubscription,
	type GatewayChange,
} from "./event-subscription";
import { ExternalAddressCheck } from "./external-address-check";
import type { GatewayOutbox, GatewayStatus } from "./gateway-events";
import type { GatewaySettings } from "./gateway-settings";
import type { ActionContinuation, Igd } from "./igd";
import { hasAddress, IgdFinder, isConnected } from "./igd-finder";
import type { GoneCamera, Peer } from "./mapping-holder";
import { MappingSet, type MappingSetOwner } from "./mapping-set";
import type { PcpPort } from "./pcp-client";
import type { HeldPort } from "./port-mapping-lease";
import type { PortAim } from "./representative-port";
import { type GatewayAnswer, RequestQueue } from "./request-queue";
import { TableReader } from "./table-reader";
import type { LossReason, MappingRequest, WantedMapping } from "./wanted-mapping";

/** If no UPnP gateway is found in this time, PCP and NAT-PMP are tried as well. */
const PCP_DELAY: Millis = 3000;
/** A gateway that does not answer, or says that it has restarted, is searched for at most this often … */
const SEARCH_SPACING: Millis = 1000;
/** … and half as often each time it happens again, down to this, until it has been quiet for twice as long. */
const SEARCH_SPACING_MAX: Millis = 60000;
/** After events the mappings are checked and the table is read at most this often … */
const LOOK_SPACING: Millis = 1000;
/** … and less often the more mappings there are, so that a crowd of cameras does not keep the gateway busy. */
const LOOK_SPACING_PER_ENTRY: Millis = 20;
/** More mappings than this do not make it any rarer. */
const TABLE_MAX = 256;
/** Cameras spread their checks after an event over this time, to leave the gateway to a successor. */
const LOOK_SPREAD: Millis = 1000;
/** Leaving ends when the gateway has not answered for this time … */
const LEAVE_MAX: Millis = 2000;
/** … and takes no longer than this, whatever it does: a camera with several mappings has ten questions. */
const LEAVE_WHOLE_MAX: Millis = 4000;
/** The same while the gateway is lost: it may be restarting, or off. */
const LEAVE_LOST_MAX: Millis = 500;

/** The other cameras are told after this time, though the port of a slow or dead gateway is not free yet. */
const RELEASE_MAX: Millis = 200;

/** A gateway that has lost the Internet is asked for its address at least this often. */
const LOST_POLL: Millis = 10000;

/** Timer: leaving takes too long. */
const LEAVE = 0;
/** Timer: the next search for gateways. */
const SEARCH = 1;
/** Timer: PCP and NAT-PMP are tried. */
const PCP = 2;
/** Timer: the external address is asked for. */
const POLL = 3;
/** Timer: the table is read. */
const TABLE = 4;
/** Timer: the mappings are checked after an event. */
const LOOK = 5;
/** Timer: freeing the representative's port takes too long to wait for it. */
const RELEASE = 6;

const NO_FIELDS: readonly (readonly [string, string])[] = Object.freeze([]);

/**
 * Finds the Internet gateway, keeps port mappings on it, and watches it (IMG-2 … IMG-6, IMG-9, IMG-11, IMG-30).
 *
 * The port of the camera's pages follows the aim of {@link setAim}; any other port is asked for with {@link want}. The
 * app owns one UDP socket for each interface, whose datagrams go to {@link receive}, one on SSDP's port 1900, whose
 * datagrams go to {@link notified}, and the HTTP route for {@link EVENT_CALLBACK_TARGET}, whose requests go to
 * {@link notify}. It carries out {@link GatewayOutbox.request} over TCP.
 */
export class GatewayClient implements DatagramMachine<GatewayOutbox>, MappingSetOwner {
	/** When {@link expire} has to be called next. */
	deadline: Millis = Infinity;
	private readonly timers = new Timers(7);
	private readonly queue = new RequestQueue();
	private readonly finder: IgdFinder;
	private readonly mappings: MappingSet;
	private readonly events: EventSubscription;
	private readonly table = new TableReader();
	private tableRead: GatewayStatus["table"] = "unread";
	private readonly address: ExternalAddressCheck;
	private readonly diagnoses = new Set<Diagnosis>();
	private paths: readonly Path[] = [];
	private igd: Igd | undefined;
	/** The gateway that is being asked for a sign of life. */
	private asked: Igd | undefined;
	private enabled = true;
	private aim: PortAim | undefined;
	private searchedAt: Millis = -Infinity;
	private checkedAt: Millis = -Infinity;
	private readAt: Millis = -Infinity;
	/** When this camera checks after an event, within {@link LOOK_SPREAD}. */
	private readonly spread: Millis;
	private bootId = "";
	private saidBye = false;
	/** Why PCP and NAT-PMP refuse a port. */
	private pcpRefusal: Diagnosis | undefined;
	private silences = 0;
	/** The time until the gateway may be searched for again. */
	private searchSpacing: Millis = SEARCH_SPACING;
	private leaving = false;
	/** When leaving ends at the latest. */
	private leaveBy: Millis = 0;
	private isReleased = false;
	private over = false;

	/**
	 * @param random unpredictable numbers, for PCP's nonce
	 * @param remembered the external port that this camera had before; 0 for none
	 */
	constructor(
		readonly settings: GatewaySettings,
		random: { fill(bytes: Uint8Array): void },
		remembered: number,
	) {
		this.spread = (Number.parseInt(settings.id.slice(0, 4), 16) || 0) % LOOK_SPREAD;
		this.finder = new IgdFinder(this.queue, (now, igd, bootId, out) => this.chosen(now, igd, bootId, out));
		this.mappings = new MappingSet(settings, random, this, remembered);
		this.events = new EventSubscription((now, change) => this.changed(now, change));
		this.address = new ExternalAddressCheck((diagnosis, holds, out) => this.note(diagnosis, holds, out));
	}

	/** What is known now. */
	status(): GatewayStatus {
		const { igd, mappings } = this;
		const held = mappings.representative.port;
		const port = held ?? mappings.pcpPort;
		return {
			name: igd?.name ?? "",
			gatewayAddress: igd?.service.control.address ?? "",
			service: igd?.service.type ?? "",
			externalAddress: this.address.address,
			externalPort: port?.externalPort ?? 0,
			representative: port !== undefined && port.externalPort === this.representativePort(held),
			by: held !== undefined ? "UPnP" : (mappings.pcpPort?.by ?? ""),
			table: this.tableRead,
			diagnoses: [...this.diagnoses],
		};
	}

	/** True while the gateway sends events. */
	get hasEvents(): boolean {
		return this.events.active;
	}

	/** Counts of the gateway's events. */
	get eventCounters(): EventCounters {
		return this.events.counters;
	}

	/** Starts, or continues with other interfaces. Without any it waits (IMG-1). */
	start(now: Millis, paths: readonly Path[], out: GatewayOutbox): void {
		this.paths = paths;
		this.diagnose("no-network", paths.length === 0, out);
		const stays = paths.some((p) => p.address === this.igd?.path.address);
		if (!stays && paths.length > 0) {
			this.timers.set(SEARCH, now);
			this.timers.set(PCP, now + PCP_DELAY);
		}
		this.expire(now, out);
	}

	/** The switch of IMG-7: off deletes all mappings, and asks for none until it is on again. */
	assign(now: Millis, on: boolean, out: GatewayOutbox): void {
		if (this.leaving || on === this.enabled) return;
		this.enabled = on;
		if (on) {
			if (this.igd !== undefined) this.mappings.begin(now, this.igd, out);
			else this.timers.set(PCP, now);
		} else {
			const { mappings, timers } = this;
			const had = mappings.representative.port !== undefined || mappings.pcpPort !== undefined;
			mappings.release(now, () => {}, out);
			timers.clear(TABLE);
			timers.clear(PCP);
			if (had) out.emit({ type: "lost", reason: "switched-off" });
		}
		this.expire(now, out);
	}

	/** The camera's name has changed: it goes into the mappings' descriptions (IMG-15). */
	rename(now: Millis, name: string, out: GatewayOutbox): void {
		if (this.mappings.rename(now, name, out)) this.schedule();
	}

	/**
	 * Sets which port the camera's pages are to have; before the first call none is asked for (IMG-3, IMG-4, IMG-22).
	 * @param gone cameras whose mapping of the representative's port may be deleted, because they are known to be gone
	 */
	setAim(now: Millis, aim: PortAim, gone: readonly GoneCamera[], out: GatewayOutbox): void {
		const { mappings } = this;
		mappings.neighbours = { ...mappings.neighbours, gone };
		mappings.representative.setAim(now, aim, out);
		if (aim !== this.aim && mappings.asksPcp) {
			mappings.unmapRepresentativePcp(out);
			this.timers.set(PCP, now);
		}
		this.aim = aim;
		this.expire(now, out);
	}

	/**
	 * Asks for one more mapping, beside the port of the camera's pages, and keeps it until {@link forget}.
	 * @returns the handle that the events of type `mapping` name
	 * @throws {RangeError} for a request that cannot be met. @see MappingSet.want
	 */
	want(now: Millis, request: MappingRequest, out: GatewayOutbox): WantedMapping {
		const wanted = this.mappings.want(now, request, out);
		this.expire(now, out);
		return wanted;
	}

	/** Deletes a mapping that {@link want} asked for. */
	forget(now: Millis, wanted: WantedMapping, out: GatewayOutbox): void {
		this.mappings.forget(now, wanted, out);
		this.expire(now, out);
	}

	/** Sets the other cameras that are alive. */
	setPeers(peers: readonly Peer[]): void {
		this.mappings.neighbours = { ...this.mappings.neighbours, peers };
	}

	/** Sets the address of ours that the representative's port leads to, instead of the camera's own; empty for none. */
	setFloating(address: string): void {
		this.mappings.neighbours = { ...this.mappings.neighbours, floating: address };
	}

	/**
	 * Sets the port on which our HTTP server in the LAN takes the gateway's events; 0, the default, for none. The server
	 * has to speak plain HTTP there.
	 */
	setCallbackPort(_now: Millis, port: number, out: GatewayOutbox): void {
		this.events.setCallbackPort(port, out);
		this.schedule();
	}

	/** Takes an event that came to {@link EVENT_CALLBACK_TARGET}. @returns the status to answer with */
	notify(now: Millis, event: EventNotification, out: GatewayOutbox): 200 | 400 | 412 {
		if (this.over || this.leaving) return 412;
		const status = this.events.notify(now, event);
		this.expire(now, out);
		return status;
	}

	/** Asks the gateway for anything, and emits `sign` if it answers; harmless while it is being asked. */
	askSign(out: GatewayOutbox): void {
		const { igd } = this;
		// A camera in doubt asks several times a second, and a gateway may take seconds not to answer.
		if (igd === undefined || igd === this.asked) return;
		this.asked = igd;
		const then: ActionContinuation = (_, answer, next) => {
			if (this.asked === igd) this.asked = undefined;
			if (answer !== undefined) next.emit({ type: "sign" });
		};
		igd.call("GetStatusInfo", [], then, out);
	}

	/**
	 * Deletes this camera's mappings and emits `left`, after two seconds without an answer or four in all at the most, and sooner where the
	 * gateway is lost.
	 * Emits `released` before, when the representative's port is free, or at once where the gateway is slow (IMG-20).
	 */
	leave(now: Millis, out: GatewayOutbox): void {
		this.enabled = false;
		this.leaving = true;
		this.leaveBy = now + LEAVE_WHOLE_MAX;
		this.timers.clearAll();
		this.timers.set(LEAVE, now + (this.igd === undefined ? LEAVE_LOST_MAX : LEAVE_MAX));
		this.finder.stop();
		// A request under way may map a port yet: it is waited for, and its port released then.
		this.queue.clearWaiting();
		this.timers.set(RELEASE, now + RELEASE_MAX);
		this.mappings.release(
			now,
			(_, next) => this.left(next),
			out,
			(next) => this.released(next),
		);
		this.schedule();
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: GatewayOutbox): void {
		if (this.over) return;
		if (port === PCP_PORT && address === path.gateway) this.mappings.receive(now, bytes, out);
		else this.finder.receive(now, path, address, bytes, out);
		this.schedule();
	}

	/** Takes a multicast datagram from SSDP's port: a gateway that appears, leaves, or has restarted (quirks 7, 8). */
	notified(now: Millis, path: Path, address: string, bytes: Uint8Array, out: GatewayOutbox): void {
		const message = this.over || this.leaving ? undefined : parseSsdp(bytes);
		if (message?.kind !== "notify" || !sameNetwork(path.address, address, path.prefix)) return;
		const type = message.fields.get("nt") ?? "";
		const { igd } = this;
		if (igd === undefined) {
			this.finder.hear(now, path, address, message, out);
			this.foundNothing(out);
		} else if (address === igd.service.control.address) {
			if (message.fields.get("nts") === "ssdp:byebye") {
				this.saidBye ||= type.includes(":InternetGatewayDevice:");
			} else {
				const bootId = message.fields.get("bootid.upnp.org") ?? "";
				const restarted = bootId !== "" && this.bootId !== "" && bootId !== this.bootId;
				if (restarted || this.saidBye) this.searchSoon(now);
				if (bootId !== "") this.bootId = bootId;
			}
		}
		this.expire(now, out);
	}

	/**
	 * Takes the answer to a request.
	 * @param fields the header fields, names in lower case; only event subscriptions need them
	 */
	answered(
		now: Millis,
		id: number,
		status: number,
		body: Uint8Array,
		out: GatewayOutbox,
		fields: readonly (readonly [string, string])[] = NO_FIELDS,
	): void {
		this.finish(now, id, { status, fields, body }, out);
	}

	/** A request will not be answered. */
	unanswered(now: Millis, id: number, out: GatewayOutbox): void {
		this.finish(now, id, undefined, out);
	}

	expire(now: Millis, out: GatewayOutbox): void {
		if (this.over) return;
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) this.due(now, slot, out);
		if (this.finder.deadline <= now) {
			this.finder.expire(now, out);
			this.foundNothing(out);
		}
		this.mappings.expire(now, out);
		this.events.expire(now, out);
		this.schedule();
	}

	// Called by the parts

	/** @see LeaseOwner.held */
	held(now: Millis, port: HeldPort, out: GatewayOutbox): void {
		out.emit({ type: "mapped", ...port, by: "UPnP" });
		this.readSoon(now);
		this.timers.set(POLL, now);
	}

	/** @see LeaseOwner.lost */
	lost(_now: Millis, reason: LossReason, out: GatewayOutbox): void {
		this.timers.clear(TABLE);
		out.emit({ type: "lost", reason });
	}

	/** @see LeaseOwner.refused */
	refused(_now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		this.diagnose(diagnosis, true, out);
	}

	/** @see RepresentativeOwner.beaten */
	beaten(_now: Millis, out: GatewayOutbox): void {
		out.emit({ type: "beaten" });
	}

	/** @see LeaseOwner.silent */
	silent(now: Millis, out: GatewayOutbox): void {
		if (this.leaving) return;
		if (++this.silences > 1) this.diagnose("gateway-silent", true, out);
		this.searchSoon(now);
	}

	/** @see RepresentativeOwner.diagnose */
	diagnose(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void {
		if (diagnosis === "gateway-silent" && !holds) this.silences = 0;
		if (diagnosis === "refused") this.address.setRefused(holds, out);
		else this.note(diagnosis, holds, out);
	}

	/** @see MappingSetOwner.pcpPort */
	pcpPort(now: Millis, port: PcpPort | undefined, out: GatewayOutbox): void {
		this.diagnose("port-control-only", port !== undefined, out);
		if (port !== undefined) this.pcpRefused(now, undefined, out);
		this.foundNothing(out);
		if (port === undefined) {
			out.emit({ type: "lost", reason: "withdrawn" });
			return;
		}
		const { externalPort, internalPort, by, address } = port;
		const representative = externalPort === this.representativePort();
		out.emit({ type: "mapped", externalPort, internalPort, by, representative });
		if (address !== "") this.address.learn(address, out);
	}

	/** @see MappingSetOwner.pcpRefused */
	pcpRefused(_now: Millis, diagnosis: Diagnosis | undefined, out: GatewayOutbox): void {
		const before = this.pcpRefusal;
		this.pcpRefusal = diagnosis;
		if (before !== undefined && before !== diagnosis) this.note(before, false, out);
		if (diagnosis !== undefined) this.note(diagnosis, true, out);
		this.foundNothing(out);
	}

	private due(now: Millis, slot: number, out: GatewayOutbox): void {
		switch (slot) {
			case LEAVE:
				this.left(out);
				break;
			case SEARCH:
				this.search(now, out);
				break;
			case PCP:
				this.beginPcp(now, out);
				break;
			case POLL:
				this.poll(now, out);
				break;
			case TABLE:
				this.readTable(now, out);
				break;
			case LOOK:
				this.look(now);
				break;
			case RELEASE:
				this.released(out);
				break;
		}
	}

	private note(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void {
		if (holds === this.diagnoses.has(diagnosis)) return;
		if (holds) this.diagnoses.add(diagnosis);
		else this.diagnoses.delete(diagnosis);
		out.emit({ type: "diagnosis", diagnosis, holds });
	}

	private finish(now: Millis, id: number, answer: GatewayAnswer, out: GatewayOutbox): void {
		if (this.over) return;
		if (this.leaving && answer !== undefined) this.timers.set(LEAVE, Math.min(now + LEAVE_MAX, this.leaveBy));
		this.queue.answered(now, id, answer, out);
		this.foundNothing(out);
		this.expire(now, out);
	}

	private searchSoon(now: Millis): void {
		this.timers.setEarlier(SEARCH, Math.max(now, this.searchedAt + this.searchSpacing));
	}

	private search(now: Millis, out: GatewayOutbox): void {
		this.timers.clear(POLL);
		this.timers.clear(TABLE);
		this.timers.clear(LOOK);
		const quiet = now - this.searchedAt >= 2 * SEARCH_SPACING_MAX;
		this.searchSpacing = quiet ? SEARCH_SPACING : Math.min(SEARCH_SPACING_MAX, this.searchSpacing * 2);
		this.searchedAt = now;
		this.queue.clear();
		this.table.stop(now, out);
		this.mappings.pause();
		this.events.stop();
		this.igd = this.asked = undefined;
		// Without a network the search starts when there is one again.
		if (this.paths.length > 0) this.finder.search(now, this.paths, out);
	}

	private chosen(now: Millis, igd: Igd, bootId: string, out: GatewayOutbox): void {
		this.igd = igd;
		this.saidBye = false;
		this.bootId = bootId;
		this.timers.clear(PCP);
		this.pcpRefused(now, undefined, out);
		this.address.reset();
		for (const diagnosis of ["no-gateway", "not-connected", "port-control-only"] as const)
			this.diagnose(diagnosis, false, out);
		this.diagnose("status-doubtful", this.finder.unconnected, out);
		out.emit({ type: "found", name: igd.name, address: igd.service.control.address });
		if (this.mappings.pcpPort !== undefined) out.emit({ type: "lost", reason: "upnp-found" });
		this.timers.set(POLL, now);
		if (this.enabled) this.mappings.begin(now, igd, out);
		this.readSoon(now);
		this.events.begin(igd, out);
	}

	private foundNothing(out: GatewayOutbox): void {
		if (this.igd !== undefined || this.finder.fruitless === 0) return;
		const { unconnected } = this.finder;
		this.diagnose("status-doubtful", false, out);
		const answers = this.mappings.pcpPort !== undefined || this.pcpRefusal !== undefined;
		this.diagnose("not-connected", unconnected, out);
		this.diagnose("no-gateway", !unconnected && !answers, out);
	}

	/** The gateway says that something has changed: it is asked now instead of at the next poll (IMG-30). */
	private changed(now: Millis, { entries, before, address, missed }: GatewayChange): void {
		const { timers } = this;
		if (this.igd === undefined) return;
		if (missed || (address !== undefined && address !== this.address.reported)) timers.set(POLL, now);
		const spacing = LOOK_SPACING + LOOK_SPACING_PER_ENTRY * Math.min(entries ?? 0, TABLE_MAX);
		const counted = entries !== undefined && before !== undefined;
		// Only where mappings have gone may ours be among them.
		if (missed || (counted && entries < before))
			timers.setEarlier(LOOK, Math.max(now + this.spread, this.checkedAt + spacing));
		if ((missed || (counted && entries !== before)) && timers.isSet(TABLE))
			timers.setEarlier(TABLE, Math.max(now, this.readAt + spacing));
	}

	private look(now: Millis): void {
		this.checkedAt = now;
		if (this.enabled) this.mappings.checkSoon(now);
	}

	private poll(now: Millis, out: GatewayOutbox): void {
		const { igd } = this;
		if (igd === undefined) return;
		this.timers.set(POLL, now + this.settings.addressPoll);
		igd.call(
			"GetExternalIPAddress",
			[],
			(later, answer, next) => {
				if (this.igd !== igd) return;
				if (answer === undefined) return this.silent(later, next);
				// Without a port to ask for, this is all that there is to ask.
				if (!this.enabled) this.diagnose("gateway-silent", false, next);
				if (this.address.learn(answer.values.get("NewExternalIPAddress") ?? "", next)) this.mappings.retrySoon(later);
				if (this.address.isLost) this.timers.setEarlier(POLL, later + LOST_POLL);
				if (this.diagnoses.has("not-connected") || this.diagnoses.has("status-doubtful")) this.doubt(igd, next);
			},
			out,
		);
	}

	/** The gateway has said that it is not connected, which need not be right (quirk 17): asks again. */
	private doubt(igd: Igd, out: GatewayOutbox): void {
		igd.call(
			"GetStatusInfo",
			[],
			(_, answer, next) => {
				if (this.igd !== igd) return;
				const { reported } = this.address;
				const connected = isConnected(answer, reported);
				const has = hasAddress(reported);
				this.diagnose("not-connected", !connected && !has, next);
				this.diagnose("status-doubtful", !connected && has, next);
			},
			out,
		);
	}

	/** The representative reads the table now, and then periodically; no other camera does (IMG-9). */
	private readSoon(now: Millis): void {
		const reads = this.settings.table !== "none" && this.mappings.representative.port?.representative === true;
		this.timers.set(TABLE, reads ? now : Infinity);
	}

	/** Reads the table once, at any device, representative or not: the event `table` follows. */
	inspect(now: Millis, out: GatewayOutbox): void {
		this.readTable(now, out);
	}

	private readTable(now: Millis, out: GatewayOutbox): void {
		const { igd, settings } = this;
		this.timers.set(TABLE, now + settings.tablePeriod);
		if (igd === undefined || this.table.reading) return;
		this.readAt = now;
		const done: Parameters<TableReader["walk"]>[1] = (_, entries, complete, next) => {
			if (this.igd !== igd) return;
			this.tableRead = complete ? "complete" : "incomplete";
			next.emit({ type: "table", entries, complete });
		};
		const first = this.representativePort(this.mappings.representative.port);
		if (settings.table === "list") this.table.list(igd, first, Math.min(65535, first + settings.ownPorts), done, out);
		else this.table.walk(igd, done, out);
	}

	private beginPcp(now: Millis, out: GatewayOutbox): void {
		const path = this.paths.find((p) => p.gateway !== undefined);
		if (this.igd !== undefined || !this.enabled || path === undefined) return;
		this.mappings.beginPcp(now, path, out);
		if (this.aim === undefined) {
			this.timers.set(PCP, now + PCP_DELAY);
			return;
		}
		const suggested = this.settings.representativePorts[0] + (this.aim === "own" ? 1 : 0);
		this.mappings.mapRepresentativePcp(now, suggested, out);
	}

	private representativePort(held?: HeldPort): number {
		return held?.representative ? held.externalPort : this.settings.representativePorts[0];
	}

	private released(out: GatewayOutbox): void {
		if (this.isReleased) return;
		this.isReleased = true;
		this.timers.clear(RELEASE);
		out.emit({ type: "released" });
	}

	private left(out: GatewayOutbox): void {
		if (this.over) return;
		this.released(out);
		// Nothing waits for the answer: a subscription that is not cancelled ends by itself.
		this.events.cancel(out);
		this.over = true;
		this.deadline = Infinity;
		out.emit({ type: "left" });
	}

	private schedule(): void {
		if (this.over) return;
		this.mappings.schedule();
		const { timers, finder, mappings, events } = this;
		this.deadline = Math.min(timers.deadline, finder.deadline, mappings.deadline, events.deadline);
	}
}
