/**
 * Writes a value as JSON (RFC 8259): objects, arrays, text, finite numbers, booleans, null; members that are `undefined` are
 * left out, as `JSON.stringify` does. That one marks the objects it visits and fails on those of a device's flash, where the
 * frozen tables of modules are; this one only reads.
 * @param value without cycles, and of a depth that the program itself has made
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
