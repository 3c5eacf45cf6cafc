import { latin1, utf8Decode } from "../base/text";
import { XML_NAMESPACE, type XmlAttribute, type XmlElement } from "./xml-element";
import { decodeText, isBlank, isSpace, isText, isUtf8, newLines } from "./xml-text";

const ELEMENTS_MAX = 1000;
const DEPTH_MAX = 32;
/** Clients made by gSOAP declare all namespaces that they know in the first element. */
const ATTRIBUTES_MAX = 128;
const NAME_MAX = 256;
/** Elements that were read are written again with their namespaces, each element with its own. */
const NAMESPACE_MAX = 256;

const BANG = 33;
const QUOTE = 34;
const APOSTROPHE = 39;
const SLASH = 47;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;

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

/** Letters, the underscore and all that is not ASCII; but not first: digits, hyphens and full stops. */
function isNameOctet(octet: number, isFirst: boolean): boolean {
	const letter = (octet | 32) >= 97 && (octet | 32) <= 122;
	if (letter || octet === 95 || octet >= 0x80) return true;
	return !isFirst && ((octet >= 48 && octet <= 57) || octet === 45 || octet === 46);
}

function localName(qualified: string): string {
	return qualified.slice(qualified.indexOf(":") + 1);
}
