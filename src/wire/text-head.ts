import { latin1 } from "../base/text";
import { hasControl, isToken, skipSpace, trimSpace } from "./http-syntax";
import type { TextDialect, TextFault, TextLimits, TextMessage } from "./text-message";

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const COLON = 58;
const SLASH = 47;
const DOT = 46;
const FRAGMENT = 35;
const DELETE = 127;

/** The longest method. */
const METHOD_MAX = 32;
/** The longest name of a field. */
const NAME_MAX = 256;
/** `HTTP/1.1`, `RTSP/1.0`. */
const VERSION_LENGTH = 8;

/**
 * Parses the head of a message, `bytes[start, end)`: start line, fields and empty line.
 * @param message receives the result; incomplete after a fault
 * @returns `undefined` if the head is valid
 * @see RFC 9112 §3, §4, §5; RFC 2326 §4, §6.1, §7.1
 */
export function parseHead(
	message: TextMessage,
	dialect: TextDialect,
	limits: TextLimits,
	bytes: Uint8Array,
	start: number,
	end: number,
): TextFault | undefined {
	let first = true;
	for (let at = start; at < end; ) {
		let feed = bytes.indexOf(LF, at);
		if (feed < 0 || feed >= end) feed = end;
		let lineEnd = feed;
		if (lineEnd > at && bytes[lineEnd - 1] === CR) lineEnd--;
		else if (dialect.strict) return "malformed";
		if (dialect.strict && hasControl(bytes, at, lineEnd)) return "malformed";
		if (lineEnd === at) return undefined;
		const fault = first
			? parseStartLine(message, dialect, limits, bytes, at, lineEnd)
			: parseField(message, dialect, limits, bytes, at, lineEnd);
		if (fault !== undefined) return fault;
		first = false;
		at = feed + 1;
	}
	return undefined;
}

function parseStartLine(
	message: TextMessage,
	dialect: TextDialect,
	limits: TextLimits,
	bytes: Uint8Array,
	lineStart: number,
	lineEnd: number,
): TextFault | undefined {
	const start = dialect.datagrams ? skipSpace(bytes, lineStart, lineEnd) : lineStart;
	const end = dialect.strict ? lineEnd : trimSpace(bytes, start, lineEnd);
	const isResponse =
		dialect.messages === "responses" || (dialect.messages === "both" && isProtocol(dialect, bytes, start, end));
	if (!isResponse) return parseRequestLine(message, dialect, limits, bytes, start, end);
	const fault = parseVersion(message, dialect, bytes, start, end);
	if (fault !== undefined) return fault;
	// Some servers leave out the reason phrase and the space before it. RFC 9112 §4
	const digits = start + VERSION_LENGTH + 1;
	if (digits + 3 > end || bytes[digits - 1] !== SPACE) return "malformed";
	let status = 0;
	for (let i = digits; i < digits + 3; i++) {
		const digit = bytes[i] - 48;
		if (digit < 0 || digit > 9) return "malformed";
		status = status * 10 + digit;
	}
	if (status < 100 || status > 599) return "malformed";
	message.status = status;
	return undefined;
}

function parseRequestLine(
	message: TextMessage,
	dialect: TextDialect,
	limits: TextLimits,
	bytes: Uint8Array,
	start: number,
	end: number,
): TextFault | undefined {
	const methodEnd = bytes.indexOf(SPACE, start);
	if (methodEnd < 0 || methodEnd - start > METHOD_MAX || !isToken(bytes, start, methodEnd)) return "malformed";
	let targetEnd = end - 1;
	while (targetEnd > methodEnd && bytes[targetEnd] !== SPACE) targetEnd--;
	const targetStart = methodEnd + 1;
	if (targetEnd <= targetStart) return "malformed";
	for (let i = targetStart; i < targetEnd; i++) {
		const code = bytes[i];
		if (code <= SPACE || code >= DELETE || code === FRAGMENT) return "malformed";
	}
	if (targetEnd - targetStart > limits.target) return "target-too-long";
	if (end - targetEnd - 1 !== VERSION_LENGTH) return "malformed";
	const fault = parseVersion(message, dialect, bytes, targetEnd + 1, end);
	if (fault !== undefined) return fault;
	message.method = latin1(bytes, start, methodEnd);
	message.target = latin1(bytes, targetStart, targetEnd);
	return undefined;
}

/** Parses the eight octets at `start` as protocol and version. */
function parseVersion(
	message: TextMessage,
	dialect: TextDialect,
	bytes: Uint8Array,
	start: number,
	end: number,
): TextFault | undefined {
	if (end - start < VERSION_LENGTH || !isProtocol(dialect, bytes, start, end)) return "malformed";
	const major = bytes[start + 5] - 48;
	const minor = bytes[start + 7] - 48;
	if (major < 0 || major > 9 || minor < 0 || minor > 9 || bytes[start + 6] !== DOT) return "malformed";
	if (major !== 1) return "version";
	message.minor = minor;
	return undefined;
}

/** Whether the octets start with the name of the protocol and a slash. */
function isProtocol(dialect: TextDialect, bytes: Uint8Array, start: number, end: number): boolean {
	const { protocol, datagrams } = dialect;
	if (end - start <= protocol.length || bytes[start + protocol.length] !== SLASH) return false;
	for (let i = 0; i < protocol.length; i++) {
		const code = bytes[start + i];
		const wanted = protocol.charCodeAt(i);
		if (code !== wanted && !(datagrams && code === (wanted | 32))) return false;
	}
	return true;
}

function parseField(
	message: TextMessage,
	dialect: TextDialect,
	limits: TextLimits,
	bytes: Uint8Array,
	lineStart: number,
	lineEnd: number,
): TextFault | undefined {
	const { strict, datagrams } = dialect;
	const { fields } = message;
	const folded = bytes[lineStart] === SPACE || bytes[lineStart] === TAB;
	if (folded && !strict && !datagrams && fields.length > 0) {
		// A field on several lines: a line end counts as a space. RFC 9112 §5.2, RFC 2326 §15
		fields[fields.length - 1][1] += ` ${fieldValue(bytes, lineStart, lineEnd)}`;
		return undefined;
	}
	let colon = bytes.indexOf(COLON, lineStart);
	if (colon >= lineEnd) colon = -1;
	const start = strict ? lineStart : skipSpace(bytes, lineStart, Math.max(lineStart, colon));
	const end = strict ? colon : trimSpace(bytes, start, colon);
	if (colon < 0 || !isToken(bytes, start, end)) return datagrams ? undefined : "malformed";
	if (fields.length >= limits.fields || end - start > NAME_MAX) return "head-too-large";
	fields.push([latin1(bytes, start, end).toLowerCase(), fieldValue(bytes, colon + 1, lineEnd)]);
	return undefined;
}

/** Returns a value without surrounding white space. Control characters become spaces; strict dialects have refused them. */
function fieldValue(bytes: Uint8Array, lineStart: number, lineEnd: number): string {
	const start = skipSpace(bytes, lineStart, lineEnd);
	const end = trimSpace(bytes, start, lineEnd);
	if (!hasControl(bytes, start, end)) return latin1(bytes, start, end);
	const copy = bytes.slice(start, end);
	for (let i = 0; i < copy.length; i++) if (hasControl(copy, i, i + 1)) copy[i] = SPACE;
	return latin1(copy);
}
