import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { TOP } from "./moddable-sdk";

/** A bundle of a program: one module in place of many. */
export interface Bundle {
	/** JavaScript, an ES module; it imports only what the engine or the SDK brings. */
	readonly text: string;
	/** The modules that are in it, by their paths without extension. */
	readonly modules: readonly string[];
}

/**
 * Joins a program's modules into one, for devices whose flash is small.
 *
 * A preloaded module takes flash for itself, its imports and its exports, and a property takes flash for its name. So
 * all modules become one scope, declarations that nothing refers to are left out, and `private` members get short
 * names that classes share. Modules hold declarations only, and circles between files do not exist (a test checks
 * both), so the order is that of the imports.
 * @param main path of the first module, relative to the top, without extension; its default export is the bundle's
 * @param typings paths of files with declarations that the program needs
 */
export function bundle(main: string, typings: readonly string[] = []): Bundle {
	return new Bundler(programOf(main, typings)).join(join(TOP, `${main}.ts`));
}

/** Lists the modules that `main` imports at run time, directly or not, and itself; those of the SDK are left out. */
export function modulesOf(main: string, typings: readonly string[] = []): readonly string[] {
	return new Bundler(programOf(main, typings)).list(join(TOP, `${main}.ts`));
}

function programOf(main: string, typings: readonly string[]): ts.Program {
	return ts.createProgram([join(TOP, `${main}.ts`), ...typings.map((path) => join(TOP, path))], {
		target: ts.ScriptTarget.ES2022,
		module: ts.ModuleKind.ES2022,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
		lib: ["lib.es2022.d.ts"],
		types: [],
		strict: true,
		exactOptionalPropertyTypes: true,
		skipLibCheck: true,
		rootDir: TOP,
		outDir: TOP,
		removeComments: true,
	});
}

/** Writes a bundle to a file, whose folder is made. */
export function writeBundle({ text }: Bundle, path: string): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
}

/** A value that is written where it is used. */
type Constant = number | string | boolean;

/** The longest text that is written where it is used. */
const TEXT_INLINED_MAX = 16;

const OPERATORS: ReadonlyMap<ts.SyntaxKind, (a: number, b: number) => number> = new Map([
	[ts.SyntaxKind.PlusToken, (a, b) => a + b],
	[ts.SyntaxKind.MinusToken, (a, b) => a - b],
	[ts.SyntaxKind.AsteriskToken, (a, b) => a * b],
	[ts.SyntaxKind.SlashToken, (a, b) => a / b],
	[ts.SyntaxKind.AsteriskAsteriskToken, (a, b) => a ** b],
	[ts.SyntaxKind.LessThanLessThanToken, (a, b) => a << b],
]);

type Declaration = ts.VariableDeclaration | ts.FunctionDeclaration | ts.ClassDeclaration;

/** A value declared at the top of a module. */
interface TopLevel {
	readonly symbol: ts.Symbol;
	readonly statement: ts.Statement;
	readonly file: ts.SourceFile;
	name: string;
}

class Bundler {
	private readonly checker: ts.TypeChecker;
	private readonly files: ts.SourceFile[] = [];
	private readonly values = new Map<ts.Symbol, TopLevel>();
	private readonly used = new Set<ts.Statement>();
	private readonly members = new Map<ts.Node, string>();
	private readonly constants = new Map<ts.Symbol, Constant>();
	/** `import X from "y"` of modules that are not ours: the name in the bundle by specifier and imported name. */
	private readonly imports = new Map<string, string>();
	private readonly taken = new Set<string>();

	constructor(private readonly program: ts.Program) {
		this.checker = program.getTypeChecker();
	}

	/** Lists the program's modules, each behind those that it imports. */
	list(main: string): readonly string[] {
		this.collect(this.program.getSourceFile(main) as ts.SourceFile);
		return this.files.map((file) => relative(TOP, file.fileName).replace(/\.ts$/, ""));
	}

