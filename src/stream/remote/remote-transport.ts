import { toHex } from "../../base/hex";
import type { Machine } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import type { LinkReader } from "../../wire/link-fields";
import type { ContentDescription, PlayRange } from "../content";
import type { StreamReport } from "../distribution/stream-report";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered, PlayAnswer, StreamAnswer, StreamRequest, StreamTransport } from "../stream-transport";
import type { LinkConnection, LinkOwner } from "./link-connection";
import {
	ALIVE,
	ATTACH,
	ATTACHED,
	CLIENT_DATA,
	DESCRIBE,
	DESCRIBED,
	ENDED,
	INSTANCE_OCTETS,
	MEDIA,
	PAUSE,
	PLAY,
	PLAYS,
	REFUSED,
	REPORT,
	readAnswer,
	readDescription,
	readPlay,
	readRefusal,
	readStatus,
	readStreams,
	readTotals,
	SET_UP,
	SETUP,
	STATUS,
	type StreamTotals,
	TAKEN,
	TEARDOWN,
	TOTALS,
	writeRange,
	writeRequest,
	writeStreams,
} from "./link-messages";
import { RemoteStream } from "./remote-stream";

/** How long streams by UDP go on without a link: a cable is plugged in again, or the NAS starts again. */
export const LINK_GRACE: Millis = 10_000;
/** How many requests may wait for an answer. */
const PENDING_MAX = 1000;
/** The largest report of a client. */
const REPORT_MAX = 2048;

const UNREACHABLE = new RtspRefusal(503, "the NAS is not reachable, try again in a few seconds");
const BUSY = new RtspRefusal(503, "too many requests are being answered, try again in a few seconds");
const NO_STREAM = new RtspRefusal(454, "there is no such stream");

/** What the transport tells its owner. Never called during a call to the transport. */
export interface RemoteTransportHost {
	readonly random: Pick<Random, "fill">;
	/** Identifies this control host, across its starts. */
	readonly id: string;
	/** {@link RemoteTransport.deadline} may have changed outside of `expire`. */
	rearm(): void;
	/** The distribution can be asked. */
	attached(now: Millis): void;
	/** The link is gone, or could not be had. @param reason for the log */
	detached(now: Millis, reason: string): void;
}

/** A request that waits for its answer. */
type Pending =
	| { readonly kind: typeof DESCRIBE; readonly answered: Answered<ContentDescription> }
	| { readonly kind: typeof SETUP; readonly answered: Answered<StreamAnswer>; readonly request: StreamRequest }
	| { readonly kind: typeof PLAY; readonly answered: Answered<PlayAnswer>; readonly stream: number };

/**
 * The stream transport request part of a control host (STR-12): control asks it as if the distribution were here, and it asks the
 * one at a NAS, by a {@link LinkConnection}.
 *
 * When the link is lost, requests are answered with 503. Streams by UDP go on for {@link LINK_GRACE} and resume if the same distribution
 * is there again; those by TCP end, as their pictures came by the link. What cannot go on ends with its client's connection,
 * so no client waits in silence.
 */
export class RemoteTransport implements StreamTransport, LinkOwner, Machine<undefined> {
	deadline: Millis = Infinity;
	/** What all streams have sent, as the distribution said last. */
	totals: StreamTotals = { packets: 0, octets: 0, missed: 0 };
	private readonly instance: string;
	private link: LinkConnection | undefined;
	private isAttached = false;
	/** The start of the distribution to which the streams belong; empty: none yet. */
	private distribution = "";
	private readonly streams = new Map<number, RemoteStream>();
	private readonly pending = new Map<number, Pending>();
	private lastRequest = 0;

	constructor(private readonly host: RemoteTransportHost) {
		const octets = new Uint8Array(INSTANCE_OCTETS);
		host.random.fill(octets);
		this.instance = toHex(octets);
	}

	/** Whether the distribution can be asked now. */
	get isReachable(): boolean {
		return this.isAttached;
	}

	/** How many streams there are, and how many of them play. */
	get size(): number {
		return this.streams.size;
	}

	/** How many of them play. */
	get playing(): number {
		let count = 0;
		for (const { isPlaying } of this.streams.values()) if (isPlaying) count++;
		return count;
	}

	/** What the distribution said of a stream last. */
	report(stream: number): StreamReport | undefined {
		return this.streams.get(stream)?.report;
	}

