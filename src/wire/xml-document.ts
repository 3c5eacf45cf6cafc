import { latin1, utf8Decode, utf8Encode } from "../base/text";
import { escapeXml } from "./xml";

/** An attribute: namespace, local name, value. */
export type XmlAttribute = readonly [namespace: string, name: string, value: string];

/** An element of a document that {@link parseXmlDocument} has read. */
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

const ELEMENTS_MAX = 1000;
const DEPTH_MAX = 32;
const ATTRIBUTES_MAX = 32;
const NAME_MAX = 256;
/** Elements that were read are written again with their namespaces, each element with its own. */
const NAMESPACE_MAX = 256;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const AMPERSAND = 38;
const APOSTROPHE = 39;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;
const HASH = 35;

/** The longest entity without its ampersand: `#x10FFFF;` */
const ENTITY_MAX = 10;

/**
 * Parses a document strictly: it must be UTF-8, well-formed, and its prefixes must be declared. Document types are refused, so
 * nothing can be expanded or fetched. `undefined` for anything else, and for more than 1,000 elements, a depth of more than 32, or a
 * namespace of more than 256 characters.
 *
 * The caller limits the length. @see XML 1.0, Namespaces in XML 1.0
 */
export function parseXmlDocument(bytes: Uint8Array): XmlElement | undefined {
	return isUtf8(bytes) ? new Parser(bytes).document() : undefined;
}

/** Returns the elements among the content of an element. */
export function childrenOf(element: XmlElement): XmlElement[] {
	const children: XmlElement[] = [];
	for (const part of element.content) if (typeof part !== "string") children.push(part);
	return children;
}

