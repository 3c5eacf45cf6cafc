import { streamSessionOf } from "../../access/role";
import { readU32 } from "../../base/byte-writer";
import { toHex } from "../../base/hex";
import { latin1, utf8Encode } from "../../base/text";
import type { Millis } from "../../core/time";
import { listOf } from "../../wire/rtsp-lists";
import { formatRtpInfo } from "../../wire/rtsp-rtp-info";
import { parseSession } from "../../wire/rtsp-session";
import type { Headers } from "../../wire/text-message";
import type { ContentDescription, StoredRange } from "../content";
import { RtspRefusal } from "../rtsp-refusal";
import type { PlayAnswer, StreamAnswer, StreamTransport } from "../stream-transport";
import type { ParameterTaker } from "./parameter-taker";
import type { RtspExchange } from "./rtsp-exchange";
import type { RtspGate } from "./rtsp-gate";
import { acceptsSdp, parameterNames } from "./rtsp-parameters";
import { type PlayRequest, playFields, playRangeOf, readPlayRequest } from "./rtsp-play";
import { describeContent } from "./rtsp-presentation";
import { OVER, PLAYING, READY, RtspSession, SETTING_UP } from "./rtsp-session";
import { answerTransport, chooseTransport } from "./rtsp-setup";
import { parseRtspTarget, type RtspTarget, TRACK } from "./rtsp-target";

/** Octets of a session's identifier. */
const ID_OCTETS = 16;
const PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER";

const BAD_TARGET = new RtspRefusal(400, "the URL cannot be read");
const NO_SESSION = new RtspRefusal(454, "");
const CROWDED = new RtspRefusal(453, "too many viewers, try again later");
const BUSY = new RtspRefusal(455, "another request of the session is being answered");
const NOT_PLAYING = new RtspRefusal(455, "the session does not play");
const IS_PLAYING = new RtspRefusal(455, "the session plays: end it, or begin another");
const OTHER_CONTENT = new RtspRefusal(404, "the session is for another content");
const ONE_STREAM = new RtspRefusal(459, "a session has one stream: begin another session");
const NO_TRACK = new RtspRefusal(459, "DESCRIBE needs the URL of the content, not of its track");
const NOT_SDP = new RtspRefusal(406, "contents are described by application/sdp");
const NOT_PARAMETERS = new RtspRefusal(415, "parameters are text/parameters");

/** What {@link RtspControl} needs from its server. */
export interface RtspControlHost {
	/** Unpredictable octets. */
	readonly random: { fill(bytes: Uint8Array): void };
	/** Takes SET_PARAMETER before {@link RtspControl} does. @default nobody */
	readonly taker: ParameterTaker | undefined;
	/** Whether an address may have one more session. */
	hasRoom(address: string, owner: boolean): boolean;
	/** A session has begun; it is not set up yet. */
	began(session: RtspSession): void;
	find(id: string, address: string): RtspSession | undefined;
	/** Ends a session, and its stream if it has one. Harmless for one that is over. */
	end(now: Millis, session: RtspSession, reason: string): void;
	/** A request was admitted. @returns false when its connection may not stay */
	admitted(exchange: RtspExchange): boolean;
	/** @see SessionOwner.streamEnded */
	streamEnded(now: Millis, session: RtspSession, reason: string): void;
	/** @see SessionOwner.dismiss */
	dismiss(now: Millis, session: RtspSession, reason: string): void;
	/** A session begins to play. */
	plays(session: RtspSession): void;
	/** @see RtspServerHost.targetOf */
	targetOf(exchange: RtspExchange, target: RtspTarget): RtspTarget;
	/** @see RtspServerHost.describedBy */
	describedBy(content: string): Headers;
	/** @see RtspServerHost.detourOf */
	detourOf(exchange: RtspExchange, target: RtspTarget, isCrowded: boolean): string;
}

/**
 * Carries out the requests of RTSP clients (STR-1, STR-3).
 *
 * Strangers learn nothing but the methods; everything else needs a login first, so that they cannot probe for contents.
 * @see RFC 2326 §10
 */
