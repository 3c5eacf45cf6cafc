import { toHex } from "../../src/base/hex";
import { Sha256 } from "../../src/base/sha256";
import { utf8Encode } from "../../src/base/text";
import { parseCredentials } from "../../src/wire/http-auth";

/** The owner's password of all cameras in tests. */
export const PASSWORD = "open-sesame";

/**
 * Answers a Digest challenge with SHA-256, as a client would.
 * @param challenge the value of a WWW-Authenticate field, or of several that were joined; the first counts
 * @returns the value of the Authorization field
 * @see RFC 7616 §3.4
 */
export function digestFor(
	challenge: string,
	method: string,
	uri: string,
	user = "owner",
	password = PASSWORD,
	count = "00000001",
): string {
	const parameters = parseCredentials(challenge.split(/, Digest |\r/)[0])?.parameters;
	const realm = parameters?.get("realm") ?? "";
	const nonce = parameters?.get("nonce") ?? "";
	const a1 = sha256(`${user}:${realm}:${password}`);
	const response = sha256(`${a1}:${nonce}:${count}:0a1b2c3d:auth:${sha256(`${method}:${uri}`)}`);
	return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=SHA-256, qop=auth, nc=${count}, cnonce="0a1b2c3d", response="${response}"`;
}

function sha256(text: string): string {
	const digest = new Uint8Array(32);
	new Sha256().update(utf8Encode(text)).digest(digest);
	return toHex(digest);
}
