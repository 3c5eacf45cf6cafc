import type { Keyring } from "../access/credential-store";

/**
 * The secret of a control host and its NAS (STR-12): the one in the settings, or else one that the members of a sealed fleet can
 * compute. Empty: there is none, so there can be no link.
 * @param given in the settings; empty: none
 */
export function linkKeyOf(given: string, { keys }: Keyring): string {
	if (given !== "") return given;
	return keys.length === 0 ? "" : keys[0].sign("stream link", "key");
}

/** Why there can be no link; for the log and pages. */
export const NO_LINK_KEY = "control host and NAS need a secret: a fleet with a key, or the same --link-key at both";
