import type { DatagramMachine } from "../core/datagram";
import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { PCP_PORT } from "../wire/pcp";
import { parseSsdp } from "../wire/ssdp";
import type { AssignmentOwner, HeldPort } from "./assignment-owner";
import type { Diagnosis } from "./diagnosis";
import { ExternalAddressCheck } from "./external-address-check";
import type { GatewayOutbox, GatewayStatus } from "./gateway-events";
import type { GatewaySettings } from "./gateway-settings";
import type { ActionContinuation, Igd } from "./igd";
import { IgdFinder } from "./igd-finder";
import type { GoneCamera } from "./mapping-holder";
import { PcpClient, type PcpPort } from "./pcp-client";
import { PortAssignment } from "./port-assignment";
import type { PortAim } from "./representative-port";
import { type GatewayAnswer, RequestQueue } from "./request-queue";
import { TableReader } from "./table-reader";

/** Without a UPnP gateway for this long, PCP and NAT-PMP are tried. */
const PORT_CONTROL_DELAY: Millis = 3000;
/** A gateway that fell silent, or said that it is back, is searched for again at most this often. */
const SEARCH_SPACING: Millis = 1000;
/** Leaving takes no longer, whatever the gateway does. */
const LEAVE_MAX: Millis = 2000;

/**
 * Finds the Internet gateway, holds one external port on it, and watches it (IMG-2 … IMG-6, IMG-9, IMG-11).
 *
 * The app owns one UDP socket for each interface, whose datagrams go to {@link receive}, and one on SSDP's port 1900,
 * whose datagrams go to {@link notified}; it carries out {@link GatewayOutbox.request} over TCP.
 */
export class GatewayClient implements DatagramMachine<GatewayOutbox>, AssignmentOwner {
	deadline: Millis = Infinity;
	private readonly queue = new RequestQueue();
	private readonly finder: IgdFinder;
	private readonly assignment: PortAssignment;
	private readonly control: PcpClient;
	private readonly table = new TableReader();
	private readonly diagnoses = new Set<Diagnosis>();
	private paths: readonly Path[] = [];
	private igd: Igd | undefined;
	private enabled = true;
	private aim: PortAim | undefined;
	private readonly judge = new ExternalAddressCheck((diagnosis, holds, out) => this.note(diagnosis, holds, out));
	private pollAt: Millis = Infinity;
	private tableAt: Millis = Infinity;
	private controlAt: Millis = Infinity;
	private searchAt: Millis = Infinity;
	private searchedAt: Millis = -Infinity;
	private leaveAt: Millis = Infinity;
	private bootId = "";
	private saidBye = false;
	private silences = 0;
	private over = false;

	/**
	 * @param remembered the external port that this camera had before; 0 for none
	 * @param random unpredictable numbers, for PCP's nonce
	 */
	constructor(
		readonly settings: GatewaySettings,
		random: { fill(bytes: Uint8Array): void },
		remembered: number,
	) {
		this.finder = new IgdFinder(this.queue, (now, igd, out) => this.chosen(now, igd, out));
		this.assignment = new PortAssignment(settings, this, remembered);
		this.control = new PcpClient(random, (now, port, out) => this.controlled(now, port, out));
	}

	/** What is known now. */
	status(): GatewayStatus {
		const { igd, control, assignment } = this;
		const held = assignment.port;
		const port = held ?? control.port;
		return {
			name: igd?.name ?? "",
			gatewayAddress: igd?.service.control.address ?? "",
			service: igd?.service.type ?? "",
			externalAddress: this.judge.address,
			externalPort: port?.externalPort ?? 0,
			representative: port !== undefined && port.externalPort === this.representativePort(held),
			by: held !== undefined ? "UPnP" : (control.port?.by ?? ""),
			diagnoses: [...this.diagnoses],
		};
	}

	/** Begins, or goes on with other interfaces. Without any it waits (IMG-1). */
	start(now: Millis, paths: readonly Path[], out: GatewayOutbox): void {
		this.paths = paths;
		this.diagnose("no-network", paths.length === 0, out);
		const stays = paths.some((p) => p.address === this.igd?.path.address);
		if (!stays && paths.length > 0) {
			this.searchAt = now;
			this.controlAt = now + PORT_CONTROL_DELAY;
		}
		this.expire(now, out);
	}

	/** The switch of IMG-7: off deletes the mapping, and asks for none any more. */
	assign(now: Millis, on: boolean, out: GatewayOutbox): void {
		if (on === this.enabled) return;
		this.enabled = on;
		if (on) {
			if (this.igd !== undefined) this.assignment.begin(now, this.igd, out);
			else this.controlAt = now;
		} else {
			const had = this.assignment.port !== undefined || this.control.port !== undefined;
			this.assignment.release(now, () => {}, out);
			this.control.stop(out);
			this.tableAt = this.controlAt = Infinity;
			if (had) out.emit({ type: "lost", why: "port assignment is switched off" });
		}
		this.expire(now, out);
	}

