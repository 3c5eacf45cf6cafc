import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";
import type { GatewaySettings } from "./gateway-settings";
import type { Igd } from "./igd";
import { LeasePolicy } from "./lease-policy";
import { buildMappingDescription, DESCRIPTION_MAX } from "./mapping-description";
import type { Neighbours } from "./mapping-holder";
import { PcpClient, type PcpMapping, type PcpOwner, type PcpPort, type PcpRequest } from "./pcp-client";
import { type HeldPort, type LeaseContext, type LeaseOwner, PortMappingLease } from "./port-mapping-lease";
import { type RepresentativeOwner, RepresentativePort } from "./representative-port";
import { type LossReason, type MappingMethod, type MappingRequest, WantedMapping } from "./wanted-mapping";

/** The most mappings that may be wanted at a time, beside the representative's port. */
const WANTED_MAX = 16;
/** The most candidates of one mapping. */
const CANDIDATES_MAX = 16;
/** The longest service name that fits into a description. */
const SERVICE_MAX = 6;

/** Receives what concerns the representative's port. */
export interface MappingSetOwner extends RepresentativeOwner {
	/** PCP or NAT-PMP gave the port for the camera's pages, changed it, or (`undefined`) took it back. */
	pcpPort(now: Millis, port: PcpPort | undefined, out: GatewayOutbox): void;
	/** PCP and NAT-PMP refuse it for this reason, or (`undefined`) are not answered any more. */
	pcpRefused(now: Millis, diagnosis: Diagnosis | undefined, out: GatewayOutbox): void;
}

/** A wanted mapping with the machines that look after it. */
class Entry implements LeaseOwner {
	readonly wanted: WantedMapping;
	readonly lease: PortMappingLease;
	/** Its counterpart while PCP or NAT-PMP is used. */
	pcp: PcpMapping | undefined;

	constructor(
		request: MappingRequest,
		private readonly set: MappingSet,
	) {
		this.wanted = new WantedMapping(request);
		this.lease = new PortMappingLease(request, set, this);
	}

	/** @see LeaseOwner.held */
	held(_now: Millis, { externalPort, internalPort }: HeldPort, out: GatewayOutbox): void {
		this.mapped(externalPort, internalPort, "UPnP", out);
	}

	/** @see LeaseOwner.lost */
	lost(_now: Millis, reason: LossReason, out: GatewayOutbox): void {
		this.unmapped(reason, out);
	}

	/** @see LeaseOwner.refused */
	refused(_now: Millis, diagnosis: Diagnosis, out: GatewayOutbox): void {
		const { wanted } = this;
		if (wanted.state === "refused" && wanted.diagnosis === diagnosis) return;
		wanted.state = "refused";
		wanted.diagnosis = diagnosis;
		out.emit({ type: "mapping", state: "refused", mapping: wanted, diagnosis });
	}

	/** @see LeaseOwner.silent */
	silent(now: Millis, out: GatewayOutbox): void {
		this.set.silent(now, out);
	}

	/** The mapping exists. */
	mapped(externalPort: number, internalPort: number, by: MappingMethod, out: GatewayOutbox): void {
		const { wanted } = this;
		if (wanted.state === "mapped" && wanted.externalPort === externalPort && wanted.by === by) return;
		wanted.state = "mapped";
		wanted.externalPort = externalPort;
		wanted.by = by;
		wanted.diagnosis = undefined;
		out.emit({ type: "mapping", state: "mapped", mapping: wanted, externalPort, internalPort, by });
	}

	/** The mapping does not exist any more, or is not refused any more. Harmless if it was neither. */
	unmapped(reason: LossReason, out: GatewayOutbox): void {
		const { wanted } = this;
		const { state } = wanted;
		wanted.state = "waiting";
		wanted.externalPort = 0;
		wanted.by = "";
		wanted.diagnosis = undefined;
		if (state === "mapped") out.emit({ type: "mapping", state: "lost", mapping: wanted, reason });
	}
}

