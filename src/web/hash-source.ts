import { toBase64 } from "../base/base64";
import { sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";

/** Names a style or script that stands in a page itself, for the page's policy. @see CSP Level 3 §2.3.1 (hash-source) */
export function hashSource(text: string): string {
	return `'sha256-${toBase64(sha256(utf8Encode(text)))}'`;
}
