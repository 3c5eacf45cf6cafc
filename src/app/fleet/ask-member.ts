import type { Millis, Octets } from "../../core/time";
import type { Member } from "../../fleet/member";
import { NO_RESOLVER } from "../../ports/resolver";
import type { Headers, TextMessage } from "../../wire/text-message";
import { HttpCall, type HttpCallHost } from "../http-call";

/** A question to another member of the fleet. */
export interface MemberQuestion {
	readonly method: "GET" | "POST";
	/** With its query. */
	readonly target: string;
	/** A ticket that lets in, as {@link Tickets} make it. @default none */
	readonly ticket?: string;
	readonly headers?: Headers;
	/** @default none */
	readonly body?: Uint8Array;
	/** The longest body of the answer. */
	readonly bodyLimit: Octets;
	/** Limit of the whole exchange. */
	readonly timeout: Millis;
}

/** What {@link askMember} needs of its host. */
export type MemberHost = Omit<HttpCallHost, "resolver">;

/**
 * Asks another member of the fleet by HTTP, at its address in the LAN. Begins at once.
 *
 * The member is known by the seal of its announcements. Over TLS its certificate is made out to another name, and is not
 * verified. So a device that can take over the address of a member in the LAN can read the question and answer in its place: the
 * answer is to be read with care, and a ticket in the question is to be worth little.
 * @param done called once with the answer, whatever its status, or `undefined` if there is none; never during this call,
 * and not at all after the request was cancelled
 */
export function askMember(
	{ pump, network }: MemberHost,
	{ address, httpPort, secure }: Pick<Member, "address" | "httpPort" | "secure">,
	{ method, target, ticket, headers = [], body, bodyLimit, timeout }: MemberQuestion,
	done: (answer: TextMessage | undefined) => void,
): HttpCall {
	const way = ticket === undefined ? target : `${target}${target.includes("?") ? "&" : "?"}pass=${ticket}`;
	return new HttpCall(
		{ pump, network, resolver: NO_RESOLVER },
		{
			method,
			url: { secure, host: address, port: httpPort, target: way },
			certificate: "any",
			fields: headers,
			...(body !== undefined && { body }),
			answerMax: bodyLimit,
			timeout,
		},
		(_now, answer) => done(typeof answer === "string" ? undefined : answer),
	);
}
