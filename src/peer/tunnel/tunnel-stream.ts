import type { EndReason, Lease } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { Stream, StreamSink } from "../../ports/net";
import type { PacketPart } from "./flight";
import { MediaQueue } from "./media-repairs";
import { ABORTED, type FrameReader, OPEN, type PacketWriter, REFUSED, RESET, WINDOW } from "./packet-format";
import type { SharedRoom } from "./receive-buffer";
import { RtspCutter } from "./rtsp-cutter";
import { type InputTaker, StreamInput } from "./stream-input";
import { StreamSender } from "./stream-sender";
import type { TunnelService } from "./tunnel-contract";
import type { TunnelLimits } from "./tunnel-limits";

/** What a packet has of a stream: the bits that {@link PacketPart} gets. */
const HAS_OPEN = 1;
const HAS_WINDOW = 2;
const HAS_RESET = 4;
const HAS_OCTETS = 8;
const HAS_LAST = 16;

/** The services as OPEN numbers them. */
const SERVICES: readonly TunnelService[] = Object.freeze(["http", "rtsp"]);

/** Returns the service of an OPEN frame; `undefined`: not known here. */
export function serviceOf(code: number): TunnelService | undefined {
	return SERVICES[code];
}

/** The tunnel, as its streams see it. */
export interface StreamTunnel {
	readonly limits: TunnelLimits;
	/** The memory for what can't be passed on yet. */
	readonly held: SharedRoom;
	/** The address and port of the other side. */
	readonly remoteAddress: string;
	readonly remotePort: number;
	/** A stream has something to send, or something to tell its sink: both happen after the current call. */
	touch(): void;
}

/** One end of a stream of a tunnel, which its user sees as a TCP connection. */
export class TunnelStream implements Stream, PacketPart, InputTaker {
	readonly secure = false;
	readonly localAddress = "127.0.0.1";
	readonly localPort = 0;
	readonly remoteAddress: string;
	readonly remotePort: number;
	readonly input: StreamInput;
	/** The media of an `rtsp` stream that wait. */
	readonly media: MediaQueue | undefined;
	/** What the last {@link writeFrames} has written, as {@link PacketPart} gets it. */
	what = 0;
	/** `over`: all has ended, except that the other side or the sink may still have to be told. */
	private state: "opening" | "open" | "over" = "opening";
	private readonly sender: StreamSender;
	private readonly cutter: RtspCutter | undefined;
	/** Bits of the frames that are to be sent, or are on their way. */
	private owes = 0;
	private underway = 0;
	private resetCode = ABORTED;
	/** Why `room` is to be called: the stream is open, there is room again, nothing is queued any more. */
	private isFresh = false;
	private isStarved = false;
	private wasQueued = false;
	/** Why the stream has ended, until the sink was told. */
	private ending: EndReason | undefined;
	private toldEnd = false;
	private sentAtEnd: Octets = 0;

	/**
	 * @param sink `undefined` for a stream of the other side, until {@link accept}
	 */
	constructor(
		private readonly tunnel: StreamTunnel,
		readonly id: number,
		readonly service: TunnelService,
		private sink: StreamSink | undefined,
	) {
		const { limits, held, remoteAddress, remotePort } = tunnel;
		this.remoteAddress = remoteAddress;
		this.remotePort = remotePort;
		this.sender = new StreamSender(limits.window);
		this.input = new StreamInput(service, this, limits, held);
		if (sink !== undefined) this.owes = HAS_OPEN;
		if (service !== "rtsp") return;
		this.media = new MediaQueue(id);
		this.cutter = new RtspCutter();
	}

	get room(): Octets {
		if (this.state !== "open" || this.sender.isEnding) return 0;
		return Math.max(0, this.tunnel.limits.room - this.queued);
	}

	get queued(): Octets {
		return this.state === "open" ? this.sender.unsent + (this.media?.queue.length ?? 0) : 0;
	}

