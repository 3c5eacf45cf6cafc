import { utf8Decode, utf8Encode } from "../base/text";
import { escapeXml, findElement, parseXml, textOf, type XmlElement } from "./xml";

/** An action's answer: its output arguments, or the error that the device tells. */
export interface SoapAnswer {
	/** Arguments by name. */
	readonly values: ReadonlyMap<string, string>;
	/** UPnP error code; 0 when the action was done. */
	readonly error: number;
	/** The device's words for the error; foreign text. */
	readonly errorText: string;
}

/**
 * Builds the body of an action's request.
 *
 * On one line and with closing tags, as some devices parse no more than that.
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

/** The header fields of an action's request. */
export function soapHeaders(serviceType: string, action: string): [string, string][] {
	return [
		["Content-Type", 'text/xml; charset="utf-8"'],
		["SOAPAction", `"${serviceType}#${action}"`],
	];
}

/**
 * Reads an action's answer, whatever its prefixes and namespaces.
 * @returns `undefined` when it is no SOAP at all
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

/** Stands for an error that the device did not number: "Action Failed". @see UPnP Device Architecture 2.0 §3.2.2 */
const UNKNOWN_ERROR = 501;
