import type { Millis } from "../../core/time";
import type { TextMessage } from "../../wire/text-message";

/** A request SET_PARAMETER over a session that plays, such as the report of a relay. @see RFC 2326 §10.9 */
export interface ParameterRequest {
	/** Names and values of its fields. */
	readonly fields: readonly string[];
	readonly body: Uint8Array;
	/** Called once, after the call that made the request: `undefined` when it was not answered, so that it may have arrived or not. */
	answered(now: Millis, answer: TextMessage | undefined): void;
}
