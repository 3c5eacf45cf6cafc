import { fromBase64 } from "../base/base64";
import { SHA1_OCTETS, Sha1 } from "../base/sha1";
import { equalInConstantTime } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";
import type { XmlElement } from "../wire/xml-element";
import { WSSE, WSU } from "./namespaces";
import { attributeOf, child, contentOf, textOf } from "./soap-message";
import { parseDateTime } from "./xs-time";

/** The type of a password that is a digest. */
const DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
/** The longest nonce, in Base64; usual ones have 16 to 32 octets. */
const NONCE_MAX = 88;
/** The most octets of a time. */
const CREATED_MAX = 40;

/** What a client proves that it knows a password with. @see WS-Security UsernameToken Profile 1.0 §3.1 */
export interface UsernameToken {
	readonly user: string;
	readonly digest: Uint8Array;
	readonly nonce: Uint8Array;
	/** As sent: the digest covers the text. */
	readonly created: string;
	/** {@link created}, in milliseconds since 1970. */
	readonly createdAt: Millis;
}

/**
 * Reads the token of a header. Passwords in plain text are not accepted, as everybody on the way could read them.
 * @returns `undefined` when there is none, or it is malformed
 */
export function parseUsernameToken(security: XmlElement): UsernameToken | undefined {
	const token = child(security, WSSE, "UsernameToken");
	const password = child(token, WSSE, "Password");
	if (attributeOf(password, "Type") !== DIGEST) return undefined;
	const user = textOf(token, WSSE, "Username");
	const created = contentOf(child(token, WSU, "Created"), CREATED_MAX);
	const createdAt = parseDateTime(created);
	const digest = fromBase64(contentOf(password));
	const nonce = fromBase64(contentOf(child(token, WSSE, "Nonce"), NONCE_MAX));
	if (user === "" || createdAt === undefined || digest?.length !== SHA1_OCTETS) return undefined;
	if (nonce === undefined || nonce.length === 0) return undefined;
	return { user, digest, nonce, created, createdAt };
}

/** Whether the client knows the password. Takes equally long for each wrong one. */
export function provesPassword({ digest, nonce, created }: UsernameToken, password: string): boolean {
	const right = new Uint8Array(SHA1_OCTETS);
	new Sha1().update(nonce).update(utf8Encode(created)).update(utf8Encode(password)).digest(right);
	return equalInConstantTime(digest, 0, right, 0, SHA1_OCTETS);
}
