import { utf8Encode } from "../../../base/text";
import type { EventSink } from "../../../core/event-ring";
import { ipFamily } from "../../../core/ip-address";
import type { Outlet } from "../../../core/machine";
import type { Millis, Octets } from "../../../core/time";
import { type ExchangeResult, HttpExchange } from "../../../http/http-exchange";
import type { Stream } from "../../../ports/net";
import { lookUpHost, type Resolver } from "../../../ports/resolver";
import type { RecordedEvent } from "../../../storage/recorded-event";
import { EVENTS_MESSAGES } from "../../../web/events-messages";
import type { Notice } from "../../../web/notices";
import { authorityFor, type HttpUrl, parseUrl } from "../../../wire/http-url";
import type { Headers } from "../../../wire/text-message";
import type { Metric, Part } from "../../part";
import type { NasServices } from "../nas-services";
import { type EventNews, eventJson, signatureOf } from "./event-message";

/** How many messages wait; the oldest are given up. */
const WAITING_MAX = 512;
/** The limit of one attempt, and of looking up the name. */
const ATTEMPT_LIMIT: Millis = 10_000;
/** The answer is not needed. */
const ANSWER_MAX: Octets = 4096;
/** Waits after failures: 1, 4, 16, 64 seconds, then this. */
const PAUSE_MAX: Millis = 120_000;
/** How often a message is tried: for about ten minutes. */
const TRIES_MAX = 9;
/** After so many failures the owner is told. */
const TELL_AFTER = 3;

/** A message that the server has not accepted yet. */
interface Message {
	readonly name: string;
	readonly body: Uint8Array;
	tries: number;
}

/** What a webhook is. */
export interface WebhookSettings {
	/** Absent or not valid: there is none. */
	readonly webhook: string;
	readonly webhookSecret: string;
}

/**
 * Tells a server of each event, when it begins and when it ends: an HTTP POST with JSON, one after another, signed (STR-26).
 *
 * A message that the server does not accept with 2xx is tried again, later and later, for about ten minutes; one that it refuses
 * (4xx) is not. Redirects are not followed.
 */
export class WebhookPart implements Part, Outlet<ExchangeResult>, EventSink<ExchangeResult> {
	private readonly url: HttpUrl | undefined;
	private readonly waiting: Message[] = [];
	private stream: Stream | undefined;
	private isBusy = false;
	private delivered = 0;
	private lost = 0;
	private failures = 0;
	private fault = "";
	private hasLeft = false;

	constructor(
		private readonly nas: Pick<NasServices, "node" | "fleet" | "events" | "recorder">,
		private readonly resolver: Resolver,
		private readonly settings: WebhookSettings,
	) {
		this.url = parseUrl(settings.webhook);
	}

	start(): void {
		if (this.url === undefined) return;
		this.nas.events.watch({
			eventBegan: (event) => this.add("began", event),
			eventEnded: (event) => this.add("ended", event),
		});
	}

	leave(done: () => void): void {
		this.hasLeft = true;
		this.stream?.abort();
		done();
	}

	notices(): readonly Notice[] {
		const { notices } = EVENTS_MESSAGES;
		if (this.failures < TELL_AFTER) return [];
		return [{ message: notices.webhook(this.fault), remedy: notices.webhookRemedy }];
	}

	metrics(): readonly Metric[] {
		if (this.url === undefined) return [];
		return [
			["webhook_delivered_total", "counter", "Messages that the webhook has accepted", this.delivered],
			["webhook_lost_total", "counter", "Messages that the webhook did not accept", this.lost],
			["webhook_waiting", "gauge", "Messages that wait for the webhook", this.waiting.length],
		];
	}

	/** @see Outlet */
	emit(result: ExchangeResult): void {
		this.nas.node.pump.post(this, result);
	}

	/** Takes the result of a request. @see EventSink */
	on(result: ExchangeResult): void {
		this.stream?.abort();
		this.stream = undefined;
		if ("failure" in result) return this.failed(result.failure, false);
		const { status } = result.answer;
		if (status < 200 || status > 299) {
			const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
			return this.failed(`it answers ${status}`, isFinal);
		}
		this.waiting.shift();
		this.delivered++;
		this.failures = 0;
		this.fault = "";
		this.isBusy = false;
		this.next();
	}

	private add(news: EventNews, event: RecordedEvent): void {
		if (this.waiting.length >= WAITING_MAX) {
			// The first one may be on its way.
			this.waiting.splice(1, 1);
			this.lost++;
		}
		const body = utf8Encode(eventJson(news, event, this.nas));
		this.waiting.push({ name: `${event.id}-${news}`, body, tries: 0 });
		this.next();
	}

	private next(): void {
		const { url } = this;
		if (this.isBusy || this.hasLeft || url === undefined || this.waiting.length === 0) return;
		this.isBusy = true;
		this.waiting[0].tries++;
		if (ipFamily(url.host) !== undefined) return this.connect(url, url.host);
		lookUpHost(this.resolver, url.host, ATTEMPT_LIMIT, (answer) => {
			if (answer.failure === undefined) this.connect(url, answer.records[0].address);
			else this.failed(answer.detail, false);
		});
	}

	private connect(url: HttpUrl, address: string): void {
		const { pump, host } = this.nas.node;
		const { name, body } = this.waiting[0];
		const exchange = new HttpExchange(
			pump.now(),
			{
				method: "POST",
				host: authorityFor(url),
				target: url.target,
				headers: this.headersOf(name, body),
				body,
				bodyLimit: ANSWER_MAX,
				timeout: ATTEMPT_LIMIT,
			},
			this,
		);
		const handle = pump.addStream(exchange);
		const tls = url.secure ? { tls: { serverName: url.host } } : {};
		this.stream = host.network.connect({ address, port: url.port, ...tls }, handle);
		handle.attach(this.stream);
	}

	private headersOf(name: string, body: Uint8Array): Headers {
		const { node } = this.nas;
		const headers: (readonly [string, string])[] = [
			["Content-Type", "application/json"],
			["User-Agent", "Porthole/1"],
			// The same at each attempt, so that a receiver can recognise one that it has had.
			["X-Porthole-Delivery", `${node.identity.id}-${name}`],
		];
		const { webhookSecret } = this.settings;
		const seconds = Math.floor((node.host.clock.utc() ?? 0) / 1000);
		if (webhookSecret !== "") headers.push(["X-Porthole-Signature", signatureOf(webhookSecret, seconds, body)]);
		return headers;
	}

	/** @param isFinal trying again would change nothing */
	private failed(why: string, isFinal: boolean): void {
		const { pump, host } = this.nas.node;
		const { tries } = this.waiting[0];
		if (this.fault !== why) host.log.write("warn", "webhook", `the webhook can't be told of an event: ${why}`);
		this.fault = why;
		this.failures++;
		if (isFinal || tries >= TRIES_MAX) {
			this.waiting.shift();
			this.lost++;
		}
		const pause = isFinal ? 0 : Math.min(PAUSE_MAX, 1000 * 4 ** Math.min(8, tries - 1));
		pump.after(pause, () => {
			this.isBusy = false;
			this.next();
		});
	}
}
