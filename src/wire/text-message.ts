import type { Octets } from "../core/time";

/** One message of a text protocol (HTTP, RTSP, SSDP): a request or a response. */
export interface TextMessage {
	/** Of a request: as sent, upper case by custom. Empty for a response. */
	method: string;
	/** Of a request: as sent. Empty for a response. */
	target: string;
	/** Of a response; 0 for a request. */
	status: number;
	/** The minor version of the protocol's version 1. */
	minor: number;
	/** Names in lower case, with their values, in the order of arrival. */
	readonly fields: [string, string][];
	/** Empty until the body has been collected. */
	body: Uint8Array;
}

/** How the messages of one protocol differ from those of another. */
export interface TextDialect {
	readonly protocol: "HTTP" | "RTSP";
	readonly messages: "requests" | "responses" | "both";
	/**
	 * Whether what another reader of the same octets could understand differently is refused: a bare line feed, a space
	 * before a colon, two lengths. @see RFC 9112 §11.2
	 */
	readonly strict: boolean;
	/** Whether a datagram is one message: it has no body, may lack the empty line, and its bad lines are skipped. */
	readonly datagrams: boolean;
}

/** Requests to an HTTP server: strict, so that nobody in front of it can have understood them otherwise. */
export const HTTP_REQUESTS: TextDialect = Object.freeze({
	protocol: "HTTP",
	messages: "requests",
	strict: true,
	datagrams: false,
});

/** Responses to an HTTP client: lenient, as home routers write them. @see quirk 20 */
export const HTTP_RESPONSES: TextDialect = Object.freeze({
	protocol: "HTTP",
	messages: "responses",
	strict: false,
	datagrams: false,
});

/** What comes in over an RTSP connection, at either end. @see RFC 2326 §4 */
export const RTSP_MESSAGES: TextDialect = Object.freeze({
	protocol: "RTSP",
	messages: "both",
	strict: false,
	datagrams: false,
});

/** Datagrams of SSDP. @see UPnP Device Architecture 2.0 §1 */
export const SSDP_MESSAGES: TextDialect = Object.freeze({
	protocol: "HTTP",
	messages: "both",
	strict: false,
	datagrams: true,
});

/** What a message may cost. */
export interface TextLimits {
	/** The start line and all fields. */
	readonly head: Octets;
	/** The target of a request. */
	readonly target: Octets;
	/** Number of fields, and of trailers. */
	readonly fields: number;
	/** The body; a server that decides by the request sets its reader's limit instead. */
	readonly body: Octets;
}

/** Limits for requests to a server. */
export const REQUEST_LIMITS: TextLimits = Object.freeze({ head: 8192, target: 2048, fields: 64, body: 16384 });
/** Limits for the answers of a gateway: a long mapping table is the largest body. */
export const RESPONSE_LIMITS: TextLimits = Object.freeze({ head: 8192, target: 0, fields: 64, body: 131072 });

/** Why a message can't be read. */
export type TextFault =
	| "malformed"
	| "target-too-long"
	| "head-too-large"
	| "body-too-large"
	| "version"
	| "transfer-coding";

/** Fields to be sent: names and values, in order. */
export type Headers = readonly (readonly [string, string])[];

/** Makes a message without content. */
export function emptyMessage(): TextMessage {
	return { method: "", target: "", status: 0, minor: 0, fields: [], body: NO_OCTETS };
}

const NO_OCTETS = new Uint8Array(0);

/** Returns the first value of a field; `undefined` when the message has none. @param name in lower case */
export function fieldOf(message: TextMessage, name: string): string | undefined {
	for (const [key, value] of message.fields) if (key === name) return value;
	return undefined;
}

/** Tells whether a field that is a list with commas has an entry. @param entry in lower case */
export function hasToken(message: TextMessage, name: string, entry: string): boolean {
	for (const [key, value] of message.fields) {
		if (key !== name) continue;
		for (const part of value.toLowerCase().split(",")) if (part.trim() === entry) return true;
	}
	return false;
}
