import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkNames, findTextNames } from "../../../tools/check-names";

const CASES: readonly (readonly [code: string, found: boolean])[] = [
	["const a = { b: 1 } as Record<string, number>; export const c = (name: string) => a[name];", true],
	["export const c = (text: string) => ({ '&': 1 } as Record<string, number>)[text[0]];", true],
	["export const c = (name: string) => ({ [name]: 1 });", true],
	["export const c = (name: string, a: object) => name in a;", true],
	["export const c = (text: string): unknown => JSON.parse(text);", true],
	["export const c = (a: [string, string][]) => Object.fromEntries(a);", true],
	["export const c = (a: number[], i: number) => a[i];", false],
	["export const c = (text: string, i: number) => text[i];", false],
	["export const c = (a: { b: number; d: number }, name: 'b' | 'd') => a[name];", false],
	["export const c = (a: Map<string, number>, name: string) => a.get(name);", false],
	["export const c = (a: object) => 'b' in a;", false],
];

describe("tools/check-names", function () {
	this.timeout(120_000);

	it("finds text that becomes the name of a property", () => {
		const folder = mkdtempSync(join(tmpdir(), "porthole-names-"));
		try {
			const files = CASES.map(([code], i) => {
				const file = join(folder, `case${i}.ts`);
				writeFileSync(file, code);
				return file;
			});
			const found = findTextNames(folder, files, { strict: true, noLib: false, types: [] });
			for (const [i, [code, expected]] of CASES.entries())
				assert.equal(
					found.some((place) => place.startsWith(`case${i}.ts: `)),
					expected,
					code,
				);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it("finds none in src and hosts/linux", () => {
		assert.deepEqual(checkNames(resolve(__dirname, "../../..")), []);
	});
});
