import { parseDigits } from "../base/digits";
import type { Seconds } from "../core/time";
import { readXml, type XmlHandler } from "./xml";

/** The longest subscription identifier that is accepted. */
const SID_MAX = 128;
/** The most state variables read from one event. */
const PROPERTIES_MAX = 16;
/** A subscription that the device calls infinite is renewed as if it lasted this long. */
const INFINITE: Seconds = 86400;
/** The shortest and the longest subscription that is accepted. */
const TIMEOUT_MIN: Seconds = 30;

/** The header fields that ask for a new subscription. @param callback the `http` URL that events are sent to @see UPnP Device Architecture 2.0 §4.1.2 */
export function subscribeHeaders(callback: string, timeout: Seconds): [string, string][] {
	return [
		["CALLBACK", `<${callback}>`],
		["NT", "upnp:event"],
		["TIMEOUT", `Second-${timeout}`],
	];
}

/** The header fields that renew a subscription. @see UPnP Device Architecture 2.0 §4.1.3 */
export function renewHeaders(sid: string, timeout: Seconds): [string, string][] {
	return [
		["SID", sid],
		["TIMEOUT", `Second-${timeout}`],
	];
}

/** The header fields that cancel a subscription. @see UPnP Device Architecture 2.0 §4.1.4 */
export function unsubscribeHeaders(sid: string): [string, string][] {
	return [["SID", sid]];
}

/** Reads a subscription identifier; `undefined` when it is missing, too long, or has characters that a header must not contain. */
export function parseSid(text: string | undefined): string | undefined {
	const sid = text?.trim() ?? "";
	if (sid === "" || sid.length > SID_MAX) return undefined;
	for (let i = 0; i < sid.length; i++) {
		const code = sid.charCodeAt(i);
		if (code < 33 || code > 126) return undefined;
	}
	return sid;
}

/**
 * Reads how long a subscription lasts: at least 30 seconds and at most a day, whatever the device says.
 * @returns `undefined` when the field is missing or malformed
 * @see UPnP Device Architecture 2.0 §4.1.2
 */
export function parseEventTimeout(text: string | undefined): Seconds | undefined {
	const lower = text?.trim().toLowerCase() ?? "";
	if (lower === "infinite" || lower === "second-infinite") return INFINITE;
	if (!lower.startsWith("second-")) return undefined;
	const seconds = parseDigits(lower.slice(7), 10);
	return seconds === undefined ? undefined : Math.min(INFINITE, Math.max(TIMEOUT_MIN, seconds));
}

/** Reads an event's sequence number, an unsigned 32-bit integer; `undefined` when it is not one. @see UPnP Device Architecture 2.0 §4.3.2 */
export function parseEventKey(text: string | undefined): number | undefined {
	const key = parseDigits(text?.trim() ?? "", 10);
	return key === undefined || key > 0xffffffff ? undefined : key;
}

/** Counts an event's sequence number up: after the largest comes 1, because 0 is only used for the initial event. @see UPnP Device Architecture 2.0 §4.3.1 */
export function nextEventKey(key: number): number {
	return key >= 0xffffffff ? 1 : key + 1;
}

/**
 * Reads an event's body: state variables by name.
 * @returns `undefined` when it is not a property set, or an empty one
 * @see UPnP Device Architecture 2.0 §4.3.2
 */
export function parsePropertySet(body: Uint8Array): ReadonlyMap<string, string> | undefined {
	const reader = new PropertyReader();
	readXml(body, reader);
	return reader.properties?.size ? reader.properties : undefined;
}

class PropertyReader implements XmlHandler {
	/** Set when the property set has begun. */
	properties: Map<string, string> | undefined;

	begin(name: string): void {
		if (name === "propertyset") this.properties ??= new Map();
	}

	leaf(name: string, text: string): void {
		const { properties } = this;
		if (properties !== undefined && properties.size < PROPERTIES_MAX) properties.set(name, text);
	}
}
