import type { Store } from "../../ports/store";
import {
	addChanges,
	type ChangeFault,
	editableSettings,
	editableValues,
	givenValues,
	readChanges,
	type SettingInput,
	settingInputs,
} from "../../settings/changed-settings";
import type { Schema } from "../../settings/schema";
import { formatValue, parseValue } from "../../settings/setting";

/** The settings that the owner may change, as the settings page and programs see them. */
export interface SettingsView {
	/** By name, as text: the values in use. */
	readonly now: Readonly<Record<string, string>>;
	/** By name: the owner's changes, as they are after a restart. */
	readonly changed: Readonly<Record<string, string>>;
	/** The names of those that take effect after a restart only, also of changes that were taken back. */
	readonly pending: readonly string[];
}

/** Stores the owner's changes of settings for the next start, and lets those that need no restart take effect. */
export class SettingsEditor {
	/** The settings that the owner had changed before the start: what the program was given for them is not known. */
	private readonly before: ReadonlySet<string>;
	/** Values that are in use since a change, by name. */
	private readonly taken = new Map<string, string>();

	/** @param take uses the new value of a setting at once. @returns false: it is used from the next start on */
	constructor(
		private readonly store: Store,
		private readonly schema: Schema,
		private readonly settings: object,
		private readonly take: (name: string, value: string) => boolean = () => false,
	) {
		this.before = new Set(this.changes().keys());
	}

	/** The current state. */
	get view(): SettingsView {
		const now = { ...editableValues(this.schema, this.settings), ...Object.fromEntries(this.taken) };
		const changed = Object.fromEntries(this.changes());
		const pending = [...this.before].filter((name) => changed[name] === undefined);
		for (const name of Object.keys(changed)) if (changed[name] !== now[name]) pending.push(name);
		return { now, changed, pending };
	}

	/** The names of the settings that take effect after a restart only; empty: none is needed. */
	get pending(): readonly string[] {
		return this.view.pending;
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

	/** Stores changes, and uses those that need no restart. @returns the problem; then nothing is stored */
	change(form: ReadonlyMap<string, string>): ChangeFault | undefined {
		const given = givenValues(this.schema, this.settings);
		for (const name of this.before) given.delete(name);
		const result = addChanges(this.schema, this.store.read("settings"), form, given);
		if ("fault" in result) return result;
		if (result.text === "") this.store.delete("settings");
		else this.store.write("settings", result.text);
		const started = editableValues(this.schema, this.settings);
		const changes = this.changes();
		for (const { name, restart } of editableSettings(this.schema)) {
			const value = changes.get(name) ?? (this.before.has(name) ? undefined : started[name]);
			if (restart === true || value === undefined || value === (this.taken.get(name) ?? started[name])) continue;
			if (this.take(name, value)) this.taken.set(name, value);
		}
		return undefined;
	}

	/** The stored changes, written as the values in use are: the owner may have typed spaces, or `true` for `on`. */
	private changes(): Map<string, string> {
		const { schema } = this;
		const changes = readChanges(schema, this.store.read("settings"));
		for (const setting of editableSettings(schema)) {
			const { name } = setting;
			const value = parseValue(setting, changes.get(name) ?? "");
			if (changes.has(name) && value !== undefined) changes.set(name, formatValue(setting, value));
		}
		return changes;
	}
}
