/** Ends a sentence about an unknown name: `; did you mean --http-port?`; a full stop when no known name is near. */
export function suggestion(name: string, known: readonly string[], prefix: string): string {
	// `--data-folder` for `--data`, `--port` for `--http-port`: the only one that has the same words and more, or some of them.
	const related = name.length < 3 ? [] : known.filter((each) => isPart(each, name) || isPart(name, each));
	let nearest = related.length === 1 ? related[0] : "";
	let least = Math.max(1, Math.floor(name.length / 3)) + 1;
	for (const candidate of known) {
		const distance = editDistance(name, candidate, least);
		if (distance < least) [nearest, least] = [candidate, distance];
	}
	return nearest === "" ? "." : `; did you mean ${prefix}${nearest}?`;
}

/** Tells whether a name begins or ends with all the words of a shorter one: `http-port` and `port`. */
function isPart(short: string, long: string): boolean {
	return long.startsWith(`${short}-`) || long.endsWith(`-${short}`);
}

/** Counts the characters to insert, delete, replace or swap to make one text the other; at most `limit`. */
function editDistance(from: string, to: string, limit: number): number {
	if (Math.abs(from.length - to.length) >= limit) return limit;
	let before: number[] = [];
	let row = Array.from({ length: to.length + 1 }, (_, i) => i);
	for (let i = 1; i <= from.length; i++) {
		const next = [i];
		for (let j = 1; j <= to.length; j++) {
			const same = from[i - 1] === to[j - 1] ? 0 : 1;
			let cost = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + same);
			if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
				cost = Math.min(cost, before[j - 2] + 1);
			next.push(cost);
		}
		before = row;
		row = next;
	}
	return Math.min(row[to.length], limit);
}
