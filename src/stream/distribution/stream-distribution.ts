import type { Machine } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Uplink } from "../../media/uplink";
import type { FanOutGroup } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { ContentDescription, PlayRange } from "../content";
import type { MediaPath, MediaPaths } from "../media-path";
import type { BandwidthManager } from "../reports/bandwidth-manager";
import { type RtcpContext, RtcpSession } from "../reports/rtcp-session";
import { RtspRefusal } from "../rtsp-refusal";
import type { StreamTable } from "../stream-table";
import type {
	Answered,
	DatagramPath,
	PlayAnswer,
	StreamAnswer,
	StreamRequest,
	StreamTransport,
} from "../stream-transport";
import type { UdpReachability } from "../units/udp-reachability";
import { STOPPING } from "./pending-descriptions";
import type { ContentHost, PlayableContent } from "./playable-content";
import { RtpOrigin } from "./rtp-origin";
import type { KeeperOwner, SessionKeeper, StreamTotals } from "./session-keeper";
import { OVER, PLAYING, type SessionOwner, StreamSession } from "./stream-session";

/** How many streams there may be. */
export interface StreamLimits {
	/** At a time; an eighth is kept for owners. */
	readonly streams: number;
	/** Of one client address; a quarter is kept for owners, who may share the address with viewers. */
	readonly streamsPerClient: number;
}

/** What the distribution needs of the machine and of the camera. */
export interface DistributionHost {
	readonly random: Random;
	readonly paths: MediaPaths;
	readonly rtcp: RtcpContext;
	readonly reachability: UdpReachability;
	/** What viewers from the Internet share; `undefined`: no limit. */
	readonly uplink: Uplink | undefined;
	now(): Millis;
	/** Whether a client is on the Internet. */
	isFar(client: string): boolean;
	fanOut(): FanOutGroup;
	/** {@link StreamDistribution.deadline} may have changed outside of `expire`. */
	rearm(): void;
}

const NO_CONTENT = new RtspRefusal(404, "there is no such content");
const NO_H264 = new RtspRefusal(404, "this camera has no H.264: play /live, or see --h264");
const NO_STREAM = new RtspRefusal(454, "there is no such stream");
const FULL = new RtspRefusal(453, "the camera has as many streams as it may have");
const CLIENT_FULL = new RtspRefusal(453, "this client has as many streams as it may have");
const ENDED = new RtspRefusal(454, "the stream has ended");

/**
 * Distributes stream data: knows the contents and the streams of all clients, and starts and ends them as control asks (STR-2).
 *
 * Contents send the pictures, each once for all its streams; the {@link SessionKeeper} looks after the streams. A machine without
 * an outbox: a caller outside of {@link expire} has its deadline read again by {@link DistributionHost.rearm}.
 */
export class StreamDistribution implements StreamTransport, ContentHost, SessionOwner, KeeperOwner, Machine<undefined> {
	readonly origin: RtpOrigin;
	readonly solo: FanOutGroup;
	/** In the order in which they are looked for; `StreamSession.place` counts so. */
	private readonly contents: PlayableContent[] = [];
	private last = 0;
	private isClosed = false;

	constructor(
		private readonly host: DistributionHost,
		private readonly limits: StreamLimits,
		private readonly keeper: SessionKeeper,
	) {
		this.origin = new RtpOrigin(host.random, (ssrc) => keeper.hasSource(ssrc));
		this.solo = host.fanOut();
	}

	/** All streams, those that are being set up included. */
	get table(): StreamTable<StreamSession> {
		return this.keeper.table;
	}

	/** How many of them play. */
	get playing(): number {
		return this.keeper.playing;
	}

	/** How many there are. */
	get streams(): number {
		return this.keeper.size;
	}

	/** What all have sent, those included that have ended. */
	get totals(): StreamTotals {
		return this.keeper.totals;
	}

	/** What a stream has sent; `undefined`: there is no such stream. */
	report(stream: number): StreamTotals | undefined {
		return this.table.get(stream);
	}

