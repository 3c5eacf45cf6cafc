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

/** A request to a URL, wherever that leads. */
export interface HttpClientRequest extends Omit<ExchangeRequest, "host" | "target"> {
	readonly url: HttpUrl;
	/** How many redirects are followed; 0: a redirect is the answer. @default 5 */
	readonly redirects?: number;
}

/** Why a client has no answer. */
export type HttpClientFailure =
	| ExchangeFailure
	| "too-many-redirects"
	/** A redirect that leads from `https` to `http`. */
	| "insecure-redirect"
	/** A redirect without a URL that can be asked. */
	| "bad-redirect";

/** What happens to a request. The URL is the one that was asked last. */
export type HttpClientEvent =
	/** A connection is needed, by TLS where the URL says so; `exchange` is the machine at this end of it. */
	| { readonly kind: "connect"; readonly url: HttpUrl; readonly exchange: HttpExchange }
	| { readonly kind: "answer"; readonly url: HttpUrl; readonly answer: TextMessage }
	| { readonly kind: "failure"; readonly url: HttpUrl; readonly failure: HttpClientFailure };

/** @see HttpClientRequest.redirects */
const REDIRECTS = 5;
/** Fields that prove who asks; they are for one origin only. */
const CREDENTIALS: readonly string[] = Object.freeze(["authorization", "cookie", "proxy-authorization"]);

/**
 * Makes an HTTP request, follows redirects, and tells the answer.
 *
 * It opens nothing itself: for each step it emits `connect`, and its owner opens a connection and attaches the exchange to
 * it. At the end it emits `answer` or `failure`, once. Credentials stay with the origin they were meant for, a redirect
 * never leads from `https` to `http`, and the time limit holds for all steps together.
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

	/** Begins; called once. */
	start(now: Millis): void {
		this.end = now + (this.request.timeout ?? EXCHANGE_TIMEOUT);
		this.connect(now);
	}

	/** The sink of the answer takes more, after it has returned false. */
	resume(now: Millis): void {
		this.exchange?.resume(now);
	}

	/** Ends the request without an answer; nothing more is told. */
	cancel(): void {
		this.exchange?.cancel();
		this.exchange = undefined;
	}

	/** The head of an answer is there; called by the exchange. */
	head(now: Millis, answer: TextMessage): BodySink | undefined {
		if (!this.isRedirect(answer.status)) return this.request.receiver?.head(now, answer);
		// What a redirect says besides is for people without a client.
		this.cancel();
		const next = resolveUrl(this.url, fieldOf(answer, "location") ?? "");
		if (this.left === 0) this.fail("too-many-redirects");
		else if (next === undefined || fieldOf(answer, "location") === undefined) this.fail("bad-redirect");
		else if (this.url.secure && !next.secure) this.fail("insecure-redirect");
		else this.follow(now, answer.status, next);
		return undefined;
	}

	/** An exchange is over; called by the exchange. */
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
		// What browsers do: a form that was sent leads to a page that is got. RFC 9110 §15.4.2
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
