import type { ClientLogin } from "../../access/client-login";
import type { Outlet } from "../../core/machine";
import type { EndReason, StreamMachine, StreamOutbox } from "../../core/stream";
import type { Millis } from "../../core/time";
import { Timers } from "../../core/timers";
import { listOf } from "../../wire/rtsp-lists";
import { baseUrlOf, parseSourceUrl } from "../../wire/rtsp-source-url";
import type { RtspUrl } from "../../wire/rtsp-url";
import { parseSdp } from "../../wire/sdp";
import { fieldOf, type TextMessage } from "../../wire/text-message";
import type { Framing } from "../packets/packet-burst";
import { InterleavedReports } from "../reports/interleaved-reports";
import type { RtcpOutbox } from "../reports/rtcp-session";
import type { ClientPorts } from "./client-ports";
import type { MediaReceiver } from "./media-receiver";
import type { ParameterRequest } from "./parameter-request";
import type { RtspTrack } from "./rtp-sink";
import { LINGER, type RtspClientEvent, SILENCE, STEP_LIMIT, UDP_PATIENCE } from "./rtsp-client-event";
import { RtspClientReader, type RtspReaderSink } from "./rtsp-client-reader";
import { type RtspSetup, readSetup, transportFor } from "./rtsp-client-setup";
import { RtspDialog } from "./rtsp-dialog";
import type { RtspFailure } from "./rtsp-failure";
import { chooseTrack } from "./rtsp-track";
import { RtspUpkeep } from "./rtsp-upkeep";

/** What the client is doing; numbers, as XS copies a string each time it is compared. */
const CONNECTING = 0;
const OPTIONS = 1;
const DESCRIBE = 2;
const SETUP = 3;
const PLAY = 4;
const PLAYING = 5;
const OVER = 6;

/** Slots of the timers. */
const STEP = 0;
const ALIVE = 1;
const QUIET = 2;
const DROP = 3;

/**
 * Plays one video of an RTSP server over one connection: OPTIONS, DESCRIBE, SETUP, PLAY, keep-alive, TEARDOWN.
 *
 * The owner opens the connection to the URL's server and attaches this machine. Packets go to the {@link MediaReceiver}. It asks
 * for the preferred transport first and for the other one if the server refuses (461). After the event `over` nothing is to be
 * done but to wait until the connection is gone. Malformed messages never throw.
 * @see RFC 2326
 */
export class RtspClient implements StreamMachine, RtspReaderSink {
	/** Whether the connection has been open. */
	wasOpen = false;
	private step = CONNECTING;
	private readonly timers = new Timers(4);
	private readonly reader = new RtspClientReader();
	private readonly dialog: RtspDialog;
	private out: StreamOutbox | undefined;
	private readonly upkeep: RtspUpkeep;
	/** What control URLs are relative to: the URL of the presentation. */
	private base: RtspUrl;
	private track: RtspTrack | undefined;
	private pair: ClientPorts | undefined;
	private setup: RtspSetup | undefined;
	private reports: RtcpOutbox | undefined;
	private hasSwitched = false;
	/** How PLAY was asked for again: 1 without a range, 2 for the track alone. */
	private plays = 0;

	/**
	 * @param framing the transport to ask for first
	 * @param outlet gets the events
	 * @param fields names and values that each request has besides its own
	 */
	constructor(
		now: Millis,
		private readonly url: RtspUrl,
		private framing: Framing,
		login: ClientLogin,
		private readonly media: MediaReceiver,
		private readonly outlet: Outlet<RtspClientEvent>,
		fields: readonly string[] = [],
	) {
		this.base = url;
		this.dialog = new RtspDialog(login, fields);
		this.upkeep = new RtspUpkeep(this.dialog, outlet);
		this.timers.set(STEP, now + STEP_LIMIT);
	}

	get deadline(): Millis {
		return this.step === OVER ? this.timers.deadline : Math.min(this.timers.deadline, this.media.deadline);
	}

	room(now: Millis, out: StreamOutbox): void {
		this.out = out;
		this.wasOpen = true;
		if (this.step === OVER) out.abort();
		if (this.step !== CONNECTING) return;
		this.step = OPTIONS;
		this.ask(now, "OPTIONS", this.url);
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		if (this.step === OVER) return;
		if (!this.reader.feed(now, bytes, this)) this.fail(now, { kind: "malformed" });
	}

	ended(now: Millis, why: EndReason): void {
		if (why !== "closed") this.out = undefined;
		this.fail(now, { kind: "connection", why });
	}

