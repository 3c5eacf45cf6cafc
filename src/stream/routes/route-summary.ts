import type { Cidr } from "../../core/cidr";
import type { AddressTableFile, TableRow } from "../address/address-table-file";
import { formatPorts, type PortRange, type TableEndpoint } from "../address/address-table-words";
import { interfacesTo, planRoutes, type RoutePlan } from "./route-plan";

/** Describes a plan in words: the streams between the networks, what passes, and the routes to set beside the rule sets (STR-15). */
export function describeRoutes(file: AddressTableFile): string[] {
	const plan = planRoutes(file);
	return [
		...plan.controls.map(
			({ address, port, advertisedAddress, advertisedPort }) =>
				`Control: RTSP at ${address}, TCP port ${port}${address === advertisedAddress ? "" : `; seen from the Internet as ${advertisedAddress}, port ${advertisedPort}`}.`,
		),
		...file.rows.map(describeRow),
		"",
		...describePasses(plan),
		...describeMachines(plan),
	];
}

function describeRow({ clients, protocol, direction, bound, advertised }: TableRow): string {
	const what = `Clients in ${clients}, ${protocol.toUpperCase()}`;
	const seen = bound?.address === advertised.address ? "" : `, seen as ${endpoint(advertised)}`;
	if (bound === undefined) return `${what}: none; they are told ${dummy(advertised)}, which nobody uses.`;
	if (direction === "receive") return `${what}: received at ${endpoint(bound)}${seen}.`;
	return `${what}: sent ${direction === "both" ? "and received at" : "from"} ${endpoint(bound)}${seen}.`;
}

function describePasses(plan: RoutePlan): string[] {
	const { controls, inward, media, mediaOnly } = plan;
	const passes = [
		...controls.map(({ address, port }) => `TCP port ${port} of ${address} (control)`),
		...inward.map(
			({ target, targetPort, ports }) =>
				`UDP port ${targetPort === 0 ? formatPorts(ports) : targetPort} of ${target} (reports)`,
		),
	];
	return [
		`The firewall passes from outside: ${passes.length === 0 ? "nothing" : passes.join(", ")}. What the LAN sends to the Internet goes to the router, with the answers; all else is rejected.`,
		...inward.map(
			({ at, ports, target, targetPort }) =>
				`The router sends UDP for ${at}, port ${formatPorts(ports)}, to ${target}, port ${targetPort === 0 ? "unchanged" : targetPort}, without connection state: enough for ${oddPorts(ports)} streams at once.`,
		),
		...(mediaOnly.length === 0 ? [] : [`The router drops all else that comes for ${mediaOnly.join(", ")}.`]),
		...(media.length === 0
			? []
			: [`Nothing enters ${media.map(cidr).join(", ")}, whatever connection state there is.`]),
	];
}

/** Addresses and routes, which rule sets do not contain. */
function describeMachines(plan: RoutePlan): string[] {
	const { interfaces, lan, media, controls, outward, inward } = plan;
	if (interfaces.length === 0) return [];
	const [internet] = interfacesTo(interfaces, "router", "internet");
	const [toFirewall] = interfacesTo(interfaces, "router", "firewall");
	const [toRouter] = interfacesTo(interfaces, "firewall", "router");
	const gateways = interfacesTo(interfaces, plan.routerIsFirewall ? "router" : "firewall", "lan");
	const seen = [
		...controls.map((line) => line.advertisedAddress),
		...outward.map(({ to }) => to),
		...inward.map(({ at }) => at),
	];
	const extra = [...new Set(seen)].filter((address) => address !== internet?.address);
	const forward = "sysctl -w net.ipv4.ip_forward=1";
	const table = 100;
	return [
		...commands("router", [
			forward,
			...extra.map((address) => `ip address add ${address}/32 dev ${internet?.name}`),
			...interfaces
				.filter(({ machine, gateway }) => machine === "router" && gateway !== "")
				.map(({ gateway, name }) => `ip route replace default via ${gateway} dev ${name}`),
			...(toFirewall === undefined || toRouter === undefined || toRouter.address === ""
				? []
				: lan.map((network) => `ip route replace ${cidr(network)} via ${toRouter.address} dev ${toFirewall.name}`)),
		]),
		...(toRouter === undefined
			? []
			: commands("firewall", [
					forward,
					...(toFirewall === undefined || toFirewall.address === ""
						? []
						: [`ip route replace default via ${toFirewall.address} dev ${toRouter.name}`]),
				])),
		...commands("stream server", [
			...gateways
				.filter(({ address }) => address !== "")
				.map(({ address }) => `ip route replace default via ${address}`),
			...interfacesTo(interfaces, "router", "media")
				.filter(({ address }) => address !== "")
				.map(({ address }) => `ip route replace default via ${address} table ${table}`),
			...media.map((network) => `ip rule add from ${cidr(network)} table ${table}`),
		]),
	];
}

function commands(machine: string, lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : ["", `On the ${machine}:`, ...lines.map((line) => `  ${line}`)];
}

/** How many ports for RTCP a range has. */
function oddPorts({ first, last }: PortRange): number {
	return Math.floor((last + 1) / 2) - Math.floor(first / 2);
}

function endpoint({ address, ports }: TableEndpoint): string {
	return `${address}, ${ports.first === 0 ? "any port" : `port ${formatPorts(ports)}`}`;
}

/** @param ports of which one is told; 0: any */
function dummy({ address, ports }: TableEndpoint): string {
	return ports.first === 0 ? `a port of ${address}` : `port ${formatPorts(ports)} of ${address}`;
}

function cidr({ address, prefix }: Cidr): string {
	return `${address}/${prefix}`;
}
