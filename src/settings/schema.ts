import { type Definition, expectedOf, parseValue, type Setting, type SettingValue } from "./setting";

/** The settings of one part, or of several, with the checks that concern more than one of them. */
export interface Schema<Values = unknown> {
	/** In the order of help texts. */
	readonly groups: readonly SettingGroup[];
	/** Carries the type of the values; absent at run time. */
	readonly values?: Values;
}

/** The settings of one part, under one heading. */
export interface SettingGroup {
	/** Heading in help texts and the documentation. */
	readonly title: string;
	readonly settings: readonly Setting[];
	/** Checks fields against each other; called with values that each are acceptable. */
	check?(values: object): FieldProblem | undefined;
}

/** What {@link SettingGroup.check} found: a field, and text that completes "--http-port …". */
export interface FieldProblem<Field extends PropertyKey = string> {
	readonly field: Field;
	/** A `%` stands for the name of {@link other}. */
	readonly problem: string;
	readonly other?: Field;
}

/** The values of a schema: `type GatewaySettings = ValuesOf<typeof GATEWAY_SCHEMA>`. */
export type ValuesOf<S> = S extends Schema<infer Values> ? Values : never;

/** The value of each field, by its definition. */
type ValuesOfFields<Fields> = {
	readonly [Field in keyof Fields]: Fields[Field] extends { readonly default: infer Value } ? Value : never;
};

/** The values of several schemas together. */
type ValuesOfAll<Schemas> = Schemas extends readonly [Schema<infer First>, ...infer Rest]
	? First & ValuesOfAll<Rest>
	: unknown;

/**
 * Declares the settings of a part. The name of a setting comes from its field: `httpPort` becomes `http-port`.
 * @param title heading in help texts and the documentation
 * @param fields each made by `text`, `integer`, `port`, `onOff`, `choice`, `set`, `ports` or `range`
 * @param check finds fields that contradict each other; called when each is acceptable by itself
 */
export function schema<Fields extends Readonly<Record<string, Definition>>>(
	title: string,
	fields: Fields,
	check?: (values: ValuesOfFields<Fields>) => FieldProblem<keyof Fields & string> | undefined,
): Schema<ValuesOfFields<Fields>> {
	const settings = Object.keys(fields).map((field) => Object.freeze({ ...fields[field], name: nameOf(field), field }));
	const group = { title, settings: Object.freeze(settings), ...(check && { check }) } as SettingGroup;
	return Object.freeze({ groups: Object.freeze([Object.freeze(group)]) });
}

/** Joins the schemas of several parts, in this order. */
export function mergeSchemas<const Schemas extends readonly Schema[]>(
	...schemas: Schemas
): Schema<ValuesOfAll<Schemas>> {
	const groups: SettingGroup[] = [];
	for (const part of schemas) for (const group of part.groups) groups.push(group);
	return Object.freeze({ groups: Object.freeze(groups) });
}

/** Lists the settings of a schema in the order of help texts. */
export function settingsOf(schema: Schema): readonly Setting[] {
	return schema.groups.flatMap((group) => group.settings);
}

/** Finds a setting by its name. */
export function findSetting(schema: Schema, name: string): Setting | undefined {
	for (const { settings } of schema.groups) for (const setting of settings) if (setting.name === name) return setting;
	return undefined;
}

/** The values that hold when nothing is given. */
export function defaultsOf<Values>(schema: Schema<Values>): Values {
	return parseSettings(schema, new Map()).values;
}

/** A value as text, and its source as messages name it: `--http-port`, `PORTHOLE_HTTP_PORT`. */
export interface GivenValue {
	readonly text: string;
	readonly from: string;
}

/** Values by the names of settings. Text alone is named by its setting in messages. */
export type GivenSettings = ReadonlyMap<string, string | GivenValue>;

/** How messages call a setting that says nothing of its source, by its name: `--http-port`. */
type Call = (name: string) => string;

/** A value that was not accepted. */
export interface SettingFault {
	/** Name of the setting. */
	readonly name: string;
	/** One sentence without a full stop: `--http-port must be a number from 1 to 65535, got "abc"`. */
	readonly message: string;
}

/**
 * Parses settings given as text; those not given have their defaults.
 * @param call how messages call settings that were not given, or without their source
 * @returns the values, and everything that is wrong; a value that is wrong has its default
 */
export function parseSettings<Values>(
	schema: Schema<Values>,
	given: GivenSettings,
	call: Call = (name) => name,
): { readonly values: Values; readonly faults: readonly SettingFault[] } {
	const faults: SettingFault[] = [];
	const values: Record<string, SettingValue> = {};
	for (const { settings, check } of schema.groups) {
		const before = faults.length;
		for (const setting of settings) {
			const entry = given.get(setting.name);
			const value = entry === undefined ? setting.default : parseValue(setting, textOf(entry));
			values[setting.field] = value ?? setting.default;
			if (value === undefined) faults.push(refuse(setting, entry, call));
		}
		const problem = check === undefined || faults.length > before ? undefined : check(values);
		if (problem !== undefined) faults.push(contradict(settings, problem, given, call));
	}
	for (const name of given.keys()) {
		if (findSetting(schema, name) === undefined) faults.push({ name, message: `unknown setting ${quote(name)}` });
	}
	return { values: values as Values, faults };
}

/** Picks the given values that a schema has settings for. */
export function pickGiven<Value>(schema: Schema, given: ReadonlyMap<string, Value>): Map<string, Value> {
	const own = new Map<string, Value>();
	for (const [name, value] of given) if (findSetting(schema, name) !== undefined) own.set(name, value);
	return own;
}

/** Quotes a value for a message, shortened. */
export function quote(text: string): string {
	return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function refuse(setting: Setting, entry: string | GivenValue | undefined, call: Call): SettingFault {
	const { name } = setting;
	const got = setting.secret === true ? "" : `, got ${quote(textOf(entry))}`;
	return { name, message: `${sourceOf(name, entry, call)} must be ${expectedOf(setting)}${got}` };
}

function contradict(
	settings: readonly Setting[],
	{ field, problem, other }: FieldProblem,
	given: GivenSettings,
	call: Call,
): SettingFault {
	const settingOf = (field: string): string => settings.find((setting) => setting.field === field)?.name ?? field;
	const named = (field: string): string => sourceOf(settingOf(field), given.get(settingOf(field)), call);
	const name = settingOf(field);
	return { name, message: `${named(field)} ${other === undefined ? problem : problem.replace("%", named(other))}` };
}

function textOf(entry: string | GivenValue | undefined): string {
	return typeof entry === "object" ? entry.text : (entry ?? "");
}

function sourceOf(name: string, entry: string | GivenValue | undefined, call: Call): string {
	return typeof entry === "object" ? entry.from : call(name);
}

/** `httpPort` → `http-port`. */
function nameOf(field: string): string {
	let name = "";
	for (let i = 0; i < field.length; i++) {
		const letter = field[i];
		const small = letter.toLowerCase();
		name += small === letter ? letter : `-${small}`;
	}
	return name;
}
