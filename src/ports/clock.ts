import type { Alarm } from "../core/pump";
import type { Millis } from "../core/time";

/** The clock of a host: the pump's alarm, and the calendar. */
export interface Clock extends Alarm {
	/** Milliseconds since 1970 UTC, or `undefined` while the host does not know the date. */
	utc(): Millis | undefined;
}