	join(main: string): Bundle {
		const modules = this.list(main);
		for (const file of this.files) this.declare(file);
		this.nameAll();
		this.findConstants();
		this.findUsed();
		const pieces = this.files.map((file) => this.emit(file)).filter((text) => text !== "");
		const imports = [...this.imports].map(([key, name]) => {
			const [specifier, imported] = key.split("\n");
			if (imported === "") return `import ${JSON.stringify(specifier)};`;
			const clause = imported === "default" ? name : `{ ${imported} as ${name} }`;
			return `import ${clause} from ${JSON.stringify(specifier)};`;
		});
		return {
			text: `${[...imports, ...pieces].join("\n")}\n`,
			modules,
		};
	}

	/** Lists the modules that are imported at run time, each behind those that it imports. */
	private collect(file: ts.SourceFile): void {
		if (this.files.includes(file)) return;
		for (const statement of file.statements) {
			const target = this.importedFile(statement);
			if (target !== undefined && this.isRunTimeImport(statement as ts.ImportDeclaration)) this.collect(target);
		}
		this.files.push(file);
	}

	private importedFile(statement: ts.Statement): ts.SourceFile | undefined {
		if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
		const specifier = statement.moduleSpecifier as ts.StringLiteral | undefined;
		if (ts.isExportDeclaration(statement)) throw new Error(`${statement.getSourceFile().fileName}: exports a list`);
		if (specifier === undefined || !specifier.text.startsWith(".")) return undefined;
		return this.checker.getSymbolAtLocation(specifier)?.valueDeclaration as ts.SourceFile;
	}

	private isRunTimeImport({ importClause }: ts.ImportDeclaration): boolean {
		if (importClause === undefined) return true;
		if (importClause.isTypeOnly) return false;
		const named = importClause.namedBindings;
		if (importClause.name !== undefined || named === undefined || ts.isNamespaceImport(named)) return true;
		return named.elements.some((element) => !element.isTypeOnly);
	}

	private declare(file: ts.SourceFile): void {
		for (const statement of file.statements) {
			for (const node of declarationsOf(statement)) {
				const symbol = this.checker.getSymbolAtLocation(node.name as ts.Identifier);
				if (symbol === undefined || node.name === undefined || !ts.isIdentifier(node.name)) continue;
				this.values.set(symbol, { symbol, statement, file, name: node.name.text });
			}
		}
	}

	/** Gives each value its own name; names of the engine's globals and names under which others import are avoided. */
	private nameAll(): void {
		const foreign = new Set<string>();
		const aliased = new Set<ts.Symbol>();
		for (const file of this.files) {
			const visit = (node: ts.Node): void => {
				if (ts.isIdentifier(node)) {
					const value = this.valueOf(node);
					if (value === undefined) {
						if (this.isGlobal(node)) foreign.add(node.text);
					} else if (value.symbol.name !== node.text && value.name !== node.text) aliased.add(value.symbol);
				}
				ts.forEachChild(node, visit);
			};
			visit(file);
		}
		for (const name of foreign) this.taken.add(name);
		for (const value of this.values.values()) {
			value.name = this.free(value.name, aliased.has(value.symbol));
		}
	}

	private free(name: string, other = false): string {
		let found = name;
		for (let i = 1; this.taken.has(found) || (other && found === name); i++) found = `${name}$${i}`;
		this.taken.add(found);
		return found;
	}

	private isGlobal(node: ts.Identifier): boolean {
		const declarations = this.checker.getSymbolAtLocation(node)?.declarations ?? [];
		return declarations.some((declaration) => declaration.getSourceFile().isDeclarationFile);
	}

