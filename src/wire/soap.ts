import { utf8Encode } from "../base/text";
import type { Octets } from "../core/time";
import { escapeXml, readXml, type XmlHandler } from "./xml";

/** The answer to an action: its output arguments, or an error. */
export interface SoapAnswer {
	/** Output arguments by name. */
	readonly values: ReadonlyMap<string, string>;
	/** The UPnP error code; 0 for success; negative when the answer cannot be read, whatever its HTTP status. */
	readonly error: number;
	/** The device's description of the error; untrusted text. */
	readonly errorText: string;
}

/** Stands for an HTTP answer that is not SOAP, or is SOAP with octets missing. */
export const UNREADABLE_ANSWER: SoapAnswer = Object.freeze({ values: new Map(), error: -1, errorText: "" });

/**
 * Builds the body of an action's request.
 *
 * It is written on one line and with closing tags, because some devices parse nothing else (quirk 21).
 * @param args names and values in the order of the service's description
 * @see UPnP Device Architecture 2.0 §3.2.1
 */
export function buildSoapRequest(
	serviceType: string,
	action: string,
	args: readonly (readonly [string, string])[],
): Uint8Array {
	let text = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:${action} xmlns:u="${escapeXml(serviceType)}">`;
	for (const [name, value] of args) text += `<${name}>${escapeXml(value)}</${name}>`;
	return utf8Encode(`${text}</u:${action}></s:Body></s:Envelope>\r\n`);
}

/** The header fields of an action's request, spelled as strict devices want them (quirk 21). */
export function soapHeaders(serviceType: string, action: string): [string, string][] {
	return [
		["Content-Type", 'text/xml; charset="utf-8"'],
		["SOAPAction", `"${serviceType}#${action}"`],
	];
}

/**
 * Reads the answer to an action, whatever its prefixes and namespaces (quirk 19).
 * @returns `undefined` when it is not SOAP, or the answer to another action
 * @see UPnP Device Architecture 2.0 §3.2.2, §3.2.3
 */
export function parseSoapAnswer(body: Uint8Array, action: string): SoapAnswer | undefined {
	const reader = new AnswerReader(`${action}response`.toLowerCase());
	readXml(body, reader, VALUE_MAX);
	const { values, fault, found, code, errorText } = reader;
	if (fault) return { values: new Map(), error: code > 0 ? code : UNKNOWN_ERROR, errorText };
	return found ? { values, error: 0, errorText: "" } : undefined;
}

/** Stands in for an error without a valid number: "Action Failed". @see UPnP Device Architecture 2.0 §3.2.2 */
const UNKNOWN_ERROR = 501;
/** The longest output argument: a list of sixteen mappings, escaped. */
const VALUE_MAX: Octets = 16384;
/** The most output arguments. */
const VALUES_MAX = 32;

class AnswerReader implements XmlHandler {
	readonly values = new Map<string, string>();
	fault = false;
	found = false;
	code = 0;
	errorText = "";

	/** @param response the name of the response's element in lower case */
	constructor(private readonly response: string) {}

	begin(name: string): void {
		const lower = name.toLowerCase();
		if (lower === "fault" || lower === "upnperror") this.fault = true;
		else if (lower === this.response) this.found = true;
	}

	leaf(name: string, text: string): void {
		if (!this.fault) {
			if (this.found && this.values.size < VALUES_MAX) this.values.set(name, text);
			return;
		}
		const lower = name.toLowerCase();
		if (lower === "errorcode") this.code ||= Number.parseInt(text.slice(0, 8), 10);
		else if (lower === "errordescription") this.errorText ||= text;
	}
}
