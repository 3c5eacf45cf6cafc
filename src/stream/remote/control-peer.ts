import { ipKind } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import type { LinkReader } from "../../wire/link-fields";
import type { StreamReport } from "../distribution/stream-report";
import { RtspRefusal } from "../rtsp-refusal";
import type { InterleavedPath, StreamListener, StreamRequest, StreamTransport } from "../stream-transport";
import type { LinkConnection } from "./link-connection";
import {
	ALIVE,
	ATTACHED,
	CLIENT_DATA,
	DESCRIBE,
	DESCRIBED,
	ENDED,
	PAUSE,
	PLAY,
	PLAYS,
	REFUSED,
	readRange,
	readRequest,
	SET_UP,
	SETUP,
	STATUS,
	type StreamTotals,
	TAKEN,
	TEARDOWN,
	TOTALS,
	writeAnswer,
	writeDescription,
	writePlay,
	writeRefusal,
	writeStatus,
	writeStreams,
	writeTotals,
} from "./link-messages";
import { RemoteOutbox, type RemoteOutboxOwner } from "./remote-outbox";

/** How often a control host hears that the client of a stream is alive, at most. */
const ALIVE_TIME: Millis = 5000;
/** How many requests of a control host may be carried out at a time. */
const PENDING_MAX = 500;

const BUSY = new RtspRefusal(503, "too many requests are being answered, try again in a few seconds");
const NO_STREAM = new RtspRefusal(454, "there is no such stream");

/** What a {@link ControlPeer} uses. */
export interface PeerHost {
	readonly transport: StreamTransport;
	now(): Millis;
	/** What a stream has sent; `undefined`: there is none. */
	report(stream: number): StreamReport | undefined;
	/** What all streams have sent. */
	readonly totals: StreamTotals;
}

/** A stream of a control host. */
class PeerStream {
	aliveAt: Millis = -Infinity;

	/** @param out the client's connection, where media go by it */
	constructor(readonly out: RemoteOutbox | undefined) {}
}

/**
 * One control host as the distribution sees it (STR-12): carries out what it asks, for its own streams only, and keeps those while
 * there is no link to it.
 */
export class ControlPeer implements StreamListener, RemoteOutboxOwner {
	link: LinkConnection | undefined;
	/** When the link was lost. */
	goneAt: Millis = Infinity;
	private readonly streams = new Map<number, PeerStream>();
	private pending = 0;

	/**
	 * @param id of the control host, across its starts
	 * @param instance of its start
	 */
	constructor(
		readonly id: string,
		readonly instance: string,
		private readonly host: PeerHost,
	) {}

	/** How many streams it has. */
	get size(): number {
		return this.streams.size;
	}

	now(): Millis {
		return this.host.now();
	}

	/**
	 * There is a link to it.
	 * @param known the streams that it knows: others end
	 */
	attach(now: Millis, link: LinkConnection, known: readonly number[], distribution: string): void {
		this.link = link;
		this.goneAt = Infinity;
		const wanted = new Set(known);
		for (const stream of [...this.streams.keys()]) if (!wanted.has(stream)) this.end(now, stream);
		const frame = link.begin(ATTACHED);
		frame.text(distribution);
		writeStreams(frame, [...this.streams.keys()]);
		link.send(now, frame);
	}

	/** The link is lost: streams by it end, the others go on for a while. */
	detach(now: Millis): void {
		this.link = undefined;
		this.goneAt = now;
		for (const [stream, { out }] of this.streams) if (out !== undefined) this.end(now, stream);
	}

	/** Ends all its streams. */
	endAll(now: Millis): void {
		for (const stream of [...this.streams.keys()]) this.end(now, stream);
	}

	/** Carries out a request. @returns false: it is malformed */
	message(now: Millis, kind: number, fields: LinkReader): boolean {
		const { transport } = this.host;
		switch (kind) {
			case DESCRIBE: {
				const request = fields.u32();
				const content = fields.text();
				if (!fields.isWhole) return false;
				this.describe(now, request, content);
				return true;
			}
			case SETUP: {
				const id = fields.u32();
				const request = readRequest(fields);
				if (!fields.isWhole) return false;
				this.setup(now, id, request);
				return true;
			}
			case PLAY: {
				const request = fields.u32();
				const stream = fields.u32();
				const range = readRange(fields);
				if (!fields.isWhole) return false;
				this.play(now, request, stream, range);
				return true;
			}
			case CLIENT_DATA: {
				const stream = fields.u32();
				const rtcp = fields.flag();
				if (!fields.isSound) return false;
				const start = fields.rest();
				if (this.streams.has(stream)) transport.interleaved(now, stream, rtcp, fields.bytes, start, fields.end);
				return true;
			}
			case PAUSE:
			case TEARDOWN:
			case TAKEN: {
				const stream = fields.u32();
				if (!fields.isWhole) return false;
				// It may have ended meanwhile.
				const known = this.streams.get(stream);
				if (known === undefined) return true;
				if (kind === TEARDOWN) this.end(now, stream);
				else if (kind === PAUSE) transport.pause(now, stream);
				else if (known.out?.taken() === true) transport.room(now, stream);
				return true;
			}
			default:
				return false;
		}
	}

	/** The link has room for media: each picture gets its part in turn. */
	room(link: LinkConnection): void {
		for (let sent = true; sent; ) {
			sent = false;
			for (const { out } of this.streams.values()) if (out?.pump(link) === true) sent = true;
		}
	}

