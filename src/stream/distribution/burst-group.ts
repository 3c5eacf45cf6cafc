import type { Millis } from "../../core/time";
import type { FanOutGroup, FanOutReceiver } from "../../ports/net";
import type { PacketBurst } from "../packets/packet-burst";
import type { PacketStream } from "../packets/packet-stream";
import type { StreamSession } from "./stream-session";

/** Told when a stream cannot be decoded before the next key picture. */
export interface KeyRequester {
	requestKey(now: Millis): void;
}

/**
 * The streams of one content that share packets: those with the same framing and channel. One call to the host sends a picture to
 * all of them; only streams with a pace of their own, or that wait for a key picture, are looked at one by one.
 *
 * Nothing is allocated for a picture, and nothing is copied for a viewer.
 */
export class BurstGroup {
	/** The packets of the newest picture, retained; `undefined` before the first. */
	latest: PacketBurst | undefined;
	/** The number of that picture, as its content counts. */
	latestId = -1;
	/** {@link FanOutGroup.sends} for that picture; -1: the group has not sent it. */
	private latestSend = -1;
	readonly sessions: StreamSession[] = [];
	private readonly watched: StreamSession[] = [];

	/**
	 * @param fan the host's group, for these streams only
	 * @param solo a group of the host without receivers, for what is sent to one stream
	 * @param keys absent where every picture is a key picture
	 */
	constructor(
		readonly packets: PacketStream,
		private readonly fan: FanOutGroup,
		private readonly solo: FanOutGroup,
		private readonly keys?: KeyRequester,
	) {}

	/** Frees the newest picture, so that it is not sent any more. */
	clear(): void {
		this.latest?.release();
		this.latest = undefined;
		this.latestId = this.latestSend = -1;
	}

	/** Takes the packets of the newest picture, with their reference, without sending them. */
	keep(burst: PacketBurst, id: number): void {
		this.latest?.release();
		this.latest = burst;
		this.latestId = id;
		this.latestSend = -1;
	}

	/** Sends the newest picture to all streams that are ready for it and may have it; takes over the reference. */
	send(now: Millis, burst: PacketBurst, id: number): void {
		const { fan, watched } = this;
		this.keep(burst, id);
		for (let i = 0; i < watched.length; i++) {
			const session = watched[i];
			(session.receiver as FanOutReceiver).hold = !session.takes(now, burst.isKey, this.keys === undefined);
		}
		const { missed } = fan;
		fan.sendBatch(burst.bytes, burst.offsets, burst.count, burst);
		this.latestSend = fan.sends;
		const octets = burst.offsets[burst.count] - burst.offsets[0];
		// From the end, as a stream that needs no watching any more leaves the list.
		for (let i = watched.length - 1; i >= 0; i--) {
			const session = watched[i];
			const receiver = session.receiver as FanOutReceiver;
			if (receiver.last !== fan.sends) continue;
			session.begun(now, octets);
			this.watch(session);
		}
		if (this.keys !== undefined && fan.missed !== missed) this.findMisses(now, this.keys);
	}

	/** Adds a stream. It takes the next picture that it may have. */
	add(session: StreamSession): void {
		const { fan } = this;
		const { out, media } = session;
		if (out !== undefined) session.receiver = fan.addStream(out);
		else if (media !== undefined) session.receiver = fan.addPeer(media.socket, media.peer, session);
		else return;
		this.sessions.push(session);
		this.watch(session);
	}

	/** Removes a stream; harmless when it is not there. */
	remove(session: StreamSession): void {
		const at = this.sessions.indexOf(session);
		if (at < 0) return;
		this.sessions.splice(at, 1);
		if (session.isWatched) this.watched.splice(this.watched.indexOf(session), 1);
		session.isWatched = false;
		this.fan.remove(session.receiver as FanOutReceiver);
		session.detach();
	}

	/** The pace of a stream, or what it waits for, has changed. */
	watch(session: StreamSession): void {
		const isWatched = session.pace !== undefined || session.waitsForKey || session.bandwidth?.isReduced === true;
		if (isWatched === session.isWatched) return;
		session.isWatched = isWatched;
		if (isWatched) this.watched.push(session);
		else {
			this.watched.splice(this.watched.indexOf(session), 1);
			if (session.receiver !== undefined) session.receiver.hold = false;
		}
	}

	/**
	 * Sends the newest picture to one stream, unless it has it, may not have it or is busy: over UDP only before it is added,
	 * over TCP whenever there is room.
	 */
	sendLatest(now: Millis, session: StreamSession): void {
		const { latest, latestId, solo } = this;
		const { receiver, out, media, pace } = session;
		if (latest === undefined || session.lateId === latestId) return;
		if (receiver !== undefined && receiver.last === this.latestSend) return;
		if (!latest.isKey && session.waitsForKey) return;
		if (pace !== undefined && !pace.isDue(now)) return;
		const { bytes, offsets, count } = latest;
		const octets = offsets[count] - offsets[0];
		if (out !== undefined) {
			if (!out.offer(bytes, offsets[0], offsets[count], latest)) return;
		} else if (receiver === undefined && media !== undefined) {
			const single = solo.addPeer(media.socket, media.peer, session);
			const took = solo.sendBatch(bytes, offsets, count, latest);
			session.sequence = single.sequence;
			solo.remove(single);
			if (took === 0) return;
		} else return;
		session.lateId = latestId;
		session.took(count, octets);
		session.begun(now, octets);
	}

	/** Streams that missed a picture can use none before the next key picture. */
	private findMisses(now: Millis, keys: KeyRequester): void {
		const { sessions } = this;
		for (let i = 0; i < sessions.length; i++) {
			const session = sessions[i];
			const { missed } = session.receiver as FanOutReceiver;
			if (missed === session.missedSeen) continue;
			session.missedSeen = missed;
			session.waitsForKey = true;
			this.watch(session);
			keys.requestKey(now);
		}
	}
}
