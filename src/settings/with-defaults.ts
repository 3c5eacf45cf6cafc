import type { Schema } from "./schema";
import type { SettingValue } from "./setting";

/** The same settings with other defaults. @param defaults by the names of settings */
export function withDefaults<Values>(all: Schema<Values>, defaults: ReadonlyMap<string, SettingValue>): Schema<Values> {
	const groups = all.groups.map((group) => ({
		...group,
		settings: group.settings.map((setting) => {
			const value = defaults.get(setting.name);
			return value === undefined ? setting : ({ ...setting, default: value } as typeof setting);
		}),
	}));
	return { groups };
}

/**
 * The same settings with help texts that speak of another kind of device.
 * @param device takes the place of the word after "this": `NAS`
 */
export function withDevice<Values>(all: Schema<Values>, device: string): Schema<Values> {
	const groups = all.groups.map((group) => ({
		...group,
		settings: group.settings.map((setting) => ({
			...setting,
			help: setting.help.split("this camera").join(`this ${device}`),
		})),
	}));
	return { groups };
}

/** The same settings with other help texts. @param help by the names of settings */
export function withHelp<Values>(all: Schema<Values>, help: ReadonlyMap<string, string>): Schema<Values> {
	const groups = all.groups.map((group) => ({
		...group,
		settings: group.settings.map((setting) => ({ ...setting, help: help.get(setting.name) ?? setting.help })),
	}));
	return { groups };
}
