import { quote, wordsOf } from "../../base/table-words";
import { type Cidr, parseCidr } from "../../core/cidr";
import { ipFamily } from "../../core/ip-address";
import { isName, type PortRange, parseEndpoint, type TableEndpoint } from "./address-table-words";

/** `network NAME CIDR…`: a name for client networks. `lan` (A) and `media` (C) have a meaning of their own. */
export interface NamedNetwork {
	readonly line: number;
	readonly name: string;
	readonly networks: readonly Cidr[];
}

/** `control ADDRESS:PORT as ADDRESS:PORT`: where RTSP listens (A.10), and how the Internet reaches it (X.110). */
export interface ControlLine {
	readonly line: number;
	readonly address: string;
	readonly port: number;
	/** The same as `address` where nothing translates. */
	readonly advertisedAddress: string;
	readonly advertisedPort: number;
}

/** `router SIDE INTERFACE ADDRESS via GATEWAY`: an interface of the router or the firewall. */
export interface InterfaceLine {
	readonly line: number;
	readonly machine: "router" | "firewall";
	/** What the interface leads to. */
	readonly side: InterfaceSide;
	readonly name: string;
	/** Its own address; empty: not told. */
	readonly address: string;
	/** Where its default route leads; empty: not told. */
	readonly gateway: string;
}

/** What an interface of a router or firewall leads to. */
export type InterfaceSide = "internet" | "media" | "lan" | "router" | "firewall";

/** Directions of a row: `both` is RTCP sent and received at one address, `none` advertises a port that nobody uses. */
export type TableDirection = "send" | "receive" | "both" | "none";

/** `CLIENTS PROTOCOL DIRECTION BOUND as ADVERTISED`: a row of the address management table (STR-4). */
export interface TableRow {
	readonly line: number;
	/** As written: the name of a network, or a network. */
	readonly clients: string;
	/** Those of the address family of `advertised`. */
	readonly networks: readonly Cidr[];
	readonly protocol: "rtp" | "rtcp";
	readonly direction: TableDirection;
	/** `undefined` with the direction `none`. */
	readonly bound: TableEndpoint | undefined;
	readonly advertised: TableEndpoint;
}

/** The content of a table file. */
export interface AddressTableFile {
	readonly networks: readonly NamedNetwork[];
	readonly controls: readonly ControlLine[];
	readonly interfaces: readonly InterfaceLine[];
	readonly rows: readonly TableRow[];
	/** `others refused`: clients in no network of the rows get no UDP, and the rule is off (STR-4). */
	readonly refusesOthers: boolean;
}

/** What is wrong in a table file. */
export interface TableFileProblem {
	/** Counted from 1; 0: the file as a whole. */
	readonly line: number;
	/** A sentence without the line. */
	readonly message: string;
}

/** The longest text, in characters. */
const TEXT_MAX = 65_536;
const LINE_MAX = 300;
/** The most rows, names, control lines and interfaces, each. */
const LINES_MAX = 256;
const WORDS_MAX = 20;
/** Reading ends after so many problems. */
const PROBLEMS_MAX = 20;

/** The whole Internet: what the name `internet` means until a line says otherwise. */
const INTERNET: readonly Cidr[] = Object.freeze([
	Object.freeze({ address: "0.0.0.0", prefix: 0 }),
	Object.freeze({ address: "::", prefix: 0 }),
]);

const SIDES: Readonly<Record<"router" | "firewall", readonly InterfaceSide[]>> = {
	router: ["internet", "media", "firewall", "lan"],
	firewall: ["router", "lan"],
};

/**
 * Parses a file with the address management table and what surrounds it (STR-4, STR-15). `docs/stream-server.md` describes the
 * format.
 * @returns the content, or every problem with its line, at most 20
 */
export function parseAddressTable(text: string): AddressTableFile | readonly TableFileProblem[] {
	if (text.length > TEXT_MAX) return [{ line: 0, message: `The file is longer than ${TEXT_MAX} characters.` }];
	const parser = new TableParser();
	const lines = text.split("\n");
	for (let i = 0; i < lines.length && parser.problems.length < PROBLEMS_MAX; i++) parser.take(i + 1, lines[i]);
	return parser.finish();
}

/** A row whose network has a name that may be defined below it. */
interface OpenRow extends Omit<TableRow, "networks"> {
	readonly cidr: Cidr | undefined;
}

