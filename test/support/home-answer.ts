import { digestFor, PASSWORD } from "./digest";

/** The status of an HTTP answer as it came over the wire. */
export function statusOf(answer: string): number {
	return Number(answer.slice(9, 12));
}

/** The body of an HTTP answer that is not chunked. */
export function bodyOf(answer: string): string {
	return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}

/** The body of an HTTP answer, read as JSON. @throws when it is not */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects, and fails otherwise
export function jsonOf(answer: string): any {
	return JSON.parse(bodyOf(answer));
}

/**
 * Answers the Digest challenge of an HTTP or RTSP answer.
 * @param target of the request that is sent again
 * @returns the field `Authorization` without the end of its line; `undefined` if the answer is no challenge
 */
export function loginFor(
	answer: string,
	method: string,
	target: string,
	user = "owner",
	password = PASSWORD,
): string | undefined {
	const [, challenge] = answer.split("\r\nWWW-Authenticate: ");
	return challenge === undefined ? undefined : `Authorization: ${digestFor(challenge, method, target, user, password)}`;
}
