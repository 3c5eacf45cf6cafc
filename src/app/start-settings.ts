import type { Store } from "../ports/store";
import { applyChanges } from "../settings/changed-settings";
import { type GivenSettings, parseSettings, pickGiven, type Schema } from "../settings/schema";
import { UsageError } from "../settings/usage-error";

/**
 * The settings that an appliance starts with: those given to the program, overridden by the owner's changes.
 * @param given may hold settings of the host too
 * @param store holds the changes; absent: without them
 * @param warn gets a sentence for each given value that a change replaces, and for each reason why the changes are ignored;
 *   absent: nobody is told
 * @throws {UsageError} for given settings that are not accepted
 */
export function startSettings<Values>(
	schema: Schema<Values>,
	given: GivenSettings,
	store?: Store,
	warn: (sentence: string) => void = () => {},
): Values {
	const own = pickGiven(schema, given);
	const { faults } = parseSettings(schema, own);
	if (faults.length > 0) throw new UsageError(faults.map(({ message }) => `${message}.`));
	const { values, ignored, replaced } = applyChanges(schema, own, store?.read("settings"));
	for (const sentence of replaced) warn(sentence);
	for (const sentence of ignored) warn(`Ignoring the settings changed on the settings page: ${sentence}`);
	return values;
}
