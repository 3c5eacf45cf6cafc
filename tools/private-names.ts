import ts from "typescript";

/**
 * Short names for TypeScript's private members: on a board each property name takes 36 octets of flash and more. Classes
 * share these names, as only a class itself uses its private members; a class continues where the classes it extends stop.
 */
export class PrivateNames {
	private readonly classes = new Map<string, ClassNames>();

	/** @param sources the program's modules by path, as TypeScript */
	constructor(sources: ReadonlyMap<string, string>) {
		for (const [path, text] of sources) {
			const source = parse(path, text);
			const visit = (node: ts.Node): void => {
				if (ts.isClassLike(node) && node.name !== undefined) this.collect(node, node.name.text);
				ts.forEachChild(node, visit);
			};
			visit(source);
		}
	}

	private collect(node: ts.ClassLikeDeclaration, name: string): void {
		const extended = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
			.expression;
		const base = extended !== undefined && ts.isIdentifier(extended) ? extended.text : undefined;
		// Two classes of one name: neither is known.
		this.classes.set(name, { base, names: this.classes.has(name) ? [] : privateNames(node) });
	}

	/** Shortens them in JavaScript that was made of the modules. Private members of classes whose name was changed stay. */
	shorten(text: string): string {
		const edits: Edit[] = [];
		const visit = (node: ts.Node): void => {
			if (ts.isClassLike(node)) {
				const { parent } = node;
				const name = node.name ?? (ts.isVariableDeclaration(parent) ? parent.name : undefined);
				if (name !== undefined && ts.isIdentifier(name)) this.edit(node, name.text, edits);
			}
			ts.forEachChild(node, visit);
		};
		visit(parse("program.js", text));
		edits.sort((a, b) => a.start - b.start);
		let result = "";
		let from = 0;
		for (const { start, end, name } of edits) {
			result += text.slice(from, start) + name;
			from = end;
		}
		return result + text.slice(from);
	}

	private edit(node: ts.ClassLikeDeclaration, name: string, edits: Edit[]): void {
		const own = this.classes.get(name)?.names ?? [];
		const first = this.count(this.classes.get(name)?.base);
		const places = new Map(own.map((member) => [member, [] as ts.Node[]]));
		const spoilt = new Set<string>();
		for (const member of node.members) findPlaces(member, places, spoilt, true);
		for (const [index, member] of own.entries()) {
			if (spoilt.has(member)) continue;
			for (const place of places.get(member) ?? [])
				edits.push({ start: place.getStart(), end: place.end, name: `$${(first + index).toString(36)}` });
		}
	}

	/** How many names a class and the classes that it extends have. */
	private count(name: string | undefined): number {
		let sum = 0;
		for (let next = name; next !== undefined; next = this.classes.get(next)?.base)
			sum += this.classes.get(next)?.names.length ?? 0;
		return sum;
	}
}

interface ClassNames {
	readonly base: string | undefined;
	readonly names: readonly string[];
}

interface Edit {
	readonly start: number;
	readonly end: number;
	readonly name: string;
}

function parse(path: string, text: string): ts.SourceFile {
	return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

/** The private members of a class, those that its constructor's parameters declare too. */
function privateNames(node: ts.ClassLikeDeclaration): string[] {
	const names = new Set<string>();
	const add = (member: ts.Node & { readonly name?: ts.Node }): void => {
		const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
		const kinds = modifiers.map(({ kind }) => kind);
		if (!kinds.includes(ts.SyntaxKind.PrivateKeyword) || kinds.includes(ts.SyntaxKind.StaticKeyword)) return;
		if (member.name !== undefined && ts.isIdentifier(member.name)) names.add(member.name.text);
	};
	for (const member of node.members) {
		if (ts.isConstructorDeclaration(member)) member.parameters.forEach(add);
		else add(member);
	}
	return [...names];
}

/**
 * Finds where a class's own members are declared and used by `this`. A name that is used of another object, that may be of
 * the same class, or in any other way, is spoilt: it keeps its name.
 * @param own whether `this` is the class's object here
 */
function findPlaces(node: ts.Node, places: Map<string, ts.Node[]>, spoilt: Set<string>, own: boolean): void {
	if (ts.isIdentifier(node) && places.has(node.text)) {
		const { parent } = node;
		const declares = ts.isClassElement(parent) && parent.name === node && own;
		const accesses = ts.isPropertyAccessExpression(parent) && parent.name === node;
		if (declares || (accesses && own && parent.expression.kind === ts.SyntaxKind.ThisKeyword))
			places.get(node.text)?.push(node);
		else if (!isVariable(node)) spoilt.add(node.text);
		return;
	}
	if (ts.isStringLiteralLike(node)) spoilt.add(node.text);
	const bound =
		ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || isObjectMethod(node) || ts.isClassLike(node);
	ts.forEachChild(node, (child) => findPlaces(child, places, spoilt, own && !bound));
}

/** Whether an identifier names a variable, not a property. */
function isVariable(node: ts.Identifier): boolean {
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
	if (ts.isBindingElement(parent)) return parent.name === node && parent.propertyName !== undefined;
	if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
	return !(ts.isShorthandPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isObjectLiteralElement(parent));
}

function isObjectMethod(node: ts.Node): boolean {
	return (ts.isMethodDeclaration(node) || ts.isAccessor(node)) && ts.isObjectLiteralExpression(node.parent);
}
