import type { Log } from "../../../src/ports/log";
import { CAMERA_SETTINGS, type CameraSettings, parseCameraSettings } from "../../../src/settings/camera-settings";

/**
 * Reads a camera's settings out of a manifest's `config`, where they stand under their own names (`"http-port": "8000"`).
 *
 * A device has nobody who could be told to correct them: what is wrong is logged, and the defaults count.
 * @param config `mc/config`; other entries in it are left alone
 * @param defaults what counts on this host in place of the general defaults
 */
export function settingsOfConfig(
	config: Readonly<Record<string, unknown>>,
	defaults: Readonly<Record<string, string>>,
	log: Log,
): CameraSettings {
	const given = new Map(Object.entries(defaults));
	for (const { name } of CAMERA_SETTINGS) {
		const value = config[name];
		if (value !== undefined) given.set(name, String(value));
	}
	const { settings, faults } = parseCameraSettings(given);
	if (faults.length === 0) return settings;
	for (const { name, words } of faults) log.write("error", "settings", `${name}: ${words}; it is left at its default`);
	const fine = new Map(given);
	for (const { name } of faults) fine.delete(name);
	const second = parseCameraSettings(fine);
	return second.faults.length === 0 ? second.settings : parseCameraSettings(new Map(Object.entries(defaults))).settings;
}
