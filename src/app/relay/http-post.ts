import type { EventSink } from "../../core/event-ring";
import { ipFamily } from "../../core/ip-address";
import type { Outlet } from "../../core/machine";
import type { Pump } from "../../core/pump";
import type { Millis, Octets } from "../../core/time";
import { type ExchangeResult, HttpExchange } from "../../http/http-exchange";
import type { Network, Stream } from "../../ports/net";
import { type Lookup, lookUpHost, type Resolver } from "../../ports/resolver";
import { authorityFor, type HttpUrl } from "../../wire/http-url";
import type { Headers, TextMessage } from "../../wire/text-message";
import { connectionFailureText } from "./connection-failure";

/** The limit of a whole request, and of looking up the name. */
const LIMIT: Millis = 10_000;

/** Takes the answer of a server, or why there is none, for the log. */
export type PostDone = (now: Millis, answer: TextMessage | string) => void;

/** Sends one body to a URL by HTTP POST; redirects are not followed. */
export class HttpPost implements Outlet<ExchangeResult>, EventSink<ExchangeResult> {
	private lookup: Lookup | undefined;
	private stream: Stream | undefined;
	private isOver = false;

	/**
	 * Begins at once.
	 * @param answerMax the longest body of the answer
	 * @param done called once, and never during this call; not at all after {@link cancel}
	 */
	constructor(
		private readonly way: { readonly pump: Pump; readonly network: Network; readonly resolver: Resolver },
		private readonly url: HttpUrl,
		private readonly fields: Headers,
		private readonly body: Uint8Array,
		private readonly answerMax: Octets,
		private readonly done: PostDone,
	) {
		if (ipFamily(url.host) !== undefined) this.connect(url.host);
		else
			this.lookup = lookUpHost(way.resolver, url.host, LIMIT, (answer) => {
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
		const { url, fields, body } = this;
		const { pump, network } = this.way;
		const exchange = new HttpExchange(
			pump.now(),
			{
				method: "POST",
				host: authorityFor(url),
				target: url.target,
				headers: [["User-Agent", "Porthole/1"], ...fields],
				body,
				bodyLimit: this.answerMax,
				timeout: LIMIT,
			},
			this,
		);
		const handle = pump.addStream(exchange);
		const tls = url.secure ? { tls: { serverName: url.host } } : {};
		this.stream = network.connect({ address, port: url.port, ...tls }, handle);
		handle.attach(this.stream);
	}

	private end(answer: TextMessage | string): void {
		if (this.isOver) return;
		this.isOver = true;
		this.done(this.way.pump.now(), answer);
	}
}