export class RtspControl {
	/** Identifies this start of the server in session descriptions. */
	private readonly origin: string;

	constructor(
		private readonly transport: StreamTransport,
		private readonly gate: RtspGate,
		private readonly host: RtspControlHost,
	) {
		const octets = new Uint8Array(4);
		host.random.fill(octets);
		this.origin = `${readU32(octets, 0)}`;
	}

	/** Answers a request, in this call or later. */
	handle(now: Millis, exchange: RtspExchange): void {
		const { method, message } = exchange;
		const isWhole = message.target === "*";
		const named = isWhole ? undefined : parseRtspTarget(message.target);
		const target = named && this.host.targetOf(exchange, named);
		exchange.content = target?.content ?? "";
		switch (method) {
			case "OPTIONS":
				if (this.supports(now, exchange) && this.bind(now, exchange)) exchange.answer(now, 200, [["Public", PUBLIC]]);
				return;
			case "DESCRIBE":
			case "SETUP":
			case "PLAY":
			case "PAUSE":
			case "TEARDOWN":
			case "GET_PARAMETER":
			case "SET_PARAMETER":
				break;
			default:
				exchange.answer(now, 501, [["Public", PUBLIC]]);
				return;
		}
		if (method === "SET_PARAMETER" && this.isTaken(now, exchange)) return;
		if (!this.gate.admit(now, exchange, target)) return;
		const hasRoom = this.host.admitted(exchange);
		if (method === "DESCRIBE" && target !== undefined) {
			const url = this.host.detourOf(exchange, target, !hasRoom);
			if (url !== "") return void exchange.answer(now, 302, [["Location", url]]);
		}
		if (!hasRoom) {
			exchange.refuse(now, new RtspRefusal(503, "too many connections"), [["Retry-After", "10"]]);
			return;
		}
		if (!this.supports(now, exchange)) return;
		if (method === "GET_PARAMETER" || method === "SET_PARAMETER") this.parameters(now, exchange);
		else if (isWhole) exchange.answer(now, 405, [["Allow", "OPTIONS, GET_PARAMETER, SET_PARAMETER"]]);
		else if (target === undefined) exchange.refuse(now, BAD_TARGET);
		else if (method === "DESCRIBE") this.describe(now, exchange, target);
		else if (method === "SETUP") this.setup(now, exchange, target);
		else this.control(now, exchange, target);
	}

	/** Whether somebody else takes the request and answers it. */
	private isTaken(now: Millis, exchange: RtspExchange): boolean {
		const { taker } = this.host;
		if (taker === undefined) return false;
		return taker.take(now, exchange.carrier.remoteAddress, exchange.message, (at, status, why) => {
			if (status === 200) exchange.answer(at, 200, [[taker.answerField, why]]);
			else exchange.refuse(at, new RtspRefusal(status, why));
		});
	}

	/** Answers 551 to a request that requires what is not supported: here nothing is. @see RFC 2326 §12.32 */
	private supports(now: Millis, exchange: RtspExchange): boolean {
		const needed = listOf(exchange.message, "require");
		const ofProxies = listOf(exchange.message, "proxy-require");
		if (needed === undefined || ofProxies === undefined) {
			exchange.refuse(now, new RtspRefusal(400, "Require cannot be read"));
			return false;
		}
		if (needed.length + ofProxies.length === 0) return true;
		exchange.answer(now, 551, [["Unsupported", needed.concat(ofProxies).join(", ")]]);
		return false;
	}

	/**
	 * Finds the session that a request names, for its client a sign of life.
	 * @returns false when it was answered, as there is no such session; true also without a session
	 */
	private bind(now: Millis, exchange: RtspExchange): boolean {
		const field = exchange.field("session");
		if (field === undefined) return true;
		const named = parseSession(field);
		const session = named === undefined ? undefined : this.host.find(named.id, exchange.carrier.remoteAddress);
		if (session === undefined) {
			exchange.refuse(now, NO_SESSION);
			return false;
		}
		session.alive(now);
		if (session.request.framing === "udp") session.carriedBy(now, exchange.carrier);
		exchange.session = session;
		return true;
	}

