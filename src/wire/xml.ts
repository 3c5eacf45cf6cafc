/** An element of a parsed document. Names are local names: namespaces are ignored. */
export interface XmlElement {
	readonly name: string;
	/** Its own text, without white space at the ends. */
	text: string;
	readonly children: XmlElement[];
}

/** The deepest nesting. */
const DEPTH_MAX = 24;
/** The most elements in a document. */
const ELEMENTS_MAX = 4096;

/**
 * Reads a document as UPnP devices write them: elements and text. Accepts unbound prefixes, white space inside tags,
 * missing declarations, and anything after the end (quirks 18, 19).
 *
 * Attributes, comments, processing instructions and document types are skipped. Only the five predefined entities and
 * numeric characters are decoded, so nothing can be expanded or fetched.
 * @returns the root element; `undefined` when it is not such a document or exceeds a limit
 * @see XML 1.0; UPnP Device Architecture 2.0 §2.3
 */
export function parseXml(text: string): XmlElement | undefined {
	const root: XmlElement = { name: "", text: "", children: [] };
	const stack: XmlElement[] = [root];
	let elements = 0;
	let at = 0;
	while (at < text.length) {
		const open = text.indexOf("<", at);
		const top = stack[stack.length - 1];
		if (open < 0) break;
		if (open > at) top.text += decodeEntities(text.slice(at, open));
		if (text.startsWith("<!--", open)) {
			at = after(text, "-->", open + 4);
		} else if (text.startsWith("<![CDATA[", open)) {
			const end = text.indexOf("]]>", open + 9);
			if (end < 0) return undefined;
			top.text += text.slice(open + 9, end);
			at = end + 3;
		} else if (text[open + 1] === "?" || text[open + 1] === "!") {
			at = after(text, ">", open);
		} else {
			const close = endOfTag(text, open + 1);
			if (close < 0) return undefined;
			const inside = text.slice(open + 1, close);
			if (inside[0] === "/") {
				const name = localName(inside.slice(1));
				if (stack.length < 2 || top.name !== name) return undefined;
				top.text = top.text.trim();
				stack.pop();
				if (stack.length === 1) return root.children[0];
			} else {
				const empty = inside.endsWith("/");
				const element: XmlElement = { name: localName(empty ? inside.slice(0, -1) : inside), text: "", children: [] };
				if (element.name === "" || ++elements > ELEMENTS_MAX || stack.length > DEPTH_MAX) return undefined;
				top.children.push(element);
				if (!empty) stack.push(element);
				else if (stack.length === 1) return element;
			}
			at = close + 1;
		}
		if (at <= open) return undefined;
	}
	return undefined;
}

/** Finds the first element with a name, in any case, in `element` and below; in document order. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
	if (element.name.toLowerCase() === name.toLowerCase()) return element;
	for (const child of element.children) {
		const found = findElement(child, name);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** Collects all elements with a name, in any case, in `element` and below; in document order. */
export function findElements(element: XmlElement, name: string, found: XmlElement[] = []): XmlElement[] {
	if (element.name.toLowerCase() === name.toLowerCase()) found.push(element);
	for (const child of element.children) findElements(child, name, found);
	return found;
}

/** The text of the first element with a name in `element` and below; empty when there is none. */
export function textOf(element: XmlElement, name: string): string {
	return findElement(element, name)?.text ?? "";
}

/** Escapes text for XML content and attributes in double quotes. */
export function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function after(text: string, mark: string, from: number): number {
	const at = text.indexOf(mark, from);
	return at < 0 ? text.length : at + mark.length;
}

/** The end of a tag: the first `>` that is not inside quotes. */
function endOfTag(text: string, from: number): number {
	let quote = "";
	for (let at = from; at < text.length; at++) {
		const character = text[at];
		if (quote !== "") {
			if (character === quote) quote = "";
		} else if (character === '"' || character === "'") {
			quote = character;
		} else if (character === ">") {
			return at;
		}
	}
	return -1;
}

function localName(tag: string): string {
	const start = tag.trimStart();
	let end = 0;
	while (end < start.length && !" \t\r\n".includes(start[end])) end++;
	const colon = start.lastIndexOf(":", end);
	return start.slice(colon < 0 ? 0 : colon + 1, end);
}

function decodeEntities(text: string): string {
	if (!text.includes("&")) return text;
	let decoded = "";
	let at = 0;
	while (at < text.length) {
		const start = text.indexOf("&", at);
		const end = start < 0 ? -1 : text.indexOf(";", start);
		if (end < 0 || end - start > 9) {
			const upTo = start < 0 ? text.length : start + 1;
			decoded += text.slice(at, upTo);
			at = upTo;
			continue;
		}
		decoded += text.slice(at, start) + (entity(text.slice(start + 1, end)) ?? text.slice(start, end + 1));
		at = end + 1;
	}
	return decoded;
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
	if (name[0] !== "#") return undefined;
	const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
	return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}
