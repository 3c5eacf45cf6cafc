import type { Millis } from "../../core/time";
import type { ContentDescription } from "../content";
import type { ContentHost, PlayableContent } from "../distribution/playable-content";
import { OVER, PAUSED, PLAYING, type StreamSession } from "../distribution/stream-session";
import { BandwidthManager } from "../reports/bandwidth-manager";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered, PlayAnswer } from "../stream-transport";
import type { RelayedVideo } from "./relayed-video";
import { RelayedViewer } from "./relayed-viewer";

/** Knows the contents of a relay, opens them, and accounts for their viewers. */
export interface RelayedCatalog {
	/** Whether there may be a content with this ID. */
	has(id: string): boolean;
	/** Asks for a content: its video is there once its origin has accepted. Answered once, in this call or later. */
	open(now: Millis, id: string, answered: Answered<RelayedVideo>): void;
	/** A viewer's stream is set up. */
	joined(now: Millis, viewer: RelayedViewer): void;
	/** It has ended; {@link RelayedViewer.reason} tells why. */
	left(now: Millis, viewer: RelayedViewer): void;
}

const ENDED = new RtspRefusal(454, "the stream has ended");

/** A stream of a content. */
interface Entry {
	readonly viewer: RelayedViewer;
	readonly video: RelayedVideo;
}

/** All contents of a relay, for the distribution: each is got once from its origin, and copied to all its viewers (REP-2 … REP-4). */
export class RelayedContents implements PlayableContent {
	readonly followsQuality = false;
	/** The contents differ. */
	readonly perSecond = 0;
	/** The videos that are open. */
	private readonly videos: RelayedVideo[] = [];
	private readonly entries = new Map<number, Entry>();

	constructor(
		private readonly catalog: RelayedCatalog,
		private readonly host: ContentHost,
	) {}

	get deadline(): Millis {
		const { videos } = this;
		let earliest = Infinity;
		for (let i = 0; i < videos.length; i++) earliest = Math.min(earliest, videos[i].deadline);
		return earliest;
	}

	expire(now: Millis): void {
		const { videos } = this;
		for (let i = 0; i < videos.length; i++) if (videos[i].deadline <= now) videos[i].expire(now);
	}

	/** A video is open, so that its deadline counts. */
	add(video: RelayedVideo): void {
		this.videos.push(video);
		video.changed = (now) => this.end(now, video, "the origin's video has another encoding now");
	}

	/** A video has been closed: streams that still have it end. */
	remove(now: Millis, video: RelayedVideo, reason: string): void {
		const at = this.videos.indexOf(video);
		if (at < 0) return;
		this.videos.splice(at, 1);
		this.end(now, video, reason);
		video.close(now);
	}

	/** Ends the streams of a video. */
	private end(now: Millis, video: RelayedVideo, reason: string): void {
		for (const entry of [...this.entries.values()])
			if (entry.video === video) this.host.fail(now, entry.viewer.session, reason);
	}

	/** The viewer with this stream. */
	viewer(stream: number): RelayedViewer | undefined {
		return this.entries.get(stream)?.viewer;
	}

	has(id: string): boolean {
		return this.catalog.has(id);
	}

	describe(now: Millis, id: string, answered: Answered<ContentDescription>): void {
		this.catalog.open(now, id, (at, answer) => {
			const video = answer instanceof RtspRefusal ? undefined : answer.described;
			if (video === undefined) answered(at, answer instanceof RtspRefusal ? answer : ENDED);
			else answered(at, { id, title: id, video });
		});
	}

	enter(now: Millis, session: StreamSession, answered: Answered<undefined>): void {
		this.catalog.open(now, session.content, (at, video) => {
			if (video instanceof RtspRefusal) return answered(at, video);
			// The client may have left while the origin was asked.
			if (session.state === OVER) return answered(at, ENDED);
			if (session.out !== undefined) session.ssrc = video.ssrc;
			const viewer = new RelayedViewer(session);
			this.entries.set(session.stream, { viewer, video });
			this.catalog.joined(at, viewer);
			if (session.state !== OVER) answered(at, undefined);
			else {
				this.leave(at, session);
				answered(at, ENDED);
			}
		});
	}

	newManager(session: StreamSession): BandwidthManager {
		const video = this.entries.get(session.stream)?.video;
		return new BandwidthManager(video?.description?.encoding ?? "JPEG", session.framing, video?.perSecond ?? 0);
	}

	leave(now: Millis, session: StreamSession): void {
		const entry = this.entries.get(session.stream);
		if (entry === undefined) return;
		this.pause(now, session);
		this.entries.delete(session.stream);
		if (session.fault !== "") entry.viewer.reason = session.fault;
		this.catalog.left(now, entry.viewer);
	}

	play(now: Millis, session: StreamSession, _range: unknown, answered: Answered<PlayAnswer>): void {
		const entry = this.entries.get(session.stream);
		if (entry === undefined) return answered(now, ENDED);
		if (session.state === PLAYING) {
			const sequence = session.out === undefined ? (session.receiver?.sequence ?? session.sequence) : undefined;
			return answered(now, { sequence, timestamp: undefined });
		}
		entry.video.play(now, entry.viewer, (answer) => {
			session.state = PLAYING;
			session.pace?.join(now);
			answered(now, answer);
			return session.state === PLAYING;
		});
	}

	pause(now: Millis, session: StreamSession): void {
		const entry = this.entries.get(session.stream);
		if (session.state !== PLAYING || entry === undefined) return;
		session.state = PAUSED;
		session.pace?.leave(now);
		entry.video.pause(now, entry.viewer);
	}

	room(now: Millis, session: StreamSession): void {
		const entry = this.entries.get(session.stream);
		if (session.state === PLAYING && entry !== undefined) entry.video.room(now, entry.viewer);
	}

	paced(session: StreamSession): void {
		const entry = this.entries.get(session.stream);
		if (entry !== undefined) entry.video.paced(entry.viewer);
	}

	timestampAt(now: Millis, session: StreamSession): number {
		return this.entries.get(session.stream)?.video.timestampAt(now) ?? 0;
	}

	close(now: Millis): void {
		for (const video of this.videos.slice()) this.remove(now, video, "the relay is stopping");
	}
}
