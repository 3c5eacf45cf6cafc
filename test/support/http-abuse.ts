/** A malformed or malicious request, and the expected answer of a camera's web server. */
export interface AbuseCase {
	readonly title: string;
	/** Octets as Latin-1, sent at once. */
	readonly raw: string;
	/** Status codes of all answers in order; empty if the server waits for more. */
	readonly statuses: readonly number[];
	/** Whether the server closes the connection then. @default false */
	readonly closes?: boolean;
}

const HOST = "Host: 127.0.0.1\r\n";
/** A public file with an ETag. */
const FILE = "/porthole.css";
const FORM = "/api/v1/motion";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
/** Causes a second answer if it is taken for a request. */
const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;

const get = (target: string, fields = "") => `GET ${target} HTTP/1.1\r\n${HOST}${fields}\r\n`;
const post = (fields: string, body = "") => `POST ${FORM} HTTP/1.1\r\n${HOST}${fields}\r\n${body}`;

/** A JSON body with the deepest nesting that fits. */
const deep = (level: string): string => {
	const body = level.repeat(Math.floor(16_000 / level.length));
	return post(`Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`, body);
};

const refused = (title: string, raw: string, status = 400): AbuseCase => ({
	title,
	raw,
	statuses: [status],
	closes: true,
});
const answered = (title: string, raw: string, ...statuses: number[]): AbuseCase => ({ title, raw, statuses });

