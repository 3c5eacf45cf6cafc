import type { StreamOutbox } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { ViewerPace } from "../media/viewer-pace";
import type { FanOutReceiver } from "../ports/net";
import type { MediaPath } from "./media-path";
import type { StreamListener } from "./stream-transport";

/** The state of a stream; `ended`: it has been taken down, and nothing may be done with it. @see RFC 2326 §A */
export type StreamState = "ready" | "playing" | "paused" | "ended";

/**
 * The stream of one client: what is sent to whom, and how far it has come (STR-2).
 *
 * Its content and its group write the fields. Numbers and counters go on when a stream is paused and played again.
 */
export class StreamSession {
	state: StreamState = "ready";
	/** Its place in a fan-out group, while it plays. */
	receiver: FanOutReceiver | undefined;
	/** The processing units of streams over UDP, once they are open. */
	media: MediaPath | undefined;
	/** Decides when its next picture is due; `undefined`: it takes all. */
	pace: ViewerPace | undefined;
	/** True: it takes nothing before the next key picture. */
	waitsForKey = false;
	/** True: it takes key pictures only. */
	keysOnly = false;
	/** True: its group looks at it before each picture. */
	isWatched = false;
	/** {@link FanOutReceiver.missed} as it was when it was last looked at. */
	missedSeen = 0;
	/** The picture that it took beside the group, because it was ready later than the others. */
	lateId = -1;
	/** Pictures that it took and missed, packets and octets with headers, except those that {@link receiver} counts. */
	private pictures = 0;
	private misses = 0;
	private sentPackets = 0;
	private sentOctets: Octets = 0;

	/**
	 * @param id the stream transport session
	 * @param out the connection, of streams over TCP
	 * @param ssrc its source; over TCP that of its group, which its content sets
	 * @param channel of RTP on the connection; -1: datagrams
	 * @param sequence the number of the next packet while it does not play; of streams over UDP
	 */
	constructor(
		readonly id: number,
		readonly client: string,
		readonly listener: StreamListener,
		public ssrc: number,
		readonly out: StreamOutbox | undefined,
		readonly channel: number,
		public sequence: number,
	) {}

	/** Pictures that it took. */
	get delivered(): number {
		return this.pictures + (this.receiver?.delivered ?? 0);
	}

	/** Pictures that came while its connection was busy. */
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

	/** It took a picture beside its group. */
	took(packets: number, octets: Octets): void {
		this.pictures++;
		this.sentPackets += packets;
		this.sentOctets += octets;
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
