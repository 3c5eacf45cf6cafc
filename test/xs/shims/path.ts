/** What our tests use of node:path. */
export function join(...parts: string[]): string {
	const out: string[] = [];
	for (const part of parts.join("/").split("/")) {
		if (part === "..") out.pop();
		else if (part !== "." && (part !== "" || out.length === 0)) out.push(part);
	}
	return out.join("/");
}

/** Paths here start with an absolute one. */
export function resolve(...parts: string[]): string {
	return join(...parts);
}
