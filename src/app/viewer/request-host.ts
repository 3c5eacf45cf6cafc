import { latin1 } from "../../base/text";

/** The most octets of a request's head that are looked at for its host. */
export const HEAD_MAX = 16_384;

/**
 * Finds the host in the beginning of an HTTP request.
 * @returns the Host field in lower case, without port; empty: the head has none, or is malformed; `undefined`: it is not whole yet
 * @see RFC 9110 §7.2
 */
export function hostOfRequest(bytes: Uint8Array, length: number): string | undefined {
	const text = latin1(bytes, 0, Math.min(length, HEAD_MAX));
	const lines = text.split("\n");
	// The last one may not be whole.
	for (let i = 1; i < lines.length - 1; i++) {
		const line = lines[i].trim();
		if (line === "") return "";
		const colon = line.indexOf(":");
		if (colon > 0 && line.slice(0, colon).toLowerCase() === "host") return withoutPort(line.slice(colon + 1).trim());
	}
	return length >= HEAD_MAX ? "" : undefined;
}

/**
 * Tells whether a browser asks for a page, which can be answered by another page and asked for again.
 * @returns `undefined`: the head is not whole yet
 */
export function asksForPage(bytes: Uint8Array, length: number): boolean | undefined {
	const lines = latin1(bytes, 0, Math.min(length, HEAD_MAX)).split("\n");
	let isPage = false;
	for (let i = 1; i < lines.length - 1; i++) {
		const line = lines[i].trim().toLowerCase();
		if (line === "") return isPage && lines[0].startsWith("GET ");
		if (line.startsWith("accept:")) isPage ||= line.includes("text/html");
	}
	return length >= HEAD_MAX ? false : undefined;
}

function withoutPort(host: string): string {
	const lower = host.toLowerCase();
	const colon = lower.indexOf(":", lower.indexOf("]") + 1);
	return colon < 0 ? lower : lower.slice(0, colon);
}