	/** The value of a module's top that an identifier refers to, through its import if need be. */
	private valueOf(node: ts.Identifier): TopLevel | undefined {
		const shorthand = ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node;
		let symbol = shorthand
			? this.checker.getShorthandAssignmentValueSymbol(node.parent)
			: this.checker.getSymbolAtLocation(node);
		if (symbol === undefined) return undefined;
		if (symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
		return this.values.get(symbol);
	}

	/** Finds `const`s whose value is a number, a boolean or a short text: they are written where they are used. */
	private findConstants(): void {
		for (const file of this.files) {
			for (const statement of file.statements) {
				if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const)) continue;
				for (const node of statement.declarationList.declarations) {
					const symbol = ts.isIdentifier(node.name) ? this.checker.getSymbolAtLocation(node.name) : undefined;
					const constant = node.initializer && this.evaluate(node.initializer);
					if (symbol === undefined || constant === undefined) continue;
					if (typeof constant !== "string" || constant.length <= TEXT_INLINED_MAX) this.constants.set(symbol, constant);
				}
			}
		}
	}

	private evaluate(node: ts.Expression): Constant | undefined {
		if (ts.isNumericLiteral(node)) return Number(node.text);
		if (ts.isStringLiteralLike(node)) return node.text;
		if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
		if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
		if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return this.evaluate(node.expression);
		if (ts.isIdentifier(node)) {
			if (node.text === "Infinity" && this.valueOf(node) === undefined) return Infinity;
			const value = this.valueOf(node);
			return value && this.constants.get(value.symbol);
		}
		if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
			const value = this.evaluate(node.operand);
			return typeof value === "number" ? -value : undefined;
		}
		if (!ts.isBinaryExpression(node)) return undefined;
		const left = this.evaluate(node.left);
		const right = this.evaluate(node.right);
		if (typeof left !== "number" || typeof right !== "number") return undefined;
		return OPERATORS.get(node.operatorToken.kind)?.(left, right);
	}

	/** What an identifier is replaced by; `undefined` where it stays. */
	private constantOf(node: ts.Identifier): Constant | undefined {
		const value = this.valueOf(node);
		if (value === undefined || isName(node)) return undefined;
		if (ts.isVariableDeclaration(node.parent) && node.parent.name === node) return undefined;
		return this.constants.get(value.symbol);
	}

	private findUsed(): void {
		const pending: ts.Statement[] = [];
		const use = (statement: ts.Statement): void => {
			if (this.used.has(statement)) return;
			this.used.add(statement);
			pending.push(statement);
		};
		for (const file of this.files)
			for (const statement of file.statements) if (isRoot(statement) || isDefault(statement)) use(statement);
		for (let statement = pending.pop(); statement !== undefined; statement = pending.pop()) {
			const visit = (node: ts.Node): void => {
				if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
				if (ts.isIdentifier(node)) {
					const value = this.valueOf(node);
					if (value !== undefined && this.constantOf(node) === undefined) use(value.statement);
				}
				ts.forEachChild(node, visit);
			};
			visit(statement);
		}
	}

	/** The short name of a private member; `undefined` for others. */
	private memberName(node: ts.Identifier): string | undefined {
		const symbol = this.checker.getSymbolAtLocation(node);
		const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0];
		if (declaration === undefined || !isPrivate(declaration)) return undefined;
		const owner = ts.isParameter(declaration) ? declaration.parent.parent : declaration.parent;
		if (!ts.isClassLike(owner)) return undefined;
		this.nameMembers(owner);
		return this.members.get(declaration);
	}

	/** Numbers a class's private members, behind those of the classes that it extends. @returns how many there are */
	private nameMembers(owner: ts.ClassLikeDeclaration): number {
		const base = owner.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
		const symbol = base && this.checker.getTypeAtLocation(base).symbol?.valueDeclaration;
		let count = symbol !== undefined && ts.isClassLike(symbol) ? this.nameMembers(symbol) : 0;
		const names = new Map<string, string>();
		const add = (node: ts.ParameterDeclaration | ts.ClassElement): void => {
			if (!isPrivate(node) || node.name === undefined || !ts.isIdentifier(node.name)) return;
			// A getter and its setter share a name.
			const name = names.get(node.name.text) ?? `$${count++}`;
			names.set(node.name.text, name);
			this.members.set(node, name);
		};
		for (const member of owner.members) {
			if (ts.isConstructorDeclaration(member)) member.parameters.forEach(add);
			else add(member);
		}
		return count;
	}

	private emit(file: ts.SourceFile): string {
		let text = "";
		const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => (source) => {
			const { factory } = context;
			const visit = (node: ts.Node): ts.Node | undefined => {
				if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
				refuseNamesAsText(node);
				if (ts.isShorthandPropertyAssignment(node)) {
					const constant = this.constantOf(node.name);
					if (constant !== undefined)
						return factory.createPropertyAssignment(
							factory.createIdentifier(node.name.text),
							literal(constant, factory),
						);
					const name = this.nameOf(node.name);
					return name === undefined
						? node
						: factory.createPropertyAssignment(
								factory.createIdentifier(node.name.text),
								factory.createIdentifier(name),
							);
				}
				if (ts.isBindingElement(node) && node.propertyName === undefined && ts.isIdentifier(node.name)) {
					const name = this.bindingName(node);
					if (name !== undefined) {
						const value = node.initializer && (ts.visitNode(node.initializer, visit) as ts.Expression);
						return factory.createBindingElement(node.dotDotDotToken, name, node.name, value);
					}
				}
				if (ts.isIdentifier(node)) {
					const constant = this.constantOf(node);
					if (constant !== undefined) return literal(constant, factory);
					const name = this.nameOf(node) ?? this.memberName(node);
					return name === undefined || name === node.text ? node : factory.createIdentifier(name);
				}
				return ts.visitEachChild(node, visit, context);
			};
			const statements = source.statements.flatMap((statement): ts.Statement[] => {
				if (ts.isImportDeclaration(statement)) {
					this.noteImport(statement);
					return [];
				}
				if (!this.used.has(statement)) return [];
				const visited = ts.visitNode(statement, visit) as ts.Statement;
				return [isDefault(statement) ? visited : withoutExport(visited, factory)];
			});
			return factory.updateSourceFile(source, statements);
		};
		const write = (_name: string, output: string): void => {
			text = output.replace(/^export \{\};\n?/gm, "");
		};
		this.program.emit(file, write, undefined, false, { before: [transformer] });
		return text.trimEnd();
	}

	/** What `{ field } = this` binds, if it is a private member. */
	private bindingName(node: ts.BindingElement): string | undefined {
		const type = this.checker.getTypeAtLocation(node.parent);
		const member = type.getProperty((node.name as ts.Identifier).text)?.valueDeclaration;
		if (member === undefined || !isPrivate(member)) return undefined;
		const owner = ts.isParameter(member) ? member.parent.parent : member.parent;
		if (!ts.isClassLike(owner)) return undefined;
		this.nameMembers(owner);
		return this.members.get(member);
	}

	private nameOf(node: ts.Identifier): string | undefined {
		const value = this.valueOf(node);
		if (value !== undefined) return isName(node) ? undefined : value.name;
		const symbol = this.checker.getSymbolAtLocation(node);
		const declaration = symbol?.declarations?.[0];
		return declaration === undefined ? undefined : this.importName(declaration);
	}

	/** The name in the bundle of something that a module of the SDK exports. */
	private importName(declaration: ts.Declaration): string | undefined {
		if (ts.isImportClause(declaration)) return this.foreignName(declaration.parent, "default", declaration.name);
		if (ts.isImportSpecifier(declaration)) {
			const imported = (declaration.propertyName ?? declaration.name) as ts.Identifier;
			return this.foreignName(declaration.parent.parent.parent, imported.text, declaration.name);
		}
		return undefined;
	}

	private foreignName(declaration: ts.Node, imported: string, local: ts.Identifier | undefined): string | undefined {
		if (!ts.isImportDeclaration(declaration) || local === undefined) return undefined;
		const specifier = (declaration.moduleSpecifier as ts.StringLiteral).text;
		if (specifier.startsWith(".")) return undefined;
		const key = `${specifier}\n${imported}`;
		let name = this.imports.get(key);
		if (name === undefined) {
			name = this.free(local.text);
			this.imports.set(key, name);
		}
		return name;
	}

	private noteImport(statement: ts.ImportDeclaration): void {
		const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
		if (statement.importClause === undefined && !specifier.startsWith(".")) this.imports.set(`${specifier}\n`, "");
	}
}

