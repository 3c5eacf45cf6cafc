import { utf8Encode } from "../base/text";
import { SSDP_MESSAGES, type TextLimits, type TextMessage } from "./text-message";
import { parseTextMessage } from "./text-message-reader";

/** The multicast group of SSDP. @see UPnP Device Architecture 2.0 §1.1.1 */
export const SSDP_GROUP = "239.255.255.250";
/** The UDP port of SSDP. @see UPnP Device Architecture 2.0 §1.1.1 */
export const SSDP_PORT = 1900;

/** The limits of a datagram. */
const LIMITS: TextLimits = Object.freeze({ head: 2048, target: 256, fields: 40, body: 0 });

/** An SSDP message. */
export interface SsdpMessage {
	readonly kind: "search" | "notify" | "response";
	/** Header fields, names in lower case. */
	readonly fields: ReadonlyMap<string, string>;
}

/** Reads a datagram; `undefined` when it is not SSDP. Accepts bare line feeds and a missing empty line. */
export function parseSsdp(bytes: Uint8Array): SsdpMessage | undefined {
	const message = parseTextMessage(bytes, 0, bytes.length, SSDP_MESSAGES, LIMITS);
	const kind = message === undefined ? undefined : kindOf(message);
	if (message === undefined || kind === undefined) return undefined;
	const fields = new Map<string, string>();
	for (const [name, value] of message.fields) fields.set(name, value);
	return { kind, fields };
}

function kindOf({ method, target, status }: TextMessage): SsdpMessage["kind"] | undefined {
	if (status !== 0) return status === 200 ? "response" : undefined;
	if (target !== "*") return undefined;
	const upper = method.toUpperCase();
	return upper === "M-SEARCH" ? "search" : upper === "NOTIFY" ? "notify" : undefined;
}

/** Builds a search. @param mx seconds over which answers may be spread; 0 leaves the field out, for unicast searches @see UPnP Device Architecture 2.0 §1.3.2 */
export function buildSearch(host: string, target: string, mx: number): Uint8Array {
	const wait = mx > 0 ? `MX: ${mx}\r\n` : "";
	return utf8Encode(
		`M-SEARCH * HTTP/1.1\r\nHOST: ${host}:${SSDP_PORT}\r\nMAN: "ssdp:discover"\r\n${wait}ST: ${target}\r\n\r\n`,
	);
}

/** A device's announcement. */
export interface SsdpDevice {
	/** The URL of its description. */
	readonly location: string;
	/** Operating system and product, as in `Linux/6 UPnP/1.1 Porthole/1`. */
	readonly server: string;
	/** Greater after each start. */
	readonly bootId: number;
}

/** Builds an announcement. @see UPnP Device Architecture 2.0 §1.2.2 */
export function buildAlive(device: SsdpDevice, type: string, usn: string): Uint8Array {
	return utf8Encode(
		`NOTIFY * HTTP/1.1\r\nHOST: ${SSDP_GROUP}:${SSDP_PORT}\r\nCACHE-CONTROL: max-age=${MAX_AGE}\r\nLOCATION: ${device.location}\r\nNT: ${type}\r\nNTS: ssdp:alive\r\nSERVER: ${device.server}\r\nUSN: ${usn}\r\nBOOTID.UPNP.ORG: ${device.bootId}\r\nCONFIGID.UPNP.ORG: 1\r\n\r\n`,
	);
}

/** Builds a farewell. @see UPnP Device Architecture 2.0 §1.2.3 */
export function buildByebye(device: SsdpDevice, type: string, usn: string): Uint8Array {
	return utf8Encode(
		`NOTIFY * HTTP/1.1\r\nHOST: ${SSDP_GROUP}:${SSDP_PORT}\r\nNT: ${type}\r\nNTS: ssdp:byebye\r\nUSN: ${usn}\r\nBOOTID.UPNP.ORG: ${device.bootId}\r\nCONFIGID.UPNP.ORG: 1\r\n\r\n`,
	);
}

/** Builds the answer to a search. @see UPnP Device Architecture 2.0 §1.3.3 */
export function buildSearchResponse(device: SsdpDevice, type: string, usn: string): Uint8Array {
	return utf8Encode(
		`HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=${MAX_AGE}\r\nEXT:\r\nLOCATION: ${device.location}\r\nSERVER: ${device.server}\r\nST: ${type}\r\nUSN: ${usn}\r\nBOOTID.UPNP.ORG: ${device.bootId}\r\nCONFIGID.UPNP.ORG: 1\r\n\r\n`,
	);
}

/** Seconds for which an announcement is valid. */
const MAX_AGE = 1800;