	/** Tells what the streams have sent so far. */
	tell(now: Millis): void {
		const { link } = this;
		if (link === undefined) return;
		const totals = link.begin(TOTALS);
		writeTotals(totals, this.host.totals);
		link.send(now, totals);
		for (const stream of this.streams.keys()) {
			const report = this.host.report(stream);
			if (report === undefined) continue;
			const frame = link.begin(STATUS);
			frame.u32(stream);
			writeStatus(frame, report);
			link.send(now, frame);
		}
	}

	/** @see StreamListener */
	streamEnded(now: Millis, stream: number, reason: string): void {
		const known = this.streams.get(stream);
		if (known === undefined) return;
		// Where a picture is stuck, no goodbye gets through.
		this.over(now, stream, known, known.out !== undefined && known.out.queued > 0, reason);
	}

	/** @see StreamListener */
	streamLost(now: Millis, stream: number, reason: string): void {
		const known = this.streams.get(stream);
		if (known !== undefined) this.over(now, stream, known, true, reason);
	}

	/** @see StreamListener */
	streamAlive(now: Millis, stream: number): void {
		const { link } = this;
		const known = this.streams.get(stream);
		if (link === undefined || known === undefined || now < known.aliveAt + ALIVE_TIME) return;
		known.aliveAt = now;
		const frame = link.begin(ALIVE);
		frame.u32(stream);
		link.send(now, frame);
	}

	private describe(now: Millis, request: number, content: string): void {
		const { link } = this;
		if (!this.admit(now, request)) return;
		this.host.transport.describe(now, content, (at, answer) => {
			this.pending--;
			if (link === undefined || link !== this.link) return;
			if (answer instanceof RtspRefusal) return this.refuse(at, request, answer);
			const frame = link.begin(DESCRIBED);
			frame.u32(request);
			writeDescription(frame, answer);
			link.send(at, frame);
		});
	}

	private setup(now: Millis, id: number, { ports, channel, ...request }: ReturnType<typeof readRequest>): void {
		const { link } = this;
		if (!this.admit(now, id)) return;
		const { transport } = this.host;
		const out = ports === undefined ? new RemoteOutbox(this) : undefined;
		const path: StreamRequest["path"] =
			out === undefined ? { framing: "udp", ...(ports as NonNullable<typeof ports>) } : pathOf(out, channel);
		// By the rule media leave by the interface that the control host reaches, not by one of its own.
		const local = link?.localAddress ?? "";
		transport.setup(now, { ...request, local, path, listener: this }, (at, answer) => {
			this.pending--;
			if (answer instanceof RtspRefusal) {
				if (link === this.link) this.refuse(at, id, answer);
				return;
			}
			// Nobody knows of it any more.
			if (link === undefined || link !== this.link) return transport.teardown(at, answer.stream);
			if (out !== undefined) out.stream = answer.stream;
			this.streams.set(answer.stream, new PeerStream(out));
			const frame = link.begin(SET_UP);
			frame.u32(id);
			const source = answer.source === "" && out === undefined ? sourceFor(request.client, local) : answer.source;
			writeAnswer(frame, { ...answer, source });
			link.send(at, frame);
		});
	}

	private play(now: Millis, request: number, stream: number, range: ReturnType<typeof readRange>): void {
		const { link } = this;
		// The streams of others are not its own.
		if (!this.streams.has(stream)) return this.refuse(now, request, NO_STREAM);
		if (!this.admit(now, request)) return;
		this.host.transport.play(now, stream, range, (at, answer) => {
			this.pending--;
			if (link === undefined || link !== this.link) return;
			if (answer instanceof RtspRefusal) return this.refuse(at, request, answer);
			const frame = link.begin(PLAYS);
			frame.u32(request);
			writePlay(frame, answer);
			link.send(at, frame);
		});
	}

	/** Whether one more request can be carried out; otherwise it is answered. */
	private admit(now: Millis, request: number): boolean {
		if (this.pending >= PENDING_MAX) {
			this.refuse(now, request, BUSY);
			return false;
		}
		this.pending++;
		return true;
	}

	private refuse(now: Millis, request: number, refusal: RtspRefusal): void {
		const { link } = this;
		if (link === undefined) return;
		const frame = link.begin(REFUSED);
		frame.u32(request);
		writeRefusal(frame, refusal);
		link.send(now, frame);
	}

	private over(now: Millis, stream: number, { out }: PeerStream, isLost: boolean, reason: string): void {
		this.streams.delete(stream);
		out?.drop();
		const { link } = this;
		if (link === undefined) return;
		const frame = link.begin(ENDED);
		frame.u32(stream).flag(isLost).text(reason);
		link.send(now, frame);
	}

	/** Ends a stream, with a BYE. */
	private end(now: Millis, stream: number): void {
		const known = this.streams.get(stream);
		this.streams.delete(stream);
		this.host.transport.teardown(now, stream);
		known?.out?.drop();
	}
}

/**
 * What to advertise where the distribution thinks that the client knows its address: to the client that is the control host's. A private
 * address is for clients with one (STR-19).
 */
function sourceFor(client: string, local: string): string {
	return ipKind(client) !== "public" || ipKind(local) === "public" ? local : "";
}

function pathOf(out: RemoteOutbox, channel: number): InterleavedPath {
	return { framing: "tcp", out, channel };
}
