import type { Outlet } from "../core/machine";
import type { Millis } from "../core/time";
import { authorityFor, type HttpUrl, isSameOrigin, resolveUrl } from "../wire/http-url";
import { fieldOf, type Headers, type TextMessage } from "../wire/text-message";
import type { BodySink } from "./body-sink";
import {
	EXCHANGE_TIMEOUT,
	type ExchangeFailure,
	type ExchangeReceiver,
	type ExchangeRequest,
	type ExchangeResult,
	HttpExchange,
} from "./http-exchange";

/** A request to a URL. */
export interface HttpClientRequest extends Omit<ExchangeRequest, "host" | "target"> {
	readonly url: HttpUrl;
	/** How many redirects are followed; with 0 a redirect is the answer. @default 5 */
	readonly redirects?: number;
}

/** Why a request failed. */
export type HttpClientFailure =
	| ExchangeFailure
	| "too-many-redirects"
	/** A redirect from `https` to `http`. */
	| "insecure-redirect"
	/** A redirect without a usable URL. */
	| "bad-redirect";

/** What a client emits. `url` is the last one requested. */
export type HttpClientEvent =
	/** The owner must open a connection, with TLS if the URL is secure, and attach `exchange` to it. */
	| { readonly kind: "connect"; readonly url: HttpUrl; readonly exchange: HttpExchange }
	| { readonly kind: "answer"; readonly url: HttpUrl; readonly answer: TextMessage }
	| { readonly kind: "failure"; readonly url: HttpUrl; readonly failure: HttpClientFailure };

/** @see HttpClientRequest.redirects */
const REDIRECTS = 5;
/** Fields that are sent to the original origin only. */
const CREDENTIALS: readonly string[] = Object.freeze(["authorization", "cookie", "proxy-authorization"]);

/**
 * Makes an HTTP request and follows redirects.
 *
 * It emits `connect` for each connection that it needs, then `answer` or `failure` once; nothing after {@link cancel}.
 * Credentials are dropped on the way to another origin, a redirect from `https` to `http` is refused, and the time limit
 * covers all steps together.
 * @see RFC 9110 §15.4
 */
export class HttpClient implements ExchangeReceiver, Outlet<ExchangeResult> {
	private url: HttpUrl;
	private method: string;
	private headers: Headers;
	private body: ExchangeRequest["body"];
	private left: number;
	private exchange: HttpExchange | undefined;
	private end: Millis = Infinity;

	constructor(
		private readonly request: HttpClientRequest,
		private readonly outlet: Outlet<HttpClientEvent>,
	) {
		this.url = request.url;
		this.method = request.method;
		this.headers = request.headers;
		this.body = request.body;
		this.left = request.redirects ?? REDIRECTS;
	}

	/** Starts the request. Called once. */
	start(now: Millis): void {
		this.end = now + (this.request.timeout ?? EXCHANGE_TIMEOUT);
		this.connect(now);
	}

	/** Lets the sink of the response have more, after its `take` has returned false. */
	resume(now: Millis): void {
		this.exchange?.resume(now);
	}

	/** Ends the request without a result. */
	cancel(): void {
		this.exchange?.cancel();
		this.exchange = undefined;
	}

	/** Called by the exchange with the head of a response. */
	head(now: Millis, answer: TextMessage): BodySink | undefined {
		if (!this.isRedirect(answer.status)) return this.request.receiver?.head(now, answer);
		// The body of a redirect is not needed.
		this.cancel();
		const next = resolveUrl(this.url, fieldOf(answer, "location") ?? "");
		if (this.left === 0) this.fail("too-many-redirects");
		else if (next === undefined || fieldOf(answer, "location") === undefined) this.fail("bad-redirect");
		else if (this.url.secure && !next.secure) this.fail("insecure-redirect");
		else this.follow(now, answer.status, next);
		return undefined;
	}

	/** Called by the exchange with its result. */
	emit(result: ExchangeResult): void {
		this.exchange = undefined;
		if ("answer" in result) this.outlet.emit({ kind: "answer", url: this.url, answer: result.answer });
		else this.fail(result.failure);
	}

	private fail(failure: HttpClientFailure): void {
		this.outlet.emit({ kind: "failure", url: this.url, failure });
	}

	private isRedirect(status: number): boolean {
		if (this.request.redirects === 0) return false;
		return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
	}

	private follow(now: Millis, status: number, next: HttpUrl): void {
		this.left--;
		// As browsers do: after a form was sent, its result is fetched with GET. RFC 9110 §15.4.2
		const gets = status === 303 ? this.method !== "HEAD" : status < 303 && this.method === "POST";
		if (gets) {
			this.method = "GET";
			this.body = undefined;
		}
		const moves = !isSameOrigin(this.url, next);
		const kept: (readonly [string, string])[] = [];
		for (const field of this.headers) {
			const name = field[0].toLowerCase();
			if (!(gets && name.startsWith("content-")) && !(moves && CREDENTIALS.includes(name))) kept.push(field);
		}
		this.headers = kept;
		this.url = next;
		this.connect(now);
	}

	private connect(now: Millis): void {
		const { request, url, method, headers, body } = this;
		const exchange = new HttpExchange(
			now,
			{
				method,
				host: authorityFor(url),
				target: url.target,
				headers,
				body,
				receiver: this,
				bodyLimit: request.bodyLimit,
				sinkLimit: request.sinkLimit,
				timeout: this.end - now,
				connectTimeout: request.connectTimeout,
				headTimeout: request.headTimeout,
				idleTimeout: request.idleTimeout,
			},
			this,
		);
		this.exchange = exchange;
		this.outlet.emit({ kind: "connect", url, exchange });
	}
}
