import { toBase64 } from "../../src/base/base64";
import { SHA1_OCTETS, Sha1 } from "../../src/base/sha1";
import { utf8Encode } from "../../src/base/text";
import { SOAP, TDS, TEV, TPTZ, TRT, TT, WSA, WSNT, WSSE, WSU } from "../../src/onvif/namespaces";

/** The type of a digest in a UsernameToken. */
export const DIGEST_TYPE =
	"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";

/** Writes the header of a login. @param nonce differs for each use */
export function usernameToken(user: string, password: string, created: string, nonce: string): string {
	const digest = new Uint8Array(SHA1_OCTETS);
	const octets = utf8Encode(nonce);
	new Sha1().update(octets).update(utf8Encode(created)).update(utf8Encode(password)).digest(digest);
	return `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" s:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>${user}</wsse:Username><wsse:Password Type="${DIGEST_TYPE}">${toBase64(digest)}</wsse:Password><wsse:Nonce>${toBase64(octets)}</wsse:Nonce><wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`;
}

/** Writes a request with all prefixes that the tests use. @param header more of the header, already XML */
export function soapRequest(body: string, header = "", messageId = ""): string {
	const id = messageId === "" ? "" : `<a:MessageID>${messageId}</a:MessageID>`;
	return `<s:Envelope xmlns:s="${SOAP}" xmlns:a="${WSA}" xmlns:d="${TDS}" xmlns:m="${TRT}" xmlns:p="${TPTZ}" xmlns:e="${TEV}" xmlns:n="${WSNT}" xmlns:t="${TT}"><s:Header>${id}${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}
