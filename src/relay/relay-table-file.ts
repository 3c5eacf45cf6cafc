import { isRelayName } from "../base/relay-name";
import { quote, wordsOf } from "../base/table-words";
import { type Cidr, parseCidr } from "../core/cidr";
import { canonicalIp, ipFamily } from "../core/ip-address";
import { isHostName } from "../ports/resolver";
import { parseHttpSource } from "../wire/http-source-url";
import { parseSourceUrl } from "../wire/rtsp-source-url";
import type { AllowRule, ContentTerms } from "./allow-list";
import { parseRelayKey } from "./relay-key";
import type { RelayTable } from "./relay-table";
import type { RelayedContent, RelayOrigin, RelayProtocol } from "./relayed-content";
import type { Tariff } from "./tariff";
import { parseTariff } from "./tariff-text";

/** What is wrong in a table file. */
export interface RelayTableProblem {
	/** Counted from 1; 0: the file as a whole. */
	readonly line: number;
	/** A sentence without the line. It never contains a key or a password. */
	readonly message: string;
}

/** The longest text, in characters. */
const TEXT_MAX = 65_536;
const LINE_MAX = 2500;
/** The most lines of each kind. */
const LINES_MAX = 1024;
/** Reading ends after so many problems. */
const PROBLEMS_MAX = 20;
const NAME_MAX = 64;
/** Names of contents that would hide the relay's own pages, and the beginning of URLs that contain the origin's. */
const RESERVED: readonly string[] = Object.freeze(["api", "login", "logout", "metrics", "origin", "relay", "settings"]);
const KEY_FORM = "64 hexadecimal digits";

/** What the words at the end of a line say. */
interface Options {
	origin: string;
	isOpen: boolean;
	tariff: Tariff | undefined;
	id: string;
	port: number;
	protocol: RelayProtocol | undefined;
}

/**
 * Parses the table of a relay. `docs/relay.md` describes the format.
 * @returns the content, or every problem with its line, at most 20
 */
export function parseRelayTable(text: string): RelayTable | readonly RelayTableProblem[] {
	if (text.length > TEXT_MAX) return [{ line: 0, message: `The file is longer than ${TEXT_MAX} characters.` }];
	const parser = new RelayTableParser();
	const lines = text.split("\n");
	for (let i = 0; i < lines.length && parser.problems.length < PROBLEMS_MAX; i++) parser.take(i + 1, lines[i]);
	return parser.finish();
}

class RelayTableParser {
	readonly problems: RelayTableProblem[] = [];
	private readonly origins = new Map<string, RelayOrigin>();
	private readonly contents = new Map<string, RelayedContent>();
	private readonly allowed: AllowRule[] = [];
	/** Where origins are named. */
	private readonly uses: { readonly line: number; readonly origin: string }[] = [];

	take(line: number, text: string): void {
		if (text.length > LINE_MAX) return this.fail(line, `The line is longer than ${LINE_MAX} characters.`);
		const words = wordsOf(text);
		if (words.length === 0) return;
		const most = Math.max(this.origins.size, this.contents.size, this.allowed.length);
		if (most >= LINES_MAX) return this.fail(line, `There are more than ${LINES_MAX} lines of one kind.`);
		switch (words[0]) {
			case "origin":
				return this.origin(line, words);
			case "content":
				return this.content(line, words);
			case "allow":
				return this.allow(line, words);
			default:
				return this.fail(line, `A line begins with origin, content or allow, not ${quote(words[0])}.`);
		}
	}

	finish(): RelayTable | readonly RelayTableProblem[] {
		for (const { line, origin } of this.uses)
			if (!this.origins.has(origin)) this.fail(line, `The origin ${origin} is not in the table.`);
		if (this.problems.length > 0) return this.problems.slice(0, PROBLEMS_MAX);
		const { origins, contents, allowed } = this;
		return { origins: [...origins.values()], contents: [...contents.values()], allowed };
	}

	private origin(line: number, [, name = "", key = "", ...rest]: readonly string[]): void {
		if (!isRelayName(name))
			return this.fail(line, 'An origin is "origin NAME KEY URL": a name of letters, digits, ., - and _.');
		const [first = "="] = rest;
		const url = first.includes("=") && !first.includes("://") ? "" : first;
		if (this.origins.has(name)) return this.fail(line, `The origin ${name} is in the table twice.`);
		const octets = parseRelayKey(key.toLowerCase());
		if (octets === undefined)
			return this.fail(line, `The key of ${name} must be the ${KEY_FORM} that porthole relay-key prints.`);
		const parsed = url === "" ? undefined : parseHttpSource(url);
		const isBase = parsed !== undefined && parsed.url.target === "/" && parsed.user === "";
		if (url !== "" && !isBase)
			return this.fail(line, `The URL of ${name} must be http://HOST:PORT or https://HOST:PORT, without a path.`);
		const options = this.options(line, url === "" ? rest : rest.slice(1), ["tariff"], false);
		if (options === undefined) return;
		const { tariff } = options;
		this.origins.set(name, { name, url: url.endsWith("/") ? url.slice(0, -1) : url, key: octets, tariff });
	}

