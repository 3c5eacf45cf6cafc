import { maskCredentials } from "../../base/mask-credentials";
import { findSetting, type GivenValue, parseSettings, quote, type Schema, settingsOf } from "../schema";
import { placeholderOf } from "../setting";
import { UsageError } from "../usage-error";
import { COMMANDS } from "./commands";
import { type KnownInterface, missingInterface } from "./missing-resources";
import { suggestion } from "./suggestion";

/** Sources of settings other than flags. */
export interface SettingSources {
	/** The value of an environment variable. */
	variable(name: string): string | undefined;
	/**
	 * The text of a settings file, or of one with a secret; `undefined` when there is none.
	 * @throws {Error} that says why it can't be read; also when it is much too large
	 */
	readFile(path: string): string | undefined;
	/** The network interfaces of this machine, in which `--interface` must be. @default it is not looked at */
	interfaces?(): readonly KnownInterface[];
}

/** The end of the names of settings that name a file with a secret: `password-file` has the value of `password`. */
const FILE = "-file";
/** The longest secret: two fleet keys. */
const SECRET_MAX = 300;

/** Settings as they were given, and what they mean. */
export interface Gathered<Values> {
	readonly given: ReadonlyMap<string, GivenValue>;
	readonly values: Values;
}

/** The start of every variable's name. */
const PREFIX = "PORTHOLE_";
/** Variables of the tests begin with it. */
const TEST_PREFIX = "PORTHOLE_TEST_";

/**
 * Gathers and checks settings: from the settings file (JSON, `{ "http-port": 8000 }`), overridden by environment
 * variables (`PORTHOLE_HTTP_PORT`), overridden by flags (`--http-port 8000` or `--http-port=8000`). A switch without a value
 * is on.
 *
 * `--config` or `PORTHOLE_CONFIG` names the file, which must exist then.
 * @throws {UsageError} with all problems: unknown flags and keys, values that are not accepted
 */
export function gatherSettings<Values>(
	schema: Schema<Values>,
	args: readonly string[],
	sources: SettingSources,
): Gathered<Values> {
	const problems: string[] = [];
	const { flags, needsHelp } = readFlags(schema, args, problems);
	const given = new Map<string, GivenValue>();
	const file = flags.get("config") ?? fromVariable("config", sources);
	if (file !== undefined && file.text !== "") readFile(schema, file, sources, given, problems);
	for (const { name } of settingsOf(schema)) {
		const value = fromVariable(name, sources);
		if (value !== undefined) given.set(name, value);
	}
	for (const [name, value] of flags) given.set(name, value);
	for (const { name } of settingsOf(schema)) if (name.endsWith(FILE)) readSecret(name, sources, given, problems);
	const { values, faults } = parseSettings(schema, given, (name) => `--${name}`);
	for (const { name, message } of faults) problems.push(`${message}${nearestWord(schema, name, given)}`);
	const chosen = given.get("interface")?.text ?? "";
	// A device that waits for what is missing also waits for an interface.
	const waits = (values as { readonly retry?: boolean }).retry === true;
	if (chosen !== "" && !waits && sources.interfaces !== undefined) {
		const missing = missingInterface(chosen, placeOfSetting(given, "interface"), sources.interfaces());
		if (missing !== undefined) problems.push(missing);
	}
	if (problems.length > 0) throw new UsageError(problems, needsHelp);
	return { given, values };
}

/** Names the place where a setting was given, for messages: `--source`, `PORTHOLE_SOURCE`, `cam.json: "source"`. */
export function placeOfSetting(given: ReadonlyMap<string, GivenValue>, name: string): string {
	return given.get(name)?.from ?? `--${name}`;
}

/** The environment variable of a setting: `http-port` → `PORTHOLE_HTTP_PORT`. */
export function variableOf(name: string): string {
	return `${PREFIX}${name.toUpperCase().split("-").join("_")}`;
}

/**
 * Reports variables that look like settings but are not: most are misspelled.
 * @param variables names of all environment variables
 * @param schemas of all commands, because a variable may be meant for another command
 * @returns sentences for the operator
 */
