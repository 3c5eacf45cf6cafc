import type { EndReason } from "../../src/core/stream";
import type { NetFailure } from "../../src/ports/net";

/** Translates an error of Node's about a socket that can't be had; the only place where its codes are known. */
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

/** Translates an error of Node's about a TCP connection. */
export function endReasonOf(error: unknown): EndReason {
	switch (codeOf(error)) {
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

/** Words about an error, for the log. */
export function detailOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}