/**
 * Keeps any number of TCP and UDP port mappings on one Internet gateway, by UPnP, PCP or NAT-PMP.
 *
 * Each mapping is a machine of its own ({@link PortMappingLease}, {@link PcpMapping}); they share the gateway's one
 * queue of requests and what is learnt about its leases. The port of the camera's pages is one of them, with a policy
 * on top ({@link RepresentativePort}). Two mappings of this camera never ask for the same external port.
 * @see IMG-3, IMG-4, IMG-6
 */
export class MappingSet implements LeaseContext, PcpOwner {
	/** When {@link expire} has to be called next. */
	deadline: Millis = Infinity;
	neighbours: Neighbours;
	readonly leases = new LeasePolicy();
	/** The port of the camera's pages. */
	readonly representative: RepresentativePort;
	/** The same while PCP or NAT-PMP is used. */
	private representativePcp: PcpMapping | undefined;
	private readonly entries: Entry[] = [];
	private readonly pcp: PcpClient;
	private igd: Igd | undefined;
	private name = "";

	/**
	 * @param random unpredictable numbers, for PCP
	 * @param remembered the external port that this camera had before; 0 for none
	 */
	constructor(
		private readonly settings: GatewaySettings,
		random: { fill(bytes: Uint8Array): void },
		private readonly owner: MappingSetOwner,
		remembered: number,
	) {
		this.neighbours = { id: settings.id, peers: [], gone: [], floating: "" };
		this.representative = new RepresentativePort(settings, this, owner, remembered);
		this.describePages();
		this.pcp = new PcpClient(random, this);
	}

	/** The port of the camera's pages that PCP or NAT-PMP gave. */
	get pcpPort(): PcpPort | undefined {
		return this.representativePcp?.port;
	}

	/** True while PCP or NAT-PMP asks for the port of the camera's pages. */
	get asksPcp(): boolean {
		return this.representativePcp !== undefined;
	}

	/**
	 * Asks for one more mapping, from now on and from any gateway that is found later.
	 * @throws {RangeError} for a malformed request, a TCP candidate that is a representative port, an internal port that
	 * is mapped already, or too many requests
	 */
	want(now: Millis, request: MappingRequest, out: GatewayOutbox): WantedMapping {
		this.verify(request);
		const { lease = this.settings.ownLease, service = request.protocol.toLowerCase() } = request;
		const entry = new Entry({ ...request, lease, service }, this);
		this.entries.push(entry);
		this.describe(entry);
		if (this.igd !== undefined) entry.lease.begin(now, this.igd, out);
		else if (this.pcp.running) entry.pcp = this.pcp.map(now, this.pcpRequest(entry.wanted.request), out);
		this.schedule();
		return entry.wanted;
	}

	/** Deletes a mapping and forgets it. Harmless for one that was given up before. */
	forget(now: Millis, wanted: WantedMapping, out: GatewayOutbox): void {
		const at = this.entries.findIndex((entry) => entry.wanted === wanted);
		if (at < 0) return;
		const [entry] = this.entries.splice(at, 1);
		if (entry.pcp !== undefined) this.pcp.unmap(entry.pcp, out);
		entry.lease.release(now, () => {}, out);
		wanted.state = "released";
		wanted.externalPort = 0;
		wanted.by = "";
		this.schedule();
	}

	/** Changes the name in the mappings' descriptions (IMG-15). @returns whether it is another one */
	rename(now: Millis, name: string, out: GatewayOutbox): boolean {
		if (name === this.name) return false;
		this.name = name;
		this.describePages();
		this.representative.refresh(now, out);
		for (const entry of this.entries) {
			this.describe(entry);
			entry.lease.refresh(now, out);
		}
		this.schedule();
		return true;
	}