	/** The camera's name has changed: it is to be in the mapping's description (IMG-15). */
	rename(now: Millis, name: string, out: GatewayOutbox): void {
		if (name === this.assignment.name) return;
		this.assignment.name = name;
		this.assignment.refresh(now, out);
		this.schedule();
	}

	/**
	 * Says which port this camera is to have; until it is told it asks for none (IMG-3, IMG-4, IMG-22).
	 * @param gone cameras whose mapping of the representative's port may be deleted, as they are known to be gone
	 */
	setAim(now: Millis, aim: PortAim, gone: readonly GoneCamera[], out: GatewayOutbox): void {
		const { assignment } = this;
		assignment.neighbours = { ...assignment.neighbours, gone };
		assignment.setAim(now, aim, out);
		if (aim !== this.aim && this.control.running) {
			this.control.stop(out);
			this.controlAt = now;
		}
		this.aim = aim;
		this.expire(now, out);
	}

	/** External ports that other cameras of the fleet say they hold, and their addresses. */
	setPeers(ports: readonly number[], addresses: readonly string[]): void {
		this.assignment.neighbours = { ...this.assignment.neighbours, ports, addresses };
	}

	/** The representative's port leads to this address of ours, instead of the camera's own; empty: no longer. */
	setFloating(address: string): void {
		this.assignment.floating = address;
	}

	/** Asks the gateway anything, and emits `sign` if it answers. */
	askSign(out: GatewayOutbox): void {
		const then: ActionContinuation = (_, answer, next) => {
			if (answer !== undefined) next.emit({ type: "sign" });
		};
		this.igd?.call("GetStatusInfo", [], then, out);
	}

	/** Deletes this camera's mapping and emits `left`, after two seconds at the most (IMG-20). */
	leave(now: Millis, out: GatewayOutbox): void {
		this.enabled = false;
		this.searchAt = this.pollAt = this.tableAt = this.controlAt = Infinity;
		this.finder.stop();
		// What is under way may map a port yet: it is waited for, and given back then.
		this.queue.clearWaiting();
		this.leaveAt = now + LEAVE_MAX;
		this.control.stop(out);
		this.assignment.release(now, (_, later) => this.left(later), out);
		this.schedule();
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: GatewayOutbox): void {
		if (this.over) return;
		if (port === PCP_PORT && address === path.gateway) this.control.receive(now, bytes, out);
		else this.finder.receive(now, path, address, bytes, out);
		this.schedule();
	}

