import { join } from "node:path";
import ts from "typescript";
import { TOP } from "./moddable-sdk";

/** Objects that are read by an index as well as by an iterator, besides arrays. */
const TYPED_ARRAYS: readonly string[] = Object.freeze([
	"Int8Array",
	"Uint8Array",
	"Uint8ClampedArray",
	"Int16Array",
	"Uint16Array",
	"Int32Array",
	"Uint32Array",
	"Float32Array",
	"Float64Array",
]);

/** What the modules of boards are checked with; what the SDK declares needs no types here. */
const OPTIONS: ts.CompilerOptions = Object.freeze({
	target: ts.ScriptTarget.ES2022,
	lib: ["lib.es2022.d.ts"],
	types: [],
	module: ts.ModuleKind.Preserve,
	moduleResolution: ts.ModuleResolutionKind.Bundler,
	strict: true,
	skipLibCheck: true,
	noEmit: true,
});

/**
 * Writes modules so that XS compiles them to less bytecode, and they make less garbage. What reads arrays by an iterator takes 160
 * octets in XS for a loop, 140 for a pattern, each time; by index it takes less than half. TypeScript knows what is an array.
 */
export class DenseCode {
	private readonly program: ts.Program;
	private readonly checker: ts.TypeChecker;
	/** The names of all classes that others extend. */
	private readonly extended = new Set<string>();

	/**
	 * @param main path of a program's first module, relative to the top, without extension
	 * @param top folder that paths are relative to
	 */
	constructor(
		main: string,
		private readonly top: string = TOP,
	) {
		this.program = ts.createProgram([join(top, `${main}.ts`)], OPTIONS);
		this.checker = this.program.getTypeChecker();
		for (const source of this.program.getSourceFiles()) if (!source.isDeclarationFile) this.findExtended(source);
	}

	private findExtended(node: ts.Node): void {
		if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression))
			this.extended.add(node.expression.text);
		ts.forEachChild(node, (child) => this.findExtended(child));
	}

	/** Rewrites a module of the program. @param path relative to the top @returns equivalent TypeScript, which need not pass the type check */
	write(path: string): string {
		const source = this.program.getSourceFile(join(this.top, path));
		if (source === undefined) throw new Error(`${path} is not in the program`);
		return new DenseModule(source, this.checker, this.extended).text();
	}
}

class DenseModule {
	private names = 0;
	/** The names of all variables that expressions assign to. */
	private readonly assigned = new Set<string>();

	constructor(
		private readonly source: ts.SourceFile,
		private readonly checker: ts.TypeChecker,
		private readonly extended: ReadonlySet<string>,
	) {
		this.findAssigned(source);
	}

	private findAssigned(node: ts.Node): void {
		const target = targetOf(node);
		if (target !== undefined) this.addNames(target);
		ts.forEachChild(node, (child) => this.findAssigned(child));
	}

	/** Adds all names in the target of an assignment, which may be a pattern. */
	private addNames(node: ts.Node): void {
		if (ts.isIdentifier(node)) this.assigned.add(node.text);
		ts.forEachChild(node, (child) => this.addNames(child));
	}

	text(): string {
		return this.inner(this.source);
	}

	/** A node with what stands before it. */
	private whole(node: ts.Node): string {
		return this.source.text.slice(node.pos, node.getStart(this.source)) + this.bare(node);
	}

	private bare(node: ts.Node): string {
		if (ts.isForOfStatement(node)) return this.loop(node);
		if (ts.isArrayLiteralExpression(node)) return this.list(node);
		if (ts.isCallExpression(node)) return this.call(node);
		if (ts.isArrayBindingPattern(node)) return this.pattern(node);
		if (ts.isPropertyDeclaration(node) && node.initializer !== undefined) return this.property(node, node.initializer);
		if (ts.isVariableDeclaration(node) && ts.isVariableDeclarationList(node.parent) && node.initializer !== undefined)
			return this.declaration(node, node.initializer);
		return this.inner(node, node.getStart(this.source));
	}

