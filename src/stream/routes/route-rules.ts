import type { Cidr } from "../../core/cidr";
import type { InterfaceLine, InterfaceSide } from "../address/address-table-file";
import { formatPorts, type PortRange } from "../address/address-table-words";
import { type InwardFlow, interfacesTo, type OutwardFlow, type RoutePlan } from "./route-plan";

/**
 * Writes the firewall's nftables rule set (STR-15): the control port and the port of reports may be reached from outside, the
 * LAN may reach the Internet, all else is rejected. Loading it again replaces it.
 */
export function firewallRules(plan: RoutePlan): string {
	const outside = names(plan, "firewall", "router");
	const lan = names(plan, "firewall", "lan");
	const enters = `iifname ${outside} oifname ${lan}`;
	return ruleSet("porthole_firewall", [
		chain("untracked", "filter hook prerouting priority raw; policy accept", [
			`iifname ${outside} ip saddr ${set(plan.lan.map(cidr))} counter drop comment "senders that pretend to be in the LAN"`,
			...plan.inward.map((flow) => `iifname ${outside} ${inside(flow)} notrack`),
		]),
		chain("forward", "filter hook forward priority filter; policy drop", [
			...plan.controls.map(
				({ address, port }) => `${enters} ip daddr ${address} tcp dport ${port} counter accept comment "control"`,
			),
			...plan.inward.map((flow) => `${enters} ${inside(flow)} counter accept comment "reports"`),
			"ct state established,related accept",
			`iifname ${lan} oifname ${lan} accept`,
			...plan.media.map((network) => `ip daddr ${cidr(network)} counter reject with icmpx type admin-prohibited`),
			`iifname ${lan} oifname ${outside} accept`,
			"counter reject with icmpx type admin-prohibited",
		]),
	]);
}

/**
 * Writes the router's nftables rule set (STR-15, STR-17). Media are translated without connection state and keep their ports;
 * from the Internet nothing but reports and control passes, and nothing at all reaches the media network. Loading it again
 * replaces it.
 */
export function routerRules(plan: RoutePlan): string {
	const internet = names(plan, "router", "internet");
	const hasMedia = interfacesTo(plan.interfaces, "router", "media").length > 0;
	const media = names(plan, "router", "media");
	const inner = names(plan, "router", plan.routerIsFirewall ? "lan" : "firewall");
	const comes = `iifname ${internet}`;
	const enters = `${comes} oifname ${inner}`;
	const byMedia = plan.outward.filter((flow) => flow.byMedia);
	// Without known ports, what else the server sends could not be told from media.
	const byLan = plan.outward.filter((flow) => !flow.byMedia && flow.ports.first !== 0);
	const home = [...plan.lan, ...plan.media].map(cidr);
	return ruleSet("porthole_router", [
		chain("untracked", "filter hook prerouting priority raw; policy accept", [
			`${comes} ip saddr ${set(home)} counter drop comment "senders that pretend to be at home"`,
			...plan.media.map((network) => `${comes} ip daddr ${cidr(network)} counter drop comment "media network"`),
			...plan.inward.map(
				(flow) => `${comes} ${outside(flow)} notrack ${rewriteIn(flow)}counter accept comment "reports"`,
			),
			...plan.mediaOnly.map((address) => `${comes} ip daddr ${address} counter drop comment "not a report"`),
			...unique(byMedia.map((flow) => `iifname ${media} ip saddr ${flow.from} meta l4proto udp notrack accept`)),
			...(hasMedia ? [`iifname ${media} counter drop comment "from the media network, but not media"`] : []),
			...byLan.map((flow) => `iifname ${inner} ${leaving(flow)} notrack accept`),
		]),
		chain("control", "nat hook prerouting priority dstnat; policy accept", [
			...plan.controls
				.filter((line) => line.address !== line.advertisedAddress)
				.map(
					({ address, port, advertisedAddress, advertisedPort }) =>
						`${comes} ip daddr ${advertisedAddress} tcp dport ${advertisedPort} dnat ip to ${address}:${port}`,
				),
		]),
		chain("lan", "nat hook postrouting priority srcnat; policy accept", lanRules(plan, internet)),
		chain("media", "filter hook postrouting priority srcnat + 10; policy accept", [
			...plan.outward
				.filter(({ from, to }) => from !== to)
				.map((flow) => `oifname ${internet} ${leaving(flow)} ip saddr set ${flow.to} counter accept`),
		]),
		chain("forward", "filter hook forward priority filter; policy drop", [
			...(hasMedia ? [`oifname ${media} counter drop comment "nothing enters the media network"`] : []),
			...unique(
				byMedia.map((flow) => `iifname ${media} oifname ${internet} ip saddr ${flow.from} meta l4proto udp accept`),
			),
			...(hasMedia ? [`iifname ${media} counter drop`] : []),
			...plan.controls.map(
				({ address, port }) => `${enters} ip daddr ${address} tcp dport ${port} counter accept comment "control"`,
			),
			...plan.inward.map((flow) => `${enters} ${inside(flow)} counter accept comment "reports"`),
			"ct state established,related accept",
			...(plan.routerIsFirewall ? [`iifname ${inner} oifname ${inner} accept`] : []),
			`iifname ${inner} oifname ${internet} accept`,
			"counter drop",
		]),
	]);
}

