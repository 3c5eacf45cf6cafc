import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../../tools/camera-program";
import { linesOf } from "../../support/document-commands";
import { needs } from "../../support/needs";

const TOP = resolve(__dirname, "../../..");
const LEFT_OUT = /^(node_modules|build|dist|\.git)$/;
const IDENTIFIER = /\b(?:IMG|STR|REP|P2P|ONE)-\d+/g;

/** All files of the repository below a folder. */
function filesIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return LEFT_OUT.test(entry.name) ? [] : filesIn(path);
		return entry.isFile() ? [path] : [];
	});
}

const FILES = filesIn(TOP);
const DOCUMENTS = FILES.filter((path) => path.endsWith(".md"));
const textOf = (path: string) => readFileSync(path, "utf8");
const nameOf = (path: string) => relative(TOP, path);

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
	const headings = withoutCode(text).matchAll(/^#+ +(.+)$/gm);
	return Array.from(headings, ([, title]) =>
		title
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, "")
			.replaceAll(" ", "-"),
	);
}

function withoutCode(text: string): string {
	return text.replace(/^ *```[\s\S]*?^ *```/gm, "");
}

/** The lines of shell commands in the fenced blocks of a document, without comments. */
function commandsIn(text: string): string[] {
	const blocks = Array.from(text.matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm), ([, block]) => block);
	const lines = blocks.flatMap((block) => block.split("\n")).map((line) => line.replace(/\s+#.*$/, "").trim());
	return lines.flatMap((line) => line.split(" && ")).filter((line) => line !== "");
}

/** A command of our own. */
interface OwnCommand {
	/** Of `porthole-linux`. */
	readonly isBoard: boolean;
	/** After the name of the program, up to a pipe or another file. */
	readonly words: readonly string[];
}

/** What a line of a shell runs of Porthole; empty: nothing. */
function programOf(line: string): OwnCommand[] {
	const found = /^(?:\w+=\S+ )*(porthole|node dist\/hosts\/node\/main\.js|(?:build\/linux\/)?porthole-linux) (.*)/.exec(
		line,
	);
	if (found === null) return [];
	const words = found[2]
		.replace(/ [|>] .*/, "")
		.split(/\s+/)
		.filter((word) => word !== "…" && word !== "" && word !== "--help");
	return [{ isBoard: found[1].endsWith("-linux"), words }];
}

function help(isBoard: boolean, words: readonly string[]) {
	const [program, ...first] = isBoard ? [XS_PROGRAM] : [process.execPath, NODE_PROGRAM];
	return spawnSync(program, [...first, ...words, "--help"], { encoding: "utf8" });
}

const flagsOf = (words: readonly string[]): string[] =>
	words.filter((word) => word.startsWith("--")).map((word) => word.replace(/[=,;:.)].*/, ""));

/** The text of a test, or of all tests of a folder, with the suites that they share with others; empty: there is none. */
function textOfTests(name: string): string {
	const path = join(TOP, "test", name);
	const paths = existsSync(path) ? filesIn(path) : [`${path}.test.ts`].filter((file) => existsSync(file));
	return paths.map((file) => textWithSuites(file)).join("");
}

function textWithSuites(path: string): string {
	const text = textOf(path);
	const suites = Array.from(text.matchAll(/from "(\.[^"]*-suite)"/g), ([, name]) => resolve(dirname(path), name));
	return text + suites.map((suite) => textWithSuites(`${suite}.ts`)).join("");
}