	get deadline(): Millis {
		let earliest = this.keeper.deadline;
		for (let i = 0; i < this.contents.length; i++) earliest = Math.min(earliest, this.contents[i].deadline);
		return earliest;
	}

	expire(now: Millis): void {
		const { contents } = this;
		for (let i = 0; i < contents.length; i++) if (contents[i].deadline <= now) contents[i].expire(now);
		this.keeper.expire(now, this);
	}

	/** Adds a content; to be called before the first request. */
	add(content: PlayableContent): void {
		this.contents.push(content);
	}

	/** Ends all streams and takes no more: the camera leaves. */
	close(now: Millis): void {
		this.isClosed = true;
		for (let first = this.keeper.first; first !== undefined; first = this.keeper.first) {
			this.fail(now, first, "the camera is stopping");
		}
		for (const content of this.contents) content.close(now);
		this.host.rearm();
	}

	describe(now: Millis, content: string, answered: Answered<ContentDescription>): void {
		const place = this.find(content);
		if (this.isClosed) answered(now, STOPPING);
		else if (place < 0) answered(now, content === "h264" ? NO_H264 : NO_CONTENT);
		else this.contents[place].describe(now, content, answered);
		this.host.rearm();
	}

	setup(now: Millis, request: StreamRequest, answered: Answered<StreamAnswer>): void {
		const { client, path } = request;
		const place = this.find(request.content);
		const refusal = place < 0 ? NO_CONTENT : this.refusal(now, request);
		if (refusal !== undefined) return answered(now, refusal);
		const { host } = this;
		const { ssrc, sequence } = this.origin.draw();
		const interval = request.rate > 0 ? 1000 / request.rate : 0;
		const uplink = host.isFar(client) ? host.uplink : undefined;
		const session = new StreamSession(this, ++this.last, place, request, ssrc, sequence, interval, uplink);
		this.keeper.add(session);
		if (path.framing === "tcp") this.enter(now, session, answered);
		else this.open(now, session, request, path, answered);
	}

