import { toHex } from "../../base/hex";
import { utf8Encode } from "../../base/text";
import { canonicalIp, formatEndpoint, ipFamily } from "../../core/ip-address";
import { type AllowRule, ruleFor } from "../../relay/allow-list";
import { NAMED_PREFIX } from "../../relay/named-content";
import type { RelayedContent, RelayProtocol, RelayRefusal } from "../../relay/relayed-content";
import { isHostValue } from "../../wire/http-host";
import type { ContentRequest, ContentSource } from "./relay-services";

/** The longest path and query of an origin's URL. */
const TARGET_MAX = 1024;
const PORTS: Readonly<Record<RelayProtocol, number>> = Object.freeze({ rtsp: 554, http: 80 });

const UNKNOWN: RelayRefusal = Object.freeze({ status: 404, message: "the relay knows no such content" });
const FORBIDDEN: RelayRefusal = Object.freeze({
	status: 403,
	message: "the relay does not serve contents of that server",
});
const MALFORMED: RelayRefusal = Object.freeze({ status: 400, message: "the URL of the origin is malformed" });
const ITSELF: RelayRefusal = Object.freeze({ status: 508, message: "loop detected: that server is this relay" });

/** Asks the sources in order. @returns a refusal where none knows the content */
export function findContent(sources: readonly ContentSource[], request: ContentRequest): RelayedContent | RelayRefusal {
	for (const source of sources) {
		const found = source.find(request);
		if (found !== undefined) return found;
	}
	return UNKNOWN;
}

/** Tells whether a content was found. */
export function isContent(found: RelayedContent | RelayRefusal): found is RelayedContent {
	return "key" in found;
}

/** The contents that the owner has laid down in the table. */
export class TableSource implements ContentSource {
	private readonly byName = new Map<string, RelayedContent>();

	constructor(private readonly all: readonly RelayedContent[]) {
		for (const content of all) this.byName.set(`${content.protocol} ${content.key}`, content);
	}

	find({ protocol, path, proxied }: ContentRequest): RelayedContent | undefined {
		return proxied === "" ? this.byName.get(`${protocol} ${path}`) : undefined;
	}

	contents(): readonly RelayedContent[] {
		return this.all;
	}
}

/** Contents of servers that viewers name: by URLs that contain the origin's, and by proxy requests (REP-1). */
export class NamedServers implements ContentSource {
	/**
	 * @param rules the servers that may be named
	 * @param isOurs tells whether a host, by address or name, is this machine
	 */
	constructor(
		private readonly rules: readonly AllowRule[],
		private readonly isOurs: (host: string) => boolean,
	) {}

	find(request: ContentRequest): RelayedContent | RelayRefusal | undefined {
		const { protocol, path, query, proxied } = request;
		if (proxied !== "") return this.named(protocol, proxied, path, query);
		if (!path.startsWith(NAMED_PREFIX)) return undefined;
		const slash = path.indexOf("/", NAMED_PREFIX.length);
		const server = path.slice(NAMED_PREFIX.length, slash < 0 ? path.length : slash);
		return this.named(protocol, server, slash < 0 ? "" : path.slice(slash + 1), query);
	}

	contents(): readonly RelayedContent[] {
		return [];
	}

	private named(
		protocol: RelayProtocol,
		server: string,
		path: string,
		query: string,
	): RelayedContent | RelayRefusal | undefined {
		const place = readServer(server, PORTS[protocol]);
		if (place === undefined || path.length + query.length > TARGET_MAX) return MALFORMED;
		const { host, port } = place;
		const rule = ruleFor(this.rules, protocol, host, port);
		if (rule === undefined) return FORBIDDEN;
		if (this.isOurs(host)) return ITSELF;
		const { origin, needsLogin, tariff } = rule;
		const target = `${formatEndpoint(host, port)}/${encodePath(path)}${query === "" ? "" : `?${query}`}`;
		const key = NAMED_PREFIX + target;
		return { key, protocol, url: `${protocol}://${target}`, content: key, origin, needsLogin, tariff };
	}
}

/** Reads `HOST`, `HOST:PORT`, `ADDRESS` or `[IPV6]:PORT`. @returns the host as {@link ruleFor} takes it */
export function readServer(
	text: string,
	defaultPort: number,
): { readonly host: string; readonly port: number } | undefined {
	if (text === "" || !isHostValue(text)) return undefined;
	const close = text.lastIndexOf("]");
	const mark = text.indexOf(":", Math.max(0, close));
	const name = mark < 0 ? text : text.slice(0, mark);
	const host = (close < 0 ? name : name.slice(1, -1)).toLowerCase();
	const port = mark < 0 || mark === text.length - 1 ? defaultPort : Number(text.slice(mark + 1));
	if (host === "" || !(port >= 1 && port <= 65_535)) return undefined;
	if (close >= 0 && ipFamily(host) !== 6) return undefined;
	return { host: canonicalIp(host) ?? host, port };
}

/** Encodes a decoded path for a request line, and for the key of its content. @see RFC 3986 §3.3 */
function encodePath(path: string): string {
	let encoded = "";
	const bytes = utf8Encode(path);
	for (let i = 0; i < bytes.length; i++) {
		const code = bytes[i];
		const isPlain = code > 32 && code < 127 && !'"#%<>?[\\]^`{|}'.includes(String.fromCharCode(code));
		encoded += isPlain ? String.fromCharCode(code) : `%${toHex(bytes, i, i + 1).toUpperCase()}`;
	}
	return encoded;
}