	get sent(): Octets {
		return this.state === "over" ? this.sentAtEnd : this.sender.sentTo + (this.media?.queue.start ?? 0);
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		this.writeShared(this.state === "open" ? bytes.slice(start, end) : bytes, 0, end - start);
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		if (this.state !== "open") return;
		if (end - start > this.room) throw new RangeError(`wrote ${end - start} octets with room for ${this.room}`);
		this.queue(bytes, start, end, undefined);
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		if (this.state !== "open" || this.sender.isEnding || this.queued > 0) return false;
		this.queue(bytes, start, end, lease);
		return true;
	}

	reading(on: boolean): void {
		this.input.isPaused = !on;
		if (on && this.state === "open") this.tunnel.touch();
	}

	end(): void {
		if (this.state === "over" || this.sender.isEnding) return;
		this.sender.isEnding = true;
		this.tunnel.touch();
	}

	abort(): void {
		if (this.state === "over") return;
		this.refuse(ABORTED);
		this.ending = "reset";
		this.tunnel.touch();
	}

	// The tunnel calls what follows.

	/** True when nothing more is to be sent or told. */
	get isGone(): boolean {
		return this.state === "over" && this.owes === 0 && this.underway === 0 && this.ending === undefined;
	}

	/** Whether frames other than octets are to be sent, or messages of RTSP, which come before everything else. */
	get isUrgent(): boolean {
		return this.owes !== 0 || this.owesWindow || (this.media !== undefined && this.hasOctets);
	}

	/** Whether octets may be sent now. Media that were written before the end come first. */
	get hasOctets(): boolean {
		const { sender } = this;
		return this.state === "open" && sender.isReady && !(sender.isEnding && sender.unsent === 0 && this.hasMedia);
	}

	/** Whether media wait. */
	get hasMedia(): boolean {
		return this.state === "open" && this.media?.isReady === true;
	}

	/** How many octets of messages come before the next media. */
	get messagesSent(): number {
		return this.sender.sentTo;
	}

	/** Accepts a stream of the other side. @param limit up to which octet it takes */
	accept(sink: StreamSink, limit: number): void {
		this.sink = sink;
		// The user may have aborted it already.
		if (this.state === "over") return;
		this.owes |= HAS_WINDOW;
		this.open(limit);
	}

	/** Does not accept a stream of the other side, or ends it. */
	refuse(code = REFUSED): void {
		this.stop();
		this.owes = HAS_RESET;
		this.resetCode = code;
	}

	/** Writes what is to be sent: what is owed, and octets as far as they fit. @returns whether they were sent before */
	writeFrames(into: PacketWriter): boolean {
		if (this.owesWindow) this.owes |= HAS_WINDOW;
		this.what = this.owes;
		if ((this.owes & HAS_OPEN) !== 0) {
			into.u8(OPEN).u32(this.id).u8(SERVICES.indexOf(this.service)).u32(this.input.announce());
		}
		if ((this.owes & HAS_WINDOW) !== 0) into.u8(WINDOW).u32(this.id).u48(this.input.announce());
		if ((this.owes & HAS_RESET) !== 0) into.u8(RESET).u32(this.id).u8(this.resetCode);
		this.underway |= this.owes & HAS_RESET;
		this.owes = 0;
		if (this.hasOctets && this.sender.write(into, this.id)) {
			this.what |= HAS_OCTETS | (this.sender.isLast ? HAS_LAST : 0);
		}
		return (this.what & HAS_OCTETS) !== 0 && this.sender.isAgain;
	}

	/** What the last {@link writeFrames} has written of the octets. */
	get offset(): number {
		return this.sender.offset;
	}

	get length(): Octets {
		return (this.what & HAS_OCTETS) === 0 ? 0 : this.sender.length;
	}

