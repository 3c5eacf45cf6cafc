import type { EndReason } from "../core/stream";
import type { FileFailure } from "./files";
import type { NetFailure } from "./net";

/**
 * Translates an errno into why a socket could not be opened.
 * @param code name of an errno, such as `EADDRINUSE`; anything else is `failed`
 * @see POSIX.1-2017 <errno.h>
 */
export function netFailureOf(code: unknown): NetFailure {
	switch (code) {
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

/** Translates an errno into why a TCP connection ended. @param code name of an errno; anything else is `failed` */
export function endReasonOf(code: unknown): EndReason {
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

/** Translates an errno into why a file operation failed. @param code name of an errno; anything else is `failed` */
export function fileFailureOf(code: unknown): FileFailure {
	switch (code) {
		case "ENOENT":
			return "not-found";
		case "EEXIST":
			return "exists";
		case "ENOSPC":
		case "EDQUOT":
		case "EFBIG":
			return "full";
		case "EACCES":
		case "EPERM":
		case "EROFS":
		case "ELOOP":
		case "ENOTDIR":
		case "EISDIR":
		case "EBADF":
		case "ENXIO":
		case "EINVAL":
		case "ENAMETOOLONG":
			return "denied";
		case "EBUSY":
		case "ETXTBSY":
		case "EMFILE":
		case "ENFILE":
		case "ENOTEMPTY":
			return "busy";
		default:
			return "failed";
	}
}

/** Describes an exception for the log. */
export function detailOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
