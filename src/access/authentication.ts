import type { Millis, Seconds } from "../core/time";
import type { Grant } from "./access-tokens";
import type { DigestProfile } from "./digest-auth";
import type { Admission, Proof } from "./role";

/** What a client presents; all parts are optional and are tried in this order. */
export interface Credentials {
	/** A ticket of another camera of the fleet. */
	readonly ticket?: string | undefined;
	/** The token of a viewer link. */
	readonly link?: string | undefined;
	/** The value of the Authorization field: Digest, or Bearer with the token of a link. */
	readonly authorization?: string | undefined;
	/** The token of a session. */
	readonly session?: string | undefined;
	/** The token of a browser that has logged in before. It grants nothing. */
	readonly browser?: string | undefined;
}

/** One request of any protocol that uses Digest: HTTP, WebDAV, RTSP. */
export interface AccessRequest {
	readonly method: string;
	/** As it stands in the request line. */
	readonly target: string;
	/** The client's address. */
	readonly address: string;
	readonly credentials: Credentials;
	readonly now: Millis;
	/** Whether it asks for a picture, so that a ticket for pictures is enough. @default false */
	readonly pictures?: boolean;
	/** @default "http" */
	readonly profile?: DigestProfile;
}

/** Why a client is not authenticated. */
export type RefusalReason =
	/** It presented nothing, or nothing that is still valid. */
	| "no-credentials"
	/** The user is unknown or the password is wrong. */
	| "wrong-password"
	/** The credentials can't be read, or belong to another request or realm. */
	| "malformed"
	/** The algorithm is switched off, or this user's password has no hash for it. */
	| "unsupported";

/** The outcome of an authentication. */
export type Authentication =
	| { readonly outcome: "granted"; readonly admission: Admission }
	/** Answer 401 with the challenges. */
	| { readonly outcome: "refused"; readonly reason: RefusalReason; readonly challenges: readonly string[] }
	/** The password was right, but the nonce is used up: answer 401 with the challenges; the client repeats the request. */
	| { readonly outcome: "stale"; readonly challenges: readonly string[] }
	/** Too many wrong passwords: nothing was checked. Answer 429, or what the protocol has for it. */
	| { readonly outcome: "throttled"; readonly retryAfter: Seconds };

/**
 * Makes the outcome of a login that was right.
 * @param session identifies the session that proved it
 */
export function granted(proof: Proof, { role, until, isGuest, link }: Grant, session?: string): Authentication {
	const proved = session === undefined ? { role, proof, until } : { role, proof, until, session };
	const admission = link === undefined ? proved : { ...proved, link };
	return { outcome: "granted", admission: isGuest === true ? { ...admission, isGuest } : admission };
}
