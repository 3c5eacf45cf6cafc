import type { EventSink } from "../../core/event-ring";
import { ipFamily } from "../../core/ip-address";
import type { Outlet } from "../../core/machine";
import type { Millis, Octets } from "../../core/time";
import { type ExchangeResult, HttpExchange } from "../../http/http-exchange";
import type { Stream } from "../../ports/net";
import { type Lookup, lookUpHost } from "../../ports/resolver";
import { authorityFor, type HttpUrl } from "../../wire/http-url";
import type { Headers, TextMessage } from "../../wire/text-message";
import { connectionFailureText } from "./connection-failure";
import { connectTo, type ReportHost } from "./report-route";

/** The limit of a whole request, and of looking up the name. */
const LIMIT: Millis = 10_000;

/** By what a request goes out. */
export type HttpPostWay = Omit<ReportHost, "random">;

/** What is sent. */
export interface HttpPostRequest {
	readonly url: HttpUrl;
	/** @see connectTo */
	readonly certificate: string;
	readonly fields: Headers;
	readonly body: Uint8Array;
	/** The longest body of the answer. */
	readonly answerMax: Octets;
}

/** Takes the answer of a server, or why there is none, for the log. */
export type HttpPostDone = (now: Millis, answer: TextMessage | string) => void;

/** Sends one body to a URL by HTTP POST; redirects are not followed. */
export class HttpPost implements Outlet<ExchangeResult>, EventSink<ExchangeResult> {
	private lookup: Lookup | undefined;
	private stream: Stream | undefined;
	private isOver = false;

	/**
	 * Begins at once.
	 * @param done called once, and never during this call; not at all after {@link cancel}
	 */
	constructor(
		private readonly way: HttpPostWay,
		private readonly request: HttpPostRequest,
		private readonly done: HttpPostDone,
	) {
		const { host } = request.url;
		if (ipFamily(host) !== undefined) this.connect(host);
		else
			this.lookup = lookUpHost(way.resolver, host, LIMIT, (answer) => {
				this.lookup = undefined;
				if (this.isOver) return;
				if (answer.failure === undefined) this.connect(answer.records[0].address);
				else this.end(answer.detail);
			});
	}

	/** Ends the request; `done` is not called any more. Harmless when repeated. */
	cancel(): void {
		this.isOver = true;
		this.lookup?.cancel();
		this.stream?.abort();
	}

	/** @see Outlet */
	emit(result: ExchangeResult): void {
		this.way.pump.post(this, result);
	}

	/** @see EventSink */
	on(result: ExchangeResult): void {
		this.stream?.abort();
		this.end("failure" in result ? connectionFailureText(result.failure) : result.answer);
	}

	private connect(address: string): void {
		const { url, certificate, fields, body, answerMax } = this.request;
		const { pump, network } = this.way;
		const exchange = new HttpExchange(
			pump.now(),
			{
				method: "POST",
				host: authorityFor(url),
				target: url.target,
				headers: [["User-Agent", "Porthole/1"], ...fields],
				body,
				bodyLimit: answerMax,
				timeout: LIMIT,
			},
			this,
		);
		const handle = pump.addStream(exchange);
		this.stream = network.connect(connectTo(address, url, certificate), handle);
		handle.attach(this.stream);
	}

	private end(answer: TextMessage | string): void {
		if (this.isOver) return;
		this.isOver = true;
		this.done(this.way.pump.now(), answer);
	}
}
