import type { Millis } from "../../src/core/time";
import type { MeteredSession, Metering } from "../../src/relay/metering";
import type { RelayedContent } from "../../src/relay/relayed-content";

const NO_SESSION: MeteredSession = Object.freeze({ id: "0".repeat(32), end() {} });

/** A metering manager that does nothing. */
export const NO_METERING: Metering = Object.freeze({
	begin: () => NO_SESSION,
	reach: () => {},
	settle: (now: Millis, _content: RelayedContent, done: (now: Millis) => void) => done(now),
});
