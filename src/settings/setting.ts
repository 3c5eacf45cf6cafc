import { parseDigits } from "../base/digits";
/** What the program gets for a setting: text, a number, a switch, words, or numbers. */
export type SettingValue = string | number | boolean | readonly string[] | readonly number[];

/** The kinds of settings, each with its limits. */
export type SettingKind =
	| { readonly kind: "text"; readonly check: (text: string) => boolean; readonly expected: string }
	| { readonly kind: "integer"; readonly min: number; readonly max: number }
	| { readonly kind: "switch" }
	| { readonly kind: "choice"; readonly of: readonly string[] }
	| { readonly kind: "set"; readonly of: readonly string[] }
	| { readonly kind: "ports"; readonly most: number }
	| { readonly kind: "range"; readonly min: number; readonly max: number };

/** Attributes of a setting, whatever its kind. */
export interface SettingAttributes {
	/** One sentence for help texts and the documentation, without a full stop at the end. */
	readonly help: string;
	/** True: the owner may change it on the settings page and by `/api/v1/settings`. @default false */
	readonly editable?: boolean;
	/** True: a change on the settings page takes effect after a restart. @default false */
	readonly restart?: boolean;
	/** True: its value is shown nowhere. @default false */
	readonly secret?: boolean;
	/** Unit of the value, such as `seconds`. */
	readonly unit?: string;
	/** Stands for the value in help texts: `FILE`. @default by the kind of setting */
	readonly placeholder?: string;
}

/** One setting of a schema before it has a name. The type of its default is the type of its value. */
export type Definition<Value extends SettingValue = SettingValue> = SettingKind &
	SettingAttributes & {
		/** The value when none is given. */
		readonly default: Value;
	};

/** One setting as a schema holds it. */
export type Setting = Definition & {
	/** As in flags, files and the interface for programs: `http-port`. */
	readonly name: string;
	/** The field of the values that it fills: `httpPort`. */
	readonly field: string;
};

/** Defines free text. @param options `check` tells whether text is acceptable; `expected` completes "must be …" */
export function text(
	options: SettingAttributes & {
		/** @default any text */
		readonly check?: (text: string) => boolean;
		readonly expected: string;
		/** @default "" */
		readonly default?: string;
	},
): Definition<string> {
	return Object.freeze({ check: isAnyText, default: "", ...options, kind: "text" });
}

/** Defines a whole number from `min` to `max`, both included. */
export function integer(
	options: SettingAttributes & { readonly min: number; readonly max: number; readonly default: number },
): Definition<number> {
	return Object.freeze({ ...options, kind: "integer" });
}

/** Defines the number of a TCP or UDP port. */
export function port(options: SettingAttributes & { readonly default: number }): Definition<number> {
	return integer({ placeholder: "PORT", ...options, min: 1, max: 65535 });
}

/** Defines a switch: `on` or `off`, also `true` or `false`. */
export function onOff(options: SettingAttributes & { readonly default: boolean }): Definition<boolean> {
	return Object.freeze({ ...options, kind: "switch" });
}

/** Defines a choice of one word. */
export function choice<const Word extends string>(
	options: SettingAttributes & { readonly of: readonly Word[]; readonly default: NoInfer<Word> },
): Definition<Word> {
	return Object.freeze({ ...options, of: Object.freeze(options.of), kind: "choice" });
}

/** Defines a set of at least one word, in the order given, separated by commas. */
export function set<const Word extends string>(
	options: SettingAttributes & { readonly of: readonly Word[]; readonly default: readonly NoInfer<Word>[] },
): Definition<readonly Word[]> {
	return Object.freeze({
		...options,
		of: Object.freeze(options.of),
		default: Object.freeze(options.default),
		kind: "set",
	});
}

/** Defines a list of 1 to `most` different ports, separated by commas. */
export function ports(
	options: SettingAttributes & { readonly most: number; readonly default: readonly number[] },
): Definition<readonly number[]> {
	return Object.freeze({ ...options, default: Object.freeze(options.default), kind: "ports" });
}