	/** Copies a node with its children rewritten. */
	private inner(node: ts.Node, start: number = node.pos): string {
		let text = "";
		let from = start;
		ts.forEachChild(node, (child) => {
			if (child.end === child.pos) return;
			text += this.source.text.slice(from, child.pos) + (child.pos < from ? this.bare(child) : this.whole(child));
			from = child.end;
		});
		return text + this.source.text.slice(from, node.end);
	}

	/** `for (const a of list) …` by index, as an array's iterator does it: its length may change meanwhile. */
	private loop(node: ts.ForOfStatement): string {
		const { initializer, expression, statement } = node;
		if (!ts.isVariableDeclarationList(initializer) || !this.isIndexed(expression))
			return this.inner(node, node.getStart(this.source));
		const id = this.names++;
		const fixed = this.isFixed(expression);
		const list = fixed ? this.bare(expression) : `list$${id}`;
		const first = fixed ? "" : `, ${list} = ${this.bare(expression)}`;
		const index = `index$${id}`;
		const [{ name }] = initializer.declarations;
		const kind = (initializer.flags & ts.NodeFlags.Const) !== 0 ? "const" : "let";
		const item = this.parts(name, `${list}[${index}]`, false) ?? `${this.bare(name)} = ${list}[${index}]`;
		return `for (let ${index} = 0${first}; ${index} < ${list}.length; ${index}++) { ${kind} ${item}; ${this.bare(statement)} }`;
	}

	/** `[a, ...list]` by `concat`. */
	private list(node: ts.ArrayLiteralExpression): string {
		const { elements } = node;
		const spread = elements.filter(ts.isSpreadElement);
		const isValue =
			!(ts.isBinaryExpression(node.parent) && node.parent.left === node) && !ts.isForOfStatement(node.parent);
		if (spread.length === 0 || !isValue || !spread.every(({ expression }) => this.isArray(expression)))
			return this.inner(node, node.getStart(this.source));
		const lists: string[] = [];
		let single: string[] = [];
		const join = (): void => {
			if (single.length > 0) lists.push(`[${single.join(", ")}]`);
			single = [];
		};
		for (const element of elements) {
			if (ts.isSpreadElement(element)) {
				join();
				lists.push(this.operand(element.expression));
			} else single.push(this.bare(element));
		}
		join();
		const [first, ...others] = lists;
		return others.length === 0 ? `${first}.slice()` : `${first}.concat(${others.join(", ")})`;
	}

	/** `a.push(...list)` by `apply`. */
	private call(node: ts.CallExpression): string {
		const { expression, arguments: values } = node;
		const [value] = values;
		const plain =
			values.length === 1 &&
			ts.isSpreadElement(value) &&
			ts.isPropertyAccessExpression(expression) &&
			!ts.isOptionalChain(node) &&
			this.isFixed(expression.expression) &&
			this.isIndexed(value.expression);
		if (!plain) return this.inner(node, node.getStart(this.source));
		return `${this.bare(expression)}.apply(${this.bare(expression.expression)}, ${this.bare(value.expression)})`;
	}

	/** `[a, b]` of an array as `{ 0: a, 1: b }`. */
	private pattern(node: ts.ArrayBindingPattern): string {
		const { elements } = node;
		const rest = elements.some((element) => ts.isBindingElement(element) && element.dotDotDotToken !== undefined);
		if (rest || !this.isIndexed(node)) return this.inner(node, node.getStart(this.source));
		const members = elements.map((element, i) =>
			ts.isOmittedExpression(element) ? "" : `${i}: ${this.bare(element)}`,
		);
		return `{ ${members.filter((member) => member !== "").join(", ")} }`;
	}

	/** `{ a, b } = c` as `a = c.a, b = c.b`. */
	private declaration(node: ts.VariableDeclaration, value: ts.Expression): string {
		const parts = this.parts(node.name, this.operand(value), this.isFixed(value));
		return parts ?? this.inner(node, node.getStart(this.source));
	}