/** Request smuggling: two readers of the same octets must not see different requests. @see RFC 9112 §6.3, §11.2 */
const SMUGGLING: readonly AbuseCase[] = [
	refused("CL.TE", post(`Content-Length: 4\r\n${CHUNKED}`, `0\r\n\r\n${SMUGGLED}`)),
	refused("TE.CL", post(`${CHUNKED}Content-Length: 4\r\n`, `5c\r\n${SMUGGLED}`)),
	refused("two Transfer-Encodings", post(`${CHUNKED}Transfer-Encoding: x\r\n`, `0\r\n\r\n${SMUGGLED}`)),
	refused("a space before the colon", post("Transfer-Encoding : chunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
	refused("a space before the name", `POST ${FORM} HTTP/1.1\r\n ${CHUNKED}${HOST}\r\n0\r\n\r\n${SMUGGLED}`),
	refused("a vertical tab before the value", post("Transfer-Encoding:\x0bchunked\r\n", `0\r\n\r\n${SMUGGLED}`)),
	refused("a NUL after the value", post("Transfer-Encoding: chunked\0\r\n", `0\r\n\r\n${SMUGGLED}`)),
	refused("xchunked", post("Transfer-Encoding: xchunked\r\n", SMUGGLED), 501),
	refused("chunked in quotes", post('Transfer-Encoding: "chunked"\r\n', SMUGGLED), 501),
	refused("chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", SMUGGLED), 501),
	refused("chunked before a folded line", post("Transfer-Encoding: chunked\r\n , x\r\n", SMUGGLED)),
	refused("chunked in HTTP/1.0", `POST ${FORM} HTTP/1.0\r\n${HOST}${CHUNKED}\r\n0\r\n\r\n${SMUGGLED}`),
	refused("a field hidden behind a bare line feed", post(`X: y\n${CHUNKED}`, SMUGGLED)),
	refused("a field hidden behind a bare carriage return", post(`X: y\r${CHUNKED}`, SMUGGLED)),
	refused("two lengths", post("Content-Length: 0\r\nContent-Length: 44\r\n", SMUGGLED)),
	refused("the same length twice", post("Content-Length: 0\r\nContent-Length: 0\r\n", SMUGGLED)),
	refused("a list of lengths", post("Content-Length: 0, 44\r\n", SMUGGLED)),
	refused("a length with a plus", post("Content-Length: +5\r\n", SMUGGLED)),
	refused("a length with a minus", post("Content-Length: -5\r\n", SMUGGLED)),
	refused("a hexadecimal length", post("Content-Length: 0x5\r\n", SMUGGLED)),
	refused("a length with a space inside", post("Content-Length: 4 4\r\n", SMUGGLED)),
	refused("a length that overflows", post("Content-Length: 18446744073709551616\r\n", SMUGGLED)),
	refused("a head that a bare line feed ends", `GET ${FILE} HTTP/1.1\r\n${HOST}\n${SMUGGLED}`),
	refused("a chunk size with 0x", post(CHUNKED, `0x0\r\n\r\n${SMUGGLED}`)),
	refused("a chunk size with a plus", post(CHUNKED, `+0\r\n\r\n${SMUGGLED}`)),
	refused("a chunk size that overflows", post(CHUNKED, `10000000000000000\r\n\r\n${SMUGGLED}`)),
	refused("a chunk extension with a bare line feed", post(CHUNKED, `1;\nx\r\n0\r\n\r\n${SMUGGLED}`)),
	refused("a chunk longer than its size", post(CHUNKED, `1\r\nabc\r\n0\r\n\r\n${SMUGGLED}`)),
	refused("a trailer that is a request", post(CHUNKED, `0\r\n${SMUGGLED}`)),
	refused("a target of another host", get("http://evil.example/")),
	refused("two hosts", get(FILE, "Host: evil.example\r\n")),
	refused("no host", `GET ${FILE} HTTP/1.1\r\n\r\n`),
	refused("a host with a path", `GET ${FILE} HTTP/1.1\r\nHost: 127.0.0.1/x\r\n\r\n`),
	{
		title: "what follows the last request",
		raw: get(FILE, "Connection: close\r\n") + SMUGGLED,
		statuses: [200],
		closes: true,
	},
	{ title: "a body of HTTP/1.0", raw: `GET ${FILE} HTTP/1.0\r\n${HOST}\r\n${SMUGGLED}`, statuses: [200], closes: true },
];

/** Other protocols, other versions, and methods for proxies. */
const PROTOCOLS: readonly AbuseCase[] = [
	refused("HTTP/0.9", "GET /\r\n\r\n"),
	refused("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
	refused("HTTP/3.7", `GET / HTTP/3.7\r\n${HOST}\r\n`, 505),
	refused("RTSP", "OPTIONS rtsp://127.0.0.1/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
	refused("SSH", "SSH-2.0-OpenSSH_9.9\r\n\r\n"),
	refused("NULs", `${"\0".repeat(64)}\r\n\r\n`),
	refused("a control character in the target", `GET /\x01 HTTP/1.1\r\n${HOST}\r\n`),
	refused("octets beyond ASCII in the target", `GET /\xff HTTP/1.1\r\n${HOST}\r\n`),
	refused("a fragment in the target", get("/#a")),
	answered("CONNECT", `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HOST}\r\n`, 400),
	answered("OPTIONS *", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 400),
	answered(
		"an upgrade to HTTP/2",
		get(FILE, "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"),
		200,
	),
	answered(
		"an upgrade to WebSocket",
		get(FILE, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AA==\r\n"),
		200,
	),
	answered("TRACE", get(FILE).replace("GET", "TRACE"), 405),
	answered("a method in lower case", get(FILE).replace("GET", "get"), 405),
	answered("PUT of a file of ours", `PUT ${FILE} HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`, 405),
	answered("SOCKS", "\x05\x01\x00"),
	answered("half a request", `GET ${FILE} HTTP/1.1\r\n${HOST}`),
	answered("half a body", post("Content-Length: 5\r\n", "pan")),
	answered("empty lines", "\r\n".repeat(500)),
];

/** Oversized requests. */
const EXCESS: readonly AbuseCase[] = [
	refused("an endless target", `GET /${"a".repeat(5000)} HTTP/1.1\r\n${HOST}\r\n`, 414),
	refused("a request line without end", `GET /${"a".repeat(20_000)}`, 414),
	refused("an endless field", get(FILE, `X: ${"a".repeat(20_000)}\r\n`), 431),
	refused("a name of a field without end", get(FILE, `${"n".repeat(7000)}: x\r\n`), 431),
	refused("a field without a colon and without end", get(FILE, `${"n".repeat(7000)}\r\n`), 431),
	refused("a method without end", get(FILE).replace("GET", "M".repeat(7000))),
	answered("endless segments of a path", get(`/${"a/".repeat(900)}`), 400),
	refused("endless fields", get(FILE, "X: y\r\n".repeat(1500)), 431),
	refused("an endless body", post("Content-Length: 999999999\r\n", "x".repeat(100)), 413),
	refused("an endless chunk", post(CHUNKED, "fffffff\r\nx"), 413),
	refused("endless chunks", post(CHUNKED, `1000\r\n${"x".repeat(4096)}\r\n`.repeat(8)), 413),
	refused("an endless chunk extension", post(CHUNKED, `1;${"x".repeat(5000)}`)),
	refused("endless trailers", post(CHUNKED, `0\r\n${"A: b\r\n".repeat(500)}`), 431),
	refused("100-continue for too much", post("Expect: 100-continue\r\nContent-Length: 999999999\r\n"), 413),
	answered("endlessly nested lists", deep("["), 400),
	answered("endlessly nested lists in an object", deep('{"pan":['), 400),
	answered("endlessly nested objects", deep('{"pan":'), 400),
	answered("endless parameters", get(`${FILE}?${"a=b&".repeat(100)}`), 400),
	answered("another expectation", get(FILE, "Expect: the-unexpected\r\n"), 200),
	answered("100-continue without a body", get(FILE, "Expect: 100-continue\r\n"), 200),
	answered("100-continue, and no body", post("Expect: 100-continue\r\nContent-Length: 5\r\n"), 100),
	answered("many requests at once", get(FILE).repeat(40), ...new Array<number>(40).fill(200)),
	answered("several ranges", get(FILE, "Range: bytes=0-0,0-0,0-0,1-2\r\n"), 200),
	answered("a thousand ranges", get(FILE, `Range: bytes=${"0-,".repeat(1000)}0-\r\n`), 200),
	answered("a range that overflows", get(FILE, `Range: bytes=0-${"9".repeat(30)}\r\n`), 200),
	answered("a range past the end", get("/metrics", "Range: bytes=99999999-\r\n"), 416),
	answered("a range of minus nothing", get("/metrics", "Range: bytes=-0\r\n"), 416),
	answered("a range that ends before it starts", get(FILE, "Range: bytes=5-2\r\n"), 200),
	answered("a range of another kind", get(FILE, "Range: lines=1-2\r\n"), 200),
	answered("a range of minus minus one", get(FILE, "Range: bytes=--1\r\n"), 200),
];

/** Path traversal in all spellings. */
const TRAVERSAL: readonly AbuseCase[] = [
	..."/../etc/passwd /a/../../etc/passwd /%2e%2e/etc/passwd /.%2e/etc/passwd /..%2f..%2fetc%2fpasswd /..%5c..%5cetc //etc/passwd /..\\etc /%00 /a%0d%0aX-Injected:%20yes /% /%zz /%u002e%u002e/etc"
		.split(" ")
		.map((path) => answered(path, get(path), 400)),
	..."/%252e%252e/etc/passwd /%c0%ae%c0%ae/etc/passwd /.../etc /;/../x.css;/ /.git/config /etc/passwd"
		.split(" ")
		.map((path) => answered(path, get(path), path.includes("/../") ? 400 : 404)),
	answered("a line end in a query", get(`${FILE}?a=%0d%0aX-Injected:%20yes`), 200),
	answered("a line end in a token", get("/nowhere?pass=%0d%0aX-Injected:%20yes"), 404),
];

/** All cases. */
export const HTTP_ABUSE: readonly AbuseCase[] = [...SMUGGLING, ...PROTOCOLS, ...EXCESS, ...TRAVERSAL];

/** What no answer may contain: a field `X-Injected`, or a line of `/etc/passwd`. */
export const FORBIDDEN = /\r\nX-Injected|root:|\/smuggled/;

/** The status codes of all answers in what a server sent. @param protocol that of the answers */
export function statusesOf(answers: string, protocol: "HTTP/1.1" | "RTSP/1.0" = "HTTP/1.1"): number[] {
	const statuses: number[] = [];
	const start = `${protocol} `;
	for (let at = answers.indexOf(start); at >= 0; at = answers.indexOf(start, at + 1))
		statuses.push(Number(answers.slice(at + start.length, at + start.length + 3)));
	return statuses;
}
