import type { Cidr } from "../../core/cidr";
import { LINK_PORT } from "../../settings/stream-link-schema";
import type { AddressTableFile, ControlLine, InterfaceLine } from "../address/address-table-file";
import { formatPorts } from "../address/address-table-words";
import { FindingList, type RouteFinding } from "./route-finding";
import { contains, interfacesTo, overlap, overlapPorts, planRoutes, type RoutePlan } from "./route-plan";
import { RowCheck } from "./row-check";

/**
 * Says what of a table file cannot work and why, which rows are missing for what (STR-24), and what an administrator should know.
 * Rule sets are made of files without faults only.
 */
export function checkRoutes(file: AddressTableFile): RouteFinding[] {
	const list = new FindingList();
	const plan = planRoutes(file);
	const check = new RouteCheck(file, plan, list);
	check.networks();
	check.controls();
	const rows = new RowCheck(file.rows, plan, list, file.refusesOthers);
	for (const row of file.rows) rows.row(row);
	rows.pairs();
	check.flows();
	check.interfaces();
	rows.missing();
	check.machines();
	return list.findings;
}

/** The address in the LAN from which media are sent, where requests come to another one; empty: requests come to the same. */
function nasOf({ rows }: AddressTableFile, { controls, lan }: RoutePlan): string {
	const bound = rows.map((row) => row.bound?.address ?? "");
	if (controls.length === 0 || controls.some(({ address }) => bound.includes(address))) return "";
	return bound.find((address) => address !== "" && contains(lan, address)) ?? "";
}

class RouteCheck {
	constructor(
		private readonly file: AddressTableFile,
		private readonly plan: RoutePlan,
		private readonly list: FindingList,
	) {}

	networks(): void {
		const { lan, media } = this.plan;
		if (lan.length === 0) this.list.fault(0, 'No line "network lan 192.168.1.0/24" says what the LAN is.');
		for (const a of lan)
			for (const b of media)
				if (overlap(a, b))
					this.list.fault(
						0,
						`The LAN ${text(a)} and the media network ${text(b)} overlap, so no route leads to one of them only. Give them different networks.`,
					);
	}

	controls(): void {
		const { controls } = this.file;
		if (controls.length === 0)
			this.list.fault(0, 'No line "control ADDRESS:PORT as ADDRESS:PORT" says where RTSP requests go.');
		for (const line of controls) {
			if (!this.list.isPlanned(line.line, line.address)) continue;
			if (contains(this.plan.media, line.address))
				this.list.fault(
					line.line,
					`The control port is at ${line.address} in the media network, which nothing can enter. Give it an address of the LAN.`,
				);
			const isTold = line.advertisedAddress !== line.address || this.plan.outward.length + this.plan.inward.length > 0;
			if (isTold) this.list.mustBePublic(line.line, line.advertisedAddress);
		}
		this.twice(
			controls,
			({ advertisedAddress, advertisedPort }) => `${advertisedAddress}:${advertisedPort}`,
			"control port",
		);
	}

	/** Whether control host and NAS may be two machines (STR-12). */
	machines(): void {
		const nas = nasOf(this.file, this.plan);
		if (nas === "") return;
		const [{ address }] = this.plan.controls;
		this.list.note(
			0,
			`${address} takes requests only, and ${nas} sends: they can be two machines, "porthole stream-control --nas ${nas}" and "porthole nas --link-port ${LINK_PORT}" with this table. No firewall may stand between them.`,
		);
	}

	/** Addresses and ports that are used for several things. */
	flows(): void {
		const { inward, outward, mediaOnly, controls } = this.plan;
		for (const flow of inward)
			if (controls.some(({ advertisedAddress }) => advertisedAddress === flow.at))
				this.list.note(
					0,
					`${flow.at} serves both control and media: programs in the LAN cannot use its UDP ports ${formatPorts(flow.ports)}. A second address avoids that.`,
				);

		for (const row of this.file.rows) {
			if (row.direction !== "none" || row.advertised.ports.first === 0) continue;
			const { address, ports } = row.advertised;
			const user = [...outward.map(({ to, ports }) => ({ at: to, ports })), ...inward].find(
				(flow) => flow.at === address && overlapPorts(flow.ports, ports),
			);
			if (user !== undefined)
				this.list.fault(
					row.line,
					`Port ${formatPorts(ports)} of ${address} is to be a dummy that nobody uses, but it is one of the ports ${formatPorts(user.ports)}. Choose another.`,
				);
		}
		for (const address of mediaOnly)
			if (new Set(outward.filter(({ to }) => to === address).map(({ from }) => from)).size > 1)
				this.list.note(
					0,
					`Several addresses send as ${address}. Give them different ranges of ports, or a client may take one for the other.`,
				);
	}

	interfaces(): void {
		const { interfaces, media, lan, routerIsFirewall } = this.plan;
		if (interfaces.length === 0) {
			this.list.note(
				0,
				'No "router" and "firewall" lines: rule sets cannot be made, because they name the network interfaces.',
			);
			return;
		}
		const missing = (machine: "router" | "firewall", side: InterfaceLine["side"], what: string): void => {
			if (interfacesTo(interfaces, machine, side).length === 0)
				this.list.fault(
					0,
					`No line "${machine} ${side} INTERFACE ADDRESS" says which interface of the ${machine} leads to ${what}.`,
				);
		};
		missing("router", "internet", "the Internet");
		if (media.length > 0) missing("router", "media", "the media network");
		if (!routerIsFirewall) {
			missing("router", "firewall", "the firewall");
			missing("firewall", "router", "the router");
			missing("firewall", "lan", "the LAN");
		} else if (interfaces.some(({ machine, side }) => machine === "firewall" || side === "firewall"))
			this.list.fault(
				0,
				'The router has an interface to the LAN, so the firewall would be passed by. Remove the line "router lan" or the firewall.',
			);
		for (const line of interfaces) {
			const inside = line.side === "media" ? media : line.side === "lan" ? lan : undefined;
			if (line.address === "" || inside === undefined) continue;
			if (!contains(inside, line.address))
				this.list.fault(line.line, `${line.address} is not in the network that this interface leads to.`);
			if (this.file.rows.some(({ bound }) => bound?.address === line.address))
				this.list.fault(
					line.line,
					`${line.address} is the ${line.machine}'s, and a row sends media from it. Two machines cannot have one address.`,
				);
		}
		for (const { address, line } of interfacesTo(interfaces, "router", "internet"))
			if (this.plan.mediaOnly.includes(address))
				this.list.fault(
					line,
					`Media are advertised as ${address}, which is the router's own: whatever else comes for it would be dropped. Give media another address, or advertise the control port at it too.`,
				);
		this.twice(interfaces, ({ machine, name }) => `${machine} ${name}`, "interface");
	}

	private twice<Line extends ControlLine | InterfaceLine>(
		lines: readonly Line[],
		key: (line: Line) => string,
		what: string,
	): void {
		const seen = new Map<string, number>();
		for (const line of lines) {
			const before = seen.get(key(line));
			if (before !== undefined) this.list.fault(line.line, `Line ${before} has this ${what} already.`);
			seen.set(key(line), line.line);
		}
	}
}

function text({ address, prefix }: Cidr): string {
	return `${address}/${prefix}`;
}