	private describe(now: Millis, exchange: RtspExchange, target: RtspTarget): void {
		if (target.isTrack) return void exchange.refuse(now, NO_TRACK);
		if (!acceptsSdp(exchange.field("accept"))) return void exchange.refuse(now, NOT_SDP);
		this.transport.describe(now, target.content, (at, answer) => {
			if (answer instanceof RtspRefusal) exchange.refuse(at, answer);
			else this.described(at, exchange, target, answer);
		});
	}

	private described(
		now: Millis,
		exchange: RtspExchange,
		{ base, host }: RtspTarget,
		content: ContentDescription,
	): void {
		const fields: (readonly [string, string])[] = [["Content-Type", "application/sdp"]];
		if (base !== "") fields.push(["Content-Base", `${base}/`]);
		for (const field of this.host.describedBy(content.id)) fields.push(field);
		const version = Math.floor(now / 1000) + 1;
		exchange.answer(now, 200, fields, describeContent(this.origin, version, host, content));
	}

	private setup(now: Millis, exchange: RtspExchange, target: RtspTarget): void {
		if (!this.bind(now, exchange)) return;
		const { carrier, session: known } = exchange;
		if (known !== undefined) {
			const refusal = againstSetup(known, target);
			if (refusal !== undefined) return void exchange.refuse(now, refusal);
		}
		const chosen = chooseTransport(exchange.field("transport"), carrier, known?.carrier === carrier);
		if (chosen instanceof RtspRefusal) return void exchange.refuse(now, chosen);
		if (known !== undefined) {
			// The new transport replaces the one that was set up, whose ports are free then.
			this.host.end(now, known, "set up again");
			exchange.session = undefined;
		}
		const owner = exchange.admission?.role === "owner";
		if (!this.host.hasRoom(carrier.remoteAddress, owner)) return void exchange.refuse(now, CROWDED);
		const { framing = "udp", clientPort = { rtp: 0, rtcp: 0 } } = chosen;
		const { base, content } = target;
		const url = base === "" ? "" : target.isTrack ? `${base}/${TRACK}` : base;
		const login = exchange.admission === undefined ? "" : streamSessionOf(exchange.admission);
		const request = { content, url, framing, address: carrier.remoteAddress, login };
		const id = known?.id ?? this.draw();
		const session = new RtspSession(this.host, id, request, now);
		this.host.began(session);
		session.carriedBy(now, carrier);
		const answered = (at: Millis, answer: StreamAnswer | RtspRefusal): void => {
			if (answer instanceof RtspRefusal) {
				this.host.end(at, session, "not set up");
				exchange.refuse(at, answer);
				return;
			}
			session.stream = answer.stream;
			if (session.state === OVER) {
				// The client has left meanwhile.
				this.transport.teardown(at, answer.stream);
				return;
			}
			session.isBusy = false;
			session.state = READY;
			exchange.session = session;
			if (!exchange.answer(at, 200, [["Transport", answerTransport(chosen, answer)]]))
				this.host.end(at, session, "the answer came too late");
		};
		this.transport.setup(
			now,
			{
				control: id,
				content,
				client: carrier.remoteAddress,
				local: carrier.localAddress,
				owner,
				admission: exchange.admission,
				rate: target.rate,
				path:
					framing === "tcp"
						? { framing, out: carrier.out, channel: 0 }
						: { framing, rtpPort: clientPort.rtp, rtcpPort: clientPort.rtcp },
				listener: session,
			},
			answered,
		);
	}

