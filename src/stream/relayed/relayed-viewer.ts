import type { Millis, Octets } from "../../core/time";
import type { FanOutReceiver } from "../../ports/net";
import { udpHeader, wireOctets } from "../../ports/wire-octets";
import type { StreamSession } from "../distribution/stream-session";

/** How a viewer gets the pictures; numbers, as XS copies a string each time it is compared. */
export type ViewerMode = number;
/** It does not play. */
export const IDLE: ViewerMode = 0;
/** It gets each picture as it comes. */
export const LIVE: ViewerMode = 1;
/** It is sent what is kept: it has joined a moment ago, or was slow. */
export const BEHIND: ViewerMode = 2;
/** It needs a key picture. */
export const WAITING: ViewerMode = 3;

/** Who waits for a key picture for so long begins with any: some cameras send none. */
export const KEY_PATIENCE: Millis = 10_000;

/** Octets in front of an RTP packet between RTSP messages. */
const PREFIX: Octets = 4;

/** One stream of a relayed video: how far it has come, and what it was sent (REP-5). */
export class RelayedViewer {
	mode: ViewerMode = IDLE;
	/** While it is behind: the number of its next picture, and how many of its runs it has (UDP). */
	next = 0;
	run = 0;
	/** The newest picture when it began to play: those before it were not missed. */
	joined = -1;
	/** Since when it waits for a key picture. */
	since: Millis = 0;
	/** Whether it has got anything since it began to play. */
	hasBegun = false;
	/** Why it has ended; for records and the log. */
	reason = "the viewer left";
	/** Pictures that were sent and left out, of streams over UDP. */
	private sent = 0;
	private skipped = 0;

	/** Octets of the IP packets with RTP that were sent to it, except those that its receiver counts; over UDP. */
	private wire: Octets = 0;
	/** What its connection had sent before; over TCP. */
	private readonly before: Octets;

	constructor(readonly session: StreamSession) {
		this.before = session.out?.sent ?? 0;
	}

	/**
	 * All octets that it took on its transport: over TCP of the connection since SETUP, over UDP the IP packets of RTP and RTCP.
	 * @see DeliveryCounters.total
	 */
	get total(): Octets {
		const { session } = this;
		const { out, octets, receiver, client, rtcp } = session;
		if (out !== undefined) return out.sent === undefined ? octets : out.sent - this.before;
		const live = receiver === undefined ? 0 : wireOctets(receiver, client);
		return this.wire + live + (rtcp?.octets ?? 0) + (rtcp?.messages ?? 0) * udpHeader(client);
	}

	/** A receiver of it is about to be removed: what it counts is kept. */
	leaves(receiver: FanOutReceiver): void {
		this.wire += wireOctets(receiver, this.session.client);
	}

	/** Octets of the RTP packets that it was sent, with their headers. */
	get payload(): Octets {
		const { octets, packets, out } = this.session;
		return out === undefined ? octets : octets - PREFIX * packets;
	}

	get packets(): number {
		return this.session.packets;
	}

	get frames(): number {
		return this.session.out === undefined ? this.sent : this.session.delivered;
	}

	/** Pictures that it missed because it, or the way to it, was slow. */
	get drops(): number {
		return this.session.out === undefined ? this.skipped : this.session.missed;
	}

	/** A picture begins to be sent to it, over UDP. */
	began(): void {
		this.sent++;
		this.hasBegun = true;
	}

	/** It does not get so many pictures. */
	skips(count: number): void {
		this.skipped += count;
	}

	/** Whether each picture must be asked for. */
	get isWatched(): boolean {
		const { pace, waitsForKey, bandwidth } = this.session;
		return pace !== undefined || waitsForKey || bandwidth?.isReduced === true;
	}

	/** It needs the next key picture. */
	waits(now: Millis): void {
		this.mode = WAITING;
		this.since = now;
	}
}
