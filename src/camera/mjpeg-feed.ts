import { ClientLogin } from "../access/client-login";
import { cameraPause } from "../core/backoff";
import { ipFamily } from "../core/ip-address";
import type { Machine } from "../core/machine";
import type { Handle } from "../core/pump";
import type { Millis } from "../core/time";
import type { Frame } from "../media/frame";
import type { Random } from "../ports/random";
import { type AddressRecord, type Lookup, lookUpHost, type Resolver, type ResolverAnswer } from "../ports/resolver";
import { challengesOf } from "../wire/http-challenge";
import type { HttpSourceUrl } from "../wire/http-source-url";
import { type HttpUrl, isSameOrigin, resolveUrl } from "../wire/http-url";
import type { Headers, TextMessage } from "../wire/text-message";
import { MjpegAttempt, type MjpegAttemptHost, type MjpegAttemptOwner, type MjpegOutcome } from "./mjpeg-attempt";
import { isLastingMjpeg, type MjpegFailure } from "./mjpeg-failure";
import { MjpegReader, type MjpegSink } from "./mjpeg-reader";

/** What a feed needs of its host. */
export interface MjpegFeedHost extends MjpegAttemptHost {
	readonly resolver: Resolver;
	readonly random: Random;
	/** The date in milliseconds since 1970, if the host knows it. */
	utc(): Millis | undefined;
}

/** Where the pictures come from, and how. */
export interface MjpegFeedOptions {
	/** Asked before each attempt; `undefined`: it is not known now, and the feed tries again later, or when it is {@link MjpegFeed.moved}. */
	place(): HttpSourceUrl | undefined;
	/** Whether the password may be shown by Basic on a connection without verified TLS. */
	readonly basic: boolean;
	/** The PEM file that a TLS server's certificate must be in; empty: the system's authorities; `any`: it is not verified. */
	readonly certificate: string;
	/** True: what the camera sends is as cameras of this project send it, without redirects. @see MjpegReader @default false */
	readonly isStrict?: boolean;
	/** True: the octets of each picture stay as they are. @see MjpegReader @default false */
	readonly isUnchanged?: boolean;
	/** Further fields of each request. @default none */
	readonly fields?: () => Headers;
	/** The longest pause between attempts after failures that may pass. @default 30000 */
	readonly pause?: Millis;
}

/** Receives the pictures of a feed. */
export interface MjpegFeedSink extends MjpegSink {
	/** No pictures come now; another attempt follows by itself. */
	failed(now: Millis, failure: MjpegFailure): void;
	/** The camera has accepted the request; pictures follow. Called from inside the connection's machine. */
	accepted?(now: Millis, answer: TextMessage): void;
}

/** A stream without a picture for this long is given up. */
const PICTURE_LIMIT: Millis = 10_000;
const RESOLVE_LIMIT: Millis = 5000;
/** After pictures for this long the next pause is the first one again. */
const STEADY: Millis = 10_000;
const REDIRECTS_MAX = 5;

/**
 * Keeps the pictures of one camera coming by Motion JPEG over HTTP, from {@link start} to {@link stop}: resolves its name, logs in,
 * follows redirects, and tries again after failures, ever less often.
 *
 * User and password are sent to the server in the URL and to no other.
 */
export class MjpegFeed implements Machine<undefined>, MjpegSink, MjpegAttemptOwner {
	/** When the next attempt begins, or the current one has brought no picture for too long. */
	deadline: Millis = Infinity;
	/** Requests so far. */
	attempts = 0;
	readonly reader: MjpegReader;
	private readonly handle: Handle<MjpegFeed, undefined>;
	private isRunning = false;
	private pause: Millis = 0;
	private lookup: Lookup | undefined;
	private attempt: MjpegAttempt | undefined;
	private url: HttpUrl | undefined;
	private redirects = 0;
	private login: ClientLogin | undefined;
	/** What the login is for. */
	private place: HttpSourceUrl | undefined;
	/** When the first picture of this connection came; -1: none yet. */
	private since: Millis = -1;
	private brokenBefore = 0;
	/** The number of the next of several addresses. */
	private turn = 0;

	constructor(
		private readonly host: MjpegFeedHost,
		private readonly options: MjpegFeedOptions,
		private readonly sink: MjpegFeedSink,
	) {
		this.reader = new MjpegReader(this, () => host.utc(), options.isStrict, options.isUnchanged);
		this.handle = host.pump.add(this, undefined);
	}

	/** Begins; harmless when repeated. */
	start(): void {
		if (this.isRunning) return;
		this.isRunning = true;
		this.pause = 0;
		this.wait(0);
	}