	expire(now: Millis): void {
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
			if (slot === DROP) this.out?.abort();
			else if (slot === ALIVE) this.keepAlive(now);
			else if (slot === QUIET) this.checkPackets(now);
			else if (this.step === PLAYING) this.upkeep.missed();
			else if (this.step === SETUP && this.dialog.waiting === "") this.ports(now, undefined);
			else this.fail(now, { kind: "silent", method: this.dialog.waiting, limit: STEP_LIMIT });
		}
		if (this.reports !== undefined && this.step !== OVER && this.media.deadline <= now)
			this.media.expire(now, this.reports);
	}

	/** Gives the UDP ports that were asked for; `undefined`: there are none, so TCP is tried. */
	ports(now: Millis, pair: ClientPorts | undefined): void {
		if (this.step !== SETUP || this.dialog.waiting !== "") return;
		this.pair = pair;
		if (pair === undefined) this.switch(now);
		else this.setUp(now);
	}

	/** Takes a datagram from the server. @returns whether it is part of the video */
	datagram(now: Millis, isReport: boolean, bytes: Uint8Array, start: number, end: number): boolean {
		if (this.setup?.framing !== "udp" || this.step === OVER) return false;
		if (!isReport) return this.media.rtp(now, bytes, start, end);
		this.report(now, bytes, start, end);
		return false;
	}

	/** Sends a request SET_PARAMETER as soon as no other one waits for its answer; one at a time, while the video plays. */
	set(now: Millis, request: ParameterRequest): void {
		if (this.step === PLAYING && this.upkeep.take(request)) this.upkeepOnce(now, false);
		else this.outlet.emit({ kind: "set", request, answer: undefined });
	}

	/** Ends the session, and the connection. */
	leave(now: Millis): void {
		this.finish(now, { kind: "over" });
	}

	/** @see RtspReaderSink */
	block(now: Millis, channel: number, bytes: Uint8Array, start: number, end: number): void {
		const { setup } = this;
		if (setup?.framing !== "tcp" || this.step === OVER) return;
		if (channel === setup.channels.rtp) this.media.rtp(now, bytes, start, end);
		else if (channel === setup.channels.rtcp) this.report(now, bytes, start, end);
	}

	/** @see RtspReaderSink */
	message(now: Millis, message: TextMessage): void {
		if (this.step === OVER) return;
		const { status } = message;
		if (status === 0) return this.requested(now, message);
		if (status < 200 || this.dialog.waiting === "") return;
		this.timers.clear(STEP);
		if (status === 401) return this.refused(now, message);
		const { isSetting } = this.upkeep;
		const method = this.dialog.answered(status);
		if (!isSetting && status >= 300 && status < 400) return this.redirect(now, fieldOf(message, "location") ?? "");
		switch (this.step) {
			case OPTIONS:
				if (listOf(message, "public")?.includes("GET_PARAMETER")) this.upkeep.usesParameters();
				return this.describe(now);
			case DESCRIBE:
				return status < 300 ? this.described(now, message) : this.fail(now, { kind: "status", method, status });
			case SETUP:
				return this.setUpAnswered(now, message);
			case PLAY:
				return this.playAnswered(now, status);
			default:
				if (status === 454) this.fail(now, { kind: "status", method, status });
				else this.upkeep.answered(method, message);
				this.upkeepOnce(now, false);
		}
	}

	/** Logs in, if the challenge can be answered. */
	private refused(now: Millis, message: TextMessage): void {
		const { out, dialog } = this;
		if (out === undefined) return;
		const { isSetting } = this.upkeep;
		const why = dialog.challenged(out, message);
		if (why === "retry") this.timers.set(STEP, now + STEP_LIMIT);
		else if (isSetting) this.upkeep.told(message);
		// Some servers want a login for OPTIONS and offer none.
		else if (this.step === OPTIONS && why === "unsupported") this.describe(now);
		else this.fail(now, { kind: "login", why });
	}

	private describe(now: Millis): void {
		this.step = DESCRIBE;
		this.ask(now, "DESCRIBE", this.url, "Accept", "application/sdp");
	}

	private described(now: Millis, message: TextMessage): void {
		const session = parseSdp(message.body);
		if (session === undefined) return this.fail(now, { kind: "description" });
		const bases = [session.control, fieldOf(message, "content-base") ?? "", fieldOf(message, "content-location") ?? ""];
		this.base = baseUrlOf(this.url, bases);
		const track = chooseTrack(session, this.base);
		if ("url" in track) {
			this.track = { ...track, answer: message };
			this.step = SETUP;
			this.setUp(now);
		} else this.fail(now, track.length === 0 ? { kind: "description" } : { kind: "codec", codecs: track });
	}

	private setUp(now: Millis): void {
		const { track, framing, pair } = this;
		if (track === undefined) return;
		if (framing === "udp" && pair === undefined) {
			this.timers.set(STEP, now + STEP_LIMIT);
			return this.outlet.emit({ kind: "ports" });
		}
		this.ask(now, "SETUP", track.url, "Transport", transportFor(framing, pair));
	}

	/** Tries the other transport. */
	private switch(now: Millis): void {
		if (this.hasSwitched) return this.fail(now, { kind: "transport" });
		this.hasSwitched = true;
		this.framing = this.framing === "tcp" ? "udp" : "tcp";
		this.setUp(now);
	}

	private setUpAnswered(now: Millis, message: TextMessage): void {
		const { status } = message;
		if (status === 461) return this.switch(now);
		if (status >= 300) return this.fail(now, { kind: "status", method: "SETUP", status });
		const setup = readSetup(message, this.framing);
		const { pair, out, track } = this;
		const lacksPorts = setup?.framing === "udp" && pair === undefined;
		if (setup === undefined || track === undefined || out === undefined || lacksPorts)
			return this.fail(now, { kind: "transport" });
		this.setup = setup;
		this.framing = setup.framing;
		this.dialog.session = setup.session;
		if (setup.framing === "udp") pair?.aim(setup.source, setup.rtpPort, setup.rtcpPort);
		this.reports = setup.framing === "udp" ? pair : new InterleavedReports(out, setup.channels.rtcp);
		this.media.begin(now, track, setup.framing === "udp");
		this.openWay(now);
		this.step = PLAY;
		this.ask(now, "PLAY", this.base, "Range", "npt=0.000-");
	}

	/** Sends a packet to each port of the server, so that a NAT or a firewall on our side lets the answers in. */
	private openWay(now: Millis): void {
		const { pair, setup } = this;
		if (setup?.framing !== "udp" || pair === undefined) return;
		const { rtp, rtcp } = this.media.openers(now);
		pair.sendRtp(rtp, 0, rtp.length);
		pair.sendReport(rtcp, 0, rtcp.length);
	}

	private playAnswered(now: Millis, status: number): void {
		if (status >= 300) return this.playAgain(now, status);
		this.step = PLAYING;
		this.openWay(now);
		this.timers.set(ALIVE, now + (this.setup?.alivePeriod ?? Infinity));
		this.timers.set(QUIET, now + (this.framing === "udp" ? UDP_PATIENCE : SILENCE));
		this.outlet.emit({ kind: "playing", framing: this.framing });
	}

	/** Without a range; then the track alone, where there is no aggregate control. */
	private playAgain(now: Millis, status: number): void {
		const isFinal = this.plays === 2 || status === 453 || status === 454;
		if (isFinal) return this.fail(now, { kind: "status", method: "PLAY", status });
		this.plays = this.plays === 0 && status === 457 ? 1 : 2;
		if (this.plays === 2) this.base = this.track?.url ?? this.base;
		this.ask(now, "PLAY", this.base);
	}

	private keepAlive(now: Millis): void {
		this.timers.set(ALIVE, now + (this.setup?.alivePeriod ?? Infinity));
		this.upkeepOnce(now, true);
	}

	/** Sends what is to be set, or a sign of life. */
	private upkeepOnce(now: Millis, isForLife: boolean): void {
		const isSent = this.upkeep.send(this.out, this.base, isForLife);
		if (isSent === true) this.timers.set(STEP, now + STEP_LIMIT);
		else if (isSent === false) this.fail(now, { kind: "connection", why: "timeout" });
	}

	private checkPackets(now: Millis): void {
		const { lastAt, packets, refused } = this.media;
		if (packets > 0 && now - lastAt < SILENCE) this.timers.set(QUIET, lastAt + SILENCE);
		else {
			const limit = packets === 0 && this.framing === "udp" ? UDP_PATIENCE : SILENCE;
			this.fail(now, { kind: "no-packet", limit, refused });
		}
	}

	private report(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		const { goodbyes } = this.media;
		this.media.rtcp(now, bytes, start, end);
		if (this.media.goodbyes > goodbyes) this.fail(now, { kind: "goodbye" });
	}

	/** Answers a request of the server. */
	private requested(now: Millis, message: TextMessage): void {
		const { method } = message;
		if (this.out !== undefined) this.dialog.respond(this.out, message);
		if (method === "TEARDOWN") this.fail(now, { kind: "goodbye" });
		else if (method === "REDIRECT") this.redirect(now, fieldOf(message, "location") ?? "");
	}

	private redirect(now: Millis, location: string): void {
		const url = location[0] === "/" ? baseUrlOf(this.url, [location]) : parseSourceUrl(location);
		if (url === undefined) this.fail(now, { kind: "redirect", why: "bad" });
		else if (this.url.secure && !url.secure) this.fail(now, { kind: "redirect", why: "insecure" });
		else this.finish(now, { kind: "over", redirect: url });
	}

	/** Sends a request. @param fields names and values */
	private ask(now: Millis, method: string, url: RtspUrl, ...fields: string[]): void {
		this.timers.set(STEP, now + STEP_LIMIT);
		const isSent = this.out !== undefined && this.dialog.ask(this.out, method, url, fields);
		if (!isSent) this.fail(now, { kind: "connection", why: "timeout" });
	}

	private fail(now: Millis, failure: RtspFailure): void {
		this.finish(now, { kind: "over", failure });
	}

	private finish(now: Millis, event: RtspClientEvent): void {
		if (this.step === OVER) return;
		this.step = OVER;
		this.upkeep.told(undefined);
		this.timers.clearAll();
		const { out, reports } = this;
		if (out !== undefined) {
			if (reports !== undefined) this.media.end(now, reports);
			if (this.dialog.session !== "") this.dialog.tell(out, "TEARDOWN", this.base);
			out.end();
			this.timers.set(DROP, now + LINGER);
		}
		this.outlet.emit(event);
	}
}