	/** The time without a link is over: streams by UDP end. */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		this.loseAll(now, "the NAS is not reachable");
	}

	/** Ends all streams: the control host leaves. */
	close(now: Millis): void {
		for (const stream of [...this.streams.keys()]) this.teardown(now, stream);
		this.link?.leave(now, "the control host is stopping");
	}

	/** @see StreamTransport */
	describe(now: Millis, content: string, answered: Answered<ContentDescription>): void {
		const link = this.ask(now, answered);
		if (link === undefined) return;
		this.pending.set(++this.lastRequest, { kind: DESCRIBE, answered });
		const frame = link.begin(DESCRIBE);
		frame.u32(this.lastRequest).text(content);
		link.send(now, frame);
	}

	/** @see StreamTransport */
	setup(now: Millis, request: StreamRequest, answered: Answered<StreamAnswer>): void {
		const link = this.ask(now, answered);
		if (link === undefined) return;
		this.pending.set(++this.lastRequest, { kind: SETUP, answered, request });
		const frame = link.begin(SETUP);
		frame.u32(this.lastRequest);
		writeRequest(frame, request);
		link.send(now, frame);
	}

	/** @see StreamTransport */
	play(now: Millis, stream: number, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void {
		const known = this.streams.get(stream);
		if (known === undefined) return answered(now, NO_STREAM);
		const link = this.ask(now, answered);
		if (link === undefined) return;
		this.pending.set(++this.lastRequest, { kind: PLAY, answered, stream });
		const frame = link.begin(PLAY);
		frame.u32(this.lastRequest).u32(stream);
		writeRange(frame, range);
		link.send(now, frame);
	}

	/** @see StreamTransport */
	pause(now: Millis, stream: number): boolean {
		const known = this.streams.get(stream);
		if (known === undefined) return false;
		known.isPlaying = false;
		known.owesPause = !this.tell(now, PAUSE, stream);
		if (known.deliver()) this.tell(now, TAKEN, stream);
		return true;
	}

	/** @see StreamTransport */
	teardown(now: Millis, stream: number): void {
		// Without a link the distribution learns from the next one that it is not wanted any more.
		if (this.streams.delete(stream)) this.tell(now, TEARDOWN, stream);
	}

	/** @see StreamTransport */
	interleaved(now: Millis, stream: number, rtcp: boolean, bytes: Uint8Array, start: number, end: number): void {
		const { link } = this;
		if (link === undefined || !this.isAttached || !this.streams.has(stream) || end - start > REPORT_MAX) return;
		const frame = link.begin(CLIENT_DATA);
		frame.u32(stream).flag(rtcp).octets(bytes, start, end);
		link.send(now, frame);
	}

	/** @see StreamTransport */
	room(now: Millis, stream: number): void {
		if (this.streams.get(stream)?.deliver() === true) this.tell(now, TAKEN, stream);
	}

	/** @see LinkOwner */
	linkOpened(now: Millis, link: LinkConnection): void {
		this.link?.drop(now, "there is a new link");
		this.link = link;
		const frame = link.begin(ATTACH);
		frame.text(this.host.id).text(this.instance);
		writeStreams(frame, [...this.streams.keys()]);
		link.send(now, frame);
	}

	/** @see LinkOwner */
	linkRoom(): void {}

	/** @see LinkOwner */
	linkMessage(now: Millis, link: LinkConnection, kind: number, fields: LinkReader): boolean {
		if (link !== this.link || this.isAttached === (kind === ATTACHED)) return false;
		switch (kind) {
			case ATTACHED:
				return this.attached(now, fields);
			case DESCRIBED:
			case SET_UP:
			case PLAYS:
			case REFUSED:
				return this.answered(now, kind, fields);
			case ENDED:
				return this.ended(now, fields);
			case TOTALS: {
				const totals = readTotals(fields);
				if (fields.isWhole) this.totals = totals;
				return fields.isWhole;
			}
			case ALIVE:
			case MEDIA:
			case REPORT:
			case STATUS: {
				// It may have ended meanwhile.
				const stream = this.streams.get(fields.u32());
				return stream === undefined ? fields.isSound : this.ofStream(now, kind, stream, fields);
			}
			default:
				return false;
		}
	}

	/** @see LinkOwner */
	linkOver(now: Millis, link: LinkConnection, reason: string): void {
		if (link === this.link) {
			this.link = undefined;
			this.isAttached = false;
			const waiting = [...this.pending.values()];
			this.pending.clear();
			for (const { answered } of waiting) answered(now, UNREACHABLE);
			for (const [stream, known] of this.streams)
				if (known.out !== undefined) this.lose(now, stream, "the link to the NAS is lost");
			if (this.streams.size > 0) this.deadline = now + LINK_GRACE;
			this.host.rearm();
		} else if (this.link !== undefined) return;
		this.host.detached(now, reason);
	}

	/** The link for a request; answers it where there is none. */
	private ask(now: Millis, answered: Answered<never>): LinkConnection | undefined {
		const { link } = this;
		if (link === undefined || !this.isAttached) answered(now, UNREACHABLE);
		else if (this.pending.size < PENDING_MAX) return link;
		else answered(now, BUSY);
		return undefined;
	}

	/** Sends a message about a stream. @returns false without a link */
	private tell(now: Millis, kind: number, stream: number): boolean {
		const { link } = this;
		if (link === undefined || !this.isAttached) return false;
		const frame = link.begin(kind);
		frame.u32(stream);
		link.send(now, frame);
		return true;
	}

	private attached(now: Millis, fields: LinkReader): boolean {
		const distribution = fields.text();
		const streams = new Set(readStreams(fields));
		if (!fields.isWhole || distribution === "") return false;
		const isSame = distribution === this.distribution;
		this.distribution = distribution;
		this.isAttached = true;
		this.deadline = Infinity;
		this.host.rearm();
		if (!isSame) this.loseAll(now, "the NAS was restarted");
		for (const [stream, known] of this.streams) {
			if (!streams.has(stream)) this.lose(now, stream, "it ended at the NAS while the link was lost");
			else if (known.owesPause) known.owesPause = !this.tell(now, PAUSE, stream);
		}
		this.host.attached(now);
		return true;
	}

	private answered(now: Millis, kind: number, fields: LinkReader): boolean {
		const request = fields.u32();
		const pending = this.pending.get(request);
		if (pending === undefined) return false;
		this.pending.delete(request);
		if (kind === REFUSED) {
			const refusal = readRefusal(fields);
			const { isWhole } = fields;
			pending.answered(now, isWhole ? refusal : UNREACHABLE);
			return isWhole;
		}
		if (kind === DESCRIBED && pending.kind === DESCRIBE) {
			const description = readDescription(fields);
			const { isWhole } = fields;
			pending.answered(now, isWhole ? description : UNREACHABLE);
			return isWhole;
		}
		if (kind === SET_UP && pending.kind === SETUP) return this.setUp(now, fields, pending);
		if (kind === PLAYS && pending.kind === PLAY) return this.plays(now, fields, pending);
		pending.answered(now, UNREACHABLE);
		return false;
	}

	private setUp(now: Millis, fields: LinkReader, { answered, request }: Pending & { kind: typeof SETUP }): boolean {
		const answer = readAnswer(fields);
		if (!fields.isWhole || this.streams.has(answer.stream)) {
			answered(now, UNREACHABLE);
			return false;
		}
		const { path, listener } = request;
		const out = path.framing === "tcp" ? path.out : undefined;
		this.streams.set(answer.stream, new RemoteStream(answer.stream, listener, out));
		answered(now, answer);
		return true;
	}

	private plays(now: Millis, fields: LinkReader, { answered, stream }: Pending & { kind: typeof PLAY }): boolean {
		const answer = readPlay(fields);
		const { isWhole } = fields;
		const known = this.streams.get(stream);
		if (isWhole && known !== undefined) known.isPlaying = true;
		answered(now, !isWhole ? UNREACHABLE : known === undefined ? NO_STREAM : answer);
		return isWhole;
	}

	private ended(now: Millis, fields: LinkReader): boolean {
		const stream = fields.u32();
		const isLost = fields.flag();
		const reason = fields.text();
		if (!fields.isWhole) return false;
		const known = this.streams.get(stream);
		if (known === undefined) return true;
		this.streams.delete(stream);
		if (isLost) known.listener.streamLost(now, stream, reason);
		else known.listener.streamEnded(now, stream, reason);
		return true;
	}

	private ofStream(now: Millis, kind: number, known: RemoteStream, fields: LinkReader): boolean {
		const { stream } = known;
		if (kind === ALIVE) known.listener.streamAlive(now, stream);
		else if (kind === STATUS) known.report = readStatus(fields);
		else if (kind === REPORT) known.sendReport(fields.bytes, fields.rest(), fields.end);
		else {
			const left = fields.u32();
			if (!fields.isSound || !known.media(fields.bytes, fields.rest(), fields.end, left)) return false;
			if (known.deliver()) this.tell(now, TAKEN, stream);
		}
		return fields.isWhole;
	}

	/** A stream can't go on. */
	private lose(now: Millis, stream: number, reason: string): void {
		const known = this.streams.get(stream);
		this.streams.delete(stream);
		known?.listener.streamLost(now, stream, reason);
	}

	private loseAll(now: Millis, reason: string): void {
		for (const stream of [...this.streams.keys()]) this.lose(now, stream, reason);
	}
}
