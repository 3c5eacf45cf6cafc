import type { Cidr } from "../../core/cidr";
import { ipFamily, ipKind, sameIpNetwork } from "../../core/ip-address";
import type {
	AddressTableFile,
	ControlLine,
	InterfaceLine,
	InterfaceSide,
	TableRow,
} from "../address/address-table-file";
import type { PortRange } from "../address/address-table-words";

/** Whose clients a row is for: at home, on the Internet, or in another private network, which the plan leaves alone. */
export type ClientPlace = "lan" | "internet" | "elsewhere";

/** UDP from the stream server to Internet clients. The router writes `to` over the sender's address and keeps the port (STR-17). */
export interface OutwardFlow {
	readonly clients: readonly Cidr[];
	readonly from: string;
	/** Source ports; 0 and 0: any. */
	readonly ports: PortRange;
	/** The same as `from` where nothing is translated. */
	readonly to: string;
	/** Whether it leaves by interface B, through the media network. */
	readonly byMedia: boolean;
}

/** UDP from Internet clients, which the router leads to a receiver in the LAN (STR-7). */
export interface InwardFlow {
	readonly clients: readonly Cidr[];
	/** The advertised address and ports. */
	readonly at: string;
	readonly ports: PortRange;
	readonly target: string;
	/** 0: the port is kept. */
	readonly targetPort: number;
}

/** What firewall and router have to do, from a table file (STR-15). IPv4 only: without translation there is no plan to make. */
export interface RoutePlan {
	readonly lan: readonly Cidr[];
	readonly media: readonly Cidr[];
	readonly controls: readonly ControlLine[];
	/** Those with longer prefixes first. */
	readonly outward: readonly OutwardFlow[];
	readonly inward: readonly InwardFlow[];
	/** Advertised addresses that carry nothing but media: whatever else comes for them is dropped. */
	readonly mediaOnly: readonly string[];
	readonly interfaces: readonly InterfaceLine[];
	/** The router has an interface to the LAN, so no firewall stands between. */
	readonly routerIsFirewall: boolean;
}

/** Makes the plan of a table file. It is worth what `checkRoutes` says of the file. */
export function planRoutes(file: AddressTableFile): RoutePlan {
	const lan = networksOf(file, "lan");
	const media = networksOf(file, "media");
	const rows = file.rows.filter((row) => isIpv4(row) && placeOf(row, lan) === "internet").sort(byPrefix);
	const controls = file.controls.filter(({ address }) => ipFamily(address) === 4);
	const ordinary = controls.map(({ advertisedAddress }) => advertisedAddress);
	const advertised = rows.map((row) => row.advertised.address);
	return {
		lan,
		media,
		controls,
		outward: withoutRepeated(rows.flatMap((row) => outwardOf(row, media))),
		inward: rows.flatMap((row) => inwardOf(row, media)),
		mediaOnly: [...new Set(advertised)].filter((address) => !ordinary.includes(address) && !contains(lan, address)),
		interfaces: file.interfaces,
		routerIsFirewall: interfacesTo(file.interfaces, "router", "lan").length > 0,
	};
}

/** The networks of a name, IPv4 only; empty when no line defines it. */
function networksOf({ networks }: AddressTableFile, name: string): readonly Cidr[] {
	const found = networks.find((network) => network.name === name);
	return found === undefined ? [] : found.networks.filter(({ address }) => ipFamily(address) === 4);
}

/** The interfaces of a machine that lead to a side. */
export function interfacesTo(
	interfaces: readonly InterfaceLine[],
	machine: "router" | "firewall",
	side: InterfaceSide,
): readonly InterfaceLine[] {
	return interfaces.filter((line) => line.machine === machine && line.side === side);
}

/** Tells where the clients of a row are. */
export function placeOf({ networks }: TableRow, lan: readonly Cidr[]): ClientPlace {
	if (networks.every((network) => lan.some((own) => covers(own, network)))) return "lan";
	const isPrivate = (network: Cidr): boolean => {
		const kind = ipKind(network.address);
		return network.prefix > 0 && (kind === "private" || kind === "loopback" || kind === "link-local");
	};
	return networks.every(isPrivate) ? "elsewhere" : "internet";
}

/** Tells whether an address is in one of the networks. */
export function contains(networks: readonly Cidr[], address: string): boolean {
	return networks.some((network) => sameIpNetwork(network.address, address, network.prefix));
}

/** Tells whether two networks have addresses in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
	return covers(a, b) || covers(b, a);
}

/** Tells whether two ranges have ports in common; a free port has none. */
export function overlapPorts(a: PortRange, b: PortRange): boolean {
	return a.first !== 0 && b.first !== 0 && a.first <= b.last && b.first <= a.last;
}

/** Tells whether packets arrive for a row. */
export function receives({ direction }: TableRow): boolean {
	return direction === "receive" || direction === "both";
}

/** Tells whether packets leave for a row. */
export function sends({ direction }: TableRow): boolean {
	return direction === "send" || direction === "both";
}

function isIpv4({ advertised }: TableRow): boolean {
	return ipFamily(advertised.address) === 4;
}

function covers(wide: Cidr, narrow: Cidr): boolean {
	return wide.prefix <= narrow.prefix && sameIpNetwork(wide.address, narrow.address, wide.prefix);
}

function byPrefix(a: TableRow, b: TableRow): number {
	return longest(b.networks) - longest(a.networks);
}

function longest(networks: readonly Cidr[]): number {
	return Math.max(0, ...networks.map(({ prefix }) => prefix));
}

function outwardOf(row: TableRow, media: readonly Cidr[]): OutwardFlow[] {
	const { bound, networks, advertised } = row;
	if (bound === undefined || !sends(row)) return [];
	const byMedia = contains(media, bound.address);
	return [{ clients: networks, from: bound.address, ports: bound.ports, to: advertised.address, byMedia }];
}

function inwardOf(row: TableRow, media: readonly Cidr[]): InwardFlow[] {
	const { bound, networks, advertised } = row;
	// Nothing from the Internet enters by the media network, whatever a row says.
	if (bound === undefined || !receives(row) || contains(media, bound.address)) return [];
	const { first, last } = bound.ports;
	const targetPort = first === last && first !== advertised.ports.first ? first : 0;
	return [{ clients: networks, at: advertised.address, ports: advertised.ports, target: bound.address, targetPort }];
}

/** Leaves out flows that another one with any port includes. */
function withoutRepeated(flows: readonly OutwardFlow[]): OutwardFlow[] {
	const same = (a: OutwardFlow, b: OutwardFlow): boolean =>
		a.from === b.from && a.to === b.to && sameNetworks(a.clients, b.clients);
	return flows.filter((flow, i) => {
		const other = flows.findIndex(
			(wide, k) => k !== i && same(wide, flow) && (wide.ports.first === 0 || samePorts(wide.ports, flow.ports)),
		);
		return (
			other < 0 || (other > i && flow.ports.first === 0) || (other > i && samePorts(flows[other].ports, flow.ports))
		);
	});
}

function samePorts(a: PortRange, b: PortRange): boolean {
	return a.first === b.first && a.last === b.last;
}

function sameNetworks(a: readonly Cidr[], b: readonly Cidr[]): boolean {
	return (
		a.length === b.length && a.every(({ address, prefix }, i) => address === b[i].address && prefix === b[i].prefix)
	);
}