export function unknownVariables(variables: readonly string[], schemas: readonly Schema[]): string[] {
	const known = schemas
		.flatMap((schema) => settingsOf(schema))
		.map(({ name }) => variableOf(name).slice(PREFIX.length));
	return variables
		.filter((name) => name.startsWith(PREFIX) && !name.startsWith(TEST_PREFIX))
		.map((name) => name.slice(PREFIX.length))
		.filter((name) => !known.includes(name))
		.sort()
		.map((name) => `unknown variable ${PREFIX}${name} is ignored${suggestion(name, known, PREFIX)}`);
}

function fromVariable(name: string, sources: SettingSources): GivenValue | undefined {
	const from = variableOf(name);
	const text = sources.variable(from);
	return text === undefined ? undefined : { text, from };
}

function namesOf(schema: Schema): string[] {
	return settingsOf(schema).map(({ name }) => name);
}

/** The flags of a command line. */
interface Flags {
	readonly flags: ReadonlyMap<string, GivenValue>;
	/** Whether there was a word that nothing is similar to. */
	readonly needsHelp: boolean;
}

function readFlags(schema: Schema, args: readonly string[], problems: string[]): Flags {
	const flags = new Map<string, GivenValue>();
	let needsHelp = false;
	for (let i = 0; i < args.length; i++) {
		const word = args[i];
		if (!word.startsWith("--")) {
			const near = nearestOption(schema, word);
			needsHelp ||= near === "";
			problems.push(near || unexpected(word));
			continue;
		}
		const equals = word.indexOf("=");
		const name = word.slice(2, equals < 0 ? word.length : equals);
		const next = i + 1 < args.length && !args[i + 1].startsWith("--") ? args[i + 1] : undefined;
		// A value that looks like a flag is more likely a flag after a forgotten value; `--name=--x` states it clearly.
		const text = equals >= 0 ? word.slice(equals + 1) : next;
		if (equals < 0 && next !== undefined) i++;
		const setting = findSetting(schema, name);
		if (setting === undefined) {
			const near = elsewhere(name) || suggestion(name, namesOf(schema), "--");
			needsHelp ||= near === ".";
			problems.push(`Unknown option --${name}${near}`);
		} else if (text === undefined && setting.kind === "switch") flags.set(name, { text: "on", from: `--${name}` });
		else if (text === undefined) problems.push(`--${name} needs a value: --${name} ${placeholderOf(setting)}.`);
		else flags.set(name, { text, from: `--${name}` });
	}
	return { flags, needsHelp };
}

/** Says which commands have an option that this one does not. @returns empty: none has */
function elsewhere(name: string): string {
	const have = Object.entries(COMMANDS).filter(([, command]) => findSetting(command.schema, name) !== undefined);
	if (have.length === 0) return "";
	return ` here; it is an option of ${have.map(([command]) => command).join(", ")}.`;
}

/** Suggests the option that a word with one hyphen is similar to: people forget the second one. @returns empty: there is none */
function nearestOption(schema: Schema, word: string): string {
	const name = word.startsWith("-") ? word.slice(1).split("=")[0] : "";
	const near = name.length > 1 ? suggestion(name, namesOf(schema), "--") : ".";
	return near === "." ? "" : `Unknown option -${name}${near}`;
}

/** Says that a word is not an option. */
function unexpected(word: string): string {
	const hint = word.startsWith("-") ? ": the names of options begin with two hyphens" : "";
	return `Unexpected argument ${quote(maskCredentials(word))}${hint}.`;
}

/** Ends a sentence about a bad value: with the nearest acceptable word, where the setting has a list of them. */
function nearestWord(schema: Schema, name: string, given: ReadonlyMap<string, GivenValue>): string {
	const setting = findSetting(schema, name);
	const text = given.get(name)?.text ?? "";
	if (setting === undefined || text.length > 40) return ".";
	if (setting.kind === "choice") return suggestion(text, setting.of, "");
	if (setting.kind !== "set") return ".";
	const { of } = setting;
	const wrong = text.split(",").find((word) => !of.includes(word.trim()));
	return wrong === undefined ? "." : suggestion(wrong.trim(), of, "");
}