/** What the LAN sends to the Internet leaves as the address of the control port; ports that reports come to stay free. */
function lanRules(plan: RoutePlan, internet: string): string[] {
	const [control] = plan.controls.filter((line) => line.address !== line.advertisedAddress);
	if (control === undefined) return [];
	const own = plan.interfaces.filter(
		(line) => line.machine === "firewall" && line.side === "router" && line.address !== "",
	);
	const from = set([...plan.lan.map(cidr), ...own.map(({ address }) => address)]);
	const address = control.advertisedAddress;
	const shared = plan.inward.filter((flow) => flow.at === address).map((flow) => flow.ports);
	const udp =
		shared.length === 0
			? []
			: [
					`oifname ${internet} ip saddr ${from} meta l4proto udp snat ip to ${address}:${formatPorts(freePorts(shared))}`,
				];
	return [...udp, `oifname ${internet} ip saddr ${from} snat ip to ${address}`];
}

/** The longest range of unprivileged ports without those. */
function freePorts(used: readonly PortRange[]): PortRange {
	const sorted = [...used].sort((a, b) => a.first - b.first);
	let best: PortRange = { first: 0, last: 0 };
	let from = 1024;
	for (const { first, last } of [...sorted, { first: 65_536, last: 65_536 }]) {
		if (first - from > best.last - best.first) best = { first: from, last: first - 1 };
		from = Math.max(from, last + 1);
	}
	return best;
}

/** Matches packets of a flow before the router has translated them. */
function outside({ clients, at, ports }: InwardFlow): string {
	return `${clientsAt("saddr", clients)}ip daddr ${at} udp dport ${formatPorts(ports)}`;
}

/** Matches packets of a flow after the router has translated them. */
function inside({ clients, target, targetPort, ports }: InwardFlow): string {
	const port = targetPort === 0 ? formatPorts(ports) : targetPort;
	return `${clientsAt("saddr", clients)}ip daddr ${target} udp dport ${port}`;
}

function rewriteIn({ at, target, targetPort }: InwardFlow): string {
	const address = at === target ? "" : `ip daddr set ${target} `;
	return targetPort === 0 ? address : `${address}udp dport set ${targetPort} `;
}

function leaving({ clients, from, ports }: OutwardFlow): string {
	const sport = ports.first === 0 ? "meta l4proto udp" : `udp sport ${formatPorts(ports)}`;
	return `ip saddr ${from} ${clientsAt("daddr", clients)}${sport}`;
}

/** Matches client networks; nothing for the whole Internet. */
function clientsAt(field: "saddr" | "daddr", clients: readonly Cidr[]): string {
	if (clients.some(({ prefix }) => prefix === 0)) return "";
	return `ip ${field} ${set(clients.map(cidr))} `;
}

function names({ interfaces }: RoutePlan, machine: InterfaceLine["machine"], side: InterfaceSide): string {
	return set(interfacesTo(interfaces, machine, side).map(({ name }) => `"${name}"`));
}

function cidr({ address, prefix }: Cidr): string {
	return `${address}/${prefix}`;
}

function set(items: readonly string[]): string {
	const different = unique(items);
	return different.length === 1 ? different[0] : `{ ${different.join(", ")} }`;
}

function unique(items: readonly string[]): string[] {
	return [...new Set(items)];
}

function chain(name: string, hook: string, rules: readonly string[]): string {
	return `\tchain ${name} {\n\t\ttype ${hook};\n${unique(rules)
		.map((rule) => `\t\t${rule}\n`)
		.join("")}\t}\n`;
}

/** A table that replaces the one of its name. */
function ruleSet(name: string, chains: readonly string[]): string {
	return `table inet ${name}\ndelete table inet ${name}\n\ntable inet ${name} {\n${chains.join("\n")}}\n`;
}
