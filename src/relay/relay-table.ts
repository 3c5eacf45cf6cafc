import type { AllowRule } from "./allow-list";
import type { RelayedContent, RelayOrigin } from "./relayed-content";

/** What the owner of a relay has laid down in a file. */
export interface RelayTable {
	/** The origins that the relay reports to, and whose tickets it accepts. */
	readonly origins: readonly RelayOrigin[];
	readonly contents: readonly RelayedContent[];
	/** The servers that viewers may name themselves. */
	readonly allowed: readonly AllowRule[];
}

/** A relay without a table. */
export const EMPTY_RELAY_TABLE: RelayTable = Object.freeze({ origins: [], contents: [], allowed: [] });
