import { fromBase64 } from "../base/base64";
import { utf8Decode } from "../base/text";
import { parseCredentials } from "./http-auth";

/** Reads the user and the password of Basic credentials; `undefined` for anything else. @see RFC 7617 */
export function basicLoginOf(field: string): { readonly user: string; readonly password: string } | undefined {
	const credentials = parseCredentials(field);
	const bytes = credentials?.scheme === "basic" ? fromBase64(credentials.token) : undefined;
	const text = bytes === undefined ? "" : utf8Decode(bytes);
	const colon = text.indexOf(":");
	return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
