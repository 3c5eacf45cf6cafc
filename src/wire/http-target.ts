import { utf8Decode, utf8Encode } from "../base/text";
import { originFormOf } from "./http-host";
import { hasControl, hexDigit } from "./http-syntax";

/** The most segments of a path. */
const SEGMENTS_MAX = 64;
/** The most parameters of a query or a form. */
const PARAMETERS_MAX = 32;

/** The target of a request, split and decoded. */
export interface HttpTarget {
	/** Decoded path: starts with a slash, has no empty, `.` or `..` segment and no control character. */
	readonly path: string;
	readonly query: ReadonlyMap<string, string>;
}

/**
 * Parses a request target.
 *
 * Returns `undefined` for a path with a `..` segment, an encoded slash, a backslash, a control character or more than 64
 * segments, so callers need not guard against path traversal.
 * @see RFC 9112 §3.2.1 (origin-form), §3.2.2 (absolute-form)
 */
export function parseTarget(target: string): HttpTarget | undefined {
	const rest = originFormOf(target);
	if (rest[0] !== "/") return undefined;
	const mark = rest.indexOf("?");
	const rawPath = mark < 0 ? rest : rest.slice(0, mark);
	const query = parseForm(mark < 0 ? "" : rest.slice(mark + 1));
	if (query === undefined) return undefined;
	if (rawPath.includes("\\") || hasControlText(rawPath)) return undefined;
	const segments = rawPath.slice(1).split("/");
	if (segments.length > SEGMENTS_MAX) return undefined;
	for (let i = 0; i < segments.length; i++) {
		const given = segments[i];
		const segment = percentDecode(given, false);
		if (segment === undefined || segment === "." || segment === "..") return undefined;
		if (segment === "" && i < segments.length - 1) return undefined;
		if (segment !== given && (segment.includes("/") || segment.includes("\\") || hasControlText(segment)))
			return undefined;
		segments[i] = segment;
	}
	return { path: `/${segments.join("/")}`, query };
}

/** Parses a query or a form, `a=b&c=d`; the first value of a name counts. `undefined` if it is malformed. */
export function parseForm(text: string): Map<string, string> | undefined {
	const parameters = new Map<string, string>();
	if (text === "") return parameters;
	const parts = text.split("&");
	if (parts.length > PARAMETERS_MAX) return undefined;
	for (const part of parts) {
		const equals = part.indexOf("=");
		const name = percentDecode(equals < 0 ? part : part.slice(0, equals), true);
		const value = equals < 0 ? "" : percentDecode(part.slice(equals + 1), true);
		if (name === undefined || value === undefined) return undefined;
		if (!parameters.has(name)) parameters.set(name, value);
	}
	return parameters;
}

/** Decodes `%41`, and plus signs as spaces if wanted; `undefined` if it is malformed. @see RFC 3986 §2.1 */
export function percentDecode(text: string, plusIsSpace: boolean): string | undefined {
	if (!text.includes("%") && !(plusIsSpace && text.includes("+"))) return text;
	// As octets, decoded in place, because indexing a long string takes quadratic time on XS.
	const bytes = utf8Encode(text);
	let length = 0;
	for (let i = 0; i < bytes.length; i++) {
		let code = bytes[i];
		if (code === 37) {
			if (i + 2 >= bytes.length) return undefined;
			const high = hexDigit(bytes[i + 1]);
			const low = hexDigit(bytes[i + 2]);
			if (high < 0 || low < 0) return undefined;
			code = high * 16 + low;
			i += 2;
		} else if (code === 43 && plusIsSpace) {
			code = 32;
		}
		bytes[length++] = code;
	}
	return utf8Decode(bytes, 0, length);
}

/** As octets, because indexing a long string takes quadratic time on XS. */
function hasControlText(text: string): boolean {
	const bytes = utf8Encode(text);
	return hasControl(bytes, 0, bytes.length) || bytes.includes(9);
}

/** Parses a switch in a form: `on` or `yes`, `off` or `no`; `undefined` for anything else. */
export function readSwitch(text: string | undefined): boolean | undefined {
	return text === "on" || text === "yes" ? true : text === "off" || text === "no" ? false : undefined;
}
