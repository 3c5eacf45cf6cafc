import { findSetting, type GivenSettings, parseSettings, quote, type Schema, settingsOf } from "./schema";
import { expectedOf, formatValue, parseValue, type Setting, type SettingValue } from "./setting";

/** The longest stored text. */
const TEXT_MAX = 2000;
/** The words of a switch. */
const SWITCH: readonly string[] = Object.freeze(["off", "on"]);
/** The source of changed settings, in messages. */
const PAGE = "the settings page";

/** Lists the settings that the owner may change on the settings page or by `/api/v1/settings`. */
export function editableSettings(schema: Schema): readonly Setting[] {
	return settingsOf(schema).filter((setting) => setting.editable === true);
}

/** Describes a setting to programs, as a member of `POST /api/v1/settings`. */
export interface SettingField {
	readonly name: string;
	readonly type: "string" | "number";
	readonly about: string;
	readonly example: string | number;
}

/** Describes the settings that the owner may change, for the description of the interface for programs. */
export function settingFields(schema: Schema): readonly SettingField[] {
	return Object.freeze(
		editableSettings(schema).map((setting) => {
			const { name, help } = setting;
			const about = `${help} (${expectedOf(setting)})`;
			return typeof setting.default === "number"
				? Object.freeze({ name, type: "number" as const, about, example: setting.default })
				: Object.freeze({ name, type: "string" as const, about, example: formatValue(setting, setting.default) });
		}),
	);
}

/** How a setting is entered in a form: its kind of field, and its value. */
export interface SettingInput {
	readonly name: string;
	readonly kind: "number" | "numbers" | "text" | "choice";
	readonly value: string;
	/** The smallest and the largest number. */
	readonly min?: number;
	readonly max?: number;
	/** The words of a choice. */
	readonly choices?: readonly string[];
	/** The heading of its group. */
	readonly group?: string;
	/** What it is for, without a full stop. */
	readonly help?: string;
	/** The unit of its value. */
	readonly unit?: string;
	/** Whether a change takes effect at once. @default false */
	readonly isImmediate?: boolean;
}

/** Describes the fields of a form for the settings that the owner may change. @param values by name, as text */
export function settingInputs(schema: Schema, values: Readonly<Record<string, string>>): SettingInput[] {
	const inputs: SettingInput[] = [];
	for (const { title: group, settings } of schema.groups) {
		for (const setting of settings) {
			if (setting.editable !== true) continue;
			const { name, help, unit } = setting;
			const value = values[name] ?? formatValue(setting, setting.default);
			const more = { ...(unit !== undefined && { unit }), ...(setting.restart !== true && { isImmediate: true }) };
			inputs.push({ name, value, group, help, ...more, ...fieldOf(setting) });
		}
	}
	return inputs;
}

/** The kind of field for a setting. */
function fieldOf(setting: Setting): Pick<SettingInput, "kind" | "min" | "max" | "choices"> {
	switch (setting.kind) {
		case "integer":
			return { kind: "number", min: setting.min, max: setting.max };
		case "choice":
			return { kind: "choice", choices: setting.of };
		case "switch":
			return { kind: "choice", choices: SWITCH };
		case "ports":
			return { kind: "numbers" };
		default:
			return { kind: "text" };
	}
}

/**
 * Reads the stored changes of the owner, by name; they override the settings that the program was started with.
 * @param text as stored, one setting a line: `http-port 8000`; lines that are not acceptable are left out
 */
export function readChanges(schema: Schema, text: string | undefined): Map<string, string> {
	const changes = new Map<string, string>();
	for (const line of (text ?? "").slice(0, TEXT_MAX).split("\n")) {
		const space = line.indexOf(" ");
		const name = line.slice(0, Math.max(0, space));
		const setting = findEditable(schema, name);
		const value = line.slice(space + 1);
		if (setting !== undefined && parseValue(setting, value) !== undefined) changes.set(name, value);
	}
	return changes;
}

/** Why settings are not changed. */
export interface ChangeFault {
	/** The problem, as a sentence. */
	readonly fault: string;
	/** The name of the setting that is wrong; absent: none of them alone. */
	readonly field?: string;
}

/**
 * Adds changes to the stored ones. An empty value restores what the program was started with.
 * @param given what the program was started with, as far as it is known: settings may contradict each other
 * @returns the text to store; or the problem
 */
export function addChanges(
	schema: Schema,
	text: string | undefined,
	changes: ReadonlyMap<string, string>,
	given: ReadonlyMap<string, string> = new Map(),
): { readonly text: string } | ChangeFault {
	const all = readChanges(schema, text);
	for (const [name, given] of changes) {
		const setting = findEditable(schema, name);
		const value = given.trim();
		if (setting === undefined)
			return { fault: `The setting ${quote(name)} does not exist, or cannot be changed here.`, field: name };
		if (value === "") all.delete(name);
		else if (value.includes("\n") || parseValue(setting, value) === undefined)
			return { fault: `${name} must be ${expectedOf(setting)}, got ${quote(value)}.`, field: name };
		else all.set(name, value);
	}
	const { faults } = parseSettings(schema, new Map([...given, ...all]));
	if (faults.length > 0) {
		const [{ name, message }] = faults;
		return { fault: `${message}.`, ...(changes.has(name) && { field: name }) };
	}
	const lines = [...all].map(([name, value]) => `${name} ${value}`).join("\n");
	return lines.length > TEXT_MAX ? { fault: "The changed settings are too long to store." } : { text: lines };
}

/**
 * The values that a program starts with: as given, overridden by the owner's changes.
 * @param given acceptable settings
 * @param text the stored changes
 * @returns the values; why the changes were ignored, as sentences, none when it is empty; and which given values they replace
 */
export function applyChanges<Values>(
	schema: Schema<Values>,
	given: GivenSettings,
	text: string | undefined,
): { readonly values: Values; readonly ignored: readonly string[]; readonly replaced: readonly string[] } {
	const both = new Map(given);
	const replaced: string[] = [];
	for (const [name, value] of readChanges(schema, text)) {
		const old = given.get(name);
		const { text: before, from } = typeof old === "object" ? old : { text: old, from: "as given" };
		if (before !== undefined && before !== value)
			replaced.push(`${name} is ${value}, as changed on ${PAGE}, in place of ${before} (${from}).`);
		both.set(name, { text: value, from: `${name} (changed on ${PAGE})` });
	}
	const { values, faults } = parseSettings(schema, both);
	if (faults.length === 0) return { values, ignored: [], replaced };
	const ignored = faults.map(({ message }) => `${message}.`);
	return { values: parseSettings(schema, given).values, ignored, replaced: [] };
}

/** Writes the values of the settings that the owner may change, by name. */
export function editableValues<Values>(schema: Schema<Values>, values: Values): Record<string, string> {
	const fields = values as Readonly<Record<string, SettingValue>>;
	const texts: Record<string, string> = {};
	for (const setting of editableSettings(schema)) texts[setting.name] = formatValue(setting, fields[setting.field]);
	return texts;
}

/** Writes the values that are not the default, by name, also of settings that the owner may not change. */
export function givenValues<Values>(schema: Schema<Values>, values: Values): Map<string, string> {
	const fields = values as Readonly<Record<string, SettingValue>>;
	const texts = new Map<string, string>();
	for (const setting of settingsOf(schema)) {
		const text = formatValue(setting, fields[setting.field]);
		if (text !== formatValue(setting, setting.default)) texts.set(setting.name, text);
	}
	return texts;
}

function findEditable(schema: Schema, name: string): Setting | undefined {
	const setting = findSetting(schema, name);
	return setting?.editable === true ? setting : undefined;
}