	play(now: Millis, stream: number, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void {
		const session = this.table.get(stream);
		if (session === undefined || session.rtcp === undefined) return answered(now, NO_STREAM);
		this.contents[session.place].play(now, session, range, (at, answer) => {
			if (session.state === PLAYING && session.playingSince === Infinity) this.keeper.began(at, session);
			answered(at, answer);
			this.host.rearm();
		});
		this.host.rearm();
	}

	pause(now: Millis, stream: number): boolean {
		const session = this.table.get(stream);
		if (session === undefined) return false;
		this.contents[session.place].pause(now, session);
		this.keeper.paused(session);
		this.host.rearm();
		return true;
	}

	teardown(now: Millis, stream: number): void {
		const session = this.table.get(stream);
		if (session !== undefined) this.end(now, session);
	}

	interleaved(now: Millis, stream: number, rtcp: boolean, bytes: Uint8Array, start: number, end: number): void {
		// Clients have no reason to send RTP; live555 does it to open ways through NATs.
		if (rtcp) this.table.get(stream)?.report(now, bytes, start, end);
	}

	room(now: Millis, stream: number): void {
		const session = this.table.get(stream);
		if (session === undefined) return;
		this.contents[session.place].room(now, session);
	}

	/** @see SessionOwner */
	reported(now: Millis, session: StreamSession, bytes: Uint8Array, start: number, end: number): void {
		const { rtcp, listener, stream } = session;
		if (rtcp === undefined || session.state === OVER) return;
		const arrival = rtcp.receive(now, bytes, start, end);
		if (arrival === "malformed") return;
		if (arrival === "goodbye") return this.fail(now, session, "the client said goodbye");
		listener.streamAlive(now, stream);
		if (arrival !== "report") return;
		this.host.reachability.reached(session.client);
		// From the first report on it needs managing.
		if (session.bandwidth === undefined) {
			session.bandwidth = this.newManager(session);
			session.bandwidth.tick(now, session.delivered, session.missed);
		}
		session.bandwidth.reported(now, rtcp);
		this.paced(session);
	}

	/** @see SessionOwner */
	timestampAt(now: Millis, session: StreamSession): number {
		return this.contents[session.place].timestampAt(now, session);
	}

	/** @see KeeperOwner */
	rateOf(session: StreamSession): number {
		return this.contents[session.place].perSecond;
	}

	/** @see KeeperOwner */
	newManager(session: StreamSession): BandwidthManager {
		return this.contents[session.place].newManager(session);
	}

	/** @see KeeperOwner */
	followsQuality(session: StreamSession): boolean {
		return this.contents[session.place].followsQuality;
	}

	/** @see KeeperOwner */
	paced(session: StreamSession): void {
		this.contents[session.place].paced(session);
	}

	/** @see ContentHost */
	now(): Millis {
		return this.host.now();
	}

	/** @see ContentHost */
	newGroup(): FanOutGroup {
		return this.host.fanOut();
	}

	/** @see ContentHost */
	rearm(): void {
		this.host.rearm();
	}

	/** @see ContentHost */
	fail(now: Millis, session: StreamSession, reason: string): void {
		if (session.state === OVER) return;
		const { listener, stream, rtcp } = session;
		session.fault = reason;
		this.end(now, session);
		// A stream that was never answered is not known to control.
		if (rtcp !== undefined) listener.streamEnded(now, stream, reason);
	}

	private find(content: string): number {
		const { contents } = this;
		for (let i = 0; i < contents.length; i++) if (contents[i].has(content)) return i;
		return -1;
	}

	/** Why there can be no stream for a client now. */
	private refusal(now: Millis, request: StreamRequest): RtspRefusal | undefined {
		const { streams, streamsPerClient } = this.limits;
		const { client, owner, path } = request;
		if (this.isClosed) return STOPPING;
		const kept = owner || streams === 1 ? 0 : Math.max(1, streams >> 3);
		const keptOfClient = owner ? 0 : streamsPerClient >> 2;
		if (this.keeper.size >= streams - kept) return FULL;
		if (this.keeper.countOf(client) >= streamsPerClient - keptOfClient) return CLIENT_FULL;
		return path.framing === "udp" ? this.host.reachability.refusal(now, client) : undefined;
	}

	/** Opens the processing units of a stream over UDP. */
	private open(
		now: Millis,
		session: StreamSession,
		{ client, local }: StreamRequest,
		{ rtpPort, rtcpPort }: DatagramPath,
		answered: Answered<StreamAnswer>,
	): void {
		const request = { client, rtpPort, rtcpPort, local, reports: session };
		this.host.paths.open(now, request, (at, answer) => {
			if (answer instanceof RtspRefusal) {
				this.end(at, session);
				return answered(at, answer);
			}
			if (session.state === OVER) {
				answer.close();
				return answered(at, this.isClosed ? STOPPING : ENDED);
			}
			session.media = answer;
			this.enter(at, session, answered);
		});
	}

	/** Gives a stream to its content; then it is ready. */
	private enter(now: Millis, session: StreamSession, answered: Answered<StreamAnswer>): void {
		this.contents[session.place].enter(now, session, (at, refusal) => {
			if (refusal !== undefined || session.state === OVER) {
				this.end(at, session);
				return answered(at, refusal ?? (this.isClosed ? STOPPING : ENDED));
			}
			const { stream, ssrc, media } = session;
			session.rtcp = new RtcpSession(session, this.host.rtcp);
			const { source = "", rtpPort = 0, rtcpPort = 0 }: Partial<MediaPath> = media ?? {};
			answered(at, { stream, ssrc, source, rtpPort, rtcpPort });
		});
	}

	/** Ends a stream, with a BYE, and frees all that it has. */
	private end(now: Millis, session: StreamSession): void {
		if (session.state === OVER) return;
		const { media, rtcp, reports, place } = session;
		// Before its content counts what it has sent.
		if (reports !== undefined) rtcp?.end(now, reports);
		// Its content has it from the moment at which it has reports.
		if (rtcp !== undefined) this.contents[place].leave(now, session);
		session.state = OVER;
		this.keeper.remove(session);
		media?.close();
		this.host.rearm();
	}
}
