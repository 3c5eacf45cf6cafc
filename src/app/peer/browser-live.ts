import type { LiveViewers } from "../../camera/live-viewers";
import type { Millis, Octets } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { FrameHub, FrameViewer } from "../../media/frame-hub";
import { NAL_SPS, NalWalker } from "../../media/h264";
import type { RtcChannel, RtcPeer } from "../../ports/web-rtc";
import type { UnitHub, UnitViewer } from "../../stream/distribution/unit-hub";

/** The pictures of a camera, for browsers. */
export interface LivePictures {
	readonly hub: FrameHub;
	/** The viewers by HTTP, which share places and the uplink with these. */
	readonly live: Pick<LiveViewers, "watching" | "isFull" | "uplink">;
	/** The H.264 pictures. */
	readonly units: UnitHub;
	/** The deadline of {@link units} may have changed. */
	unitsCalled(): void;
}

/** What a browser watches. */
export type LiveContentName = "pictures" | "h264" | "none";

/** Octets before each piece of a picture: its number, its length and where the piece begins, 32 bits each. */
const PIECE_HEADER: Octets = 12;
/** Octets of a piece, with its header. */
const PIECE: Octets = 16_384;
/** The least time between two requests for a key picture. */
const KEY_EVERY: Millis = 1000;
const START_CODE: readonly number[] = Object.freeze([0, 0, 0, 1]);

/**
 * Sends the live pictures of a camera to one browser: JPEG pictures in pieces over a channel that repeats nothing for long, or H.264 by
 * a track. Only the newest picture is sent, once the one before has left: a slow path shows fewer pictures, not old ones.
 */
export class BrowserLive implements FrameViewer, UnitViewer {
	readonly viewers = 1;
	/** Pictures sent, and dropped because the path was busy. */
	readonly counters = { sent: 0, dropped: 0 };
	content: LiveContentName = "none";
	/** The channel of JPEG pictures, once the browser has opened it. */
	channel: RtcChannel | undefined;
	private readonly piece = new Uint8Array(PIECE);
	private readonly walker = new NalWalker();
	private interval: Millis = 0;
	private last: Millis = -Infinity;
	private lastSequence = -1;
	private waitsForKey = true;
	private keyAt: Millis = -Infinity;
	private isFar = false;
	/** What it owes to the uplink; only of one from the Internet. @see Uplink */
	private owed: Octets = 0;
	private number = 0;

	/**
	 * @param peer the connection
	 * @param now the monotonic time
	 */
	constructor(
		private readonly pictures: LivePictures,
		private readonly peer: () => RtcPeer | undefined,
		private readonly now: () => Millis,
	) {}

	/**
	 * Begins to send, in place of what was sent before.
	 * @param interval the least time between two pictures; 0: all
	 * @param isFar whether the viewer is outside the LAN
	 */
	start(content: LiveContentName, interval: Millis, isFar: boolean): void {
		this.stop();
		if (content === "none") return;
		const now = this.now();
		const { pictures } = this;
		this.content = content;
		this.interval = interval;
		this.isFar = isFar;
		this.last = -Infinity;
		pictures.live.watching++;
		if (isFar) this.owed = pictures.live.uplink?.join(now) ?? 0;
		if (content === "pictures") {
			pictures.hub.join(now, this);
			this.lastSequence = -1;
			this.drained();
			return;
		}
		this.waitsForKey = true;
		pictures.units.join(this);
		this.requestKey();
		pictures.unitsCalled();
	}

	/** Sends no more; harmless when repeated. */
	stop(): void {
		const { content, pictures } = this;
		if (content === "none") return;
		const now = this.now();
		this.content = "none";
		pictures.live.watching--;
		if (this.isFar) pictures.live.uplink?.leave(now);
		if (content === "pictures") pictures.hub.leave(now, this);
		else {
			pictures.units.leave(now, this);
			pictures.unitsCalled();
		}
	}

	/** @see FrameViewer */
	offer(now: Millis): void {
		const frame = this.pictures.hub.latest;
		const { channel } = this;
		if (frame === undefined || channel === undefined) return;
		if (channel.buffered > 0) {
			this.counters.dropped++;
			return;
		}
		// A little early is better than one picture too late.
		if (now - this.last < this.interval * 0.9 || !this.isPaid(now)) return;
		this.last = now;
		this.lastSequence = frame.sequence;
		this.send(channel, frame.bytes, frame.start, frame.end);
	}

	/** The channel has taken all: if there is a newer picture, it is sent. */
	drained(): void {
		if (this.content !== "pictures") return;
		const now = this.now();
		const frame = this.pictures.hub.fresh(now);
		if (frame !== undefined && frame.sequence !== this.lastSequence) this.offer(now);
	}

	/** @see UnitViewer */
	unit(now: Millis, unit: AccessUnit): void {
		const peer = this.peer();
		if (peer === undefined || (this.waitsForKey && !unit.isKey)) return;
		if (!this.isPaid(now)) return this.missed();
		const { bytes, start, end } = unit.isKey ? this.withSets(unit) : unit;
		if (!peer.sendPicture(bytes, start, end, unit.ticks)) return this.missed();
		this.waitsForKey = false;
		this.counters.sent++;
		this.owed += end - start;
	}

	/** The browser's decoder needs a key picture, or a picture was left out. */
	requestKey(): void {
		const now = this.now();
		if (now - this.keyAt < KEY_EVERY) return;
		this.keyAt = now;
		this.pictures.units.requestKey();
	}

	private missed(): void {
		this.counters.dropped++;
		this.waitsForKey = true;
		this.requestKey();
	}

	private isPaid(now: Millis): boolean {
		const { uplink } = this.pictures.live;
		return !this.isFar || uplink === undefined || this.owed <= uplink.paid(now);
	}

	private send(channel: RtcChannel, bytes: Uint8Array, start: number, end: number): void {
		const { piece } = this;
		const most = PIECE - PIECE_HEADER;
		const number = ++this.number;
		put32(piece, 0, number);
		put32(piece, 4, end - start);
		for (let at = start; at < end; at += most) {
			const until = Math.min(end, at + most);
			put32(piece, 8, at - start);
			piece.set(bytes.subarray(at, until), PIECE_HEADER);
			channel.send(piece, 0, PIECE_HEADER + until - at);
		}
		this.counters.sent++;
		this.owed += end - start;
	}

	/** A decoder that begins with a key picture needs the parameter sets before it. */
	private withSets(unit: AccessUnit): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
		const { walker } = this;
		walker.open(unit.bytes, unit.start, unit.end);
		while (walker.next()) if (walker.type === NAL_SPS) return unit;
		const sets = this.pictures.units.source?.parameterSets ?? [];
		let length = unit.end - unit.start;
		for (const set of sets) length += START_CODE.length + set.length;
		const bytes = new Uint8Array(length);
		let at = 0;
		for (const set of sets) {
			bytes.set(START_CODE, at);
			bytes.set(set, at + START_CODE.length);
			at += START_CODE.length + set.length;
		}
		bytes.set(unit.bytes.subarray(unit.start, unit.end), at);
		return { bytes, start: 0, end: length };
	}
}

function put32(bytes: Uint8Array, at: number, value: number): void {
	bytes[at] = value >>> 24;
	bytes[at + 1] = value >>> 16;
	bytes[at + 2] = value >>> 8;
	bytes[at + 3] = value;
}
