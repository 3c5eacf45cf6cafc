import type { Store } from "../../ports/store";
import { CAMERA_SETTINGS, type CameraSettings, fieldOf } from "../../settings/camera-settings";
import { KEPT_SETTINGS, keepSettings, readKeptSettings } from "../../settings/kept-settings";

/** What of the settings can be seen and changed on the page. */
export interface SettingsView {
	/** By name, as text: what counts now. */
	readonly now: Readonly<Record<string, string>>;
	/** By name: what was changed here; it counts after the next start. */
	readonly changed: Readonly<Record<string, string>>;
}

/** Lets the owner change settings that count after a restart. */
export class SettingsEditor {
	constructor(
		private readonly store: Store,
		private readonly settings: CameraSettings,
	) {}

	/** What the page and programs see. */
	get view(): SettingsView {
		const now: Record<string, string> = {};
		const values = this.settings as unknown as Record<string, unknown>;
		for (const name of KEPT_SETTINGS) now[name] = textOf(name, values[fieldOf(name)]);
		return { now, changed: Object.fromEntries(readKeptSettings(this.store.read("settings"))) };
	}

	/** Keeps changes. @returns what is wrong with them, in words; then nothing is kept */
	change(form: ReadonlyMap<string, string>): string | undefined {
		const result = keepSettings(this.store.read("settings"), form);
		if ("fault" in result) return result.fault;
		if (result.text === "") this.store.delete("settings");
		else this.store.write("settings", result.text);
		return undefined;
	}
}

function textOf(name: string, value: unknown): string {
	if (Array.isArray(value))
		return value.join(CAMERA_SETTINGS.find((s) => s.name === name)?.kind === "range" ? "-" : ",");
	return typeof value === "boolean" ? (value ? "on" : "off") : `${value}`;
}
