import type { Admission } from "../../access/role";
import type { StreamOutbox } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { Uplink } from "../../media/uplink";
import { ViewerPace } from "../../media/viewer-pace";
import type { FanOutReceiver } from "../../ports/net";
import type { MediaPath, ReportSink } from "../media-path";
import type { Framing } from "../packets/packet-burst";
import type { BandwidthManager } from "../reports/bandwidth-manager";
import { InterleavedReports } from "../reports/interleaved-reports";
import type { RtcpOutbox, RtcpSession, SentStream } from "../reports/rtcp-session";
import type { StreamEntry, UnitStatus } from "../stream-table";
import type { StreamListener, StreamRequest } from "../stream-transport";

/** The state of a stream; numbers, as XS copies a string each time it is compared. @see RFC 2326 §A */
export type StreamState = number;
export const READY: StreamState = 0;
export const PLAYING: StreamState = 1;
export const PAUSED: StreamState = 2;
/** It has been taken down, and nothing may be done with it. */
export const OVER: StreamState = 3;

/** What a stream tells and asks its owner. */
export interface SessionOwner {
	/** A compound RTCP packet of the client came. */
	reported(now: Millis, session: StreamSession, bytes: Uint8Array, start: number, end: number): void;
	/** The RTP timestamp of an instant, 32 bits. */
	timestampAt(now: Millis, session: StreamSession): number;
}

/** The processing units of streams over TCP. */
const INTERLEAVED: readonly UnitStatus[] = Object.freeze([
	Object.freeze({ unit: "interleaved", bound: "", advertisedPort: 0 }),
]);
/** Octets in front of the payload of each packet: the RTP header, and over TCP what frames it. */
const UDP_OVERHEAD: Octets = 12;
const TCP_OVERHEAD: Octets = 16;
const NONE: readonly UnitStatus[] = Object.freeze([]);

/**
 * The stream of one client: its destination, its contents and its progress; its own line of the stream transport table (STR-2).
 *
 * Its owner, its content and its group write the fields. Numbers and counters go on when a stream is paused and played again.
 * There may be hundreds: what a stream does not need, it does not have.
 */
export class StreamSession implements StreamEntry, ReportSink, SentStream {
	state: StreamState = READY;
	/** Its place in a fan-out group, while it plays. */
	receiver: FanOutReceiver | undefined;
	/** The processing units of streams over UDP, once they are open. */
	media: MediaPath | undefined;
	/** When it last began to play; `Infinity` while it does not. */
	playingSince: Millis = Infinity;
	/** True: it takes nothing before the next key picture. */
	waitsForKey = false;
	/** True: its group looks at it before each picture. */
	isWatched = false;
	/** {@link FanOutReceiver.missed} as it was when it was last looked at. */
	missedSeen = 0;
	/** The picture that it took beside the group, because it was ready later than the others. */
	lateId = -1;
	/** Pictures that it took and missed when they were last looked at, and when its connection last missed none or took one. */
	seen = 0;
	seenMissed = 0;
	progressAt: Millis = 0;
	/** Sends the reports of streams over TCP. */
	private interleaved: InterleavedReports | undefined;
	/** Pictures that it took and missed, packets and octets with headers, except those that {@link receiver} counts. */
	private pictures = 0;
	private misses = 0;
	private sentPackets = 0;
	private sentOctets: Octets = 0;
	/** Decides when its next picture is due; `undefined`: it takes all. */
	pace: ViewerPace | undefined;
	/** Decides how many pictures it takes; `undefined`: all, as nothing has told yet how it receives. */
	bandwidth: BandwidthManager | undefined;
	/** Why it ends, where the distribution ends it; for records. */
	fault = "";
	/** Its reports; set before it plays. */
	rtcp: RtcpSession | undefined;
	readonly control: string;
	readonly content: string;
	readonly client: string;
	readonly listener: StreamListener;
	/** @see StreamRequest.admission */
	readonly admission: Admission | undefined;
	/** The connection, of streams over TCP. */
	out: StreamOutbox | undefined;
	/** Of RTP on the connection; -1: datagrams. */
	readonly channel: number;

