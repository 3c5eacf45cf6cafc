import type { TextFault } from "./text-message";

/** Reason phrases. @see RFC 2326 §7.1.1 */
const REASONS: readonly (readonly [number, string])[] = Object.freeze([
	[100, "Continue"],
	[200, "OK"],
	[301, "Moved Permanently"],
	[302, "Moved Temporarily"],
	[303, "See Other"],
	[305, "Use Proxy"],
	[400, "Bad Request"],
	[401, "Unauthorized"],
	[403, "Forbidden"],
	[404, "Not Found"],
	[405, "Method Not Allowed"],
	[406, "Not Acceptable"],
	[408, "Request Time-out"],
	[410, "Gone"],
	[413, "Request Entity Too Large"],
	[414, "Request-URI Too Large"],
	[415, "Unsupported Media Type"],
	[451, "Parameter Not Understood"],
	[453, "Not Enough Bandwidth"],
	[454, "Session Not Found"],
	[455, "Method Not Valid in This State"],
	[456, "Header Field Not Valid for Resource"],
	[457, "Invalid Range"],
	[459, "Aggregate Operation Not Allowed"],
	[460, "Only Aggregate Operation Allowed"],
	[461, "Unsupported Transport"],
	[462, "Destination Unreachable"],
	[463, "Destination Prohibited"],
	[500, "Internal Server Error"],
	[501, "Not Implemented"],
	[502, "Bad Gateway"],
	[503, "Service Unavailable"],
	[504, "Gateway Time-out"],
	[505, "RTSP Version Not Supported"],
	[508, "Loop Detected"],
	[551, "Option Not Supported"],
]);

/** Returns the reason phrase of an RTSP status; that of its class for one that is not in the table. */
export function rtspReason(status: number): string {
	for (const [number, reason] of REASONS) if (number === status) return reason;
	return status < 300 ? "OK" : status < 400 ? "Redirection" : status < 500 ? "Client Error" : "Server Error";
}

/** Returns the status that answers a faulty request. @see RFC 2326 §11 */
export function rtspStatusOfFault(fault: TextFault): number {
	switch (fault) {
		case "malformed":
			return 400;
		case "target-too-long":
			return 414;
		case "head-too-large":
		case "body-too-large":
			return 413;
		case "version":
			return 505;
		case "transfer-coding":
			return 501;
	}
}
