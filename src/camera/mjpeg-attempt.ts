import type { EventSink } from "../core/event-ring";
import type { Outlet } from "../core/machine";
import type { Pump, StreamHandle } from "../core/pump";
import type { Millis } from "../core/time";
import type { BodySink } from "../http/body-sink";
import { type ExchangeReceiver, type ExchangeResult, HttpExchange } from "../http/http-exchange";
import type { Network, Stream } from "../ports/net";
import { authorityFor, type HttpUrl } from "../wire/http-url";
import { fieldOf, type Headers, type TextMessage } from "../wire/text-message";
import type { MjpegFailure } from "./mjpeg-failure";
import type { MjpegReader } from "./mjpeg-reader";

/** What an attempt needs of its host. */
export interface MjpegAttemptHost {
	readonly pump: Pump;
	readonly network: Network;
}

/** What became of an attempt. */
export type MjpegOutcome =
	/** The server wants a login (401). */
	| { readonly kind: "challenge"; readonly answer: TextMessage }
	| { readonly kind: "redirect"; readonly location: string | undefined }
	| { readonly kind: "failed"; readonly failure: MjpegFailure };

/** Learns what becomes of an attempt. */
export interface MjpegAttemptOwner {
	/** Gets the body. */
	readonly reader: MjpegReader;
	/** The server has accepted the request; pictures follow. Called from inside the connection's machine. */
	answered(now: Millis, answer: TextMessage): void;
	/** The attempt is over. Called once, unless the owner left before. */
	over(now: Millis, outcome: MjpegOutcome): void;
}

/** Limits until the connection is open, until the answer begins, and between its octets. */
const CONNECT_LIMIT: Millis = 5000;
const HEAD_LIMIT: Millis = 10_000;
const IDLE_LIMIT: Millis = 10_000;

/** One request for a Motion JPEG stream, from the attempt to open a connection to its end. */
export class MjpegAttempt implements ExchangeReceiver, BodySink, Outlet<ExchangeResult>, EventSink<MjpegOutcome> {
	private readonly exchange: HttpExchange;
	private readonly handle: StreamHandle<HttpExchange>;
	private stream: Stream | undefined;
	private isOver = false;

	/**
	 * @param headers the fields besides Host, such as Authorization
	 * @param certificate as the options of a feed have it
	 */
	constructor(
		private readonly host: MjpegAttemptHost,
		private readonly url: HttpUrl,
		headers: Headers,
		private readonly certificate: string,
		private readonly owner: MjpegAttemptOwner,
	) {
		this.exchange = new HttpExchange(
			host.pump.now(),
			{
				method: "GET",
				host: authorityFor(url),
				target: url.target,
				headers,
				receiver: this,
				timeout: Infinity,
				connectTimeout: CONNECT_LIMIT,
				headTimeout: HEAD_LIMIT,
				idleTimeout: IDLE_LIMIT,
			},
			this,
		);
		this.handle = host.pump.addStream(this.exchange);
	}

	/** Opens the connection. Called once. */
	connect(address: string): void {
		const { host, handle, url, certificate } = this;
		const tls = {
			serverName: url.host,
			verify: certificate !== "any",
			...(certificate !== "" && certificate !== "any" && { ca: certificate }),
		};
		this.stream = host.network.connect({ address, port: url.port, ...(url.secure && { tls }) }, handle);
		handle.attach(this.stream);
	}

	/** Drops the connection. Nothing more is reported. */
	leave(): void {
		this.isOver = true;
		this.exchange.cancel();
		this.stream?.abort();
		this.stream = undefined;
	}

	/** @see ExchangeReceiver */
	head(now: Millis, answer: TextMessage): BodySink | undefined {
		const { status } = answer;
		const type = fieldOf(answer, "content-type") ?? "";
		if (status === 401) this.finish({ kind: "challenge", answer });
		else if (status >= 300 && status < 400) this.finish({ kind: "redirect", location: fieldOf(answer, "location") });
		else if (status !== 200) this.finish({ kind: "failed", failure: { kind: "status", status } });
		else if (!this.owner.reader.begin(type)) this.finish({ kind: "failed", failure: { kind: "type", type } });
		else {
			this.owner.answered(now, answer);
			return this;
		}
		return undefined;
	}

	/** @see BodySink */
	take(now: Millis, bytes: Uint8Array, start: number, end: number): boolean {
		this.owner.reader.take(now, bytes, start, end);
		return true;
	}

	/** The stream has ended; the result follows. @see BodySink */
	end(): void {}

	/** @see BodySink */
	abort(): void {}

	/** Takes the result of the exchange. */
	emit(result: ExchangeResult): void {
		const failure: MjpegFailure = "answer" in result ? { kind: "ended" } : { kind: "connection", why: result.failure };
		this.host.pump.post(this, { kind: "failed", failure });
	}

	/** @see EventSink */
	on(outcome: MjpegOutcome): void {
		if (this.isOver) return;
		this.leave();
		this.owner.over(this.host.pump.now(), outcome);
	}

	private finish(outcome: MjpegOutcome): void {
		this.exchange.cancel();
		this.host.pump.post(this, outcome);
	}
}