	/** PLAY, PAUSE and TEARDOWN, of a session's one track or of the whole: both are the same here. */
	private control(now: Millis, exchange: RtspExchange, target: RtspTarget): void {
		if (!this.bind(now, exchange)) return;
		const { session, method } = exchange;
		if (session === undefined) return void exchange.refuse(now, NO_SESSION);
		if (method === "TEARDOWN") {
			exchange.session = undefined;
			this.host.end(now, session, "TEARDOWN");
			exchange.answer(now, 200);
		} else if (target.content !== session.request.content) exchange.refuse(now, OTHER_CONTENT);
		else if (session.isBusy) exchange.refuse(now, BUSY);
		else if (method === "PLAY") this.play(now, exchange, session);
		else if (session.state !== PLAYING) exchange.refuse(now, NOT_PLAYING);
		else if (this.transport.pause(now, session.stream)) {
			session.state = READY;
			exchange.answer(now, 200);
		} else this.lost(now, exchange, session);
	}

	private play(now: Millis, exchange: RtspExchange, session: RtspSession): void {
		const asked = readPlayRequest(exchange.field("range"), exchange.field("scale"), exchange.field("speed"));
		if (asked instanceof RtspRefusal) return void exchange.refuse(now, asked);
		session.isBusy = true;
		if (asked.range?.unit !== "clock") return this.start(now, exchange, session, asked, undefined);
		// Only absolute times need to know when the content begins.
		this.transport.describe(now, session.request.content, (at, answer) => {
			if (answer instanceof RtspRefusal) {
				session.isBusy = false;
				exchange.refuse(at, answer);
			} else this.start(at, exchange, session, asked, answer.range);
		});
	}

	private start(
		now: Millis,
		exchange: RtspExchange,
		session: RtspSession,
		asked: PlayRequest,
		stored: StoredRange | undefined,
	): void {
		const range = playRangeOf(asked, stored);
		if (range instanceof RtspRefusal || session.state === OVER) {
			session.isBusy = false;
			exchange.refuse(now, range instanceof RtspRefusal ? range : NO_SESSION);
			return;
		}
		this.transport.play(now, session.stream, range, (at, answer) => {
			session.isBusy = false;
			if (answer instanceof RtspRefusal) {
				if (answer.status === 454) this.lost(at, exchange, session);
				else exchange.refuse(at, answer);
				return;
			}
			if (session.state !== OVER) {
				if (session.state !== PLAYING) this.host.plays(session);
				session.state = PLAYING;
			}
			const fields = playFields(asked, answer.range, stored?.utc);
			const info = rtpInfoOf(session, answer);
			if (info !== "") fields.push(["RTP-Info", info]);
			exchange.answer(at, 200, fields);
		});
	}

	/** The stream of a session is gone. */
	private lost(now: Millis, exchange: RtspExchange, session: RtspSession): void {
		exchange.session = undefined;
		this.host.end(now, session, "the stream is gone");
		exchange.refuse(now, NO_SESSION);
	}

	/** Without a body a sign of life; there are no parameters. @see RFC 2326 §10.8, §10.9 */
	private parameters(now: Millis, exchange: RtspExchange): void {
		if (!this.bind(now, exchange)) return;
		const { body } = exchange.message;
		if (body.length === 0) return void exchange.answer(now, 200);
		const type = (exchange.field("content-type") ?? "text/parameters").toLowerCase();
		if (!type.startsWith("text/parameters")) return void exchange.refuse(now, NOT_PARAMETERS);
		const names = utf8Encode(parameterNames(latin1(body)));
		exchange.answer(now, 451, [["Content-Type", "text/parameters"]], names);
	}

	private draw(): string {
		const octets = new Uint8Array(ID_OCTETS);
		this.host.random.fill(octets);
		return toHex(octets);
	}
}

/** Why a session can't be set up again. */
function againstSetup(session: RtspSession, target: RtspTarget): RtspRefusal | undefined {
	if (target.content !== session.request.content) return ONE_STREAM;
	if (session.isBusy || session.state === SETTING_UP) return BUSY;
	return session.state === PLAYING ? IS_PLAYING : undefined;
}

function rtpInfoOf({ request }: RtspSession, { sequence, timestamp }: PlayAnswer): string {
	if (sequence === undefined) return "";
	return formatRtpInfo({ url: request.url === "" ? TRACK : request.url, sequence, timestamp });
}
