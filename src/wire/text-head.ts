import { latin1 } from "../base/text";
import { hasControl, skipSpace, tokenEnd, trimSpace } from "./http-syntax";
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
	if (fault !== undefined && !skipsFaults(dialect)) return fault;
	// Some devices have another version or none, two spaces, or no reason phrase and no space before it. RFC 9112 §4
	const version = isProtocol(dialect, bytes, start, end) ? bytes.indexOf(SPACE, start) : -1;
	const digits = version < 0 ? end : skipSpace(bytes, version, end);
	if (digits + 3 > end) return "malformed";
	let status = 0;
	for (let i = digits; i < digits + 3; i++) {
		const digit = bytes[i] - 48;
		if (digit < 0 || digit > 9) return "malformed";
		status = status * 10 + digit;
	}
	if (status < 100) return "malformed";
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
	const methodEnd = tokenEnd(bytes, start, Math.min(end, start + METHOD_MAX));
	const targetStart = methodEnd + 1;
	const targetEnd = end - VERSION_LENGTH - 1;
	if (methodEnd === start || bytes[methodEnd] !== SPACE || targetEnd <= targetStart || bytes[targetEnd] !== SPACE)
		return "malformed";
	if (targetEnd - targetStart > limits.target) return "target-too-long";
	for (let i = targetStart; i < targetEnd; i++) {
		const code = bytes[i];
		if (code <= SPACE || code >= DELETE || code === FRAGMENT) return "malformed";
	}
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

/** Whether the octets start with the name of the protocol and a slash, or a space where the version is left out. */
function isProtocol(dialect: TextDialect, bytes: Uint8Array, start: number, end: number): boolean {
	const { protocol } = dialect;
	const skips = skipsFaults(dialect);
	const mark = bytes[start + protocol.length];
	if (end - start <= protocol.length || !(mark === SLASH || (mark === SPACE && dialect.messages === "responses")))
		return false;
	for (let i = 0; i < protocol.length; i++) {
		const code = bytes[start + i];
		const wanted = protocol.charCodeAt(i);
		if (code !== wanted && !(skips && code === (wanted | 32))) return false;
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
	const start = strict ? lineStart : skipSpace(bytes, lineStart, lineEnd);
	const end = tokenEnd(bytes, start, Math.min(lineEnd, start + NAME_MAX + 1));
	const colon = strict ? end : skipSpace(bytes, end, lineEnd);
	const tooLong = end - start > NAME_MAX || fields.length >= limits.fields;
	if (tooLong) return skipsFaults(dialect) && !datagrams ? undefined : "head-too-large";
	if (end === start || colon === lineEnd || bytes[colon] !== COLON)
		return skipsFaults(dialect) ? undefined : "malformed";
	if (strict && hasControl(bytes, colon + 1, lineEnd)) return "malformed";
	const value = strict ? trimmed(bytes, colon + 1, lineEnd) : fieldValue(bytes, colon + 1, lineEnd);
	fields.push([latin1(bytes, start, end).toLowerCase(), value]);
	return undefined;
}

/** Whether a line that cannot be used is skipped instead of refusing the message: its sender is a device that stays as it is. */
function skipsFaults({ datagrams, messages, lenient }: TextDialect): boolean {
	return lenient ?? (datagrams || messages === "responses");
}

/** Returns a value without surrounding white space. */
function trimmed(bytes: Uint8Array, lineStart: number, lineEnd: number): string {
	const start = skipSpace(bytes, lineStart, lineEnd);
	return latin1(bytes, start, trimSpace(bytes, start, lineEnd));
}

/** The same; control characters become spaces. */
function fieldValue(bytes: Uint8Array, lineStart: number, lineEnd: number): string {
	if (!hasControl(bytes, lineStart, lineEnd)) return trimmed(bytes, lineStart, lineEnd);
	const copy = bytes.slice(lineStart, lineEnd);
	for (let i = 0; i < copy.length; i++) if (hasControl(copy, i, i + 1)) copy[i] = SPACE;
	return trimmed(copy, 0, copy.length);
}
