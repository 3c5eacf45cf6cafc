import { FETCH_BODY_MAX, type FetchOptions, type FetchResult, type UrlFetcher } from "../../src/ports/url-fetcher";

/** How many redirects are followed. */
const REDIRECTIONS_MAX = 3;

/** Fetches with the `fetch` of Node.js. @see UrlFetcher */
export class NodeUrlFetcher implements UrlFetcher {
	get(url: string, options: FetchOptions, done: (result: FetchResult) => void): void {
		get(url, options).then(done, (error) => done({ failure: messageFor(error, options.timeout) }));
	}
}

/** Why a response is not accepted. */
class FetchError extends Error {}

async function get(url: string, { headers = {}, timeout }: FetchOptions): Promise<FetchResult> {
	const signal = AbortSignal.timeout(timeout);
	let at = new URL(url);
	let fields = headers;
	for (let i = 0; i <= REDIRECTIONS_MAX; i++) {
		const response = await fetch(at.href, { headers: fields, redirect: "manual", signal });
		const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
		if (location === null) return { status: response.status, body: await readBody(response) };
		await response.body?.cancel();
		const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
		if (
			next === undefined ||
			!/^https?:$/.test(next.protocol) ||
			(at.protocol === "https:" && next.protocol === "http:")
		)
			throw new FetchError("the server redirects to a place that is not allowed");
		if (next.origin !== at.origin) fields = withoutSecrets(fields);
		at = next;
	}
	throw new FetchError("the server redirects too often");
}

async function readBody(response: Response): Promise<string> {
	const reader = response.body?.getReader();
	if (reader === undefined) return "";
	const bytes = new Uint8Array(FETCH_BODY_MAX);
	let length = 0;
	while (length < FETCH_BODY_MAX) {
		const { done, value } = await reader.read();
		if (done) break;
		const part = value.subarray(0, FETCH_BODY_MAX - length);
		bytes.set(part, length);
		length += part.length;
	}
	await reader.cancel();
	return new TextDecoder().decode(bytes.subarray(0, length));
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}

/** Returns a message without Node's own, which may contain the URL. */
function messageFor(error: unknown, timeout: number): string {
	if (error instanceof FetchError) return error.message;
	if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${timeout / 1000} seconds`;
	const cause = error instanceof Error ? error.cause : undefined;
	const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
	return FAILURES[code] ?? `the connection failed${/^[A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : ""}`;
}

const FAILURES: Readonly<Record<string, string>> = Object.freeze({
	ENOTFOUND: "the server's name is unknown",
	EAI_AGAIN: "the server's name can't be looked up now",
	ECONNREFUSED: "the server refuses connections",
	CERT_HAS_EXPIRED: "the server's certificate has expired",
	DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not trusted",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is not trusted",
	SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is not trusted",
	ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
});
