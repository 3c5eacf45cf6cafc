import type { Octets } from "../core/time";

/** A request or a response of a text protocol: HTTP, RTSP, SSDP. */
export interface TextMessage {
	/** Of a request: as sent. Empty for a response. */
	method: string;
	/** Of a request: as sent. Empty for a response. */
	target: string;
	/** Of a response; 0 for a request. */
	status: number;
	/** The minor version; the major version is 1. */
	minor: number;
	/** Names in lower case, and values, in the order of arrival. */
	readonly fields: [string, string][];
	/** Empty unless the body was collected. */
	body: Uint8Array;
}

/** The differences between the protocols. */
export interface TextDialect {
	readonly protocol: "HTTP" | "RTSP";
	readonly messages: "requests" | "responses" | "both";
	/**
	 * Whether to refuse messages that other software could interpret differently: a bare line feed, a space before a colon, two
	 * lengths. @see RFC 9112 §11.2
	 */
	readonly strict: boolean;
	/** Whether each datagram is one message. It has no body, may lack the empty line, and malformed lines are skipped. */
	readonly datagrams: boolean;
	/** Whether malformed fields are skipped, as from a device that stays as it is. @default that of responses and datagrams */
	readonly lenient?: boolean;
}

/** Requests to an HTTP server: strict, so that a proxy cannot have interpreted them differently. */
export const HTTP_REQUESTS: TextDialect = Object.freeze({
	protocol: "HTTP",
	messages: "requests",
	strict: true,
	datagrams: false,
});

/** Responses to an HTTP client: lenient, for those of home routers. @see quirk 20 */
export const HTTP_RESPONSES: TextDialect = Object.freeze({
	protocol: "HTTP",
	messages: "responses",
	strict: false,
	datagrams: false,
});

/** Requests and responses on an RTSP connection, for both sides. @see RFC 2326 §4 */
export const RTSP_MESSAGES: TextDialect = Object.freeze({
	protocol: "RTSP",
	messages: "both",
	strict: false,
	datagrams: false,
});

/** Responses and requests of an RTSP server to a client: lenient, for those of cameras. */
export const RTSP_FROM_SERVER: TextDialect = Object.freeze({
	protocol: "RTSP",
	messages: "both",
	strict: false,
	datagrams: false,
	lenient: true,
});

/** Datagrams of SSDP. @see UPnP Device Architecture 2.0 §1 */
export const SSDP_MESSAGES: TextDialect = Object.freeze({
	protocol: "HTTP",
	messages: "both",
	strict: false,
	datagrams: true,
});

/** Limits of a message. */
export interface TextLimits {
	/** Start line and fields. */
	readonly head: Octets;
	/** The target of a request. */
	readonly target: Octets;
	/** Number of fields; number of trailers. */
	readonly fields: number;
	/** The default of the reader's limit for a body, which can be changed for each message. */
	readonly body: Octets;
}

/** Limits for requests to a server. */
export const REQUEST_LIMITS: TextLimits = Object.freeze({ head: 8192, target: 2048, fields: 64, body: 16384 });
/** Limits for responses to a client, unless it wants larger ones: the mapping table of a gateway fits. */
export const RESPONSE_LIMITS: TextLimits = Object.freeze({ head: 8192, target: 0, fields: 64, body: 131072 });

/** Why a message is refused. */
export type TextFault =
	| "malformed"
	| "target-too-long"
	| "head-too-large"
	| "body-too-large"
	| "version"
	| "transfer-coding";

/** Fields to send: names and values, in order. */
export type Headers = readonly (readonly [string, string])[];

/** Returns a message without content. */
export function emptyMessage(): TextMessage {
	return { method: "", target: "", status: 0, minor: 0, fields: [], body: NO_OCTETS };
}

const NO_OCTETS = new Uint8Array(0);

/** Returns the first value of a field, if there is one. @param name in lower case */
export function fieldOf(message: TextMessage, name: string): string | undefined {
	for (const [key, value] of message.fields) if (key === name) return value;
	return undefined;
}

/** Whether a field that is a list with commas contains an entry. @param name, entry in lower case */
export function hasToken(message: TextMessage, name: string, entry: string): boolean {
	for (const [key, value] of message.fields) {
		if (key !== name) continue;
		for (const part of value.toLowerCase().split(",")) if (part.trim() === entry) return true;
	}
	return false;
}
