import type { EndReason } from "../../src/core/stream";
import type { NetFailure } from "../../src/ports/net";

/** Translates an exception about a socket that can't be had: on hosts/linux its message begins with errno's name. */
export function netFailureOf(error: unknown): NetFailure {
	switch (codeOf(error)) {
		case "EADDRINUSE":
			return "in-use";
		case "EACCES":
		case "EPERM":
			return "not-permitted";
		case "EADDRNOTAVAIL":
		case "ENODEV":
			return "no-address";
		default:
			return "failed";
	}
}

/** Translates the name of an errno about a TCP connection. */
export function endReasonOf(code: string | undefined): EndReason {
	switch (code) {
		case "ECONNREFUSED":
			return "refused";
		case "ETIMEDOUT":
			return "timeout";
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "EHOSTDOWN":
		case "ENETDOWN":
		case "EADDRNOTAVAIL":
			return "unreachable";
		case "ECONNRESET":
		case "ECONNABORTED":
		case "EPIPE":
			return "reset";
		default:
			return "failed";
	}
}

/** Words about an exception, for the log. */
export function detailOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** The name of errno with which an exception's message begins; otherwise its first word. */
export function codeOf(error: unknown): string {
	return detailOf(error).split(":")[0];
}
