/** One HTTP message: a request or a response, whole. */
export interface TextMessage {
	/** Of a request: as sent, upper case by custom. Empty for a response. */
	method: string;
	/** Of a request: path and query as sent. */
	target: string;
	/** Of a response; 0 for a request. */
	status: number;
	/** The minor version of HTTP/1. */
	minor: number;
	/** Names in lower case, with their values, in the order of arrival. */
	readonly fields: [string, string][];
	body: Uint8Array;
}

/** Fields to be sent: names and values, in order. */
export type Headers = readonly (readonly [string, string])[];

/** The first value of a field; `undefined` when it is not there. @param name in lower case */
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

/** What a message may cost. */
export interface TextLimits {
	/** Octets of the start line and all fields. */
	readonly head: number;
	/** Number of fields. */
	readonly fields: number;
	/** Octets of the body. */
	readonly body: number;
}

/** Limits for requests to a camera: a page's form is the largest body. */
export const REQUEST_LIMITS: TextLimits = Object.freeze({ head: 8192, fields: 64, body: 16384 });
/** Limits for the answers of a gateway: a long mapping table is the largest body. */
export const RESPONSE_LIMITS: TextLimits = Object.freeze({ head: 8192, fields: 64, body: 131072 });

/** Why a message can't be read. */
export type TextFault =
	| "malformed"
	| "target-too-long"
	| "head-too-large"
	| "body-too-large"
	| "version"
	| "transfer-coding";

/** The status that answers a faulty request. @see RFC 9110 §15.5, RFC 6585 §5 */
export function statusOfFault(fault: TextFault): number {
	switch (fault) {
		case "malformed":
			return 400;
		case "target-too-long":
			return 414;
		case "head-too-large":
			return 431;
		case "body-too-large":
			return 413;
		case "version":
			return 505;
		case "transfer-coding":
			return 501;
	}
}
