import type { Millis } from "../../core/time";
import type { FanOutGroup } from "../../ports/net";
import type { ContentDescription, PlayRange, VideoDescription } from "../content";
import type { ContentHost, PlayableContent } from "../distribution/playable-content";
import { OVER, PAUSED, PLAYING, type StreamSession } from "../distribution/stream-session";
import { H264Packetizer } from "../packets/h264-packetizer";
import type { PacketBurst } from "../packets/packet-burst";
import { PacketStream } from "../packets/packet-stream";
import { BandwidthManager } from "../reports/bandwidth-manager";
import { RtspRefusal } from "../rtsp-refusal";
import type { Answered, PlayAnswer } from "../stream-transport";
import type { StoredCatalog, StoredContent, StoredReader } from "./stored-content";
import { StoredPlayback } from "./stored-playback";

/** A whole content at its own speed. */
const WHOLE: PlayRange = Object.freeze({ from: undefined, to: undefined, scale: 1, speed: 1 });
const ENDED = new RtspRefusal(454, "the stream has ended");

/** The stored contents of a catalog: each stream plays by itself, with packets of its own (STR-11). */
export class StoredStreams implements PlayableContent {
	readonly followsQuality = false;
	/** The contents differ. */
	readonly perSecond = 0;
	private readonly streams: StoredStream[] = [];

	/** @param prefix the IDs of its contents begin with it. @default "files/" */
	constructor(
		private readonly catalog: StoredCatalog,
		private readonly host: ContentHost,
		private readonly prefix = "files/",
	) {}

	get deadline(): Millis {
		let earliest = Infinity;
		for (let i = 0; i < this.streams.length; i++) earliest = Math.min(earliest, this.streams[i].playback.deadline);
		return earliest;
	}

	expire(now: Millis): void {
		// From the end, as a stream whose content has ended leaves the list.
		for (let i = this.streams.length - 1; i >= 0; i--) {
			const { playback } = this.streams[i];
			if (playback.deadline <= now) playback.expire(now);
		}
	}

	has(id: string): boolean {
		return id.startsWith(this.prefix);
	}

	describe(_now: Millis, id: string, answered: Answered<ContentDescription>): void {
		const { host } = this;
		this.catalog.find(id.slice(this.prefix.length), (found) => {
			answered(host.now(), found instanceof RtspRefusal ? found : found.description);
		});
	}

	enter(_now: Millis, session: StreamSession, answered: Answered<undefined>): void {
		const { host } = this;
		this.catalog.find(session.content.slice(this.prefix.length), (found) => {
			if (found instanceof RtspRefusal) return answered(host.now(), found);
			found.open((reader) => {
				if (reader instanceof RtspRefusal) return answered(host.now(), reader);
				if (session.state === OVER) {
					reader.close();
					return answered(host.now(), ENDED);
				}
				this.streams.push(new StoredStream(session, found, reader, host));
				answered(host.now(), undefined);
			});
		});
	}

	newManager(session: StreamSession): BandwidthManager {
		return (this.of(session) as StoredStream).newManager();
	}

	leave(_now: Millis, session: StreamSession): void {
		const stream = this.of(session);
		if (stream === undefined) return;
		this.streams.splice(this.streams.indexOf(stream), 1);
		stream.close();
	}

	play(now: Millis, session: StreamSession, range: PlayRange | undefined, answered: Answered<PlayAnswer>): void {
		const stream = this.of(session);
		if (stream === undefined) answered(now, ENDED);
		else stream.play(now, range ?? WHOLE, answered);
	}

	pause(now: Millis, session: StreamSession): void {
		this.of(session)?.pause(now);
	}

	room(now: Millis, session: StreamSession): void {
		this.of(session)?.playback.room(now);
	}

	/** Each picture of a stream is looked at anyway. */
	paced(): void {}

	timestampAt(now: Millis, session: StreamSession): number {
		return this.of(session)?.playback.timestampAt(now) ?? 0;
	}

	close(): void {}

	private of(session: StreamSession): StoredStream | undefined {
		for (let i = 0; i < this.streams.length; i++) if (this.streams[i].session === session) return this.streams[i];
		return undefined;
	}
}

/** The playback of one stream, and where its packets go. */
class StoredStream {
	readonly playback: StoredPlayback;
	private readonly packets: PacketStream;
	/** For datagrams. */
	private readonly fan: FanOutGroup;
	private readonly video: VideoDescription;

	constructor(
		readonly session: StreamSession,
		content: StoredContent,
		reader: StoredReader,
		private readonly host: ContentHost,
	) {
		const { description } = content;
		const { framing, channel, interval } = session;
		const { video } = description;
		this.video = video;
		const h264 = video.encoding === "H264" ? new H264Packetizer() : undefined;
		this.packets = new PacketStream(framing, channel, session, h264);
		this.fan = host.newGroup();
		const rate = interval > 0 ? 1000 / interval : 0;
		this.playback = new StoredPlayback(description, reader, this.packets, this, host.origin.timestamp(), rate);
	}

	newManager(): BandwidthManager {
		const { encoding, frameRate } = this.video;
		return new BandwidthManager(encoding, this.session.framing, frameRate);
	}

	play(now: Millis, range: PlayRange, answered: Answered<PlayAnswer>): void {
		const { session } = this;
		this.playback.play(now, range, (at, answer) => {
			if (answer instanceof RtspRefusal || session.state === OVER) return answered(at, answer as RtspRefusal);
			this.begin(at);
			const sequence = session.receiver?.sequence ?? this.packets.sequence;
			answered(at, { range: answer.range, sequence, timestamp: answer.timestamp });
		});
	}

	pause(now: Millis): void {
		const { session } = this;
		this.playback.pause();
		if (session.state !== PLAYING) return;
		session.state = PAUSED;
		session.pace?.leave(now);
	}

	close(): void {
		const { session } = this;
		this.pause(this.host.now());
		this.playback.close();
		if (session.receiver !== undefined) this.fan.remove(session.receiver);
		session.detach();
	}

	/** @see StoredOutlet */
	now(): Millis {
		return this.host.now();
	}

	/** @see StoredOutlet */
	send(now: Millis, burst: PacketBurst): boolean {
		const { session } = this;
		const { out } = session;
		const { bytes, offsets, count } = burst;
		// What the client's connection cannot carry is left out, and the playback goes on.
		if (!session.takes(now, burst.isKey, this.video.encoding === "JPEG")) return true;
		const octets = offsets[count] - offsets[0];
		if (out !== undefined) {
			if (!out.offer(bytes, offsets[0], offsets[count], burst)) return false;
			session.took(count, octets);
		} else this.fan.sendBatch(bytes, offsets, count, burst);
		session.begun(now, octets);
		return true;
	}

	/** @see StoredOutlet */
	rearm(): void {
		this.host.rearm();
	}

	/** @see StoredOutlet */
	ended(now: Millis, reason: string): void {
		this.host.fail(now, this.session, reason);
	}

	/** The stream plays from now on. */
	private begin(now: Millis): void {
		const { session } = this;
		const { media } = session;
		if (session.state === PLAYING) return;
		session.state = PLAYING;
		session.pace?.join(now);
		if (session.receiver === undefined && media !== undefined)
			session.receiver = this.fan.addPeer(media.socket, media.peer, session);
	}
}
