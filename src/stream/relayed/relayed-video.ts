import type { Millis, Octets } from "../../core/time";
import { ParameterSets } from "../../media/h264-parameter-sets";
import { PAYLOAD_H264, PAYLOAD_JPEG, RTP_HEADER, type RtpPacket } from "../../wire/rtp";
import type { RtpSink, RtspTrack } from "../client/rtp-sink";
import type { VideoDescription } from "../content";
import { PictureRate } from "../distribution/picture-rate";
import type { ContentHost } from "../distribution/playable-content";
import { MediaClock } from "../reports/media-clock";
import type { PlayAnswer } from "../stream-transport";
import { DatagramViewers } from "./datagram-viewers";
import { type PacketRun, RUN_COST, RUN_MAX, RunPool } from "./packet-run";
import { PictureCache } from "./picture-cache";
import { eachSet, KEY, kindOfH264, type PacketKind, SETS } from "./picture-start";
import { RelayedPicture } from "./relayed-picture";
import type { RelayedViewer } from "./relayed-viewer";
import { RtpContinuity } from "./rtp-continuity";
import { StreamViewers } from "./stream-viewers";

/** Packets wait at most so long for others of the same picture, so that they leave in one call. */
const TOGETHER: Millis = 1;
/** A longer picture is ended; headers count, as an origin may send packets without any payload. */
const PICTURE_MAX: Octets = 8 * 1024 * 1024;

/**
 * The packets of one origin for all viewers of a relay, their payloads unchanged (REP-4).
 *
 * Viewers over UDP get them a few at a time, within {@link TOGETHER}; viewers over TCP get whole pictures. A new viewer begins with the
 * newest key picture, from the {@link PictureCache}; who is slow goes on with what is kept of the pictures since then, or with the
 * next key picture. When the origin has begun again, the numbers and times of its packets follow those before.
 *
 * A caller outside of {@link expire} has its {@link deadline} read again by {@link ContentHost.rearm}.
 */
export class RelayedVideo implements RtpSink {
	/** What the origin says of its video; `undefined`: nothing yet. */
	description: VideoDescription | undefined;
	/** Set by the owner. Called when the origin has another encoding than the one that viewers know: they can't go on. */
	changed: (now: Millis) => void = NOTHING;
	/** Packets that came, and that are known to be missing. */
	received = 0;
	missing = 0;
	private readonly continuity: RtpContinuity;
	private readonly pool = new RunPool();
	private readonly cache = new PictureCache();
	private readonly datagrams: DatagramViewers;
	private readonly streams: StreamViewers;
	private readonly sets = new ParameterSets();
	private readonly clock = new MediaClock();
	private readonly rate = new PictureRate();
	private readonly takeSet = (bytes: Uint8Array, start: Octets, end: Octets): void => {
		this.sets.take(bytes, start, end);
	};
	/** Parameter sets that viewers don't have: they go before the next key picture that has none. */
	private owed: readonly Uint8Array[] = NO_SETS;
	private isJpeg = true;
	private picture: RelayedPicture | undefined;
	private run: PacketRun | undefined;
	private flushAt: Millis = Infinity;
	private pictures = 0;

	constructor(private readonly host: ContentHost) {
		const numbers = host.origin.draw();
		this.continuity = new RtpContinuity(numbers, host.origin.timestamp());
		this.clock.set(0, this.continuity.timestamp);
		this.datagrams = new DatagramViewers(host, this.cache);
		this.streams = new StreamViewers(host, this.cache, numbers.ssrc);
	}

	/** The source that viewers over TCP get, whose packets are shared. */
	get ssrc(): number {
		return this.streams.ssrc;
	}

	/** Pictures per second; 0: not known. */
	get perSecond(): number {
		return this.rate.perSecond;
	}

	get deadline(): Millis {
		return Math.min(this.flushAt, this.datagrams.deadline);
	}

	expire(now: Millis): void {
		if (now >= this.flushAt) this.flush(now);
		this.datagrams.expire(now);
	}

	/** Begins to send to a viewer; its first packets follow the answer. */
	play(now: Millis, viewer: RelayedViewer, answered: (answer: PlayAnswer) => boolean): void {
		const { session } = viewer;
		const first = this.cache.get(this.cache.first);
		const isStream = session.out !== undefined;
		const sequence = isStream ? first?.runs[0].sequence : session.sequence;
		if (!answered({ sequence, timestamp: first?.timestamp })) return;
		(isStream ? this.streams : this.datagrams).add(now, viewer, this.pictures - 1);
		this.host.rearm();
	}

	/** Sends nothing more to a viewer. */
	pause(now: Millis, viewer: RelayedViewer): void {
		(viewer.session.out === undefined ? this.datagrams : this.streams).remove(now, viewer);
	}

	/** Which pictures a viewer takes may have changed. */
	paced(viewer: RelayedViewer): void {
		(viewer.session.out === undefined ? this.datagrams : this.streams).watch(viewer);
	}

	/** The connection of a viewer has room again. */
	room(now: Millis, viewer: RelayedViewer): void {
		this.streams.advance(now, viewer);
	}

	/** The RTP timestamp of an instant. */
	timestampAt(now: Millis): number {
		return this.clock.timestampAt(now);
	}

	/** What waits is sent, as nothing follows for a while. */
	interrupt(now: Millis): void {
		this.finish(now);
	}