	/** `readonly a = CONSTANT` as a getter, which takes no slot of each object. Not where a class and one that extends it may differ. */
	private property(node: ts.PropertyDeclaration, value: ts.Expression): string {
		const { parent, name } = node;
		const flags = ts.getCombinedModifierFlags(node);
		const plain =
			(flags & ts.ModifierFlags.Readonly) !== 0 &&
			(flags & ts.ModifierFlags.Static) === 0 &&
			ts.isIdentifier(name) &&
			ts.isIdentifier(value) &&
			this.isOfModule(value) &&
			parent.heritageClauses?.some(({ token }) => token === ts.SyntaxKind.ExtendsKeyword) !== true &&
			!(parent.name !== undefined && this.extended.has(parent.name.text));
		if (!plain) return this.inner(node, node.getStart(this.source));
		const access = (flags & ts.ModifierFlags.Private) !== 0 ? "private " : "";
		return `${access}get ${name.text}() { return ${value.text}; }`;
	}

	/** Whether a name is that of a constant outside of functions, here or in another module. */
	private isOfModule(node: ts.Identifier): boolean {
		let symbol = this.checker.getSymbolAtLocation(node);
		if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0)
			symbol = this.checker.getAliasedSymbol(symbol);
		const declared = symbol?.valueDeclaration;
		return (
			declared !== undefined &&
			ts.isVariableDeclaration(declared) &&
			ts.isVariableDeclarationList(declared.parent) &&
			(declared.parent.flags & ts.NodeFlags.Const) !== 0 &&
			ts.isSourceFile(declared.parent.parent.parent)
		);
	}

	/** @param fixed whether the value may be read more than once @returns `undefined`: it stays a pattern */
	private parts(name: ts.BindingName, value: string, fixed: boolean): string | undefined {
		if (ts.isIdentifier(name) || (ts.isArrayBindingPattern(name) && !this.isIndexed(name))) return undefined;
		const { elements } = name;
		if (!fixed && elements.length !== 1) return undefined;
		const parts: string[] = [];
		for (const [i, element] of elements.entries()) {
			if (ts.isOmittedExpression(element)) continue;
			const { dotDotDotToken, initializer, propertyName = element.name, name: own } = element;
			if (dotDotDotToken !== undefined || initializer !== undefined || !ts.isIdentifier(own)) return undefined;
			if (!ts.isIdentifier(propertyName)) return undefined;
			parts.push(`${own.text} = ${value}${ts.isArrayBindingPattern(name) ? `[${i}]` : `.${propertyName.text}`}`);
		}
		return parts.length === 0 ? undefined : parts.join(", ");
	}

	/** An expression whose members can be read. */
	private operand(node: ts.Expression): string {
		const text = this.bare(node);
		const plain =
			ts.isIdentifier(node) ||
			node.kind === ts.SyntaxKind.ThisKeyword ||
			((ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) &&
				!ts.isOptionalChain(node));
		return plain ? text : `(${text})`;
	}

	/** Whether an expression is `this` or a constant, which stays what it is however often it is read. */
	private isFixed(node: ts.Expression): boolean {
		if (node.kind === ts.SyntaxKind.ThisKeyword) return true;
		if (!ts.isIdentifier(node)) return false;
		const declared = this.checker.getSymbolAtLocation(node)?.valueDeclaration;
		if (declared === undefined) return false;
		if ((ts.getCombinedNodeFlags(declared) & ts.NodeFlags.Const) !== 0) return true;
		return (
			ts.isParameter(ts.walkUpBindingElementsAndPatterns(declared as ts.BindingElement)) &&
			!this.assigned.has(node.text)
		);
	}

	private isArray(node: ts.Node): boolean {
		return everyType(this.checker.getTypeAtLocation(node), (type) => this.isArrayType(type));
	}

	private isIndexed(node: ts.Node): boolean {
		return everyType(
			this.checker.getTypeAtLocation(node),
			(type) => this.isArrayType(type) || TYPED_ARRAYS.includes(type.symbol?.name ?? ""),
		);
	}

	private isArrayType(type: ts.Type): boolean {
		return this.checker.isArrayType(type) || this.checker.isTupleType(type);
	}
}

/** What an expression or a loop assigns to. */
export function targetOf(node: ts.Node): ts.Node | undefined {
	if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return node.operand;
	if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return node.initializer;
	if (!ts.isBinaryExpression(node)) return undefined;
	const { kind } = node.operatorToken;
	return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment ? node.left : undefined;
}

function everyType(type: ts.Type, test: (type: ts.Type) => boolean): boolean {
	return type.isUnion() ? type.types.every(test) : test(type);
}