class TableParser {
	readonly problems: TableFileProblem[] = [];
	private readonly networks = new Map<string, NamedNetwork>();
	private readonly controls: ControlLine[] = [];
	private readonly interfaces: InterfaceLine[] = [];
	private readonly rows: OpenRow[] = [];
	private refusesOthers = false;

	take(line: number, text: string): void {
		if (text.length > LINE_MAX) return this.fail(line, `The line is longer than ${LINE_MAX} characters.`);
		const words = wordsOf(text);
		if (words.length === 0) return;
		if (words.length > WORDS_MAX) return this.fail(line, `The line has more than ${WORDS_MAX} words.`);
		const list = this.listOf(words[0]);
		if ((list ?? this.networks.size) >= LINES_MAX)
			return this.fail(line, `There are more than ${LINES_MAX} lines of this kind.`);
		switch (words[0]) {
			case "network":
				return this.network(line, words);
			case "control":
				return this.control(line, words);
			case "others":
				return this.others(line, words);
			case "router":
			case "firewall":
				return this.interface(line, words[0], words);
			default:
				return this.row(line, words);
		}
	}

	finish(): AddressTableFile | readonly TableFileProblem[] {
		const rows: TableRow[] = [];
		for (const { cidr, ...row } of this.rows) {
			const family = ipFamily(row.advertised.address);
			const named = cidr === undefined ? this.named(row.clients) : [cidr];
			if (named === undefined) {
				this.fail(
					row.line,
					`${quote(row.clients)} is neither a network such as 192.168.1.0/24 nor named by a "network" line.`,
				);
				continue;
			}
			const networks = named.filter((network) => ipFamily(network.address) === family);
			if (networks.length === 0)
				this.fail(row.line, `${row.clients} has no network of the address family of ${row.advertised.address}.`);
			rows.push({ ...row, networks });
		}
		if (this.problems.length > 0) return this.problems.slice(0, PROBLEMS_MAX);
		const { controls, interfaces, refusesOthers } = this;
		return { networks: [...this.networks.values()], controls, interfaces, rows, refusesOthers };
	}

	/** How many lines of a kind there are; `undefined` for networks. */
	private listOf(word: string): number | undefined {
		if (word === "network") return undefined;
		if (word === "control") return this.controls.length;
		return word === "router" || word === "firewall" ? this.interfaces.length : this.rows.length;
	}

	private named(name: string): readonly Cidr[] | undefined {
		return this.networks.get(name)?.networks ?? (name === "internet" ? INTERNET : undefined);
	}

	private network(line: number, [, name = "", ...words]: readonly string[]): void {
		if (!isName(name))
			return this.fail(line, `A network is "network NAME 192.168.1.0/24"; ${quote(name)} is not a name.`);
		if (words.length === 0) return this.fail(line, `The network ${name} has no address, such as 192.168.1.0/24.`);
		const before = this.networks.get(name);
		if (before !== undefined) return this.fail(line, `The network ${name} is defined in line ${before.line} already.`);
		const networks: Cidr[] = [];
		for (const word of words) {
			const cidr = parseCidr(word);
			if (cidr === undefined) return this.fail(line, `${quote(word)} is not a network such as 192.168.1.0/24.`);
			networks.push(cidr);
		}
		this.networks.set(name, { line, name, networks });
	}

	private control(line: number, words: readonly string[]): void {
		const own = parseEndpoint(words[1] ?? "");
		const seen = words.length > 2 ? parseEndpoint(words[3] ?? "") : own;
		const fits = words.length === 2 || (words.length === 4 && words[2] === "as");
		if (own === undefined || seen === undefined || !fits || !isOnePort(own.ports) || own.ports.first === 0)
			return this.fail(line, 'The control port is "control ADDRESS:PORT" or "control ADDRESS:PORT as ADDRESS:PORT".');
		if (!isOnePort(seen.ports) || ipFamily(own.address) !== ipFamily(seen.address))
			return this.fail(line, "The control port has one port, and addresses of one family.");
		this.controls.push({
			line,
			address: own.address,
			port: own.ports.first,
			advertisedAddress: seen.address,
			advertisedPort: seen.ports.first === 0 ? own.ports.first : seen.ports.first,
		});
	}

	private others(line: number, words: readonly string[]): void {
		if (words.length !== 2 || words[1] !== "refused") return this.fail(line, 'This line is "others refused".');
		this.refusesOthers = true;
	}