describe("documents", () => {
	for (const path of DOCUMENTS) {
		it(`${nameOf(path)} has no broken links`, () => {
			const broken: string[] = [];
			for (const [, target] of withoutCode(textOf(path)).matchAll(/\]\(([^)\s]+)\)/g)) {
				if (/^(https?|mailto):/.test(target)) continue;
				const [file, anchor] = target.split("#");
				const there = file === "" ? path : resolve(dirname(path), file);
				const found = existsSync(there);
				if (!found || (anchor !== undefined && !anchorsOf(textOf(there)).includes(anchor))) broken.push(target);
			}
			assert.deepEqual(broken, []);
		});

		it(`${nameOf(path)} names scripts, files and commands that exist`, () => {
			const { scripts } = JSON.parse(textOf(join(TOP, "package.json"))) as { scripts: Record<string, string> };
			const wrong: string[] = [];
			for (const command of commandsIn(textOf(path))) {
				const words = command.split(/\s+/);
				const script = words[0] === "npm" && (words[1] === "run" ? words[2] : /^(test|start)$/.exec(words[1])?.[0]);
				if (typeof script === "string" && scripts[script] === undefined) wrong.push(command);
				const program = words[0] === "npx" ? words.find((word) => word.endsWith(".ts")) : words[0];
				if (/^(\.ci|tools|test|hosts)\//.test(program ?? "") && !existsSync(join(TOP, program ?? "")))
					wrong.push(command);
			}
			assert.deepEqual(wrong, []);
		});

		it(`${nameOf(path)} shows valid commands of porthole`, function () {
			const commands = linesOf(textOf(path)).flatMap(programOf);
			if (commands.length === 0) return;
			needs(this, "build", ...(commands.some(({ isBoard }) => isBoard) ? (["porthole-linux"] as const) : []));
			// On a busy machine a program takes two seconds to start.
			this.timeout(20_000 + 10_000 * commands.length);
			const wrong: string[] = [];
			for (const { isBoard, words } of commands) {
				// With --help a command is parsed, and not carried out.
				const { status, stdout, stderr } = help(isBoard, words);
				const command = words.join(" ");
				if (status !== 0) wrong.push(`${command}: ${stderr}`);
				for (const flag of flagsOf(words)) if (!stdout.includes(flag)) wrong.push(`${command}: no ${flag}`);
			}
			assert.deepEqual(wrong, []);
		});
	}

	it("name commands and settings of porthole in their text that exist", function () {
		needs(this, "build", "porthole-linux");
		const inText = (path: string): string[] =>
			Array.from(textOf(path).matchAll(/`((?:porthole|porthole-linux) [^`]+)`/g), ([, code]) => code);
		const named = DOCUMENTS.flatMap(inText).flatMap(programOf);
		assert.ok(named.length > 50, `${named.length} commands`);
		this.timeout(200_000);
		/** The help text of each command; `undefined`: there is no such command. */
		const known = new Map<string, string | undefined>();
		const wrong = new Set<string>();
		for (const { isBoard, words } of named) {
			const command = /^-/.test(words[0] ?? "-") ? "" : words[0];
			const key = `${isBoard ? "porthole-linux" : "porthole"} ${command}`;
			if (!known.has(key)) {
				const { status, stdout } = help(isBoard, command === "" ? [] : [command]);
				known.set(key, status === 0 ? stdout : undefined);
			}
			const text = known.get(key);
			if (text === undefined) wrong.add(key);
			else for (const flag of flagsOf(words)) if (!text.includes(flag)) wrong.add(`${key}: no ${flag}`);
		}
		assert.deepEqual([...wrong], []);
	});

	it("names in SECURITY.md tests that exist", () => {
		const named = textOf(join(TOP, "SECURITY.md")).matchAll(/`((?:unit|conformance|simulation|lab|xs)\/[^`]*)`/g);
		const paths = Array.from(named, ([, path]) => path);
		assert.ok(paths.length > 10);
		const missing = paths.filter((path) => !existsSync(join(TOP, "test", path)));
		assert.deepEqual(missing, []);
	});

	it("has a README of fewer than 120 lines", () => {
		assert.ok(textOf(join(TOP, "README.md")).split("\n").length <= 120);
	});

	it("cites requirements that docs/requirements.md states, each once", () => {
		const requirements = join(TOP, "docs/requirements.md");
		const stated = Array.from(textOf(requirements).matchAll(/^- \*\*([A-Z2]+-\d+)\*\*/gm), ([, name]) => name);
		assert.equal(new Set(stated).size, stated.length);
		const unknown = new Set<string>();
		for (const path of FILES) {
			if (statSync(path).size > 1_000_000 || !/\.(ts|md|c|h|sh|json|py)$/.test(path)) continue;
			for (const [name] of textOf(path).matchAll(IDENTIFIER))
				if (!stated.includes(name)) unknown.add(`${name} in ${nameOf(path)}`);
		}
		assert.deepEqual([...unknown], []);
	});

	it("names in docs/requirements.md tests that name the requirement", () => {
		const rows = textOf(join(TOP, "docs/requirements.md")).match(/^\| [A-Z0-9]{3}-\d+ \|.*/gm) ?? [];
		const wrong: string[] = [];
		let count = 0;
		for (const row of rows) {
			const id = row.split(" ")[1];
			for (const [, name] of row.matchAll(/`([a-z0-9]+\/[a-z0-9/-]+)`/g)) {
				count++;
				if (!new RegExp(`\\b${id}\\b`).test(textOfTests(name))) wrong.push(`${id}: ${name}`);
			}
		}
		assert.ok(count > 150, `${count} tests`);
		assert.deepEqual(wrong, []);
	});

	it("lists in .ci/run every Debian package that a test may lack", () => {
		const needs = textOf(join(TOP, "test/support/needs.ts"));
		const named = Array.from(needs.matchAll(/"([^"]+) not installed"/g), ([, names]) => names.split(" and ")).flat();
		const packages = /PACKAGES="([^"]*)"/.exec(textOf(join(TOP, ".ci/run")))?.[1].split(/\s+/) ?? [];
		// These are on the machine before .ci/run, or part of every Debian.
		const given = ["gcc", "dpkg", "python3"];
		assert.deepEqual(
			named.filter((name) => !packages.includes(name) && !given.includes(name)),
			[],
		);
	});
});
