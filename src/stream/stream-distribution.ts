import type { Machine } from "../core/machine";
import type { Millis } from "../core/time";
import type { Uplink } from "../media/uplink";
import { ViewerPace } from "../media/viewer-pace";
import type { FanOutGroup } from "../ports/net";
import type { Random } from "../ports/random";
import { BandwidthManager } from "./bandwidth-manager";
import type { ContentDescription, PlayRange } from "./content";
import type { MediaPath, MediaPaths } from "./media-path";
import type { ContentHost, PlayableContent } from "./playable-content";
import { RtpOrigin } from "./rtp-origin";
import { RtspRefusal } from "./rtsp-refusal";
import { SessionKeeper } from "./session-keeper";
import { type SessionOwner, StreamSession } from "./stream-session";
import type { StreamTable } from "./stream-table";
import type { Answered, PlayAnswer, StreamAnswer, StreamRequest, StreamTransport } from "./stream-transport";

/** How many streams there may be. */
export interface StreamLimits {
	/** At a time; an eighth is kept for owners. */
	readonly streams: number;
	/** Of one client address. */
	readonly streamsPerClient: number;
}

/** What the distribution needs of the machine and of the camera. */
export interface DistributionHost {
	readonly random: Random;
	readonly paths: MediaPaths;
	/** What viewers from the Internet share; `undefined`: no limit. */
	readonly uplink: Uplink | undefined;
	/** Whether a client is on the Internet. */
	isFar(client: string): boolean;
	fanOut(): FanOutGroup;
	/** {@link StreamDistribution.deadline} has changed outside of `expire`. */
	rearm(): void;
}

const NO_CONTENT = new RtspRefusal(404, "there is no such content");
const NO_STREAM = new RtspRefusal(454, "there is no such stream");
const FULL = new RtspRefusal(453, "the camera has as many streams as it may have");
const CLIENT_FULL = new RtspRefusal(453, "this client has as many streams as it may have");
const CLOSED = new RtspRefusal(503, "the camera is stopping");

/**
 * Distributes stream data: knows the contents and the streams of all clients, and starts and ends them as control asks (STR-2).
 *
 * Contents send the pictures, each once for all its streams; `SessionKeeper` looks after the streams about once a second.
 */
export class StreamDistribution implements StreamTransport, ContentHost, SessionOwner, Machine<undefined> {
	readonly origin: RtpOrigin;
	readonly solo: FanOutGroup;
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

	/** All streams. */
	get table(): StreamTable<StreamSession> {
		return this.keeper.table;
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

	/** Adds a content; its ID is not in use. */
	addContent(content: PlayableContent): void {
		this.contents.push(content);
	}
}
