import { warnOfIgnoredSettings } from "../../src/app/camera/ignored-settings";
import type { Log } from "../../src/ports/log";
import type { Store } from "../../src/ports/store";
import type { CameraSettings } from "../../src/settings/camera-schema";
import { applyChanges } from "../../src/settings/changed-settings";
import { parseSettings, type Schema, settingsOf } from "../../src/settings/schema";

/**
 * Reads a camera's settings from a manifest's `config`, which has them by their names (`"http-port": "8000"`), overridden
 * by the owner's changes on the settings page.
 *
 * A device cannot ask the user at its start, so an invalid setting is logged and gets its default.
 * @param config `mc/config`; other entries are ignored
 * @param defaults defaults of this host, in place of the general ones
 * @param store where the camera stores the changes
 * @param schema the camera's settings, with those of its extra parts
 */
export function settingsOfConfig(
	config: Readonly<Record<string, unknown>>,
	defaults: Readonly<Record<string, string>>,
	log: Log,
	store: Store,
	schema: Schema<CameraSettings>,
): CameraSettings {
	const settings = readSettings(config, defaults, log, store, schema);
	warnOfIgnoredSettings(settings, log);
	return settings;
}

/**
 * Logs which settings of the manifest the owner's changes replace, for a host whose user has just given them.
 * @param config as for {@link settingsOfConfig}
 */
export function tellReplaced(
	config: Readonly<Record<string, unknown>>,
	log: Log,
	store: Store,
	schema: Schema<CameraSettings>,
): void {
	const { replaced } = applyChanges(schema, givenBy(config, schema), store.read("settings"));
	for (const sentence of replaced) log.write("warn", "settings", sentence);
}

function givenBy(config: Readonly<Record<string, unknown>>, schema: Schema): Map<string, string> {
	const given = new Map<string, string>();
	for (const { name } of settingsOf(schema)) {
		const value = config[name];
		if (value !== undefined) given.set(name, String(value));
	}
	return given;
}

function readSettings(
	config: Readonly<Record<string, unknown>>,
	defaults: Readonly<Record<string, string>>,
	log: Log,
	store: Store,
	schema: Schema<CameraSettings>,
): CameraSettings {
	const given = new Map(Object.entries(defaults));
	for (const [name, value] of givenBy(config, schema)) given.set(name, value);
	const first = applyChanges(schema, given, store.read("settings"));
	if (first.ignored.length === 0) return first.values;
	// An invalid value is replaced by its default, which may contradict another setting; retried once at most.
	for (let tries = 0; tries < 2; tries++) {
		for (const { name, message } of parseSettings(schema, given).faults) {
			log.write("error", "settings", `${message}; using the default`);
			given.delete(name);
			if (name in defaults) given.set(name, defaults[name]);
		}
	}
	const { values, ignored } = applyChanges(schema, given, store.read("settings"));
	for (const sentence of ignored) log.write("error", "settings", `Ignoring the changed settings: ${sentence}`);
	return values;
}