	/**
	 * @param stream the stream transport session
	 * @param place of its content, as its owner counts
	 * @param ssrc its source; over TCP that of its group, which its content sets
	 * @param sequence the number of the next packet while it does not play; of streams over UDP
	 * @param interval the least time between two pictures that the client wants; 0: it wants all
	 * @param uplink what it shares with others; `undefined`: it has no limit
	 */
	constructor(
		private readonly owner: SessionOwner,
		readonly stream: number,
		readonly place: number,
		request: StreamRequest,
		public ssrc: number,
		public sequence: number,
		interval: Millis,
		uplink: Uplink | undefined,
	) {
		const { control, content, client, listener, path, admission } = request;
		if (interval > 0 || uplink !== undefined) this.pace = new ViewerPace(interval, uplink);
		this.control = control;
		this.content = content;
		this.client = client;
		this.listener = listener;
		this.admission = admission;
		this.channel = path.framing === "tcp" ? path.channel : -1;
		if (path.framing === "udp") return;
		this.out = path.out;
		this.interleaved = new InterleavedReports(path.out, path.channel + 1);
	}

	/** The least time between two pictures that the client wants; 0: it wants all. */
	get interval(): Millis {
		return this.pace?.interval ?? 0;
	}

	/** Sends its reports; of streams over UDP `undefined` until their units are open. */
	get reports(): RtcpOutbox | undefined {
		return this.media ?? this.interleaved;
	}

	/** @see SentStream */
	get overhead(): Octets {
		return this.out === undefined ? UDP_OVERHEAD : TCP_OVERHEAD;
	}

	get framing(): Framing {
		return this.out === undefined ? "udp" : "tcp";
	}

	get units(): readonly UnitStatus[] {
		return this.out === undefined ? (this.media?.units ?? NONE) : INTERLEAVED;
	}

	/** Pictures that it took. */
	get delivered(): number {
		return this.pictures + (this.receiver?.delivered ?? 0);
	}

	/** Pictures that came while its connection was busy, and that it did not get later. */
	get missed(): number {
		return this.misses + (this.receiver?.missed ?? 0);
	}

	/** Packets sent to it. */
	get packets(): number {
		return this.sentPackets + (this.receiver?.packets ?? 0);
	}

	/** Octets of these packets, with their headers. */
	get octets(): Octets {
		return this.sentOctets + (this.receiver?.octets ?? 0);
	}

	/** The RTP timestamp of an instant. @see MediaClock */
	timestampAt(now: Millis): number {
		return this.owner.timestampAt(now, this);
	}

	/** @see ReportSink */
	report(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		this.owner.reported(now, this, bytes, start, end);
	}

	/**
	 * Whether it takes the next picture of its content. One that it does not take ends what can be decoded, unless every picture is a
	 * key picture.
	 * @param isIntra every picture is one
	 */
	takes(now: Millis, isKey: boolean, isIntra: boolean): boolean {
		const { pace } = this;
		const isDue = (pace === undefined || pace.isDue(now)) && (isKey || !this.waitsForKey);
		const takes = isDue && (this.bandwidth?.takes(isKey) ?? true);
		if (!takes && !isIntra) this.waitsForKey = true;
		return takes;
	}

	/** A picture of this size begins to be sent to it. */
	begun(now: Millis, octets: Octets): void {
		this.pace?.begin(now, octets);
		this.waitsForKey = false;
	}

	/** It took a picture beside its group; one that it had missed there counts as taken. */
	took(packets: number, octets: Octets): void {
		this.pictures++;
		this.sentPackets += packets;
		this.sentOctets += octets;
		const missed = this.receiver?.missed ?? 0;
		if (missed <= this.missedSeen) return;
		this.missedSeen = missed;
		this.misses--;
	}

	/** So many pictures have passed it by, as it was busy; negative: it has got them after all. */
	passed(count: number): void {
		this.misses += count;
	}

	/** Its place in a group ends; what was counted there is kept. */
	detach(): void {
		const { receiver } = this;
		if (receiver === undefined) return;
		this.pictures += receiver.delivered;
		this.misses += receiver.missed;
		this.sentPackets += receiver.packets;
		this.sentOctets += receiver.octets;
		if (this.out === undefined) this.sequence = receiver.sequence;
		this.missedSeen = 0;
		this.receiver = undefined;
	}
}
