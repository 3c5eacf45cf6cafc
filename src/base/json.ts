/**
 * Writes a value as JSON (RFC 8259): objects, arrays, text, finite numbers, booleans, null; members that are `undefined` are
 * left out, as `JSON.stringify` does. On XS, `JSON.stringify` marks the objects that it visits, which fails for objects in
 * flash, such as the frozen tables of modules; this function only reads.
 * @param value without cycles; made by the program itself, so its depth is limited
 */
export function toJson(value: unknown): string {
	const parts: string[] = [];
	write(value, parts);
	return parts.join("");
}

function write(value: unknown, parts: string[]): void {
	if (Array.isArray(value)) {
		let mark = "[";
		for (const item of value) {
			parts.push(mark);
			write(item ?? null, parts);
			mark = ",";
		}
		parts.push(mark === "[" ? "[]" : "]");
	} else if (typeof value === "object" && value !== null) {
		const members = value as Readonly<Record<string, unknown>>;
		let mark = "{";
		for (const name of Object.keys(members)) {
			if (members[name] === undefined) continue;
			parts.push(mark, JSON.stringify(name), ":");
			write(members[name], parts);
			mark = ",";
		}
		parts.push(mark === "{" ? "{}" : "}");
	} else {
		parts.push(JSON.stringify(value));
	}
}