/** Defines a range of whole numbers, such as `5-10`, within `min` to `max`; one number is a range of one. */
export function range(
	options: SettingAttributes & {
		readonly min: number;
		readonly max: number;
		readonly default: readonly [number, number];
	},
): Definition<readonly [number, number]> {
	return Object.freeze({ ...options, default: Object.freeze(options.default), kind: "range" });
}

/** Parses one value; `undefined` when the text is not acceptable. The one parser of flags, variables, files and pages. */
export function parseValue(setting: Definition, text: string): SettingValue | undefined {
	switch (setting.kind) {
		case "text":
			return setting.check(text) ? text : undefined;
		case "integer":
			return parseInteger(text, setting.min, setting.max);
		case "switch":
			return text === "on" || text === "true" ? true : text === "off" || text === "false" ? false : undefined;
		case "choice":
			return setting.of.includes(text) ? text : undefined;
		case "set": {
			const words = text === "" ? [] : text.split(",").map((word) => word.trim());
			return words.every((word) => setting.of.includes(word)) && words.length > 0 ? words : undefined;
		}
		case "ports": {
			const numbers = text.split(",").map((word) => parseInteger(word.trim(), 1, 65535));
			if (numbers.length > setting.most || numbers.includes(undefined)) return undefined;
			return new Set(numbers).size === numbers.length ? (numbers as number[]) : undefined;
		}
		case "range": {
			const [low, high, more] = text.split("-").map((word) => parseInteger(word.trim(), setting.min, setting.max));
			const most = text.includes("-") ? high : low;
			return low === undefined || most === undefined || more !== undefined || low > most ? undefined : [low, most];
		}
	}
}

/** Writes a value as {@link parseValue} reads it. */
export function formatValue(setting: Definition, value: SettingValue): string {
	if (typeof value === "boolean") return value ? "on" : "off";
	if (typeof value !== "object") return `${value}`;
	if (setting.kind !== "range") return value.join(",");
	return value[0] === value[1] ? `${value[0]}` : value.join("-");
}

/** Describes the acceptable values; completes "must be …". */
export function expectedOf(setting: Definition): string {
	switch (setting.kind) {
		case "text":
			return setting.expected;
		case "integer":
			return `a number ${ofUnit(setting)}from ${setting.min} to ${setting.max}`;
		case "switch":
			return '"on" or "off"';
		case "choice":
			return `one of ${setting.of.join(", ")}`;
		case "set":
			return `one or more of ${setting.of.join(", ")}, separated by commas`;
		case "ports":
			return `1 to ${setting.most} different ports from 1 to 65535, separated by commas`;
		case "range":
			return `a number ${ofUnit(setting)}from ${setting.min} to ${setting.max}, or two with a hyphen between them, the smaller first`;
	}
}

/** Stands for the value in help texts: `PORT`, `on|off`. */
export function placeholderOf(setting: Definition): string {
	if (setting.placeholder !== undefined) return setting.placeholder;
	switch (setting.kind) {
		case "text":
			return "TEXT";
		case "integer":
			return setting.unit === undefined ? "N" : setting.unit.toUpperCase();
		case "switch":
			return "on|off";
		case "choice":
			return setting.of.join("|");
		case "set":
			return "WORD,…";
		case "ports":
			return "PORT,…";
		case "range":
			return setting.unit === undefined ? "N[-N]" : `${setting.unit.toUpperCase()}[-${setting.unit.toUpperCase()}]`;
	}
}

function ofUnit({ unit }: Definition): string {
	return unit === undefined ? "" : `of ${unit} `;
}

function isAnyText(): boolean {
	return true;
}

function parseInteger(text: string, min: number, max: number): number | undefined {
	const value = parseDigits(text, 10);
	return value !== undefined && value >= min && value <= max ? value : undefined;
}
