import type { Store } from "../ports/store";
import { CAMERA_SCHEMA, type CameraSettings } from "../settings/camera-schema";
import { applyChanges } from "../settings/changed-settings";
import { type GivenSettings, parseSettings, pickGiven } from "../settings/schema";
import { UsageError } from "../settings/usage-error";

/**
 * The settings that a camera starts with: those given to the program, overridden by the owner's changes.
 * @param given may hold settings of the host too
 * @param store holds the changes; absent: without them
 * @param warn gets a sentence for each reason why the changes are ignored
 * @throws {UsageError} for given settings that are not accepted
 */
export function startSettings(
	given: GivenSettings,
	store?: Store,
	warn: (sentence: string) => void = () => {},
): CameraSettings {
	const own = pickGiven(CAMERA_SCHEMA, given);
	const { faults } = parseSettings(CAMERA_SCHEMA, own);
	if (faults.length > 0) throw new UsageError(faults.map(({ message }) => `${message}.`));
	const { values, ignored } = applyChanges(CAMERA_SCHEMA, own, store?.read("settings"));
	for (const sentence of ignored) warn(sentence);
	return values;
}