	/** Maps everything on a UPnP gateway, which replaces PCP. */
	begin(now: Millis, igd: Igd, out: GatewayOutbox): void {
		this.stopPcp("upnp-found", out);
		this.igd = igd;
		this.leases.reset();
		this.representative.begin(now, igd, out);
		for (const { lease } of this.entries) lease.begin(now, igd, out);
		this.schedule();
	}

	/** Leaves the UPnP gateway without deleting anything; the mappings count as held until {@link begin} finds otherwise. */
	pause(): void {
		this.igd = undefined;
		this.representative.stop();
		for (const { lease } of this.entries) lease.stop();
		this.schedule();
	}

	/** Maps the wanted ports, but not yet that of the camera's pages, by PCP or NAT-PMP on the router of `path`. */
	beginPcp(now: Millis, path: Path, out: GatewayOutbox): void {
		this.pcp.start(now, path);
		for (const entry of this.entries) entry.pcp ??= this.pcp.map(now, this.pcpRequest(entry.wanted.request), out);
		this.pcp.expire(now, out);
		this.schedule();
	}

	/** Maps the camera's pages by PCP or NAT-PMP. @param suggested the external port to ask for; the server may give another */
	mapRepresentativePcp(now: Millis, suggested: number, out: GatewayOutbox): void {
		if (this.representativePcp !== undefined) return;
		const { ownLease, internalPort } = this.settings;
		this.representativePcp = this.pcp.map(
			now,
			{ protocol: "TCP", internalPort: internalPort || suggested, candidates: [suggested], lease: ownLease },
			out,
		);
		this.schedule();
	}

	/** Deletes what {@link mapRepresentativePcp} asked for, without telling the owner. */
	unmapRepresentativePcp(out: GatewayOutbox): void {
		if (this.representativePcp !== undefined) this.pcp.unmap(this.representativePcp, out);
		this.representativePcp = undefined;
		this.schedule();
	}

	/**
	 * Deletes all mappings, that of the camera's pages first, and stops until {@link begin}.
	 * @param done called in any case
	 * @param first called in any case, after that of the camera's pages
	 */
	release(
		now: Millis,
		done: (now: Millis, out: GatewayOutbox) => void,
		out: GatewayOutbox,
		first: (out: GatewayOutbox) => void = () => {},
	): void {
		this.stopPcp("switched-off", out);
		this.igd = undefined;
		const leases = [this.representative, ...this.entries.map(({ lease }) => lease)];
		let left = leases.length;
		for (const entry of this.entries) entry.unmapped("switched-off", out);
		for (const lease of leases) {
			const released = (later: Millis, next: GatewayOutbox): void => {
				if (lease === this.representative) first(next);
				if (--left === 0) done(later, next);
			};
			lease.release(now, released, out);
		}
		this.schedule();
	}

	/** Checks all mappings at once: the gateway has said that its table has changed. */
	checkSoon(now: Millis): void {
		this.representative.checkSoon(now);
		for (const { lease } of this.entries) lease.checkSoon(now);
		this.schedule();
	}

	/** Asks at once for what was refused: the gateway has an address on the Internet again. */
	retrySoon(now: Millis): void {
		this.representative.retrySoon(now);
		for (const { lease } of this.entries) lease.retrySoon(now);
		this.schedule();
	}

	/** Takes a datagram that came from the router's PCP port. */
	receive(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		this.pcp.receive(now, bytes, out);
		this.schedule();
	}

	/** Does what is due. */
	expire(now: Millis, out: GatewayOutbox): void {
		this.representative.expire(now, out);
		for (const { lease } of this.entries) lease.expire(now, out);
		this.pcp.expire(now, out);
		this.schedule();
	}

	/** Computes {@link deadline}; called after the machines of the set were called directly. */
	schedule(): void {
		let deadline = Math.min(this.representative.deadline, this.pcp.deadline);
		for (const { lease } of this.entries) deadline = Math.min(deadline, lease.deadline);
		this.deadline = deadline;
	}

