import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/** What each layer of the tree may import besides itself; the rule that keeps one source fit for every host. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
	"src/base": [],
	"src/core": ["src/base"],
	"src/wire": ["src/base", "src/core"],
	"src/media": ["src/base", "src/core"],
	"src/ports": ["src/base", "src/core", "src/media"],
	"src/settings": ["src/base", "src/core", "src/wire"],
	"src/http": ["src/base", "src/core", "src/wire", "src/media"],
	"src/access": ["src/base", "src/core", "src/wire"],
	...Object.fromEntries(
		["gateway", "fleet", "web", "camera", "stream", "storage", "relay", "peer", "onvif"].map((feature) => [
			`src/${feature}`,
			["src/base", "src/core", "src/wire", "src/media", "src/ports", "src/settings", "src/http", "src/access"],
		]),
	),
	"src/app": ["src"],
	"hosts/virtual": ["src"],
	"hosts/linux": ["src"],
	"hosts/sdk": ["src"],
	"hosts/esp32": ["src", "hosts/sdk"],
	"hosts/simulator": ["src", "hosts/sdk"],
	"hosts/node": ["src", "hosts/virtual"],
};

/** Layers that may import by a bare name (`node:*`, `embedded:*`, npm packages). */
const MAY_LEAVE_THE_TREE = /^hosts\/(node|linux|sdk|esp32|simulator)$/;

/** `import … from "x"`, `export … from "x"`; `import "x"`; `import("x")`, `require("x")`. */
const IMPORT =
	/^\s*(?:import|export)\b[^"';]*\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\b(?:import|require)\(\s*["']([^"']+)["']/gm;

/**
 * Checks one file: its imports go the one allowed way, it names nothing of a host in `src`.
 * @param path relative to the top of the tree, with slashes
 * @returns what is wrong, in words; empty when all is well
 */
export function checkFile(path: string, text: string): string[] {
	const faults: string[] = [];
	const layer = path.split("/").slice(0, 2).join("/");
	const allowed = ALLOWED[layer];
	if (allowed === undefined) return [`${path}: ${layer} is no layer of the architecture`];
	for (const match of text.matchAll(IMPORT)) {
		const name = match[1] ?? match[2] ?? match[3];
		if (!name.startsWith(".")) {
			if (!MAY_LEAVE_THE_TREE.test(layer)) faults.push(`${path}: imports ${name}; only hosts may`);
			continue;
		}
		const target = join(dirname(path), name).split(sep).join("/");
		const into = target.split("/").slice(0, 2).join("/");
		const inside = into === layer || allowed.some((prefix) => into === prefix || into.startsWith(`${prefix}/`));
		if (!inside) faults.push(`${path}: imports ${target}; ${layer} may not`);
	}
	return faults;
}

/**
 * Finds circles of imports between files; imports of types alone count.
 * @param files text by path, relative to the top of the tree, with slashes
 * @returns each circle as paths joined by arrows, from the file that comes first in the alphabet
 */
export function findCircles(files: ReadonlyMap<string, string>): string[] {
	const imports = new Map<string, string[]>();
	for (const [path, text] of files) {
		const targets: string[] = [];
		for (const match of text.matchAll(IMPORT)) {
			const name = match[1] ?? match[2] ?? match[3];
			const target = `${join(dirname(path), name).split(sep).join("/")}.ts`;
			if (name.startsWith(".") && files.has(target)) targets.push(target);
		}
		imports.set(path, targets);
	}
	const circles = new Set<string>();
	const done = new Set<string>();
	const visit = (path: string, trail: string[]): void => {
		const start = trail.indexOf(path);
		if (start >= 0) {
			const circle = trail.slice(start);
			const first = circle.indexOf([...circle].sort()[0]);
			circles.add([...circle.slice(first), ...circle.slice(0, first), circle[first]].join(" -> "));
			return;
		}
		if (done.has(path)) return;
		for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
		done.add(path);
	};
	for (const path of [...files.keys()].sort()) visit(path, []);
	return [...circles];
}

/**
 * Finds members marked `@internal` that other files use: such a member is an interface that nobody wrote down.
 * @param files text by path
 */
export function findInternalUses(files: ReadonlyMap<string, string>): string[] {
	const faults: string[] = [];
	for (const [path, text] of files) {
		for (const [, name] of text.matchAll(INTERNAL)) {
			const use = new RegExp(`\\.${name}\\b`);
			for (const [other, otherText] of files)
				if (other !== path && use.test(otherText)) faults.push(`${other}: uses ${name}, which is internal to ${path}`);
		}
	}
	return faults;
}

/** A doc comment with `@internal`, and the name of the member behind it. */
const INTERNAL = /@internal\b[^/]*\*\/\s*(?:(?:readonly|public|static|get|set|async)\s+)*(\w+)/g;

/** Checks every TypeScript file below `src` and `hosts`. @returns all faults, for people */
export function checkLayers(top: string): string[] {
	const files = new Map<string, string>();
	for (const folder of ["src", "hosts"]) {
		for (const name of readdirSync(join(top, folder), { recursive: true }) as string[]) {
			if (!name.endsWith(".ts")) continue;
			const path = relative(top, resolve(top, folder, name))
				.split(sep)
				.join("/");
			files.set(path, readFileSync(join(top, path), "utf8"));
		}
	}
	const faults: string[] = [];
	for (const [path, text] of files) faults.push(...checkFile(path, text));
	for (const circle of findCircles(files)) faults.push(`circle: ${circle}`);
	return [...faults, ...findInternalUses(files)];
}
