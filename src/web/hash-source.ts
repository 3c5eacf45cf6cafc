import { toBase64 } from "../base/base64";
import { SHA256_OCTETS, Sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";

/** Names a style or script that stands in a page itself, for the page's policy. @see CSP Level 3 §2.3.1 (hash-source) */
export function hashSource(text: string): string {
	const digest = new Uint8Array(SHA256_OCTETS);
	new Sha256().update(utf8Encode(text)).digest(digest);
	return `'sha256-${toBase64(digest)}'`;
}