	arrived(what: number, offset: number, length: Octets): void {
		if ((what & HAS_RESET) !== 0) this.underway = 0;
		if ((what & HAS_OCTETS) !== 0 && this.state === "open") {
			this.sender.arrived(offset, length, (what & HAS_LAST) !== 0);
		}
	}

	missed(_now: Millis, what: number, offset: number, length: Octets): void {
		const isOver = this.state === "over";
		this.owes |= what & (isOver ? HAS_RESET : HAS_OPEN | HAS_WINDOW);
		if (!isOver && (what & HAS_OCTETS) !== 0) this.sender.missed(offset, length, (what & HAS_LAST) !== 0);
	}

	/** The other side takes octets up to a limit; the first time that says that it has accepted the stream. */
	onWindow(limit: number): void {
		if (this.state === "opening") this.open(limit);
		else if (limit > this.sender.limit) this.sender.limit = limit;
	}

	/** Octets or media have come. @returns false when they can't be kept: they count as lost */
	onContent(now: Millis, frame: FrameReader, isMedia: boolean): boolean {
		// Before the other side's WINDOW, which was lost or overtaken: the stream was accepted all the same.
		if (this.state === "opening") return false;
		if (this.state === "over") return true;
		if (isMedia) this.input.putMedia(now, frame);
		else if (!this.input.put(frame)) return false;
		return true;
	}

	/** The other side has ended the stream. */
	onReset(code: number): void {
		if (this.state === "over") {
			this.owes = 0;
			this.underway = 0;
			return;
		}
		this.ending = code === REFUSED && this.state === "opening" ? "refused" : "reset";
		this.stop();
	}

	/** The tunnel is over. */
	onTunnelEnd(why: EndReason): void {
		if (this.state !== "over") this.ending = why;
		this.stop();
		this.owes = 0;
		this.underway = 0;
	}

	/** @see InputTaker */
	get mayTake(): boolean {
		return this.state === "open";
	}

	take(bytes: Uint8Array): void {
		this.sink?.received(bytes);
	}

	/** Delivers the pending events to the sink. */
	tell(): void {
		if (this.state === "open") this.input.drain();
		if (this.state === "open" && this.isRoomDue()) this.sink?.room();
		if (this.state === "open" && this.input.isEnded && !this.toldEnd) {
			this.toldEnd = true;
			this.sink?.ended("closed");
		}
		if (this.state === "open" && this.toldEnd && this.sender.isFinished) {
			this.stop();
			this.ending = "closed";
		}
		const { ending, sink } = this;
		if (ending === undefined) return;
		this.ending = undefined;
		this.sink = undefined;
		if (!this.toldEnd) sink?.ended(ending);
		this.toldEnd = true;
		sink?.gone();
	}

	private get owesWindow(): boolean {
		return this.state === "open" && this.input.owesWindow;
	}

	private open(limit: number): void {
		this.state = "open";
		this.sender.limit = limit;
		this.isFresh = true;
	}

	private stop(): void {
		this.sentAtEnd = this.sent;
		this.state = "over";
		this.sender.clear();
		this.media?.queue.clear();
		this.input.clear();
	}

	private isRoomDue(): boolean {
		const isDue = this.isFresh || (this.isStarved && this.room > 0) || (this.wasQueued && this.queued === 0);
		if (!isDue) return false;
		this.isFresh = false;
		if (this.room > 0) this.isStarved = false;
		if (this.queued === 0) this.wasQueued = false;
		return true;
	}

	private queue(bytes: Uint8Array, start: number, end: number, lease: Lease | undefined): void {
		const { cutter, media, sender } = this;
		for (let at = start; at < end; ) {
			const to = cutter === undefined ? end : cutter.next(bytes, at, end);
			if (cutter?.isMedia === true) media?.queue.pushShared(bytes, at, to, lease);
			else sender.queue.pushShared(bytes, at, to, lease);
			at = to;
		}
		this.wasQueued = true;
		if (this.room === 0) this.isStarved = true;
		this.tunnel.touch();
	}
}
