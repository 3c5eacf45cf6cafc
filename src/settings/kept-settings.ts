import { CAMERA_SETTINGS, parseCameraSettings } from "./camera-settings";
import { expectedOf, parseSetting } from "./setting";

/** The settings that can be changed on the settings page or by `/api/v1/settings`: none that is secret, none that has a form of its own. */
export const KEPT_SETTINGS: readonly string[] = Object.freeze([
	"http-port",
	"port-layout",
	"representative-ports",
	"host-name",
	"priority",
	"succession",
	"heartbeat",
	"lan-without-password",
]);

/** The longest text of settings that is kept. */
const TEXT_MAX = 2000;

/**
 * Reads the settings that were changed on the page; they count more than those that the program was started with.
 * @param text as kept, a line each: `http-port 8000`; what is broken in it is left out
 */
export function readKeptSettings(text: string | undefined): Map<string, string> {
	const kept = new Map<string, string>();
	for (const line of (text ?? "").slice(0, TEXT_MAX).split("\n")) {
		const space = line.indexOf(" ");
		const name = line.slice(0, Math.max(0, space));
		const setting = KEPT_SETTINGS.includes(name) ? CAMERA_SETTINGS.find((s) => s.name === name) : undefined;
		const value = line.slice(space + 1);
		if (setting !== undefined && parseSetting(setting, value) !== undefined) kept.set(name, value);
	}
	return kept;
}

/**
 * Adds changes to the settings that are kept. An empty value takes a setting back to what the program was started with.
 * @returns the text to keep; or what is wrong, in words
 */
export function keepSettings(
	text: string | undefined,
	changes: ReadonlyMap<string, string>,
): { readonly text: string } | { readonly fault: string } {
	const kept = readKeptSettings(text);
	for (const [name, given] of changes) {
		const setting = KEPT_SETTINGS.includes(name) ? CAMERA_SETTINGS.find((s) => s.name === name) : undefined;
		const value = given.trim();
		if (setting === undefined) return { fault: `There is no setting "${name.slice(0, 40)}" that can be changed here.` };
		if (value === "") kept.delete(name);
		else if (value.includes("\n") || parseSetting(setting, value) === undefined)
			return { fault: `${name}: must be ${expectedOf(setting)}.` };
		else kept.set(name, value);
	}
	const { faults } = parseCameraSettings(kept);
	if (faults.length > 0) return { fault: `${faults[0].name}: ${faults[0].words}.` };
	const lines = [...kept].map(([name, value]) => `${name} ${value}`).join("\n");
	return lines.length > TEXT_MAX ? { fault: "The settings are too long to store." } : { text: lines };
}
