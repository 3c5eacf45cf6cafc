import type { EventSink } from "../core/event-ring";
import { ipFamily } from "../core/ip-address";
import type { Outlet } from "../core/machine";
import type { Pump } from "../core/pump";
import type { Millis, Octets } from "../core/time";
import { type ExchangeResult, HttpExchange } from "../http/http-exchange";
import type { Network, Stream } from "../ports/net";
import { type Lookup, lookUpHost, type Resolver } from "../ports/resolver";
import { authorityFor, type HttpUrl } from "../wire/http-url";
import type { Headers, TextMessage } from "../wire/text-message";
import { connectTo } from "./connect-to";
import { connectionFailureText } from "./connection-failure";

/** The limit of looking up the name, and by default of the exchange. */
const LIMIT: Millis = 10_000;

/** What an {@link HttpCall} needs of its host. */
export interface HttpCallHost {
	readonly pump: Pump;
	readonly network: Network;
	readonly resolver: Resolver;
}

/** The request that an {@link HttpCall} sends. */
export interface HttpCallRequest {
	readonly method: "GET" | "POST";
	readonly url: HttpUrl;
	/** @see connectTo */
	readonly certificate: string;
	readonly fields: Headers;
	/** @default none */
	readonly body?: Uint8Array;
	/** The longest body of the answer. */
	readonly answerMax: Octets;
	/** Limit of the exchange once the address is known. @default 10 s */
	readonly timeout?: Millis;
}

/** Takes the answer of a server, or why there is none, for the log. */
export type HttpCallDone = (now: Millis, answer: TextMessage | string) => void;

/** One HTTP request to a URL, on a connection of its own; redirects are not followed. */
export class HttpCall implements Outlet<ExchangeResult>, EventSink<ExchangeResult> {
	private lookup: Lookup | undefined;
	private stream: Stream | undefined;
	private isOver = false;

	/**
	 * Begins at once.
	 * @param done called once, and never during this call; not at all after {@link cancel}
	 */
	constructor(
		private readonly host: HttpCallHost,
		private readonly request: HttpCallRequest,
		private readonly done: HttpCallDone,
	) {
		const name = request.url.host;
		if (ipFamily(name) !== undefined) this.connect(name);
		else
			this.lookup = lookUpHost(host.resolver, name, LIMIT, (answer) => {
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
		this.host.pump.post(this, result);
	}

	/** @see EventSink */
	on(result: ExchangeResult): void {
		this.stream?.abort();
		this.end("failure" in result ? connectionFailureText(result.failure) : result.answer);
	}

	private connect(address: string): void {
		const { url, certificate, fields, body, answerMax, method, timeout = LIMIT } = this.request;
		const { pump, network } = this.host;
		const exchange = new HttpExchange(
			pump.now(),
			{
				method,
				host: authorityFor(url),
				target: url.target,
				headers: [["User-Agent", "Porthole/1"], ...fields],
				body,
				bodyLimit: answerMax,
				timeout,
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
		this.done(this.host.pump.now(), answer);
	}
}
