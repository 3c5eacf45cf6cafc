import type { Schema } from "../schema";
import { formatValue, placeholderOf, type Setting } from "../setting";

/** Lists settings for a help text, by parts. */
export function settingsHelp(schema: Schema): string {
	return schema.groups.map(({ title, settings }) => `${title}:\n${settings.map(entry).join("\n")}`).join("\n\n");
}

/** Formats one setting: its flag, its help and its default. */
function entry(setting: Setting): string {
	const value = formatValue(setting, setting.default);
	const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
	const shown = value === "" ? "" : ` [${value}${unit}]`;
	return `  --${setting.name} ${placeholderOf(setting)}\n        ${setting.help}${shown}`;
}
