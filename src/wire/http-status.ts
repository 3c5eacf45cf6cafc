import type { TextFault } from "./text-message";

/** Reason phrases of the statuses that are sent. @see RFC 9110 §15, RFC 4918 §11, RFC 6585 */
const REASONS: readonly (readonly [number, string])[] = Object.freeze([
	[100, "Continue"],
	[200, "OK"],
	[201, "Created"],
	[202, "Accepted"],
	[204, "No Content"],
	[206, "Partial Content"],
	[207, "Multi-Status"],
	[301, "Moved Permanently"],
	[302, "Found"],
	[303, "See Other"],
	[304, "Not Modified"],
	[307, "Temporary Redirect"],
	[308, "Permanent Redirect"],
	[400, "Bad Request"],
	[401, "Unauthorized"],
	[403, "Forbidden"],
	[404, "Not Found"],
	[405, "Method Not Allowed"],
	[406, "Not Acceptable"],
	[408, "Request Timeout"],
	[409, "Conflict"],
	[410, "Gone"],
	[411, "Length Required"],
	[412, "Precondition Failed"],
	[413, "Content Too Large"],
	[414, "URI Too Long"],
	[415, "Unsupported Media Type"],
	[416, "Range Not Satisfiable"],
	[417, "Expectation Failed"],
	[421, "Misdirected Request"],
	[422, "Unprocessable Content"],
	[423, "Locked"],
	[424, "Failed Dependency"],
	[428, "Precondition Required"],
	[429, "Too Many Requests"],
	[431, "Request Header Fields Too Large"],
	[500, "Internal Server Error"],
	[501, "Not Implemented"],
	[502, "Bad Gateway"],
	[503, "Service Unavailable"],
	[504, "Gateway Timeout"],
	[505, "HTTP Version Not Supported"],
	[507, "Insufficient Storage"],
]);

/** Returns the reason phrase of a status; empty for one that is not in the table. */
export function reasonOf(status: number): string {
	for (const [number, reason] of REASONS) if (number === status) return reason;
	return "";
}

/** Returns the status that answers a faulty request. @see RFC 9110 §15.5, RFC 6585 §5 */
export function statusOfFault(fault: TextFault): number {
	switch (fault) {
		case "malformed":
			return 400;
		case "target-too-long":
			return 414;
		case "head-too-large":
			return 431;
		case "body-too-large":
			return 413;
		case "version":
			return 505;
		case "transfer-coding":
			return 501;
	}
}
