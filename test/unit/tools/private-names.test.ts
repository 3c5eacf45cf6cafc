import assert from "node:assert/strict";
import { PrivateNames } from "../../../tools/private-names";

/** Shortens what esbuild would make of the source, whose types must be in comments. */
function shortened(typescript: string): string {
	const javascript = typescript.replace(/\b(private|readonly|static) /g, "").replace(/: \w+/g, "");
	return new PrivateNames(new Map([["a.ts", typescript]])).shorten(javascript);
}

describe("tools/private-names", () => {
	it("gives the private members of a class short names and leaves the others", () => {
		const source = "class A { private count = 0; open = 1; private next() { return this.count + this.open; } }";
		assert.equal(shortened(source), "class A { $0 = 0; open = 1; $1() { return this.$0 + this.open; } }");
	});

	it("knows the members that a constructor's parameters declare, and leaves the parameters", () => {
		const source = "class A { constructor(private readonly port: number) { use(port); } get() { return this.port; } }";
		assert.equal(shortened(source), "class A { constructor(port) { use(port); } get() { return this.$0; } }");
	});

	it("knows a class that is the value of a variable", () => {
		const names = new PrivateNames(new Map([["a.ts", "export class A { private a = 1; b() { return this.a; } }"]]));
		assert.equal(
			names.shorten("var A = class { a = 1; b() { return this.a; } };"),
			"var A = class { $0 = 1; b() { return this.$0; } };",
		);
	});

	it("never gives a class a name of a class that it extends", () => {
		const source =
			"class A { private a = 1; } class B extends A { private b = 2; } class C extends B { private c = this; }";
		assert.equal(
			shortened(source),
			"class A { $0 = 1; } class B extends A { $1 = 2; } class C extends B { $2 = this; }",
		);
	});

	it("uses the same names in classes that are not related", () => {
		assert.equal(
			shortened("class A { private a = 1; } class B { private b = 2; }"),
			"class A { $0 = 1; } class B { $0 = 2; }",
		);
	});

	const kept: readonly (readonly [string, string])[] = [
		["of another object", "class A { private a = 1; b(o) { return o.a; } }"],
		["in a function of its own `this`", "class A { private a = 1; b() { return function () { return this.a; }; } }"],
		["in a method of an object", "class A { private a = 1; b() { return { c() { return this.a; } }; } }"],
		["as a text", 'class A { private a = 1; b() { return this["a"]; } }'],
		["taken out of the object", "class A { private a = 1; b() { const { a } = this; return a; } }"],
		["as a property of an object", "class A { private a = 1; b() { return { a: 1 }; } }"],
		["static", "class A { private static a = 1; }"],
		["in classes of one name", "class A { private a = 1; } { class A { private a = 1; } }"],
	];
	for (const [title, source] of kept) {
		it(`keeps a name that is used ${title}`, () => {
			assert.doesNotMatch(shortened(source), /\$/);
		});
	}
});
