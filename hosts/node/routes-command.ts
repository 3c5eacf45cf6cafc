import { parseDigits } from "../../src/base/digits";
import { parseCidr } from "../../src/core/cidr";
import { relayRouteCommands, relayRules } from "../../src/relay/transparent/relay-rules";
import { EXIT_CODES, type ROUTES_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import { readNamedFile } from "../../src/settings/named-file";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { parseAddressTable } from "../../src/stream/address/address-table-file";
import { isName } from "../../src/stream/address/address-table-words";
import { checkRoutes } from "../../src/stream/routes/route-check";
import type { RouteFinding } from "../../src/stream/routes/route-finding";
import { planRoutes } from "../../src/stream/routes/route-plan";
import { firewallRules, routerRules } from "../../src/stream/routes/route-rules";
import { describeRoutes } from "../../src/stream/routes/route-summary";

/** What the command does outside: reads one file, and prints. */
export interface RoutesHost {
	/** @throws {Error} that says why it can't be read */
	readFile(path: string): string | undefined;
	/** Writes a line to standard output. */
	print(line: string): void;
	/** Writes a line to standard error. */
	error(line: string): void;
}

/**
 * Prints the rule sets of a table file and a summary in words, or what `--check` finds (STR-15); with `--relay` those of a
 * transparent relay (REP-1).
 *
 * Rule sets go to standard output alone with `--firewall` or `--router`, so that `nft -f -` reads them; findings go to standard
 * error then.
 * @returns 1 when something in the table cannot work, else 0
 * @throws {UsageError} without a file, or for one that is not a table
 */
export function runRoutes({ values }: Gathered<ValuesOf<typeof ROUTES_SCHEMA>>, host: RoutesHost): number {
	const { table, firewall, router, check, relay } = values;
	if (relay) return printRelayRules(values, host);
	if (table === "") throw new UsageError(["--table FILE says which address management table to read."]);
	const file = parseAddressTable(readNamedFile(table, (path) => host.readFile(path), "--table"));
	if (!("rows" in file))
		throw new UsageError(file.map(({ line, message }) => `${table}${line === 0 ? "" : `:${line}`}: ${message}`));
	const findings = checkRoutes(file);
	const report = check ? host.print : host.error;
	for (const finding of findings) report(sentence(table, finding));
	if (findings.some(({ isFault }) => isFault)) return EXIT_CODES.failed;
	if (check) {
		host.print(`${table}: nothing was found that cannot work.`);
		return EXIT_CODES.done;
	}
	const plan = planRoutes(file);
	const isAll = !firewall && !router;
	if (isAll) host.print(describeRoutes(file).join("\n"));
	if (plan.interfaces.length === 0) {
		if (isAll) return EXIT_CODES.done;
		host.error(`${table}: rule sets name network interfaces: add "router" and "firewall" lines.`);
		return EXIT_CODES.failed;
	}
	if (plan.routerIsFirewall && firewall) host.error("The router is the firewall too: load its rule set only.");
	if ((firewall || isAll) && !plan.routerIsFirewall) host.print(titled("firewall", isAll, firewallRules(plan)));
	if (router || isAll) host.print(titled("router", isAll, routerRules(plan)));
	return EXIT_CODES.done;
}

/** Prints the rule set of a transparent relay, with the commands that it needs besides as comments. */
function printRelayRules(
	{ access, originPorts, origins, transparentPort }: ValuesOf<typeof ROUTES_SCHEMA>,
	host: RoutesHost,
): number {
	const names = interfaceNames(access);
	const ports = originPorts.split(",").map((text) => parseDigits(text.trim(), 5) ?? 0);
	if (names.length === 0 || !names.every(isName))
		throw new UsageError(["--access NAMES says which interfaces lead to the access network: --access eth1."]);
	if (!ports.every((port) => port >= 1 && port <= 65_535))
		throw new UsageError([`--origin-ports: "${originPorts}" is not a list of TCP ports with commas between them.`]);
	const networks = origins === "" ? [] : origins.split(",").map((text) => parseCidr(text.trim()));
	if (!networks.every((network) => network !== undefined))
		throw new UsageError([`--origins: "${origins}" is not a list of networks with commas between them.`]);
	host.print(`# Rule set of a transparent relay, written by "porthole routes --relay". It needs these commands once after each start:
${relayRouteCommands()
	.map((command) => `#   ${command}`)
	.join("\n")}
# and a router: sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
${relayRules({ access: names, ports, origins: networks, port: transparentPort })}`);
	return EXIT_CODES.done;
}

function titled(machine: string, isAll: boolean, rules: string): string {
	const head = `# Rule set of the ${machine}, written by "porthole routes --${machine}". Change the table and write it again.`;
	return `${isAll ? "\n" : ""}${head}\n${rules}`;
}

function sentence(table: string, { isFault, line, message }: RouteFinding): string {
	return `${table}${line === 0 ? "" : `:${line}`}: ${isFault ? "" : "note: "}${message}`;
}
