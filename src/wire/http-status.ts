/** Reason phrases of the statuses that we send. @see RFC 9110 §15 */
const REASONS: readonly (readonly [number, string])[] = Object.freeze([
	[200, "OK"],
	[206, "Partial Content"],
	[303, "See Other"],
	[304, "Not Modified"],
	[308, "Permanent Redirect"],
	[400, "Bad Request"],
	[401, "Unauthorized"],
	[403, "Forbidden"],
	[404, "Not Found"],
	[405, "Method Not Allowed"],
	[408, "Request Timeout"],
	[413, "Content Too Large"],
	[414, "URI Too Long"],
	[416, "Range Not Satisfiable"],
	[421, "Misdirected Request"],
	[429, "Too Many Requests"],
	[431, "Request Header Fields Too Large"],
	[500, "Internal Server Error"],
	[501, "Not Implemented"],
	[503, "Service Unavailable"],
	[504, "Gateway Timeout"],
	[505, "HTTP Version Not Supported"],
]);

/** Returns the reason phrase of a status; empty for one that we never send. */
export function reasonOf(status: number): string {
	for (const [number, reason] of REASONS) if (number === status) return reason;
	return "";
}
