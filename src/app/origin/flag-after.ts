import type { Millis } from "../../core/time";

/** A used ticket is flagged when there is no record of it after so long: relays report long sessions more often. */
export const FLAG_AFTER: Millis = 3_600_000;
