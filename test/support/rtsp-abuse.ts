import type { AbuseCase } from "./http-abuse";

const request = (method: string, target: string, fields = "", body = "") =>
	`${method} ${target} RTSP/1.0\r\nCSeq: 1\r\n${fields}\r\n${body}`;
const OPTIONS = request("OPTIONS", "*");
const URL = "rtsp://127.0.0.1/live";

const refused = (title: string, raw: string, status = 400): AbuseCase => ({
	title,
	raw,
	statuses: [status],
	closes: true,
});
const dropped = (title: string, raw: string): AbuseCase => ({ title, raw, statuses: [], closes: true });
const answered = (title: string, raw: string, ...statuses: number[]): AbuseCase => ({ title, raw, statuses });
/** What a stranger may know about anything: that there is a login. */
const unknown = (title: string, raw: string): AbuseCase => answered(title, raw, 401);

/** Malformed and malicious requests of strangers, and the answers of a camera's stream server. */
export const RTSP_ABUSE: readonly AbuseCase[] = [
	refused("no number", "OPTIONS * RTSP/1.0\r\n\r\n"),
	refused("a negative number", "OPTIONS * RTSP/1.0\r\nCSeq: -1\r\n\r\n"),
	refused("a number that overflows", "OPTIONS * RTSP/1.0\r\nCSeq: 99999999999999999999\r\n\r\n"),
	refused("a number with an exponent", "OPTIONS * RTSP/1.0\r\nCSeq: 1e3\r\n\r\n"),
	refused("a folded field", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n folded\r\n\r\n"),
	refused("another version", "OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n", 505),
	refused("a request line without an end", `OPTIONS ${"a".repeat(9000)}`, 414),
	refused("many fields", request("OPTIONS", "*", "X: y\r\n".repeat(70)), 413),
	refused("a head without an end", request("OPTIONS", "*", "X: y\r\n".repeat(7000)), 413),
	refused("an endless body", request("OPTIONS", "*", "Content-Length: 99999999\r\n"), 413),
	refused("a negative length", request("OPTIONS", "*", "Content-Length: -1\r\n")),
	refused("two lengths", request("OPTIONS", "*", "Content-Length: 0\r\nContent-Length: 44\r\n", OPTIONS)),
	refused("chunks", request("OPTIONS", "*", "Transfer-Encoding: chunked\r\n"), 501),
	refused("empty lines without an end", "\r\n".repeat(5000)),
	answered("empty lines", "\r\n".repeat(500)),
	answered("half a request", "OPTIONS * RTSP/1.0\r\nCS"),
	answered("an answer to nothing", "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
	answered("octets that are no text", "\xc8\x21\x7a\xd3".repeat(80)),
	dropped("a frame", `$\0\0\x04abcd${OPTIONS}`),
	dropped("the longest frame", `$\0\xff\xff${"x".repeat(65_535)}${OPTIONS}`),
	dropped("empty frames", "$\0\0\0".repeat(16_000)),
	answered(
		"a body, and another request",
		request("OPTIONS", "*", "Content-Length: 5\r\n", "hello") + OPTIONS,
		200,
		200,
	),
	answered("methods that are names of properties", request("__proto__", "*") + request("constructor", URL), 501, 501),
	answered(
		"methods that nobody has",
		request("RECORD", URL) + request("ANNOUNCE", URL) + request("REDIRECT", URL),
		...[501, 501, 501],
	),
	answered("a session of somebody", request("OPTIONS", URL, "Session: 1\r\n"), 454),
	answered("a long list of what is required", request("OPTIONS", "*", `Require: ${"a,".repeat(40)}\r\n`), 400),
	answered("what nobody has", request("OPTIONS", "*", `Require: ${"x".repeat(1900)}\r\n`), 551),
	unknown("a path upwards", request("DESCRIBE", "rtsp://127.0.0.1/files/../../etc/passwd")),
	unknown("an encoded path upwards", request("DESCRIBE", "rtsp://127.0.0.1/files/%2e%2e%2fetc%2fpasswd")),
	unknown("another host", request("DESCRIBE", "rtsp://evil.example/live")),
	unknown(
		"media to somebody else",
		request("SETUP", URL, "Transport: RTP/AVP;unicast;destination=203.0.113.1;client_port=5000-5001\r\n"),
	),
	unknown("a session of somebody, to play", request("PLAY", URL, "Session: 0123456789abcdef0123456789abcdef\r\n")),
	unknown("a link that is none", request("DESCRIBE", `${URL}?link=abc`)),
	unknown("a password in clear", request("DESCRIBE", URL, "Authorization: Basic b3duZXI6b3Blbi1zZXNhbWU=\r\n")),
	unknown(
		"parameters that are names of properties",
		request(
			"DESCRIBE",
			URL,
			'Authorization: Digest __proto__="x", username="constructor", realm="x", nonce="y", uri="z", response="q"\r\n',
		),
	),
];