/** The values that a statement at the top of a module declares. */
function declarationsOf(statement: ts.Statement): readonly Declaration[] {
	if (ts.isVariableStatement(statement)) return statement.declarationList.declarations;
	return ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ? [statement] : [];
}

function literal(constant: Constant, factory: ts.NodeFactory): ts.Expression {
	if (typeof constant === "string") return factory.createStringLiteral(constant);
	if (typeof constant === "boolean") return constant ? factory.createTrue() : factory.createFalse();
	if (constant === Infinity) return factory.createIdentifier("Infinity");
	if (constant >= 0) return factory.createNumericLiteral(constant);
	const negative = factory.createPrefixUnaryExpression(ts.SyntaxKind.MinusToken, literal(-constant, factory));
	return factory.createParenthesizedExpression(negative);
}

/** @throws {Error} for what reaches private members by their names as text, which the bundle does not have */
function refuseNamesAsText(node: ts.Node): void {
	const assigns = ts.isCallExpression(node) && node.expression.getText() === "Object.assign";
	const target = assigns ? node.arguments[0] : ts.isElementAccessExpression(node) ? node.expression : undefined;
	if (target?.kind !== ts.SyntaxKind.ThisKeyword) return;
	const file = node.getSourceFile();
	const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
	throw new Error(`${relative(TOP, file.fileName)}:${line}: name the members of \`this\` one by one`);
}

