import { escapeXml } from "./xml";

/** An attribute: namespace, local name, value. */
export type XmlAttribute = readonly [namespace: string, name: string, value: string];

/** An element of a document. @see parseXmlDocument */
export interface XmlElement {
	/** The URI of its namespace; empty for none. */
	readonly namespace: string;
	/** Its local name. */
	readonly name: string;
	/** Without those that declare namespaces. */
	readonly attributes: readonly XmlAttribute[];
	/** Elements and text, in order. Text next to text is one. */
	readonly content: readonly (XmlElement | string)[];
}

/** What the prefix `xml` stands for. @see Namespaces in XML 1.0 §3 */
export const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

/** Returns the elements among the content of an element. */
export function childrenOf(element: XmlElement): XmlElement[] {
	const children: XmlElement[] = [];
	for (const part of element.content) if (typeof part !== "string") children.push(part);
	return children;
}

/** Writes an element so that it means the same wherever it stands: each namespace is declared where it is needed. */
export function writeXmlElement(element: XmlElement): string {
	const parts: string[] = [];
	writeTo(parts, element, undefined);
	return parts.join("");
}

/** Writes the content of an element. @param namespace the default namespace where it will stand; `undefined`: unknown */
export function writeXmlContent(element: XmlElement, namespace: string | undefined): string {
	const parts: string[] = [];
	writeContent(parts, element, namespace);
	return parts.join("");
}

function writeTo(parts: string[], element: XmlElement, outer: string | undefined): void {
	const { namespace, name, attributes, content } = element;
	parts.push("<", name);
	if (namespace !== outer) parts.push(' xmlns="', escapeXml(namespace), '"');
	let count = 0;
	for (const [space, local, value] of attributes) {
		const prefix = space === "" ? "" : space === XML_NAMESPACE ? "xml:" : `a${count}:`;
		if (prefix[0] === "a") parts.push(` xmlns:a${count++}="`, escapeXml(space), '"');
		parts.push(" ", prefix, local, '="', escapeAttribute(value), '"');
	}
	if (content.length === 0) {
		parts.push("/>");
		return;
	}
	parts.push(">");
	writeContent(parts, element, namespace);
	parts.push("</", name, ">");
}

function writeContent(parts: string[], { content }: XmlElement, namespace: string | undefined): void {
	for (const part of content) {
		if (typeof part === "string") parts.push(escapeXml(part).replaceAll("\r", "&#13;"));
		else writeTo(parts, part, namespace);
	}
}

/** White space in attributes would be read as spaces. */
function escapeAttribute(value: string): string {
	return escapeXml(value).replaceAll("\t", "&#9;").replaceAll("\n", "&#10;").replaceAll("\r", "&#13;");
}
