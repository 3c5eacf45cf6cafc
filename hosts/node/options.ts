import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { expectedOf, parseSetting, type Setting } from "../../src/settings/setting";

/** An error in how the program was called or set up: its message says what to do. Exit code 2. */
export class UsageError extends Error {}

/** The settings that were given, as text, by name. */
export type Given = Map<string, string>;

/**
 * Gathers settings: from the file (JSON, `{ "http-port": 8000 }`), over that from the environment
 * (`PORTHOLE_HTTP_PORT`), over that from flags (`--http-port 8000` or `--http-port=8000`).
 * @param file named by `--config` or `PORTHOLE_CONFIG`; must exist if named
 * @throws {UsageError} for an unknown flag, a broken file, a value that the schema does not take
 */
export function gatherOptions(schema: readonly Setting[], args: readonly string[], env: NodeJS.ProcessEnv): Given {
	const flags = parseFlags(schema, args);
	const given: Given = new Map();
	const file = flags.get("config") ?? env["PORTHOLE_CONFIG"];
	flags.delete("config");
	if (file !== undefined && file !== "") readFile(schema, file, given);
	for (const { name } of schema) {
		const text = env[variableOf(name)];
		if (text !== undefined) given.set(name, text);
	}
	for (const [name, text] of flags) given.set(name, text);
	for (const [name, text] of given) {
		const setting = schema.find((s) => s.name === name);
		if (setting !== undefined && parseSetting(setting, text) === undefined) {
			const shown = setting.secret ? "what was given" : JSON.stringify(text);
			throw new UsageError(`--${name}: ${shown} is not ${expectedOf(setting)}.`);
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
	return `PORTHOLE_${name.toUpperCase().replaceAll("-", "_")}`;
}

function parseFlags(schema: readonly Setting[], args: readonly string[]): Given {
	const options: Record<string, { type: "string" }> = { config: { type: "string" } };
	for (const { name } of schema) options[name] = { type: "string" };
	try {
		const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
		return new Map(Object.entries(values) as [string, string][]);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new UsageError(`${message.split(". To specify")[0].replace(/\.$/, "")}. See porthole --help.`);
	}
}

function readFile(schema: readonly Setting[], file: string, given: Given): void {
	if (!existsSync(file)) throw new UsageError(`${file}: there is no such settings file.`);
	let content: unknown;
	try {
		content = JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new UsageError(`${file}: ${error instanceof Error ? error.message : error}`);
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
