import type { ClientLogin, LoginVerdict } from "../access/client-login";
import { challengesOf } from "../wire/http-challenge";
import type { TextMessage } from "../wire/text-message";
import { HttpCall, type HttpCallHost, type HttpCallRequest } from "./http-call";

/** How often a request is sent: without a login, with one, and again with a new nonce after that has expired. */
const TRIES = 3;

/**
 * Takes the answer of a server, or why there is none, for the log.
 * @param refusal why the login was not accepted; absent: the server has not refused it
 */
export type DigestCallDone = (answer: TextMessage | string, refusal?: Exclude<LoginVerdict, "retry">) => void;

/**
 * Sends a request to a URL, and repeats it with a login when the server asks for one. Begins at once.
 * @param login allows no Basic where the certificate is not verified: a device that has taken the address would get the password
 * @param done called once, and never during this call
 */
export function digestCall(
	host: HttpCallHost,
	request: HttpCallRequest,
	login: ClientLogin,
	done: DigestCallDone,
): void {
	const { method, url, fields } = request;
	let left = TRIES;
	const ask = (): void => {
		const authorization = login.authorization(method, url.target);
		const all = authorization === undefined ? fields : [...fields, ["Authorization", authorization] as const];
		new HttpCall(host, { ...request, fields: all }, (_now, answer) => {
			if (typeof answer === "string" || answer.status !== 401) return done(answer);
			const verdict = --left > 0 ? login.challenged(challengesOf(answer)) : "wrong";
			if (verdict === "retry") ask();
			else done(answer, verdict);
		});
	};
	ask();
}
