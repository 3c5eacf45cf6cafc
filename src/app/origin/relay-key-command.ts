import { isRelayName } from "../../base/relay-name";
import { relayKeyOf, relayKeyText } from "../../relay/relay-key";
import type { RELAY_KEY_SCHEMA } from "../../settings/cli/commands";
import type { ValuesOf } from "../../settings/schema";
import { UsageError } from "../../settings/usage-error";

/**
 * Runs `relay-key NAME`: prints the key that a relay of this name shares with a fleet, for the line `origin` of the relay's table.
 * @param word the relay's name
 * @returns the exit code
 * @throws {UsageError} without a name or a key
 */
export function runRelayKey(
	word: string,
	{ fleetKey }: Pick<ValuesOf<typeof RELAY_KEY_SCHEMA>, "fleetKey">,
	print: (line: string) => void,
): number {
	if (word === "") throw new UsageError("relay-key needs the name of the relay: relay-key NAME --fleet-key-file FILE.");
	if (!isRelayName(word))
		throw new UsageError("The relay's name must have 1 to 32 letters, digits, dots, hyphens and underscores.");
	// The second one is being replaced.
	const [key] = fleetKey.split(",");
	if (key === "")
		throw new UsageError(
			"relay-key needs the fleet's key: --fleet-key-file FILE, such as the file fleet-key.value in a camera's data folder.",
		);
	print(relayKeyText(relayKeyOf(key, word)));
	return 0;
}
