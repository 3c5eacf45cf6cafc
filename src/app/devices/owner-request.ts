import { ClientLogin, type DigestSecret } from "../../access/client-login";
import { toHex } from "../../base/hex";
import { sha256 } from "../../base/sha256";
import { utf8Decode, utf8Encode } from "../../base/text";
import type { Millis, Octets } from "../../core/time";
import type { Member } from "../../fleet/member";
import type { Random } from "../../ports/random";
import { BODY_HASH, TARGET_DEVICE } from "../../web/form";
import { parseJsonMembers } from "../../wire/json-members";
import type { TextMessage } from "../../wire/text-message";
import { askMember, type MemberHost } from "../fleet/ask-member";

/** The limit of each of both requests; a board computes hashes slowly. */
const LIMIT: Millis = 10_000;
/** The answers are short, but for settings with their values. */
const ANSWER_MAX: Octets = 16_384;
const OWNER = "owner";
const METHOD = "POST";

/** How a request ended: the status and the JSON of the answer, or why there is none. */
export type OwnerAnswer =
	| { readonly status: number; readonly text: string }
	/** `login`: the device does not accept the fleet's login, or has none that is known here. */
	| { readonly failure: "silent" | "login" };

/** What a request as the owner needs of its host. */
export interface OwnerHost extends MemberHost {
	readonly random: Pick<Random, "fill">;
	/** The login that all members share. */
	readonly secret: DigestSecret;
}

/**
 * Carries out one operation of the API at another member of the fleet, as the owner, by HTTP Digest. Begins at once.
 *
 * Nothing that goes over the network can be used again. The login covers the target, in which the identity of the device and a hash
 * of the body stand: a changed body, or a request passed to another device, is refused there. The answer is not
 * authenticated; what it claims is to be confirmed by the sealed announcements.
 * @param path of an operation that takes a form
 * @param done called once, never during this call
 * @see RFC 7616, Api
 */
export function requestAsOwner(
	host: OwnerHost,
	member: Pick<Member, "id" | "address" | "httpPort" | "secure">,
	path: string,
	form: string,
	done: (answer: OwnerAnswer) => void,
): void {
	const question = { method: METHOD, bodyLimit: ANSWER_MAX, timeout: LIMIT } as const;
	// The page's own way to ask for a nonce: it is answered also where the LAN needs no password.
	askMember(host, member, { ...question, target: "/login", body: new Uint8Array(0) }, (challenge) => {
		if (challenge === undefined) return done({ failure: "silent" });
		const login = loginOf(host, challenge);
		if (login === undefined) return done({ failure: "login" });
		const body = utf8Encode(form);
		const target = `${path}?${TARGET_DEVICE}=${member.id}&${BODY_HASH}=${toHex(sha256(body))}`;
		const headers = [
			["Authorization", login.authorization(METHOD, target) ?? ""],
			["Accept", "application/json"],
			["Content-Type", "application/x-www-form-urlencoded"],
		] as const;
		askMember(host, member, { ...question, target, headers, body }, (answer) => {
			if (answer === undefined || answer.status === undefined) done({ failure: "silent" });
			else if (answer.status === 401 || answer.status === 429) done({ failure: "login" });
			else done({ status: answer.status, text: utf8Decode(answer.body) });
		});
	});
}

/** A login with the nonce that a member has sent; `undefined`: it sent none, or the fleet's password is not known for its realm. */
function loginOf({ secret, random }: OwnerHost, { status, body }: TextMessage): ClientLogin | undefined {
	const members = status === 401 ? parseJsonMembers(body) : undefined;
	const realm = members?.get("realm") ?? "";
	const nonce = members?.get("nonce") ?? "";
	if (realm === "" || nonce === "") return undefined;
	const login = new ClientLogin(OWNER, secret, random, false);
	const parameters = new Map([
		["realm", realm],
		["nonce", nonce],
		["qop", "auth"],
		["algorithm", "SHA-256"],
	]);
	return login.challenged([{ scheme: "digest", parameters }]) === "retry" ? login : undefined;
}