	/** @see RtpSink */
	began(now: Millis, track: RtspTrack): void {
		this.finish(now);
		this.continuity.rebase();
		const isFirst = this.description === undefined;
		if (!isFirst && track.encoding !== this.description?.encoding) this.changed(now);
		this.isJpeg = track.encoding === "JPEG";
		let hasNew = false;
		for (const set of track.parameterSets) if (this.sets.take(set, 0, set.length)) hasNew = true;
		if (hasNew && !isFirst) this.owed = this.sets.list;
		this.description = track;
		this.cache.clear();
		// What comes refers to pictures that viewers don't have, until a key picture.
		if (isFirst || this.isJpeg) return;
		this.datagrams.restart(now);
		this.streams.restart(now);
	}

	/** What a viewer that joins now has to know. */
	get described(): VideoDescription | undefined {
		const { description } = this;
		if (description === undefined || this.isJpeg) return description;
		const frameRate = description.frameRate > 0 ? description.frameRate : this.perSecond;
		const parameterSets = this.sets.list.length > 0 ? this.sets.list : description.parameterSets;
		return { ...description, frameRate, parameterSets };
	}

	/** @see RtpSink */
	lost(now: Millis, count: number): void {
		this.missing += count;
		if (count > 0) return;
		// The source has begun again with other numbers.
		this.finish(now);
		this.continuity.rebase();
	}

	/** @see RtpSink */
	packet(now: Millis, packet: RtpPacket, bytes: Uint8Array): void {
		const { continuity, isJpeg } = this;
		const { start, end, marker } = packet;
		this.received++;
		continuity.take(now, packet.sequence, packet.timestamp);
		// Without the marker the next timestamp ends a picture.
		if (this.picture !== undefined && this.picture.timestamp !== continuity.timestamp) this.finish(now);
		const kind = isJpeg ? KEY : kindOfH264(bytes, start, end);
		const picture = this.picture ?? this.begin(now, kind);
		if (!isJpeg) eachSet(bytes, start, end, this.takeSet);
		if (!picture.hasBegun && (kind === SETS || kind === KEY)) picture.isKey = true;
		if (kind >= KEY) picture.hasSlices = true;
		this.append(picture, continuity.gap, marker, bytes, start, end);
		if (marker || picture.octets + RUN_COST * picture.runs.length > PICTURE_MAX) this.finish(now);
		else if (picture.runs[picture.runs.length - 1].count >= RUN_MAX) this.flush(now);
		else if (this.flushAt === Infinity && this.datagrams.size > 0) {
			this.flushAt = now + TOGETHER;
			this.host.rearm();
		}
	}

	/** Nothing comes any more; all viewers have left. */
	close(now: Millis): void {
		this.finish(now);
		this.cache.clear();
		this.flushAt = Infinity;
	}

	private begin(now: Millis, kind: PacketKind): RelayedPicture {
		const { continuity, owed } = this;
		const picture = new RelayedPicture(this.pictures++, continuity.timestamp);
		this.picture = picture;
		this.clock.set(now, picture.timestamp);
		this.rate.add(now, picture.number);
		if (kind === SETS) this.owed = NO_SETS;
		if (kind !== KEY || owed.length === 0) return picture;
		this.owed = NO_SETS;
		for (const set of owed) {
			this.append(picture, continuity.gap, false, set, 0, set.length);
			continuity.insert(1);
		}
		return picture;
	}

	private append(
		picture: RelayedPicture,
		gap: number,
		marker: boolean,
		bytes: Uint8Array,
		start: Octets,
		end: Octets,
	): void {
		const { pool, continuity } = this;
		const { sequence, timestamp } = continuity;
		const type = this.isJpeg ? PAYLOAD_JPEG : PAYLOAD_H264;
		const { run } = this;
		if (run === undefined || gap > 0 || !pool.append(run, type, marker, bytes, start, end)) {
			const next = pool.begin(end - start, sequence, timestamp);
			next.gap = gap;
			pool.append(next, type, marker, bytes, start, end);
			picture.runs.push(next);
			this.run = next;
		}
		picture.grown(RTP_HEADER + end - start);
	}

	/** Sends what has come of the picture to viewers over UDP, once its kind is known. */
	private flush(now: Millis, isLast = false): void {
		const { picture, cache, datagrams } = this;
		this.flushAt = Infinity;
		if (picture === undefined) return;
		if (!picture.hasBegun) {
			if (!picture.isKey && !picture.hasSlices && !isLast && picture.runs.length <= 1) return;
			picture.hasBegun = true;
			cache.begin(picture);
			datagrams.begin(now, picture);
		}
		this.run = undefined;
		const { runs } = picture;
		let octets = 0;
		while (picture.sent < runs.length) {
			const run = runs[picture.sent++];
			run.isKey = picture.isKey;
			octets += run.octets + RUN_COST;
			datagrams.send(run, this.isJpeg);
		}
		if (picture.isKept) cache.grown(octets);
	}

	/** The picture ends. */
	private finish(now: Millis): void {
		const { picture } = this;
		if (picture === undefined) return;
		this.flush(now, true);
		this.picture = undefined;
		picture.isWhole = true;
		this.streams.send(now, picture, this.isJpeg);
		if (!picture.isKept) picture.clear();
	}
}

const NOTHING = (): void => {};
const NO_SETS: readonly Uint8Array[] = Object.freeze([]);
