import { utf8Encode } from "../base/text";
import { escapeXml } from "../wire/xml";
import { parseXmlDocument } from "../wire/xml-document";
import { childrenOf, type XmlElement } from "../wire/xml-element";
import { DECLARATIONS, SOAP, WSA, WSSE } from "./namespaces";
import { SoapFault } from "./soap-fault";

/** The type of all messages. @see RFC 3902 */
export const SOAP_TYPE = "application/soap+xml; charset=utf-8";

/** The longest text that is looked at, such as a name or a time. */
const TEXT_MAX = 256;

/** A request: what is asked, and what its header says. */
export interface SoapRequest {
	/** The only element of the body. */
	readonly operation: XmlElement;
	/** The header with the login; `undefined`: none. */
	readonly security: XmlElement | undefined;
	/** Names the request; empty: it has no name. @see WS-Addressing 1.0 §3.1 */
	readonly messageId: string;
}

/**
 * Reads a request. Elements are known by their namespaces, whatever their prefixes.
 * @see SOAP 1.2 Part 1 §5
 */
export function parseSoap(bytes: Uint8Array): SoapRequest | SoapFault {
	const root = parseXmlDocument(bytes);
	if (root === undefined) return new SoapFault("Sender", ["ter:WellFormed"], "The request is not well-formed XML.");
	if (root.name !== "Envelope")
		return new SoapFault("Sender", ["ter:WellFormed"], "The request is not a SOAP envelope.");
	if (root.namespace !== SOAP) return new SoapFault("VersionMismatch", [], "Only SOAP 1.2 is supported.");
	const operation = firstOf(child(root, SOAP, "Body"));
	if (operation === undefined) return new SoapFault("Sender", ["ter:WellFormed"], "The body of the request is empty.");
	const header = child(root, SOAP, "Header");
	for (const block of header === undefined ? [] : childrenOf(header)) {
		if (isMandatory(block) && block.namespace !== WSSE && block.namespace !== WSA)
			return new SoapFault("MustUnderstand", [], "A mandatory header of the request is not understood here.");
	}
	return { operation, security: child(header, WSSE, "Security"), messageId: textOf(header, WSA, "MessageID") };
}

/** Whether the receiver must understand a header. @see SOAP 1.2 Part 1 §5.2.3 */
function isMandatory({ attributes }: XmlElement): boolean {
	for (const [namespace, name, value] of attributes)
		if (namespace === SOAP && name === "mustUnderstand") return value === "1" || value === "true";
	return false;
}

/** Writes an answer. @param body already XML, with the prefixes of {@link DECLARATIONS} @param messageId of the request */
export function writeSoap(body: string, action = "", messageId = ""): Uint8Array {
	let header = "";
	if (action !== "") header += `<wsa5:Action>${action}</wsa5:Action>`;
	if (messageId !== "") header += `<wsa5:RelatesTo>${escapeXml(messageId)}</wsa5:RelatesTo>`;
	return utf8Encode(
		`<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope ${DECLARATIONS}>${header === "" ? "" : `<env:Header>${header}</env:Header>`}<env:Body>${body}</env:Body></env:Envelope>`,
	);
}

/** Writes the answer to a request that is refused. @see SOAP 1.2 Part 1 §5.4 */
export function writeFault({ code, subcodes, reason }: SoapFault, messageId = ""): Uint8Array {
	let inner = "";
	for (let i = subcodes.length - 1; i >= 0; i--)
		inner = `<env:Subcode><env:Value>${subcodes[i]}</env:Value>${inner}</env:Subcode>`;
	return writeSoap(
		`<env:Fault><env:Code><env:Value>env:${code}</env:Value>${inner}</env:Code><env:Reason><env:Text xml:lang="en">${escapeXml(reason)}</env:Text></env:Reason></env:Fault>`,
		messageId === "" ? "" : `${WSA}/fault`,
		messageId,
	);
}

/** The first element of a name among the content of another; `undefined`: there is none. */
export function child(parent: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
	if (parent === undefined) return undefined;
	for (const part of parent.content)
		if (typeof part !== "string" && part.name === name && part.namespace === namespace) return part;
	return undefined;
}

/** The text of a child, without white space at its ends; empty: there is none, or it is too long to be meant. */
export function textOf(parent: XmlElement | undefined, namespace: string, name: string): string {
	return contentOf(child(parent, namespace, name));
}

/** The text of an element, as {@link textOf}. */
export function contentOf(element: XmlElement | undefined, most = TEXT_MAX): string {
	let text = "";
	for (const part of element?.content ?? []) if (typeof part === "string") text += part;
	const trimmed = text.trim();
	return trimmed.length <= most ? trimmed : "";
}

/** The value of an attribute without a namespace; `undefined`: it is absent. */
export function attributeOf(element: XmlElement | undefined, wanted: string): string | undefined {
	for (const [namespace, name, value] of element?.attributes ?? [])
		if (namespace === "" && name === wanted) return value;
	return undefined;
}

/** Reads a number of an attribute or a text, such as `-0.5`; `undefined` for anything else. @see XML Schema Part 2 §3.2.4 */
export function numberOf(text: string | undefined): number | undefined {
	if (text === undefined || text === "" || text.length > 32 || !/^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$/.test(text))
		return undefined;
	const value = Number(text);
	return Number.isFinite(value) ? value : undefined;
}

function firstOf(parent: XmlElement | undefined): XmlElement | undefined {
	for (const part of parent?.content ?? []) if (typeof part !== "string") return part;
	return undefined;
}
