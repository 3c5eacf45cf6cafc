import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import ts from "typescript";
import { DenseCode } from "../../../tools/dense-code";
import { OUT } from "../../../tools/moddable-sdk";

describe("tools/dense-code", () => {
	let folder = "";
	before(() => {
		mkdirSync(OUT, { recursive: true });
		folder = mkdtempSync(join(OUT, "dense-test-"));
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	function dense(source: string): string {
		writeFileSync(join(folder, "main.ts"), source);
		return new DenseCode("main", folder).write("main.ts");
	}

	/** What a module's function `run` returns. */
	function result(source: string): unknown {
		const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
		return JSON.parse(vm.runInNewContext(`${outputText.replace(/^export /gm, "")};JSON.stringify(run())`));
	}

	const changed: [name: string, source: string, words: RegExp, expected?: unknown][] = [
		[
			"a loop over an array",
			"function run() { const all: number[] = []; for (const a of [1, 2, 3]) { if (a === 2) continue; all.push(a); } return all; }",
			/for \(let index\$0 = 0, list\$0 = \[1, 2, 3\]; index\$0 < list\$0\.length; index\$0\+\+\)/,
		],
		[
			"a loop over an array that grows meanwhile",
			"function run() { const all = [1, 2]; for (const a of all) if (a < 4) all.push(a + 2); return all; }",
			/index\$0 < all\.length/,
		],
		[
			"a loop over a list that is another one afterwards",
			"function run() { let list = [1, 2]; const all: number[] = []; for (const a of list) { list = [9, 9, 9]; all.push(a); } return all; }",
			/list\$0 = list;/,
		],
		[
			"a loop over a parameter that is another list afterwards",
			"function f(list: number[]) { const all: number[] = []; for (const a of list) { list = [9, 9, 9]; all.push(a); } return all; } function run() { return f([1, 2]); }",
			/list\$0 = list;/,
		],
		[
			"a loop within a loop, with a label, and functions that keep each item",
			"function run() { const all: (() => number)[] = []; outer: for (const row of [[1, 2], [3, 4]]) for (const a of row) { if (a === 2) continue outer; all.push(() => a); } return all.map((f) => f()); }",
			/index\$1 < row\.length/,
		],
		[
			"a loop over octets",
			"function run() { let sum = 0; for (let octet of new Uint8Array([250, 10])) { octet++; sum += octet; } return sum; }",
			/let octet = list\$0\[index\$0\]/,
		],
		[
			"a loop over pairs",
			"function run() { const all = []; for (const [name, value] of Object.entries({ a: 1, b: 2 })) all.push(value, name); return all; }",
			/const \{ 0: name, 1: value \} = list\$0\[index\$0\]/,
		],
		[
			"patterns of arrays, with gaps and defaults",
			"function run() { const [a, , b = 7, [c]] = [1, 2, undefined, [4]] as [number, number, number | undefined, number[]]; return [a, b, c]; }",
			/const \{ 0: a, 2: b = 7, 3: \{ 0: c \} \} =/,
		],
		[
			"a pattern of a parameter",
			"function run() { return Object.entries({ a: 1 }).map(([name, value]) => name + value); }",
			/\(\{ 0: name, 1: value \}\) =>/,
		],
		[
			"members of an object and of this",
			"class A { x = 1; y = 2; get() { const { x, y: z } = this; return [x, z]; } } function run() { const a = new A(), { x } = a, { length } = a.get(); return [x, length, a.get()]; }",
			/const x = this\.x, z = this\.y;/,
		],
		[
			"lists with lists in them",
			"function run() { const a = [1], b: (number | number[])[] = [2, [3]]; return [[...a], [0, ...a, 5, ...b], [...b, [6]]]; }",
			/\[a\.slice\(\), \[0\]\.concat\(a, \[5\], b\), b\.concat\(\[\[6\]\]\)\]/,
		],
		[
			"a call with a list",
			"function run() { const a = [1], b = [2, 3]; a.push(...b); return [a, Math.max(...a)]; }",
			/a\.push\.apply\(a, b\)/,
		],
		[
			"a member that is a constant takes no place in an object",
			"const ONE = 1; class A { readonly a = ONE; b = ONE; } function run() { const x = new A(); return [Object.keys(x), x.a, x.b]; }",
			/get a\(\) \{ return ONE; \}/,
			[["b"], 1, 1],
		],
	];
	for (const [name, source, words, expected] of changed) {
		it(`writes ${name}`, () => {
			const written = dense(source);
			assert.match(written, words);
			assert.deepEqual(result(written), expected ?? result(source));
		});
	}

	const kept: [name: string, source: string][] = [
		["a map", "function run() { const all = []; for (const [a, b] of new Map([[1, 2]])) all.push(a, b); return all; }"],
		[
			"a text",
			'function run() { const all = []; for (const a of "a😀") all.push(a); const [, b] = "a😀"; return [all, b]; }',
		],
		["a rest", "function run() { const [a, ...b] = [1, 2, 3]; const { length, ...c } = b; return [a, b, c]; }"],
		[
			"what is a list or nothing",
			"function run() { const f = (a?: number[]) => [...(a ?? new Set([1]))]; return f(); }",
		],
		["default values of members", "function run() { const a: { b?: number } = {}; const { b = 3 } = a; return b; }"],
		[
			"members that classes that extend others may change",
			"const ONE = 1, TWO = 2; class A { readonly a: number = ONE; } class B extends A { override readonly a = TWO; } function run() { return [new A().a, new B().a, Object.keys(new B())]; }",
		],
		["an exchange", "function run() { let a = 1, b = 2; [a, b] = [b, a]; return [a, b]; }"],
	];
	for (const [name, source] of kept) {
		it(`keeps ${name}`, () => {
			const written = dense(source);
			assert.deepEqual(result(written), result(source));
		});
	}

	it("reads each list once, and what is optional as before", () => {
		const source =
			"let n = 0; const get = () => { n++; return [1, 2]; }; function run() { let sum = 0; for (const a of get()) sum += a; const [b, c] = get(); const { length } = get(); return [n, sum, b, c, length, [...get(), ...get()], n]; }";
		assert.deepEqual(result(dense(source)), result(source));
		const optional =
			"function run() { const a: { b: number[] } | undefined = undefined; try { const { length } = (a as { b: number[] } | undefined)?.b!; return length; } catch { return 'none'; } }";
		assert.deepEqual(result(dense(optional)), "none");
	});
});