	/** Takes a multicast heard on SSDP's port: a gateway that comes, goes, or has restarted (quirks 7, 8). */
	notified(now: Millis, path: Path, address: string, bytes: Uint8Array, out: GatewayOutbox): void {
		const message = this.over || this.leaveAt !== Infinity ? undefined : parseSsdp(bytes);
		if (message?.kind !== "notify" || !sameNetwork(path.address, address, path.prefix)) return;
		const type = message.fields.get("nt") ?? "";
		const { igd } = this;
		if (igd === undefined) {
			if (type.includes(":InternetGatewayDevice:") && message.fields.get("nts") === "ssdp:alive") this.searchSoon(now);
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

	/** A request was answered. */
	answered(now: Millis, id: number, status: number, body: Uint8Array, out: GatewayOutbox): void {
		this.finish(now, id, { status, body }, out);
	}

	/** A request will not be answered. */
	unanswered(now: Millis, id: number, out: GatewayOutbox): void {
		this.finish(now, id, undefined, out);
	}

	expire(now: Millis, out: GatewayOutbox): void {
		if (this.over) return;
		if (this.leaveAt <= now) this.left(out);
		if (this.searchAt <= now) this.search(now, out);
		if (this.finder.deadline <= now) {
			this.finder.expire(now, out);
			this.foundNothing(out);
		}
		if (this.enabled) this.assignment.expire(now, out);
		this.control.expire(now, out);
		if (this.controlAt <= now) this.startControl(now, out);
		if (this.pollAt <= now) this.poll(now, out);
		if (this.tableAt <= now) this.readTable(now, out);
		this.schedule();
	}

	// What the parts tell

	/** @see AssignmentOwner */
	held(now: Millis, port: HeldPort, out: GatewayOutbox): void {
		out.emit({ type: "mapped", ...port, by: "UPnP" });
		this.tableAt = port.representative && this.settings.table !== "none" ? now : Infinity;
		this.pollAt = now;
	}

	/** @see AssignmentOwner */
	lost(_now: Millis, why: string, out: GatewayOutbox): void {
		this.tableAt = Infinity;
		out.emit({ type: "lost", why });
	}

	/** @see AssignmentOwner */
	beaten(_now: Millis, out: GatewayOutbox): void {
		out.emit({ type: "beaten" });
	}

	/** @see AssignmentOwner */
	silent(now: Millis, out: GatewayOutbox): void {
		if (this.leaveAt !== Infinity) return;
		this.silences++;
		this.diagnose("gateway-silent", this.silences > 1, out);
		this.searchSoon(now);
	}

	/** @see AssignmentOwner */
	diagnose(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void {
		if (diagnosis === "refused") this.judge.setRefused(holds, out);
		else this.note(diagnosis, holds, out);
	}

	private note(diagnosis: Diagnosis, holds: boolean, out: GatewayOutbox): void {
		if (holds === this.diagnoses.has(diagnosis)) return;
		if (holds) this.diagnoses.add(diagnosis);
		else this.diagnoses.delete(diagnosis);
		out.emit({ type: "diagnosis" });
	}

	private finish(now: Millis, id: number, answer: GatewayAnswer, out: GatewayOutbox): void {
		if (this.over) return;
		this.queue.answered(now, id, answer, out);
		this.foundNothing(out);
		this.expire(now, out);
	}

	private searchSoon(now: Millis): void {
		this.searchAt = Math.min(this.searchAt, Math.max(now, this.searchedAt + SEARCH_SPACING));
	}

	private search(now: Millis, out: GatewayOutbox): void {
		this.searchAt = this.pollAt = this.tableAt = Infinity;
		this.searchedAt = now;
		this.queue.clear();
		this.table.reading = false;
		this.assignment.stop();
		this.igd = undefined;
		// Without a network it is found when there is one again.
		if (this.paths.length > 0) this.finder.search(now, this.paths, out);
	}

	private chosen(now: Millis, igd: Igd, out: GatewayOutbox): void {
		this.igd = igd;
		this.silences = 0;
		this.saidBye = false;
		this.bootId = "";
		this.controlAt = Infinity;
		this.judge.reset();
		for (const trouble of ["no-gateway", "not-connected", "gateway-silent", "port-control-only"] as const)
			this.diagnose(trouble, false, out);
		out.emit({ type: "found", name: igd.name, address: igd.service.control.address });
		if (this.control.port !== undefined) {
			out.emit({ type: "lost", why: "UPnP takes the place of PCP" });
			this.control.stop(out);
		}
		this.pollAt = now;
		if (this.enabled) this.assignment.begin(now, igd, out);
	}

	private foundNothing(out: GatewayOutbox): void {
		if (this.igd !== undefined || this.finder.fruitless === 0) return;
		this.diagnose("not-connected", this.finder.unconnected, out);
		this.diagnose("no-gateway", !this.finder.unconnected && this.control.port === undefined, out);
	}

	private poll(now: Millis, out: GatewayOutbox): void {
		const { igd } = this;
		this.pollAt = igd === undefined ? Infinity : now + this.settings.addressPoll;
		igd?.call(
			"GetExternalIPAddress",
			[],
			(later, answer, next) => {
				if (this.igd !== igd) return;
				if (answer === undefined) this.silent(later, next);
				else this.judge.learn(answer.values.get("NewExternalIPAddress") ?? "", next);
			},
			out,
		);
	}

	private readTable(now: Millis, out: GatewayOutbox): void {
		const { igd, settings } = this;
		this.tableAt = now + settings.tablePeriod;
		if (igd === undefined || this.table.reading) return;
		const done: Parameters<TableReader["walk"]>[1] = (_, entries, complete, next) => {
			if (this.igd === igd && complete) next.emit({ type: "table", entries });
		};
		const first = this.representativePort(this.assignment.port);
		if (settings.table === "list") this.table.list(igd, first, Math.min(65535, first + settings.ownPorts), done, out);
		else this.table.walk(igd, done, out);
	}

	private startControl(now: Millis, out: GatewayOutbox): void {
		this.controlAt = Infinity;
		const path = this.paths.find((p) => p.gateway !== undefined);
		if (this.igd !== undefined || !this.enabled || path === undefined) return;
		if (this.aim === undefined) {
			this.controlAt = now + PORT_CONTROL_DELAY;
			return;
		}
		const wished = this.settings.representativePorts[0] + (this.aim === "own" ? 1 : 0);
		this.control.start(now, path, this.settings.internalPort || wished, wished, this.settings.ownLease, out);
	}

	private controlled(_now: Millis, port: PcpPort | undefined, out: GatewayOutbox): void {
		this.diagnose("port-control-only", port !== undefined, out);
		this.foundNothing(out);
		if (port === undefined) {
			out.emit({ type: "lost", why: "the router's PCP or NAT-PMP took it back" });
			return;
		}
		const { externalPort, internalPort, by } = port;
		out.emit({
			type: "mapped",
			externalPort,
			internalPort,
			by,
			representative: externalPort === this.representativePort(),
		});
		if (port.address !== "") this.judge.learn(port.address, out);
	}

	private representativePort(held?: HeldPort): number {
		return held?.representative ? held.externalPort : this.settings.representativePorts[0];
	}

	private left(out: GatewayOutbox): void {
		if (this.over) return;
		this.over = true;
		this.deadline = Infinity;
		out.emit({ type: "left" });
	}

	private schedule(): void {
		this.deadline = this.over
			? Infinity
			: Math.min(
					this.searchAt,
					this.finder.deadline,
					this.enabled ? this.assignment.deadline : Infinity,
					this.control.deadline,
					this.controlAt,
					this.pollAt,
					this.tableAt,
					this.leaveAt,
				);
	}
}