function readFile(
	schema: Schema,
	{ text: file, from: place }: GivenValue,
	sources: SettingSources,
	given: Map<string, GivenValue>,
	problems: string[],
): void {
	const text = textIn(file, place, "settings file", sources, problems);
	if (text === undefined) return;
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch (error) {
		problems.push(`${file}: not valid JSON: ${placeOf(text, error instanceof Error ? error.message : `${error}`)}.`);
		return;
	}
	if (typeof content !== "object" || content === null || Array.isArray(content)) {
		problems.push(`${file}: a settings file is one JSON object, such as { "http-port": 8000 }.`);
		return;
	}
	for (const [name, value] of Object.entries(content)) {
		const from = `${file}: ${quote(name)}`;
		const plain = textOf(value);
		if (name === "config") problems.push(`${from} cannot be set in a settings file.`);
		else if (findSetting(schema, name) === undefined)
			problems.push(`${file}: unknown setting ${quote(name)}${suggestion(name, namesOf(schema), "")}`);
		else if (plain === undefined) problems.push(`${from} must be a string, a number, true, false, or a list of these.`);
		else given.set(name, { text: plain, from });
	}
}

/**
 * Takes a secret from the file that a setting such as `password-file` names. A file that can't be the secret is a problem,
 * never the same as no secret.
 */
function readSecret(name: string, sources: SettingSources, given: Map<string, GivenValue>, problems: string[]): void {
	const file = given.get(name);
	if (file === undefined || file.text === "") return;
	const secret = name.slice(0, -FILE.length);
	const other = given.get(secret);
	if (other !== undefined && other.text !== "") {
		problems.push(`${file.from} and ${other.from} are both given; leave one of them out.`);
		return;
	}
	const text = textIn(file.text, file.from, "file", sources, problems);
	if (text === undefined) return;
	const line = text.endsWith("\r\n") ? text.slice(0, -2) : text.endsWith("\n") ? text.slice(0, -1) : text;
	const noun = secret.split("-").join(" ");
	if (line.length > SECRET_MAX)
		problems.push(`${file.from}: ${file.text} is longer than ${SECRET_MAX} characters: it holds no ${noun}.`);
	else if (line === "")
		problems.push(`${file.from}: ${file.text} is empty: write the ${noun} into it, or leave the option out.`);
	else given.set(secret, { text: line, from: `${file.from}: the text of ${file.text}` });
}

/** @param place the setting that names the file, for messages */
function textIn(
	file: string,
	place: string,
	kind: string,
	sources: SettingSources,
	problems: string[],
): string | undefined {
	try {
		const text = sources.readFile(file);
		if (text === undefined)
			problems.push(`${place}: ${file}: ${kind} not found, or in a folder that this program may not read.`);
		return text;
	} catch (error) {
		problems.push(`${place}: ${file} can't be read: ${error instanceof Error ? error.message : error}.`);
		return undefined;
	}
}

/** Writes a JSON value as in a flag. @returns `undefined` for null and objects */
function textOf(value: unknown): string | undefined {
	if (typeof value === "boolean") return value ? "on" : "off";
	if (typeof value === "string" || typeof value === "number") return `${value}`;
	if (!Array.isArray(value)) return undefined;
	const items = value.map(textOf);
	return items.includes(undefined) ? undefined : items.join(",");
}

/** Turns the position in an engine's message into line and column: XS says `2: invalid value`, V8 `… at position 5`. */
function placeOf(text: string, message: string): string {
	if (message.charCodeAt(0) >= 48 && message.charCodeAt(0) <= 57) return `line ${message}`;
	const mark = "position ";
	const at = message.lastIndexOf(mark);
	const end = message.includes("end of JSON") ? text.length : -1;
	const position = at < 0 ? end : Number.parseInt(message.slice(at + mark.length), 10);
	// If V8 has no position, its message quotes the text around the error, which may contain a password.
	if (!(position >= 0)) return message.split(", ")[0];
	const lines = text.slice(0, position).split("\n");
	return `line ${lines.length}, column ${lines[lines.length - 1].length + 1}`;
}