	private content(line: number, [, key = "", url = "", ...rest]: readonly string[]): void {
		if (!isContentKey(key))
			return this.fail(line, 'A content is "content NAME URL …": a name of letters, digits, -, _ and /.');
		if (RESERVED.includes(key.split("/", 1)[0]))
			return this.fail(line, `The name ${quote(key)} belongs to the relay's own pages.`);
		const rtsp = parseSourceUrl(url);
		if (rtsp === undefined && parseHttpSource(url) === undefined)
			return this.fail(line, `The URL of ${key} must begin with rtsp://, rtsps://, http:// or https://.`);
		const protocol = rtsp === undefined ? "http" : "rtsp";
		if (this.contents.has(`${protocol} ${key}`))
			return this.fail(line, `The content ${key} is in the table twice for this protocol.`);
		const options = this.options(line, rest, ["origin", "tariff", "id"]);
		if (options === undefined) return;
		const content = { key, protocol, url, content: options.id || key, ...termsOf(options) } as const;
		this.contents.set(`${protocol} ${key}`, content);
	}

	private allow(line: number, [, host = "", ...rest]: readonly string[]): void {
		const place = placeOf(host);
		if (place === undefined)
			return this.fail(line, `${quote(host)} is neither an address, a network such as 192.0.2.0/24, nor a host name.`);
		const options = this.options(line, rest, ["origin", "tariff", "port", "protocol"]);
		if (options === undefined) return;
		this.allowed.push({ host: place, port: options.port, protocol: options.protocol, ...termsOf(options) });
	}

	/** Reads the words at the end of a line: `NAME=VALUE` of these names, and `open` if `mayOpen`. */
	private options(
		line: number,
		words: readonly string[],
		names: readonly string[],
		mayOpen = true,
	): Options | undefined {
		const options: Options = { origin: "", isOpen: false, tariff: undefined, id: "", port: 0, protocol: undefined };
		const given: string[] = [];
		for (const word of words) {
			const equals = word.indexOf("=");
			const name = equals < 0 ? word : word.slice(0, equals);
			if (given.includes(name)) return this.refuse(line, `${quote(name)} stands twice in this line.`);
			given.push(name);
			if (word === "open" && mayOpen) options.isOpen = true;
			else if (equals < 0 || !names.includes(name))
				return this.refuse(
					line,
					`${quote(word)} is unknown here: use ${mayOpen ? "open and " : ""}${names.map((n) => `${n}=`).join(", ")}.`,
				);
			else {
				const problem = setOption(options, name, word.slice(equals + 1));
				if (problem !== undefined) return this.refuse(line, problem);
			}
		}
		if (options.origin !== "") this.uses.push({ line, origin: options.origin });
		return options;
	}

	private refuse(line: number, message: string): undefined {
		this.fail(line, message);
		return undefined;
	}

	private fail(line: number, message: string): void {
		if (this.problems.length < PROBLEMS_MAX) this.problems.push({ line, message });
	}
}

/** @returns what is wrong with the value */
function setOption(options: Options, name: string, value: string): string | undefined {
	switch (name) {
		case "origin":
			options.origin = value;
			return isRelayName(value) ? undefined : `${quote(value)} is not the name of an origin.`;
		case "tariff":
			options.tariff = parseTariff(value);
			return options.tariff !== undefined
				? undefined
				: `${quote(value)} is not a tariff such as 0.02EUR/1000000octets, 0.001EUR/packet or 1.5EUR/3600seconds.`;
		case "id":
			options.id = value;
			return isContentKey(value) ? undefined : `${quote(value)} is not an identity of letters, digits, -, _ and /.`;
		case "port":
			options.port = /^[1-9][0-9]{0,4}$/.test(value) ? Number(value) : 65_536;
			return options.port <= 65_535 ? undefined : `${quote(value)} is not a port.`;
		default:
			if (value !== "rtsp" && value !== "http") return `The protocol is rtsp or http, not ${quote(value)}.`;
			options.protocol = value;
			return undefined;
	}
}

function termsOf({ origin, isOpen, tariff }: Options): ContentTerms {
	return { origin, needsLogin: !isOpen, tariff };
}

/** An address as the network of itself, a network, or a host name in lower case. */
function placeOf(text: string): Cidr | string | undefined {
	if (text.includes("/")) return parseCidr(text);
	const family = text.includes("%") ? undefined : ipFamily(text);
	if (family !== undefined) return { address: canonicalIp(text) ?? text, prefix: family === 4 ? 32 : 128 };
	return isHostName(text) ? text.toLowerCase() : undefined;
}

/** Tells whether text can name a content: letters, digits, `-`, `_` in parts between slashes, at most 64 characters. */
function isContentKey(text: string): boolean {
	return text.length <= NAME_MAX && /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(text);
}