	/** Ends the connection; harmless when repeated. Nothing is passed on afterwards. */
	stop(): void {
		if (!this.isRunning) return;
		this.isRunning = false;
		this.drop();
		this.wait(Infinity);
	}

	/** The camera is elsewhere now, or is there again: reconnects at once. */
	moved(): void {
		if (!this.isRunning) return;
		this.drop();
		this.pause = 0;
		this.wait(0);
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		if (this.attempt === undefined) return this.begin(now);
		const broken = this.reader.broken - this.brokenBefore;
		this.fail(now, { kind: "no-picture", limit: PICTURE_LIMIT, broken });
	}

	/** @see MjpegAttemptOwner */
	answered(now: Millis, answer: TextMessage): void {
		this.login?.accepted();
		this.sink.accepted?.(now, answer);
		this.brokenBefore = this.reader.broken;
		this.since = -1;
		this.wait(PICTURE_LIMIT, now);
	}

	/** @see MjpegSink */
	picture(frame: Frame): void {
		const { at } = frame;
		if (!this.isRunning) return frame.release();
		if (this.since < 0) this.since = at;
		// The timer looks at it when it is due, so it need not be set for each picture.
		this.deadline = at + PICTURE_LIMIT;
		this.sink.picture(frame);
	}

	/** @see MjpegAttemptOwner */
	over(now: Millis, outcome: MjpegOutcome): void {
		this.attempt = undefined;
		if (outcome.kind === "redirect") this.redirected(now, outcome.location);
		else if (outcome.kind === "challenge") this.challenged(now, outcome.answer);
		else this.fail(now, outcome.failure);
	}

	/** Begins an attempt at the camera's present place. */
	private begin(now: Millis): void {
		const place = this.options.place();
		if (place === undefined) return this.fail(now, { kind: "absent" });
		const { place: before, options } = this;
		const isSame =
			before !== undefined &&
			isSameOrigin(before.url, place.url) &&
			before.user === place.user &&
			before.password === place.password;
		if (!isSame || this.login === undefined) {
			const isVerified = place.url.secure && options.certificate !== "any";
			this.login = new ClientLogin(place.user, place.password, this.host.random, isVerified || options.basic);
		}
		this.place = place;
		this.url = place.url;
		this.redirects = 0;
		this.ask();
	}

	/** Resolves the name of the present URL, and makes a request. */
	private ask(): void {
		const { host, url } = this;
		if (url === undefined) return;
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
		const { url, place, options } = this;
		if (url === undefined || place === undefined) return;
		const isHome = isSameOrigin(url, place.url);
		const authorization = isHome ? this.login?.authorization("GET", url.target) : undefined;
		const headers = (options.fields?.() ?? []).slice();
		if (authorization !== undefined) headers.push(["Authorization", authorization]);
		this.attempts++;
		this.attempt = new MjpegAttempt(this.host, url, headers, options.certificate, this);
		this.attempt.connect(address);
	}

	private redirected(now: Millis, location: string | undefined): void {
		const { url } = this;
		const next = url === undefined || location === undefined ? undefined : resolveUrl(url, location);
		if (this.options.isStrict === true) this.fail(now, { kind: "redirect", why: "bad" });
		else if (this.redirects++ >= REDIRECTS_MAX) this.fail(now, { kind: "redirect", why: "too-many" });
		else if (next === undefined) this.fail(now, { kind: "redirect", why: "bad" });
		else if (url?.secure === true && !next.secure) this.fail(now, { kind: "redirect", why: "insecure" });
		else {
			this.url = next;
			this.ask();
		}
	}

	private challenged(now: Millis, answer: TextMessage): void {
		const { url, place, login } = this;
		const isHome = url !== undefined && place !== undefined && isSameOrigin(url, place.url);
		const verdict = isHome && login !== undefined ? login.challenged(challengesOf(answer)) : "missing";
		if (verdict === "retry") return this.ask();
		this.login = undefined;
		this.fail(now, { kind: "login", why: verdict });
	}

	private fail(now: Millis, failure: MjpegFailure): void {
		if (this.since >= 0 && now - this.since >= STEADY) this.pause = 0;
		this.drop();
		this.pause = cameraPause(this.pause, isLastingMjpeg(failure), this.options.pause);
		this.wait(this.pause, now);
		this.sink.failed(now, failure);
	}

	private drop(): void {
		this.lookup?.cancel();
		this.lookup = undefined;
		this.attempt?.leave();
		this.attempt = undefined;
		this.reader.reset();
		this.since = -1;
	}

	private wait(pause: Millis, now = this.host.pump.now()): void {
		this.deadline = now + pause;
		this.handle.called();
	}
}
