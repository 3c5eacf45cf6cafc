import { utf8Decode, utf8Encode } from "../base/text";
import { escapeXml, findElement, parseXml, textOf, type XmlElement } from "./xml";

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
	const root = parseXml(utf8Decode(body));
	if (root === undefined) return undefined;
	const fault = findElement(root, "Fault");
	if (fault !== undefined) {
		const code = Number.parseInt(textOf(fault, "errorCode"), 10);
		return { values: new Map(), error: code > 0 ? code : UNKNOWN_ERROR, errorText: textOf(fault, "errorDescription") };
	}
	const response: XmlElement | undefined = findElement(root, `${action}Response`);
	if (response === undefined) return undefined;
	const values = new Map<string, string>();
	for (const child of response.children) values.set(child.name, child.text);
	return { values, error: 0, errorText: "" };
}

/** Stands in for an error without a valid number: "Action Failed". @see UPnP Device Architecture 2.0 §3.2.2 */
const UNKNOWN_ERROR = 501;