/** Returns the text of an element, without that of its children, and without white space at the ends. */
export function textOf(element: XmlElement): string {
	let text = "";
	for (const part of element.content) if (typeof part === "string") text += part;
	return text.trim();
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

/** An element whose end has not been read. */
class OpenElement {
	readonly content: (XmlElement | string)[] = [];
	text = "";

	/** @param qualified its name with its prefix @param bindings how many there were before its own */
	constructor(
		readonly qualified: string,
		readonly namespace: string,
		readonly name: string,
		readonly attributes: readonly XmlAttribute[],
		readonly bindings: number,
	) {}

	/** Moves the text that was read to the content. */
	settle(): void {
		if (this.text !== "") this.content.push(this.text);
		this.text = "";
	}
}

/** Works on octets, because XS takes time proportional to the position for each character of a text. */
class Parser {
	private at = 0;
	private readonly open: OpenElement[] = [];
	/** Prefixes and what they stand for, in the order of their declarations. */
	private readonly prefixes: string[] = ["xml", ""];
	private readonly namespaces: string[] = [XML_NAMESPACE, ""];
	private elements = 0;
	private root: XmlElement | undefined;

	constructor(private readonly bytes: Uint8Array) {}

	document(): XmlElement | undefined {
		const { bytes } = this;
		if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
		while (this.at < bytes.length) if (!this.step()) return undefined;
		return this.open.length === 0 ? this.root : undefined;
	}

	/** Reads text up to a tag, or one tag. */
	private step(): boolean {
		const { bytes, at } = this;
		if (bytes[at] !== LESS) return this.characters();
		switch (bytes[at + 1]) {
			case QUESTION:
				return this.skipPast(at + 2, "?>");
			case SLASH:
				return this.endTag();
			case BANG:
				if (this.has(at, "<!--")) return this.comment();
				return this.has(at, "<![CDATA[") && this.literal();
			default:
				return this.startTag();
		}
	}

	private characters(): boolean {
		const { bytes, at } = this;
		const less = bytes.indexOf(LESS, at);
		const end = less < 0 ? bytes.length : less;
		const text = decodeText(bytes, at, end);
		this.at = end;
		const element = this.open[this.open.length - 1];
		if (element === undefined) return text !== undefined && isBlank(bytes, at, end);
		if (text === undefined) return false;
		element.text += text;
		return true;
	}

	private literal(): boolean {
		const element = this.open[this.open.length - 1];
		const start = this.at + 9;
		if (element === undefined || !this.skipPast(start, "]]>")) return false;
		if (!isText(this.bytes, start, this.at - 3)) return false;
		element.text += newLines(utf8Decode(this.bytes, start, this.at - 3));
		return true;
	}

	private comment(): boolean {
		if (!this.skipPast(this.at + 4, "--")) return false;
		return this.bytes[this.at++] === GREATER;
	}

	private endTag(): boolean {
		this.at += 2;
		const name = this.name();
		this.space();
		const element = this.open.pop();
		if (element === undefined || name !== element.qualified || this.bytes[this.at++] !== GREATER) return false;
		this.close(element);
		return true;
	}

	private startTag(): boolean {
		this.at++;
		const qualified = this.name();
		if (qualified === "" || this.elements++ >= ELEMENTS_MAX || this.open.length >= DEPTH_MAX) return false;
		if (this.root !== undefined) return false;
		const bindings = this.prefixes.length;
		const names: string[] = [];
		const values: string[] = [];
		for (;;) {
			const from = this.at;
			this.space();
			const octet = this.bytes[this.at];
			if (octet === GREATER || octet === SLASH) break;
			if (this.at === from || names.length >= ATTRIBUTES_MAX || !this.attribute(names, values)) return false;
		}
		const isEmpty = this.bytes[this.at] === SLASH;
		if (isEmpty) this.at++;
		if (this.bytes[this.at++] !== GREATER) return false;
		const attributes = this.resolve(names, values);
		const namespace = this.namespaceOf(qualified, true);
		if (attributes === undefined || namespace === undefined) return false;
		this.open[this.open.length - 1]?.settle();
		const element = new OpenElement(qualified, namespace, localName(qualified), attributes, bindings);
		if (isEmpty) this.close(element);
		else this.open.push(element);
		return true;
	}

	private close(element: OpenElement): void {
		const { namespace, name, attributes, content, bindings } = element;
		element.settle();
		this.prefixes.length = this.namespaces.length = bindings;
		const outer = this.open[this.open.length - 1];
		const closed = { namespace, name, attributes, content };
		if (outer === undefined) this.root = closed;
		else outer.content.push(closed);
	}

	/** Reads an attribute; one that declares a prefix takes effect at once. */
	private attribute(names: string[], values: string[]): boolean {
		const { bytes } = this;
		const name = this.name();
		this.space();
		if (name === "" || bytes[this.at++] !== EQUALS) return false;
		this.space();
		const quote = bytes[this.at++];
		if (quote !== QUOTE && quote !== APOSTROPHE) return false;
		const end = bytes.indexOf(quote, this.at);
		if (end < 0) return false;
		for (let i = this.at; i < end; i++) if (bytes[i] === LESS) return false;
		const text = decodeText(bytes, this.at, end, true);
		this.at = end + 1;
		if (text === undefined || names.includes(name)) return false;
		names.push(name);
		values.push(text);
		if (name !== "xmlns" && !name.startsWith("xmlns:")) return true;
		const prefix = name.slice(6);
		// The two prefixes of XML stay what they are, and only the default namespace can be undone.
		if (prefix === "xml" || prefix === "xmlns" || (prefix !== "" && text === "")) return false;
		if (text.length > NAMESPACE_MAX) return false;
		this.prefixes.push(prefix);
		this.namespaces.push(text);
		return true;
	}

	/** Finds the namespaces of attributes, after all of them were read. */
	private resolve(names: readonly string[], values: readonly string[]): XmlAttribute[] | undefined {
		const attributes: XmlAttribute[] = [];
		for (let i = 0; i < names.length; i++) {
			const name = names[i];
			if (name === "xmlns" || name.startsWith("xmlns:")) continue;
			const namespace = this.namespaceOf(name, false);
			if (namespace === undefined) return undefined;
			const local = localName(name);
			if (attributes.some((other) => other[0] === namespace && other[1] === local)) return undefined;
			attributes.push([namespace, local, values[i]]);
		}
		return attributes;
	}

	/** @param isElement whether the default namespace counts */
	private namespaceOf(qualified: string, isElement: boolean): string | undefined {
		const colon = qualified.indexOf(":");
		if (colon < 0 && !isElement) return "";
		const at = this.prefixes.lastIndexOf(colon < 0 ? "" : qualified.slice(0, colon));
		return at < 0 ? undefined : this.namespaces[at];
	}

	/** Reads a name with at most one prefix. @returns empty if there is none */
	private name(): string {
		const { bytes, at } = this;
		let end = at;
		let colon = -1;
		for (; end < bytes.length && end - at <= NAME_MAX; end++) {
			const octet = bytes[end];
			if (octet === COLON) {
				if (colon >= 0 || end === at) return "";
				colon = end;
			} else if (!isNameOctet(octet, end === at || end === colon + 1)) break;
		}
		if (end === at || end - at > NAME_MAX || colon === end - 1) return "";
		this.at = end;
		return utf8Decode(bytes, at, end);
	}

	private space(): void {
		while (this.at < this.bytes.length && isSpace(this.bytes[this.at])) this.at++;
	}

	private has(at: number, text: string): boolean {
		return latin1(this.bytes, at, Math.min(this.bytes.length, at + text.length)) === text;
	}

	/** Goes to the octet after a text, which begins with an octet that is rare. */
	private skipPast(from: number, text: string): boolean {
		const first = text.charCodeAt(0);
		for (let at = this.bytes.indexOf(first, from); at >= 0; at = this.bytes.indexOf(first, at + 1)) {
			if (!this.has(at, text)) continue;
			this.at = at + text.length;
			return true;
		}
		return false;
	}
}

/** Decodes text with entities; `undefined` for one that is not well-formed. @param isValue white space becomes spaces */
function decodeText(bytes: Uint8Array, start: number, end: number, isValue = false): string | undefined {
	if (!isText(bytes, start, end)) return undefined;
	const parts: string[] = [];
	let from = start;
	for (let at = start; at < end; at++) {
		if (bytes[at] !== AMPERSAND) continue;
		let last = at + 1;
		while (last < end && last - at <= ENTITY_MAX && bytes[last] !== SEMICOLON) last++;
		const character = last < end && bytes[last] === SEMICOLON ? entity(latin1(bytes, at + 1, last)) : undefined;
		if (character === undefined) return undefined;
		parts.push(plain(bytes, from, at, isValue), character);
		from = last + 1;
		at = last;
	}
	parts.push(plain(bytes, from, end, isValue));
	return parts.join("");
}

function plain(bytes: Uint8Array, start: number, end: number, isValue: boolean): string {
	const text = newLines(utf8Decode(bytes, start, end));
	return isValue ? text.replaceAll("\n", " ").replaceAll("\t", " ") : text;
}

/** @see XML 1.0 §2.11 */
function newLines(text: string): string {
	return text.includes("\r") ? text.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : text;
}

function entity(name: string): string | undefined {
	switch (name) {
		case "amp":
			return "&";
		case "lt":
			return "<";
		case "gt":
			return ">";
		case "quot":
			return '"';
		case "apos":
			return "'";
	}
	if (name.charCodeAt(0) !== HASH) return undefined;
	const isHex = name[1] === "x";
	const digits = name.slice(isHex ? 2 : 1);
	let code = 0;
	if (digits === "") return undefined;
	for (let i = 0; i < digits.length; i++) {
		const digit = digitOf(digits.charCodeAt(i));
		if (digit < 0 || (!isHex && digit > 9)) return undefined;
		code = code * (isHex ? 16 : 10) + digit;
	}
	const isCharacter =
		code === TAB ||
		code === LF ||
		code === CR ||
		(code >= SPACE && code < 0xd800) ||
		(code >= 0xe000 && code <= 0xfffd);
	return isCharacter || (code >= 0x10000 && code <= 0x10ffff) ? String.fromCodePoint(code) : undefined;
}

function digitOf(code: number): number {
	if (code >= 48 && code <= 57) return code - 48;
	const letter = code | 32;
	return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Control characters are not text. @see XML 1.0 §2.2 */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
	for (let i = start; i < end; i++) if (bytes[i] < SPACE && !isSpace(bytes[i])) return false;
	return true;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
	for (let i = start; i < end; i++) if (!isSpace(bytes[i])) return false;
	return true;
}

function isSpace(octet: number): boolean {
	return octet === SPACE || octet === LF || octet === CR || octet === TAB;
}

/** Letters, the underscore and all that is not ASCII; but not first: digits, hyphens and full stops. */
function isNameOctet(octet: number, isFirst: boolean): boolean {
	const letter = (octet | 32) >= 97 && (octet | 32) <= 122;
	if (letter || octet === 95 || octet >= 0x80) return true;
	return !isFirst && ((octet >= 48 && octet <= 57) || octet === 45 || octet === 46);
}

function localName(qualified: string): string {
	return qualified.slice(qualified.indexOf(":") + 1);
}

/** Ill-formed sequences are decoded to another text than what they would be encoded to. */
function isUtf8(bytes: Uint8Array): boolean {
	const again = utf8Encode(utf8Decode(bytes));
	if (again.length !== bytes.length) return false;
	for (let i = 0; i < bytes.length; i++) if (again[i] !== bytes[i]) return false;
	return true;
}