	private interface(line: number, machine: "router" | "firewall", words: readonly string[]): void {
		const sides = SIDES[machine];
		const side = sides.find((known) => known === words[1]);
		if (side === undefined)
			return this.fail(line, `The ${machine} has interfaces to: ${sides.join(", ")}; not ${quote(words[1] ?? "")}.`);
		const [, , name = "", ...rest] = words;
		if (!isName(name)) return this.fail(line, `${quote(name)} is not the name of a network interface.`);
		const via = rest.indexOf("via");
		const gateway = via < 0 ? "" : (rest[via + 1] ?? "");
		const own = via < 0 ? rest : rest.slice(0, via);
		const address = own.length === 0 ? "" : own[0];
		const fits = own.length <= 1 && (via < 0 || rest.length === via + 2);
		const known = (address === "" || ipFamily(address) === 4) && (via < 0 || ipFamily(gateway) === 4);
		if (!fits || !known)
			return this.fail(
				line,
				`An interface is "${machine} ${side} NAME", "… NAME ADDRESS" or "… NAME ADDRESS via GATEWAY" (IPv4).`,
			);
		this.interfaces.push({ line, machine, side, name, address, gateway });
	}

	private row(line: number, words: readonly string[]): void {
		const [clients, protocol, direction, ...ends] = words;
		const cidr = clients.includes("/") ? parseCidr(clients) : undefined;
		if (cidr === undefined && !isName(clients))
			return this.fail(line, `${quote(clients)} is neither a network such as 192.168.1.0/24 nor a name.`);
		if (protocol !== "rtp" && protocol !== "rtcp")
			return this.fail(
				line,
				cidr !== undefined || this.named(clients) !== undefined
					? `After the client network comes "rtp" or "rtcp", not ${quote(protocol ?? "")}.`
					: `${quote(clients)} begins no line: lines begin with network, control, router, firewall, others or the name of a network.`,
			);
		if (direction !== "send" && direction !== "receive" && direction !== "both" && direction !== "none")
			return this.fail(
				line,
				`After the protocol comes "send", "receive", "both" or "none", not ${quote(direction ?? "")}.`,
			);
		if (protocol === "rtp" && direction !== "send") return this.fail(line, "RTP is only sent: write rtp send.");
		const as = ends.indexOf("as");
		const bound = direction === "none" ? undefined : parseEndpoint(ends[0] ?? "");
		const seen = as < 0 ? undefined : parseEndpoint(ends[as + 1] ?? "");
		if (direction === "none" ? as !== 0 || seen === undefined : bound === undefined)
			return this.fail(
				line,
				direction === "none" ? 'With "none" comes "as ADDRESS" or "as ADDRESS:PORT".' : notEndpoint(ends[0]),
			);
		if (as >= 0 && seen === undefined) return this.fail(line, notEndpoint(ends[as + 1]));
		if (ends.length !== (bound === undefined ? 0 : 1) + (as < 0 ? 0 : 2))
			return this.fail(
				line,
				`${quote(ends[ends.length - 1])} is too much: a row ends with ADDRESS:PORTS or ADDRESS:PORTS as ADDRESS:PORTS.`,
			);
		const advertised = advertisedOf(bound, seen, direction);
		if (advertised === undefined || (bound !== undefined && ipFamily(bound.address) !== ipFamily(advertised.address)))
			return this.fail(line, "The bound and the advertised address are of different families.");
		this.rows.push({ line, clients, cidr, protocol, direction, bound, advertised });
	}

	private fail(line: number, message: string): void {
		if (this.problems.length < PROBLEMS_MAX) this.problems.push({ line, message });
	}
}

/** Ports that are not written after `as` are the bound ones, as the translation keeps ports. */
function advertisedOf(
	bound: TableEndpoint | undefined,
	seen: TableEndpoint | undefined,
	direction: TableDirection,
): TableEndpoint | undefined {
	if (seen === undefined || bound === undefined) return seen ?? bound;
	const keeps = seen.ports.first === 0 && direction !== "receive";
	return keeps ? { address: seen.address, ports: bound.ports } : seen;
}

function notEndpoint(word: string | undefined): string {
	return word === undefined || word === "as"
		? "An address is missing: ADDRESS, ADDRESS:PORT or ADDRESS:FIRST-LAST."
		: `${quote(word)} is not ADDRESS, ADDRESS:PORT or ADDRESS:FIRST-LAST.`;
}

function isOnePort({ first, last }: PortRange): boolean {
	return first === last;
}
