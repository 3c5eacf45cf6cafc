/** Represents octets that are not UTF-8, until a text is encoded. */
export const GARBAGE_MARK = "\ue000";

/** Escapes text for XML. Separate from the product's code, so that the two cannot share a fault. */
export function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Undoes {@link escapeXml} and the apostrophe's entity. */
function unescapeXml(text: string): string {
	return text
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&quot;", '"')
		.replaceAll("&apos;", "'")
		.replaceAll("&amp;", "&");
}

/** Finds the text of the first element of that local name, whatever its prefix; `undefined` without one. */
export function elementText(xml: string, name: string): string | undefined {
	for (let at = xml.indexOf(name); at > 0; at = xml.indexOf(name, at + 1)) {
		const before = xml[at - 1];
		const after = xml[at + name.length];
		const opens = before === "<" || (before === ":" && xml.lastIndexOf("<", at) > xml.lastIndexOf("/", at));
		if (!opens || after === undefined || !"> \t\r\n/".includes(after)) continue;
		const close = xml.indexOf(">", at);
		if (close < 0) return undefined;
		if (xml[close - 1] === "/") return "";
		const end = xml.indexOf("<", close);
		return end < 0 ? undefined : unescapeXml(xml.slice(close + 1, end).trim());
	}
	return undefined;
}

/** Writes `<name>text</name>` for each pair, escaped. */
export function elements(pairs: readonly (readonly [string, string | number])[], prefix = ""): string {
	return pairs.map(([name, text]) => `<${prefix}${name}>${escapeXml(`${text}`)}</${prefix}${name}>`).join("");
}
