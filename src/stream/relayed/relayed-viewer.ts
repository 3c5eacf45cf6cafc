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

/** A viewer that has waited this long for a key picture begins with any: some cameras send none. */
export const KEY_PATIENCE: Millis = 10_000;

const NO_REPORTS = Object.freeze({ messages: 0, messageOctets: 0 });
/** Octets in front of an RTP packet between RTSP messages. */
const PREFIX: Octets = 4;

/** How many pictures a group has sent. */
export interface PictureCount {
	readonly pictures: number;
}

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
	/** Octets of IP packets with media, of streams over UDP; but for its present place in a group. @see total */
	private wire: Octets = 0;
	/** What its connection had taken before this stream was set up. */
	private readonly taken: Octets;
	/** The group that it gets each picture with, and how many that had sent before; `undefined`: each picture is looked at. */
	private group: PictureCount | undefined;
	private before = 0;
	/** Pictures that were sent and left out, of streams over UDP; but for those of the {@link group}. */
	private sent = 0;
	private skipped = 0;

	constructor(readonly session: StreamSession) {
		this.taken = session.out?.sent ?? 0;
	}

	/**
	 * Octets that its session took since it was set up, as the kernel counts them: of its connection, or of the IP packets that were sent
	 * to it, with reports.
	 */
	get total(): Octets {
		const { out, receiver, client, rtcp, media } = this.session;
		if (out !== undefined) return out.sent === undefined ? this.session.octets : out.sent - this.taken;
		const reports = media?.hasReports === true && rtcp !== undefined ? rtcp : NO_REPORTS;
		const live = receiver === undefined ? 0 : wireOctets(receiver, client);
		return this.wire + live + reports.messageOctets + udpHeader(client) * reports.messages;
	}

	/** Its place in a group, of this receiver, is over. */
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
		if (this.session.out !== undefined) return this.session.delivered;
		return this.group === undefined ? this.sent : this.sent + this.group.pictures - this.before;
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

	/** From now on it gets each picture with its group, so that it needs not be looked at. */
	follows(group: PictureCount): void {
		if (this.group !== undefined) return;
		this.group = group;
		this.before = group.pictures;
	}

	/** From now on it is looked at before each picture. */
	leavesGroup(): void {
		if (this.group === undefined) return;
		this.sent += this.group.pictures - this.before;
		this.group = undefined;
	}

	/** Whether it gets each picture with its group. */
	get isPlain(): boolean {
		return this.group !== undefined;
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
