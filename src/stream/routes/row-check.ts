import type { Cidr } from "../../core/cidr";
import type { TableRow } from "../address/address-table-file";
import { formatPorts, type PortRange } from "../address/address-table-words";
import type { FindingList } from "./route-finding";
import { contains, placeOf, type RoutePlan, receives, sends } from "./route-plan";

/** Checks the rows of an address management table, each by itself and together. */
export class RowCheck {
	private readonly own: readonly Cidr[];

	constructor(
		private readonly rows: readonly TableRow[],
		private readonly plan: RoutePlan,
		private readonly list: FindingList,
		/** `others refused`: no rule decides where rows are missing. */
		private readonly refusesOthers: boolean,
	) {
		this.own = [...plan.lan, ...plan.media];
	}

	row(row: TableRow): void {
		const { line, bound, advertised, protocol } = row;
		if (!this.list.isPlanned(line, advertised.address)) return;
		const place = placeOf(row, this.plan.lan);
		if (bound !== undefined && !contains(this.own, bound.address))
			this.list.fault(
				line,
				`${bound.address} is neither in the LAN nor in the media network ("network lan …", "network media …").`,
			);
		if (place === "lan" && bound !== undefined && advertised.address !== bound.address)
			this.list.fault(
				line,
				`Clients in the LAN get packets from ${bound.address} itself, because nothing translates between. Leave out "as ${advertised.address}".`,
			);
		if (place === "lan" && bound !== undefined && contains(this.plan.media, bound.address))
			this.list.fault(
				line,
				`Nothing passes from ${bound.address} in the media network to the LAN. Serve the LAN from an address of the LAN.`,
			);
		if (place === "elsewhere")
			this.list.note(
				line,
				`${row.clients} is a private network other than the LAN: the rule sets do not open a way between it and the stream server.`,
			);
		if (bound !== undefined && receives(row) && place !== "lan" && contains(this.plan.media, bound.address))
			this.list.fault(
				line,
				`Reports cannot come to ${bound.address}: nothing enters the media network. Receive them at an address of the LAN.`,
			);
		if (place === "internet") this.internetRow(row);
		if (bound !== undefined && bound.ports.first !== 0 && bound.ports.first < 1024)
			this.list.note(
				line,
				`Port ${bound.ports.first} may only be opened by root, or with the capability CAP_NET_BIND_SERVICE.`,
			);
		if (bound !== undefined && sends(row)) this.ports(row, protocol);
	}

	/** RTP has even ports, RTCP the odd ones after them (STR-20). */
	private ports({ line, bound, direction }: TableRow, protocol: "rtp" | "rtcp"): void {
		const { first, last } = bound?.ports ?? { first: 0, last: 0 };
		if (first === 0) return;
		const parity = protocol === "rtp" ? 0 : 1;
		const lowest = first % 2 === parity ? first : first + 1;
		if (lowest > last) {
			const wanted = protocol === "rtp" ? "RTP ports are even" : "RTCP ports are odd, one more than the RTP port";
			this.list.fault(line, `${formatPorts({ first, last })} has no port that fits: ${wanted}.`);
		} else if (lowest === last || lowest + 1 === last) {
			this.list.note(
				line,
				`With the port${first === last ? "" : "s"} ${formatPorts({ first, last })} there can be one ${direction === "send" ? "client" : "stream"} at a time.`,
			);
		}
	}

	private internetRow({ line, bound, advertised, direction }: TableRow): void {
		this.list.mustBePublic(line, advertised.address);
		if (bound === undefined) return;
		if (direction === "receive" && advertised.ports.first === 0)
			this.list.fault(
				line,
				`The router must know which ports of ${advertised.address} carry reports: write "as ${advertised.address}:FIRST-LAST", with the ports that the reports of the sender leave from.`,
			);
		if (direction === "receive" && bound.ports.first !== bound.ports.last)
			this.list.fault(
				line,
				`Reports of all clients come to one port: write "${bound.address}:PORT" in place of a range.`,
			);
		if (direction !== "receive" && advertised.ports.first !== bound.ports.first && advertised.address !== bound.address)
			this.list.fault(
				line,
				`The translation keeps ports, so ${portsOf(bound.ports)} cannot be advertised as ${portsOf(advertised.ports)}. Leave out the port after ${advertised.address}.`,
			);
		if (!contains(this.plan.media, bound.address) && bound.ports.first === 0 && advertised.address !== bound.address)
			this.list.fault(
				line,
				`${bound.address} is in the LAN, and its port is not known, so the router cannot tell media from what else leaves there. Give it a range of ports, such as ${bound.address}:5000-5999.`,
			);
		if (direction === "both" && bound.ports.first === 0 && !contains(this.plan.media, bound.address))
			this.list.fault(line, `Reports from the Internet need known ports: write "${bound.address}:FIRST-LAST".`);
	}

