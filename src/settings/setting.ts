/** What kind of value a setting has, with its limits. */
export type SettingKind =
	| { readonly kind: "text"; readonly check?: (text: string) => boolean; readonly expected: string }
	| { readonly kind: "integer"; readonly min: number; readonly max: number }
	| { readonly kind: "switch" }
	| { readonly kind: "choice"; readonly of: readonly string[] }
	| { readonly kind: "set"; readonly of: readonly string[] }
	| { readonly kind: "ports"; readonly most: number }
	| { readonly kind: "range"; readonly min: number; readonly max: number };

/** One setting: its name as a flag (`http-port`), its kind, its default as text, and its help in one line. */
export type Setting = SettingKind & {
	readonly name: string;
	/** @default the text that stands for the default value */
	readonly standard: string;
	readonly help: string;
	/** True: its value is shown nowhere. @default false */
	readonly secret?: boolean;
	/** A word for the value in help texts: `N`, `PORT,…`. */
	readonly value: string;
};

/** A value as the program uses it: text, number, boolean, set of words, ports, or [least, most]. */
export type SettingValue = string | number | boolean | readonly string[] | readonly number[];

/** Reads one value; `undefined` when the text is not of the setting's kind. */
export function parseSetting(setting: Setting, text: string): SettingValue | undefined {
	switch (setting.kind) {
		case "text":
			return setting.check === undefined || setting.check(text) ? text : undefined;
		case "integer":
			return integer(text, setting.min, setting.max);
		case "switch":
			return text === "on" || text === "true" ? true : text === "off" || text === "false" ? false : undefined;
		case "choice":
			return setting.of.includes(text) ? text : undefined;
		case "set": {
			const words = text === "" ? [] : text.split(",").map((word) => word.trim());
			return words.every((word) => setting.of.includes(word)) && words.length > 0 ? words : undefined;
		}
		case "ports": {
			const ports = text.split(",").map((word) => integer(word.trim(), 1, 65535));
			const fine = ports.length <= setting.most && new Set(ports).size === ports.length && !ports.includes(undefined);
			return fine ? (ports as number[]) : undefined;
		}
		case "range": {
			const [low, high, more] = text.split("-").map((word) => integer(word.trim(), setting.min, setting.max));
			const most = text.includes("-") ? high : low;
			return low === undefined || most === undefined || more !== undefined || low > most ? undefined : [low, most];
		}
	}
}

/** Says in words what a setting takes. */
export function expectedOf(setting: Setting): string {
	switch (setting.kind) {
		case "text":
			return setting.expected;
		case "integer":
			return `a whole number from ${setting.min} to ${setting.max}`;
		case "switch":
			return "on or off";
		case "choice":
			return `one of ${setting.of.join(", ")}`;
		case "set":
			return `one or more of ${setting.of.join(",")}, with commas`;
		case "ports":
			return `1 to ${setting.most} different ports from 1 to 65535, with commas`;
		case "range":
			return `a whole number, or two with a hyphen, from ${setting.min} to ${setting.max}`;
	}
}

function integer(text: string, min: number, max: number): number | undefined {
	if (text.length < 1 || text.length > 10) return undefined;
	for (let i = 0; i < text.length; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (digit < 0 || digit > 9) return undefined;
	}
	const value = Number(text);
	return value >= min && value <= max ? value : undefined;
}