	/** @see LeaseContext.isUsed */
	isUsed(port: number, lease: PortMappingLease): boolean {
		if (this.uses(this.representative, port, lease)) return true;
		for (const entry of this.entries) if (this.uses(entry.lease, port, lease)) return true;
		return false;
	}

	/** @see LeaseOwner.silent */
	silent(now: Millis, out: GatewayOutbox): void {
		this.owner.silent(now, out);
	}

	/** @see PcpOwner.pcpChanged */
	pcpChanged(now: Millis, mapping: PcpMapping, out: GatewayOutbox): void {
		if (mapping === this.representativePcp) {
			this.owner.pcpPort(now, mapping.port, out);
			return;
		}
		const entry = this.entries.find(({ pcp }) => pcp === mapping);
		if (entry === undefined) return;
		const { port } = mapping;
		if (port === undefined) entry.unmapped("withdrawn", out);
		else entry.mapped(port.externalPort, port.internalPort, port.by, out);
	}

	/** @see PcpOwner.pcpRefused */
	pcpRefused(now: Millis, mapping: PcpMapping, diagnosis: Diagnosis | undefined, out: GatewayOutbox): void {
		if (mapping === this.representativePcp) this.owner.pcpRefused(now, diagnosis, out);
		else if (diagnosis !== undefined) this.entries.find(({ pcp }) => pcp === mapping)?.refused(now, diagnosis, out);
	}

	private stopPcp(reason: LossReason, out: GatewayOutbox): void {
		this.pcp.stop(out);
		this.representativePcp = undefined;
		for (const entry of this.entries) {
			if (entry.pcp === undefined) continue;
			entry.pcp = undefined;
			entry.unmapped(reason, out);
		}
	}

	private uses(other: PortMappingLease, port: number, lease: PortMappingLease): boolean {
		if (other === lease || other.request.protocol !== lease.request.protocol) return false;
		return other.port?.externalPort === port || other.asking === port;
	}

	private describePages(): void {
		const { model, id } = this.settings;
		this.representative.description = buildMappingDescription(model, id, "", this.name, DESCRIPTION_MAX);
	}

	private describe(entry: Entry): void {
		const { model, id } = this.settings;
		const service = entry.wanted.request.service ?? "";
		entry.lease.description = buildMappingDescription(model, id, service, this.name, DESCRIPTION_MAX);
	}

	private pcpRequest({ protocol, internalPort, candidates, lease }: MappingRequest): PcpRequest {
		return {
			protocol,
			internalPort: internalPort || candidates[0],
			candidates,
			lease: lease ?? this.settings.ownLease,
		};
	}

	private verify({ protocol, internalPort, candidates, service = "" }: MappingRequest): void {
		if (this.entries.length >= WANTED_MAX) throw new RangeError(`At most ${WANTED_MAX} mappings can be wanted.`);
		if (candidates.length < 1 || candidates.length > CANDIDATES_MAX)
			throw new RangeError(`A mapping needs 1 to ${CANDIDATES_MAX} candidates.`);
		if (!isPort(internalPort) && internalPort !== 0) throw new RangeError(`${internalPort} is not a port.`);
		for (const port of candidates) {
			if (!isPort(port)) throw new RangeError(`${port} is not a port.`);
			if (protocol === "TCP" && this.settings.representativePorts.includes(port))
				throw new RangeError(`Port ${port} is reserved for the representative.`);
		}
		if (!isServiceName(service)) throw new RangeError(`${service} is not a service name.`);
		for (const { wanted } of this.entries) {
			if (wanted.request.protocol === protocol && internalPort !== 0 && wanted.request.internalPort === internalPort)
				throw new RangeError(`${protocol} port ${internalPort} is wanted already.`);
		}
	}
}

function isPort(port: number): boolean {
	return Number.isInteger(port) && port > 0 && port < 65536;
}

function isServiceName(text: string): boolean {
	if (text.length > SERVICE_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const valid = (code >= 48 && code <= 57) || (code >= 97 && code <= 122);
		if (!valid) return false;
	}
	return true;
}
