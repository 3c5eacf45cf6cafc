import type { Millis, Octets } from "../../core/time";
import type { TextMessage } from "../../wire/text-message";
import type { RtspErrorStatus } from "../rtsp-refusal";

/**
 * Takes requests SET_PARAMETER that are more than a sign of life, such as the signed reports of a relay (REP-6). It is asked before
 * any login, as what it takes proves itself.
 */
export interface ParameterTaker {
	/** The name of the field that the answer 200 has: what was taken proves to be so. */
	readonly answerField: string;
	/** The longest body that a request may have. */
	readonly bodyMax: Octets;
	/**
	 * Takes a request, or leaves it to others.
	 * @param address of the client
	 * @param answered to be called once, in this call or later: 200 and the value of {@link answerField}, or a status from 400 on and why
	 * @returns false: it is not for this taker, and `answered` is never called
	 */
	take(
		now: Millis,
		address: string,
		message: TextMessage,
		answered: (now: Millis, status: 200 | RtspErrorStatus, why: string) => void,
	): boolean;
}
