import type { Millis } from "../core/time";
import type { MeteredSession, Metering } from "./metering";
import type { RelayedContent } from "./relayed-content";

const NO_SESSION: MeteredSession = Object.freeze({ id: "0".repeat(32), end() {} });

/** The null object of a relay that does not meter. */
export const NO_METERING: Metering = Object.freeze({
	begin: () => NO_SESSION,
	reach: () => {},
	settle: (now: Millis, _content: RelayedContent, done: (now: Millis) => void) => done(now),
});
