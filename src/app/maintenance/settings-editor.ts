import type { Store } from "../../ports/store";
import {
	addChanges,
	editableValues,
	readChanges,
	type SettingInput,
	settingInputs,
} from "../../settings/changed-settings";
import type { Schema } from "../../settings/schema";

/** The settings that the owner may change, as the settings page and programs see them. */
export interface SettingsView {
	/** By name, as text: the values in use. */
	readonly now: Readonly<Record<string, string>>;
	/** By name: the owner's changes, which take effect after a restart. */
	readonly changed: Readonly<Record<string, string>>;
}

/** Stores the owner's changes of settings for the next start. */
export class SettingsEditor {
	constructor(
		private readonly store: Store,
		private readonly schema: Schema,
		private readonly settings: object,
	) {}

	/** The current state. */
	get view(): SettingsView {
		return {
			now: editableValues(this.schema, this.settings),
			changed: Object.fromEntries(readChanges(this.schema, this.store.read("settings"))),
		};
	}

	/** The fields of the settings page, with the values that hold after a restart. */
	get inputs(): readonly SettingInput[] {
		const { now, changed } = this.view;
		return settingInputs(this.schema, { ...now, ...changed });
	}

	/** Picks the fields of a form that differ from the values after a restart: a form has fields that nobody touched. */
	touched(form: ReadonlyMap<string, string>): Map<string, string> {
		const { now, changed } = this.view;
		const touched = new Map(form);
		for (const name of Object.keys(now)) if (form.get(name) === (changed[name] ?? now[name])) touched.delete(name);
		return touched;
	}

	/** Stores changes. @returns the problem, as a sentence; then nothing is stored */
	change(form: ReadonlyMap<string, string>): string | undefined {
		const result = addChanges(this.schema, this.store.read("settings"), form);
		if ("fault" in result) return result.fault;
		if (result.text === "") this.store.delete("settings");
		else this.store.write("settings", result.text);
		return undefined;
	}
}