	/** Rows that belong together: RTP and RTCP, sender and receiver. */
	pairs(): void {
		const seen = this.byNetwork();
		for (const [key, receiver] of seen.rtcpReceive) {
			const sender = seen.rtcpSend.get(key);
			const isSplit = sender?.direction === "send" && receiver.direction === "receive";
			if (sender !== undefined && isSplit && placeOf(receiver, this.plan.lan) === "internet")
				this.split(sender, receiver);
		}
		for (const [key, { line, bound: rtp }] of seen.rtpSend) {
			const rtcp = seen.rtcpSend.get(key)?.bound;
			if (rtp === undefined || rtcp === undefined || hasPair(rtp.ports, rtcp.ports)) continue;
			this.list.fault(
				line,
				`RTP has an even port and RTCP the odd one after it, but there are no such two among ${portsOf(rtp.ports)} and ${portsOf(rtcp.ports)}. Leave out the port of RTP.`,
			);
		}
	}

	/** Finds the row of each client network, protocol and direction. Reports rows that say the same twice. */
	private byNetwork(): Record<"rtpSend" | "rtcpSend" | "rtcpReceive", Map<string, TableRow>> {
		const seen = { rtpSend: new Map(), rtcpSend: new Map(), rtcpReceive: new Map() };
		const note = (rows: Map<string, TableRow>, row: TableRow, what: string): void => {
			for (const network of row.networks) {
				const before = rows.get(text(network));
				if (before === undefined) rows.set(text(network), row);
				else
					this.list.fault(
						row.line,
						`Line ${before.line} says already how ${row.clients} ${what}. Remove one of the two.`,
					);
			}
		};
		for (const row of this.rows) {
			if (row.protocol === "rtp") note(seen.rtpSend, row, "gets RTP");
			else if (receives(row)) note(seen.rtcpReceive, row, "sends RTCP");
			if (row.protocol === "rtcp" && row.direction !== "receive") note(seen.rtcpSend, row, "gets RTCP");
		}
		return seen;
	}

	/** RTCP that is sent by one unit and received by another (STR-7): clients answer to where reports come from. */
	private split(sender: TableRow, receiver: TableRow): void {
		const { ports } = receiver.advertised;
		const own = sender.advertised.ports;
		if (receiver.advertised.address !== sender.advertised.address)
			this.list.fault(
				receiver.line,
				`Clients answer to the address that reports come from: line ${sender.line} sends as ${sender.advertised.address}, this one receives at ${receiver.advertised.address}.`,
			);
		else if (ports.first !== own.first || ports.last !== own.last)
			this.list.fault(
				receiver.line,
				`Clients answer to the port that reports come from: line ${sender.line} sends from ${portsOf(own)}, this one receives at ${portsOf(ports)}. Make them the same.`,
			);
	}

	private get decided(): string {
		if (this.refusesOthers) return "they get nothing by UDP";
		return "what they get by UDP is decided by the stream server's rule";
	}

	/** What does not work because no row says how (STR-24). */
	missing(): void {
		for (const place of ["lan", "internet"] as const) {
			const rows = this.rows.filter((row) => placeOf(row, this.plan.lan) === place);
			const who = place === "lan" ? "Clients in the LAN" : "Internet clients";
			const rtcp = rows.filter(({ protocol }) => protocol === "rtcp");
			if (!rows.some(({ protocol }) => protocol === "rtp"))
				this.list.note(
					0,
					`${who}: no row sends RTP to them, so ${this.decided}, and the rule sets pass TCP only. "${place} rtp send ADDRESS" is missing.`,
				);
			else if (!rtcp.some(receives))
				this.list.note(
					0,
					`${who}: no row receives RTCP from them, so no reports come, and pictures per second are not adapted to loss. "${place} rtcp ${place === "lan" ? "both" : "receive"} ADDRESS:PORT" is missing.`,
				);
			else if (!rtcp.some(sends))
				this.list.note(
					0,
					`${who}: no row sends RTCP to them, so they get no sender reports, and round trips are not measured. "${place} rtcp send ADDRESS:PORTS" is missing.`,
				);
		}
		if (this.plan.media.length === 0)
			this.list.note(0, 'No line "network media 192.168.3.0/24": media leave by the LAN, through the firewall.');
	}
}

function text({ address, prefix }: Cidr): string {
	return `${address}/${prefix}`;
}

function portsOf(ports: PortRange): string {
	return ports.first === 0 ? "any port" : `port ${formatPorts(ports)}`;
}

/** Tells whether there is an even port for RTP with the next one for RTCP. */
function hasPair(rtp: PortRange, rtcp: PortRange): boolean {
	if (rtp.first === 0 || rtcp.first === 0) return true;
	const lowest = Math.max(rtp.first, rtcp.first - 1);
	return (lowest % 2 === 0 ? lowest : lowest + 1) <= Math.min(rtp.last, rtcp.last - 1);
}
