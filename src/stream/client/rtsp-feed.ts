import type { DigestSecret } from "../../access/client-login";
import { cameraPause } from "../../core/backoff";
import { ipFamily } from "../../core/ip-address";
import type { Machine } from "../../core/machine";
import type { Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import { type AddressRecord, type Lookup, lookUpHost, type Resolver, type ResolverAnswer } from "../../ports/resolver";
import { isSameServer } from "../../wire/rtsp-source-url";
import type { RtspUrl } from "../../wire/rtsp-url";
import type { Framing } from "../packets/packet-burst";
import { PortPairs } from "../units/port-pairs";
import type { ParameterRequest } from "./parameter-request";
import type { RtpSink } from "./rtp-sink";
import { type AttemptOwner, RtspAttempt } from "./rtsp-attempt";
import { isLasting, type RtspFailure } from "./rtsp-failure";

/** What a feed needs of its host. */
export interface RtspFeedHost {
	readonly pump: Pump;
	readonly network: Network;
	readonly resolver: Resolver;
	readonly random: Random;
}

/** Where a video comes from, and how. */
export interface RtspFeedOptions {
	/** With user and password. */
	readonly url: RtspUrl;
	/** The transport that is asked for first; over TLS it is always TCP, as media by UDP would not be encrypted. */
	readonly framing: Framing;
	/** Whether the password may be shown by Basic on a connection without verified TLS. */
	readonly basic: boolean;
	/** The PEM file that a TLS server's certificate must be in; empty: the system's authorities; `any`: it is not verified. */
	readonly certificate: string;
	/** Stands for the password of the user in the URL. */
	readonly secret?: DigestSecret;
	/** Names and values of fields that each request has besides its own. @default none */
	readonly fields?: readonly string[];
}

/** Receives a feed. */
export interface RtspFeedSink extends RtpSink {
	/** No video comes now; another attempt follows by itself. */
	failed(now: Millis, failure: RtspFailure): void;
}

/** After video for this long the next pause is the first one again. */
const STEADY: Millis = 10_000;
const REDIRECTS_MAX = 5;
const RESOLVE_LIMIT: Millis = 5000;

/**
 * Keeps the RTP packets of one video of an RTSP server coming, from {@link start} to {@link stop}: resolves its name, connects,
 * follows redirects, changes to TCP when no packet comes by UDP, and tries again after failures, ever less often.
 *
 * User and password are sent to the server in the URL and to no other: after a redirect to another server only if the new URL
 * has its own.
 */
export class RtspFeed implements Machine<undefined>, AttemptOwner {
	/** When the next attempt begins; `Infinity` while one is under way, and when stopped. */
	deadline: Millis = Infinity;
	/** Attempts so far. */
	attempts = 0;
	readonly pairs: PortPairs;
	private readonly handle: Handle<RtspFeed, undefined>;
	private readonly ask: Framing;
	private framing: Framing;
	private url: RtspUrl;
	private redirects = 0;
	private pause: Millis = 0;
	private isRunning = false;
	private lookup: Lookup | undefined;
	private attempt: RtspAttempt | undefined;
	/** The number of the next of several addresses. */
	private turn = 0;

	constructor(
		private readonly host: RtspFeedHost,
		readonly options: RtspFeedOptions,
		readonly sink: RtspFeedSink,
	) {
		this.pairs = new PortPairs(host.network, host.random);
		this.url = options.url;
		this.ask = options.url.secure ? "tcp" : options.framing;
		this.framing = this.ask;
		this.handle = host.pump.add(this, undefined);
	}

	/** Begins; harmless when repeated. */
	start(): void {
		if (this.isRunning) return;
		this.isRunning = true;
		this.pause = 0;
		this.redirects = 0;
		this.url = this.options.url;
		this.next(0);
	}

	/** Ends the session; harmless when repeated. Nothing is passed on afterwards. */
	stop(): void {
		if (!this.isRunning) return;
		this.isRunning = false;
		this.deadline = Infinity;
		this.handle.called();
		this.lookup?.cancel();
		this.lookup = undefined;
		this.attempt?.leave();
		this.attempt = undefined;
	}

	/**
	 * Sends a request SET_PARAMETER over the session. While no video comes there is none, and the request is not answered.
	 * @see ParameterRequest.answered
	 */
	set(request: ParameterRequest): void {
		const { attempt, host } = this;
		if (attempt === undefined) host.pump.after(0, () => request.answered(host.pump.now(), undefined));
		else attempt.set(request);
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		this.begin();
	}

	/** @see AttemptOwner */
	redirected(now: Millis, url: RtspUrl): void {
		this.attempt = undefined;
		if (this.redirects++ >= REDIRECTS_MAX) {
			this.fail(now, { kind: "redirect", why: "too-many" });
			return;
		}
		const { url: first } = this.options;
		const isKnown = url.user === "" && isSameServer(url, first);
		this.url = isKnown ? { ...url, user: first.user, password: first.password } : url;
		this.next(0);
	}

	/** @see AttemptOwner */
	ended(now: Millis, failure: RtspFailure, playedFor: Millis): void {
		const { attempt } = this;
		this.attempt = undefined;
		if (playedFor >= STEADY) this.pause = 0;
		if (failure.kind === "no-packet" && attempt?.lacksUdp) {
			// Something between here and the camera drops UDP.
			this.framing = "tcp";
			this.next(0);
			return;
		}
		const isElsewhere = this.redirects > 0 && failure.kind === "login" && failure.why === "missing";
		this.fail(now, isElsewhere ? { kind: "redirect", why: "login" } : failure);
	}

	private fail(now: Millis, failure: RtspFailure): void {
		this.pause = cameraPause(this.pause, isLasting(failure));
		// A camera may have got another address, or lose its redirection.
		this.url = this.options.url;
		this.redirects = 0;
		this.next(this.pause);
		this.sink.failed(now, failure);
	}

	private next(pause: Millis): void {
		if (!this.isRunning) return;
		this.deadline = this.host.pump.now() + pause;
		this.handle.called();
	}

	private begin(): void {
		const { host, url } = this;
		if (ipFamily(url.host) !== undefined) return this.connect(url.host);
		this.lookup = lookUpHost(host.resolver, url.host, RESOLVE_LIMIT, (answer) => this.resolved(answer));
	}

	private resolved(answer: ResolverAnswer<AddressRecord>): void {
		this.lookup = undefined;
		if (!this.isRunning) return;
		if (answer.failure === undefined) {
			const { records } = answer;
			this.connect(records[this.turn++ % records.length].address);
		} else this.fail(this.host.pump.now(), { kind: "name", detail: answer.detail });
	}

	private connect(address: string): void {
		this.attempts++;
		this.attempt = new RtspAttempt(this.host, this.options, this.url, this.framing, this);
		this.attempt.connect(address);
	}
}
