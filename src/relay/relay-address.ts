import { isNameCharacter } from "../base/relay-name";
import { formatEndpoint, ipFamily } from "../core/ip-address";
import { isHostName } from "../ports/resolver";

const PREFIX_MAX = 64;

/** Where viewers reach a relay. */
export interface RelayAddress {
	/** A name or an address, IPv6 without brackets. */
	readonly host: string;
	/** 0: none. */
	readonly httpPort: number;
	readonly rtspPort: number;
	readonly secure: boolean;
	/** What the paths of an origin's contents begin with: `home/`. */
	readonly prefix: string;
}

/** Tells whether text is a host: a name, or an address without a zone. */
export function isHost(text: string): boolean {
	return text.length <= 253 && (isHostName(text) || (ipFamily(text) !== undefined && !text.includes("%")));
}

/** Tells whether text can begin the paths of an origin's contents: segments of `A-Z a-z 0-9 . _ -`, each with a slash at its end. */
export function isPathPrefix(text: string): boolean {
	if (text.length > PREFIX_MAX) return false;
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 47) {
			if (length === 0 || text.slice(i - length, i) === "." || text.slice(i - length, i) === "..") return false;
			length = 0;
		} else if (isNameCharacter(code)) length++;
		else return false;
	}
	return length === 0;
}

/**
 * Returns the URL of a content at a relay, with a ticket; empty: the relay doesn't serve that protocol.
 * @param content the rest of its path: a camera's identity, `…/h264`
 */
export function relayUrl(
	protocol: "http" | "rtsp",
	{ host, httpPort, rtspPort, secure, prefix }: RelayAddress,
	content: string,
	ticket: string,
): string {
	const port = protocol === "http" ? httpPort : rtspPort;
	if (port === 0) return "";
	const query = ticket === "" ? "" : `?link=${ticket}`;
	return `${protocol}${secure ? "s" : ""}://${formatEndpoint(host, port)}/${prefix}${content}${query}`;
}
