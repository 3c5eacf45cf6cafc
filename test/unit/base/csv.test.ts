import assert from "node:assert/strict";
import { csvLine } from "../../../src/base/csv";
import { Prng } from "../../../src/base/prng";
import { mutate } from "../../support/mutate";

/** Reads one record as RFC 4180 says. */
function parse(line: string): string[] {
	const values: string[] = [];
	let value = "";
	let isQuoted = false;
	for (let i = 0; i < line.length; i++) {
		const letter = line[i];
		if (isQuoted) {
			if (letter !== '"') value += letter;
			else if (line[i + 1] === '"') value += line[++i];
			else isQuoted = false;
		} else if (letter === '"') isQuoted = true;
		else if (letter === "," || letter === "\r") {
			values.push(value);
			value = "";
			if (letter === "\r") return values;
		} else value += letter;
	}
	return assert.fail(`no line end: ${line}`);
}

describe("base/csv", () => {
	const cases: readonly (readonly [value: string | number | boolean, written: string])[] = [
		["Garden", "Garden"],
		["", ""],
		[-5, "-5"],
		[true, "true"],
		['a, "b"', '"a, ""b"""'],
		["two\nlines", '"two\nlines"'],
		["=1+1", "'=1+1"],
		["  =1+1", "  '=1+1"],
		["\t=1+1", "\t'=1+1"],
		["\r=1+1", '"\r\'=1+1"'],
		["a;=1+1", "a;'=1+1"],
		["@SUM(A1)", "'@SUM(A1)"],
		["＝1", "'＝1"],
		["a-b", "a-b"],
	];
	for (const [value, written] of cases) {
		it(`writes ${JSON.stringify(value)} as ${JSON.stringify(written)}`, () => {
			assert.equal(csvLine([value]), `${written}\r\n`);
		});
	}

	it("keeps values apart and lets none begin a formula, whatever they are", () => {
		const random = new Prng(1);
		for (let i = 0; i < 500; i++) {
			const value = mutate(random, '=HYPERLINK("x","y")', '=+-@,";\t\r\n \u0000a');
			const read = parse(csvLine(["a", value, "b"]));
			assert.equal(read.length, 3, JSON.stringify(value));
			assert.equal(read[1].replace(/'/g, ""), value.replace(/'/g, ""));
			for (const cell of read[1].split(";")) assert.doesNotMatch(cell, /^[ \t\r\n]*[=+\-@\uff0b\uff0d\uff1d\uff20]/);
		}
	});
});