/** True for statements that do something when the module loads. */
function isRoot(statement: ts.Statement): boolean {
	return ts.isExpressionStatement(statement) || ts.isExportAssignment(statement);
}

function isDefault(statement: ts.Statement): boolean {
	if (!ts.canHaveModifiers(statement)) return false;
	return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true;
}

function isPrivate(node: ts.Node): boolean {
	if (!ts.canHaveModifiers(node)) return false;
	return ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true;
}

/** True when an identifier names a property rather than a value: `a.NAME`, `{ NAME: 1 }`. */
function isName(node: ts.Identifier): boolean {
	const { parent } = node;
	return (
		(ts.isPropertyAccessExpression(parent) && parent.name === node) ||
		(ts.isPropertyAssignment(parent) && parent.name === node) ||
		(ts.isBindingElement(parent) && parent.propertyName === node)
	);
}

function withoutExport(statement: ts.Statement, factory: ts.NodeFactory): ts.Statement {
	const keep = (modifiers: ts.NodeArray<ts.ModifierLike> | undefined) =>
		modifiers?.filter(({ kind }) => kind !== ts.SyntaxKind.ExportKeyword) as ts.Modifier[] | undefined;
	if (ts.isVariableStatement(statement))
		return factory.updateVariableStatement(statement, keep(statement.modifiers), statement.declarationList);
	if (ts.isFunctionDeclaration(statement)) {
		const { asteriskToken, name, typeParameters, parameters, type, body } = statement;
		const modifiers = keep(statement.modifiers);
		return factory.updateFunctionDeclaration(
			statement,
			modifiers,
			asteriskToken,
			name,
			typeParameters,
			parameters,
			type,
			body,
		);
	}
	if (ts.isClassDeclaration(statement)) {
		const { name, typeParameters, heritageClauses, members } = statement;
		const modifiers = keep(statement.modifiers);
		return factory.updateClassDeclaration(statement, modifiers, name, typeParameters, heritageClauses, members);
	}
	return statement;
}
