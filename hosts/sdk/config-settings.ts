import type { Log } from "../../src/ports/log";
import type { Store } from "../../src/ports/store";
import { CAMERA_SETTINGS, type CameraSettings, parseCameraSettings } from "../../src/settings/camera-settings";
import { readKeptSettings } from "../../src/settings/kept-settings";

/**
 * Reads a camera's settings out of a manifest's `config`, where they stand under their own names (`"http-port": "8000"`), and
 * over them what the owner has changed on the camera's page.
 *
 * A device has nobody who could be told to correct them: what is wrong is logged, and the defaults count.
 * @param config `mc/config`; other entries in it are left alone
 * @param defaults what counts on this host in place of the general defaults
 * @param store where the camera keeps the changes
 */
export function settingsOfConfig(
	config: Readonly<Record<string, unknown>>,
	defaults: Readonly<Record<string, string>>,
	log: Log,
	store: Store,
): CameraSettings {
	const given = new Map(Object.entries(defaults));
	for (const { name } of CAMERA_SETTINGS) {
		const value = config[name];
		if (value !== undefined) given.set(name, String(value));
	}
	const changed = parseCameraSettings(new Map([...given, ...readKeptSettings(store.read("settings"))]));
	if (changed.faults.length === 0) return changed.settings;
	const { settings, faults } = parseCameraSettings(given);
	if (faults.length === 0) return settings;
	for (const { name, words } of faults) log.write("error", "settings", `${name}: ${words}; it is left at its default`);
	const fine = new Map(given);
	for (const { name } of faults) fine.delete(name);
	const second = parseCameraSettings(fine);
	return second.faults.length === 0 ? second.settings : parseCameraSettings(new Map(Object.entries(defaults))).settings;
}
