import { expectedOf, parseSetting, type Setting } from "./setting";

/** An error in how the program was called or set up: its message says what to do. Exit code 2. */
export class UsageError extends Error {}

/** The settings that were given, as text, by name. */
export type Given = Map<string, string>;

/** Where settings come from beside the command line. */
export interface OptionHost {
	/** The value of an environment variable. */
	variable(name: string): string | undefined;
	/** The text of a settings file; `undefined` when there is none. */
	readFile(path: string): string | undefined;
}

/**
 * Gathers settings: from the file (JSON, `{ "http-port": 8000 }`), over that from the environment
 * (`PORTHOLE_HTTP_PORT`), over that from flags (`--http-port 8000` or `--http-port=8000`).
 *
 * The file is named by `--config` or `PORTHOLE_CONFIG`, and must exist if it is named.
 * @throws {UsageError} for an unknown flag, a broken file, a value that the schema does not take
 */
export function gatherFrom(schema: readonly Setting[], args: readonly string[], host: OptionHost): Given {
	const flags = parseFlags(schema, args);
	const given: Given = new Map();
	const file = flags.get("config") ?? host.variable("PORTHOLE_CONFIG");
	flags.delete("config");
	if (file !== undefined && file !== "") readSettings(schema, file, host.readFile(file), given);
	for (const { name } of schema) {
		const text = host.variable(variableOf(name));
		if (text !== undefined) given.set(name, text);
	}
	for (const [name, text] of flags) given.set(name, text);
	for (const [name, text] of given) {
		const setting = schema.find((s) => s.name === name);
		if (setting !== undefined && parseSetting(setting, text) === undefined) {
			throw new UsageError(
				`--${name}: ${setting.secret === true ? "what was given" : JSON.stringify(text)} is not ${expectedOf(setting)}.`,
			);
		}
	}
	return given;
}

/** Returns the text of one setting: what was given, or its default. */
export function textOf(schema: readonly Setting[], given: Given, name: string): string {
	return given.get(name) ?? schema.find((s) => s.name === name)?.standard ?? "";
}

/** Lists settings for a help text. */
export function helpOf(schema: readonly Setting[]): string {
	return schema
		.map((setting) => {
			const standard = setting.standard === "" ? "" : ` [${setting.standard}]`;
			return `  --${setting.name} ${setting.value}\n        ${setting.help}${standard}`;
		})
		.join("\n");
}

/** The environment variable that stands for a flag: `http-port` → `PORTHOLE_HTTP_PORT`. */
export function variableOf(name: string): string {
	return `PORTHOLE_${name.toUpperCase().split("-").join("_")}`;
}

function parseFlags(schema: readonly Setting[], args: readonly string[]): Given {
	const flags: Given = new Map();
	for (let i = 0; i < args.length; i++) {
		const word = args[i];
		if (!word.startsWith("--")) throw new UsageError(`Unexpected argument '${word}'. See porthole --help.`);
		const equals = word.indexOf("=");
		const name = word.slice(2, equals < 0 ? word.length : equals);
		if (name !== "config" && !schema.some((s) => s.name === name)) {
			throw new UsageError(`Unknown option '--${name}'. See porthole --help.`);
		}
		const value = equals >= 0 ? word.slice(equals + 1) : args[++i];
		// A value that looks like a flag is more likely one that was forgotten; `--name=--x` says it is meant.
		if (value === undefined || (equals < 0 && value.startsWith("--"))) {
			throw new UsageError(`Option '--${name} <value>' argument missing. See porthole --help.`);
		}
		flags.set(name, value);
	}
	return flags;
}

function readSettings(schema: readonly Setting[], file: string, text: string | undefined, given: Given): void {
	if (text === undefined) throw new UsageError(`${file}: there is no such settings file.`);
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch (error) {
		throw new UsageError(`${file}: this is no JSON: ${error instanceof Error ? error.message : error}`);
	}
	if (typeof content !== "object" || content === null || Array.isArray(content)) {
		throw new UsageError(`${file}: a settings file is one JSON object, such as { "http-port": 8000 }.`);
	}
	for (const [name, value] of Object.entries(content)) {
		if (!schema.some((s) => s.name === name)) throw new UsageError(`${file}: there is no setting "${name}".`);
		if (typeof value === "boolean") given.set(name, value ? "on" : "off");
		else if (Array.isArray(value)) given.set(name, value.join(","));
		else given.set(name, String(value));
	}
}
