import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/**
 * Where text names a property, and why it is never foreign text: it comes from the program itself or from the user who starts
 * it. Each is the start of a fault without its line number.
 */
const KNOWN: readonly string[] = [
	// Names that Object.keys has listed, or that a schema or a table of this program has.
	"src/base/json.ts: members[name]",
	"src/app/maintenance/",
	"src/camera/motion-form.ts: KINDS[name]",
	"src/gateway/table-reader.ts: LIST_NAMES[name]",
	"src/settings/changed-settings.ts: ",
	"src/settings/schema.ts: ",
	"src/web/form.ts: texts[word]",
	"src/web/open-api.ts: ",
	"src/web/settings-page.ts: SETTINGS_MESSAGES.updates[view.kind]",
	// Scalars only.
	"src/wire/json-members.ts: JSON.parse(utf8Decode(bytes, start,",
	"src/relay/record-json.ts: JSON.parse(utf8Decode(bytes, start,",
	// A list without objects: it is checked before.
	"src/relay/ledger-line.ts: JSON.parse(utf8Decode(bytes, start, end))",
	// The settings file, read at the start only.
	"src/settings/cli/gather-settings.ts: JSON.parse(text)",
	// Once from each camera that has proved that it belongs to the fleet; then the doctor ends.
	"src/app/doctor/read-camera-state.ts: JSON.parse(text)",
];

/** Calls that make properties of names that are text. */
const MAKERS = /^(JSON\.parse|Object\.fromEntries|Object\.defineProperty|Reflect\.\w+|Symbol|Symbol\.for)$/;

/**
 * Finds text that becomes the name of a property. XS never frees such a name and ends when there are too many, so
 * a client that can make one up can end the program; `Map` and `switch` have no names.
 * @param files paths of the files to look at
 * @param options the compiler's
 * @returns the places, as `path: expression (line)`
 */
export function findTextNames(top: string, files: readonly string[], options: ts.CompilerOptions): string[] {
	const program = ts.createProgram(files, options);
	const checker = program.getTypeChecker();
	const isText = (node: ts.Node): boolean => isTextType(checker.getTypeAtLocation(node));
	const isTextType = (type: ts.Type): boolean =>
		type.isUnion()
			? type.types.some(isTextType)
			: (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.Any)) !== 0;
	const found: string[] = [];
	for (const path of files) {
		const source = program.getSourceFile(path);
		if (source === undefined) continue;
		const visit = (node: ts.Node): void => {
			const named =
				(ts.isElementAccessExpression(node) && isText(node.argumentExpression)) ||
				(ts.isComputedPropertyName(node) && isText(node.expression)) ||
				(ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword && isText(node.left)) ||
				(ts.isCallExpression(node) && MAKERS.test(node.expression.getText()));
			if (named) {
				const { line } = source.getLineAndCharacterOfPosition(node.getStart());
				found.push(`${relative(top, path)}: ${node.getText()} (${line + 1})`);
			}
			ts.forEachChild(node, visit);
		};
		visit(source);
	}
	return found;
}

/** Checks `src` and `hosts/linux`. @returns the places that are not known, and known ones that are gone */
export function checkNames(top: string): string[] {
	const config = join(top, "hosts/linux/tsconfig.json");
	const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
	const parsed = ts.getParsedCommandLineOfConfigFile(config, {}, host);
	const src = (readdirSync(join(top, "src"), { recursive: true }) as string[]).filter((name) => name.endsWith(".ts"));
	const files = [...(parsed?.fileNames ?? []), ...src.map((name) => join(top, "src", name))];
	const found = findTextNames(top, files, parsed?.options ?? {});
	const unknown = found.filter((place) => !KNOWN.some((start) => place.startsWith(start)));
	const gone = KNOWN.filter((start) => !found.some((place) => place.startsWith(start)));
	return [...unknown, ...gone.map((start) => `${start}: no such place any more`)];
}
