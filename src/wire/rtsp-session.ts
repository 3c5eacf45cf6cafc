import { parseDigits } from "../base/digits";
import type { Seconds } from "../core/time";

/** The longest session identifier that is read. */
const ID_MAX = 128;
/** The longest Session field. */
const FIELD_MAX = 256;
/** The time after which a server ends a session, where it does not say. @see RFC 2326 §12.37 */
export const SESSION_TIMEOUT: Seconds = 60;

/** The content of a Session field. @see RFC 2326 §3.4, §12.37 */
export interface RtspSession {
	readonly id: string;
	/** After how many seconds without a request the server ends the session. */
	readonly timeout: Seconds;
}

/**
 * Parses a Session field: `12345678;timeout=60`. Identifiers may contain any visible characters but semicolons, as those of
 * some cameras do; a timeout that is malformed or 0 counts as absent.
 * @returns `undefined` when it is malformed
 */
export function parseSession(value: string): RtspSession | undefined {
	if (value.length > FIELD_MAX) return undefined;
	const semicolon = value.indexOf(";");
	const id = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
	if (id === "" || id.length > ID_MAX) return undefined;
	for (let i = 0; i < id.length; i++) {
		const code = id.charCodeAt(i);
		if (code <= 32 || code >= 127) return undefined;
	}
	let timeout = SESSION_TIMEOUT;
	if (semicolon >= 0) {
		for (const part of value.slice(semicolon + 1).split(";", 8)) {
			const equals = part.indexOf("=");
			if (part.slice(0, Math.max(0, equals)).trim().toLowerCase() !== "timeout") continue;
			timeout = parseDigits(part.slice(equals + 1).trim(), 8) || SESSION_TIMEOUT;
		}
	}
	return { id, timeout };
}

/** Formats a Session field for a response. */
export function formatSession(id: string, timeout: Seconds): string {
	return `${id};timeout=${timeout}`;
}
