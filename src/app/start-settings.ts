import type { Store } from "../ports/store";
import { CAMERA_SETTINGS, type CameraSettings, parseCameraSettings } from "../settings/camera-settings";
import { readKeptSettings } from "../settings/kept-settings";
import { type Given, UsageError } from "../settings/options";

/**
 * The settings that a camera starts with: what was given to the program, and over that what was changed on its page.
 * @param given may hold settings of the host's besides
 * @param store absent: what was changed is left out, to see whether what was given is right
 * @throws {UsageError} for what was given and is wrong
 */
export function startSettings(given: Given, store?: Store): CameraSettings {
	const own = new Map([...given].filter(([name]) => CAMERA_SETTINGS.some((setting) => setting.name === name)));
	const { settings, faults } = parseCameraSettings(own);
	if (faults.length > 0) throw new UsageError(faults.map((fault) => `--${fault.name}: ${fault.words}.`).join("\n"));
	const both = parseCameraSettings(new Map([...own, ...readKeptSettings(store?.read("settings"))]));
	return both.faults.length === 0 ? both.settings : settings;
}
