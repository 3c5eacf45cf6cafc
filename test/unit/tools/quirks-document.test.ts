import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const TOP = resolve(__dirname, "../../..");
const DOCUMENT = readFileSync(join(TOP, "docs/gateway-quirks.md"), "utf8");
const FOLDERS = ["src", "hosts", "test", "tools", "docs"];

/** The text files of the project below a folder. */
function files(folder: string): string[] {
	const found: string[] = [];
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory() && entry.name !== "node_modules") found.push(...files(path));
		else if (/\.(ts|md|sh)$/.test(entry.name)) found.push(path);
	}
	return found;
}

/** The numbers in `3`, `1, 2`, `8 and 24`, `1 to 6`. */
function numbers(text: string): number[] {
	const range = /^(\d+) to (\d+)$/.exec(text);
	if (range === null) return text.split(/, | and /).map(Number);
	const [first, last] = [Number(range[1]), Number(range[2])];
	return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

describe("docs/gateway-quirks.md", () => {
	const quirks = [...DOCUMENT.matchAll(/^### Quirk (\d+)\. \S/gm)].map((match) => Number(match[1]));
	const runs = [...DOCUMENT.matchAll(/^\| (E\d+(?:, E\d+)*) \|/gm)].flatMap((match) => match[1].split(", "));
	const texts = FOLDERS.flatMap((folder) => files(join(TOP, folder)));

	it("numbers the quirks from 1 without gaps", () => {
		assert.deepEqual(
			quirks,
			Array.from({ length: Math.max(25, quirks.length) }, (_, i) => i + 1),
		);
	});

	it("has every quirk that a file cites", () => {
		let cited = 0;
		for (const path of texts) {
			for (const match of readFileSync(path, "utf8").matchAll(/\bquirks? (\d+(?:(?:, | and | to )\d+)*)\b/gi)) {
				for (const number of numbers(match[1])) {
					cited++;
					assert.ok(quirks.includes(number), `${relative(TOP, path)} cites ${match[0]}`);
				}
			}
		}
		assert.ok(cited > 60, `${cited} citations found`);
	});

	it("has the number of every switch of the virtual gateway", () => {
		const text = readFileSync(join(TOP, "hosts/virtual/gateway/quirks.ts"), "utf8");
		const cited = [...text.matchAll(/\((\d+)(?:, (\d+))?[,):;]/g)].flatMap((match) => [match[1], match[2]]);
		const switches = cited.filter((number) => number !== undefined).map(Number);
		assert.ok(switches.length > 40, `${switches.length} numbers found`);
		for (const number of switches) assert.ok(quirks.includes(number), `quirks.ts names ${number}`);
	});

	it("has every measurement that a file cites", () => {
		for (const path of texts) {
			for (const match of readFileSync(path, "utf8").matchAll(/\((E\d+(?:, E\d+)*)\)/g)) {
				for (const run of match[1].split(", ")) assert.ok(runs.includes(run), `${relative(TOP, path)} cites ${run}`);
			}
		}
	});
});
