import type { Millis } from "../../core/time";
import type { FanOutGroup, FanOutReceiver } from "../../ports/net";
import type { ContentHost } from "../distribution/playable-content";
import { BurstPool } from "../packets/burst-pool";
import type { PictureCache } from "./picture-cache";
import type { RelayedPicture } from "./relayed-picture";
import { BEHIND, IDLE, KEY_PATIENCE, LIVE, type PictureCount, type RelayedViewer, WAITING } from "./relayed-viewer";

/**
 * The viewers of a relayed video over TCP: one call to the host sends a picture to all that are ready. One that is not goes on with
 * what the cache keeps, picture by picture, as its connection has room; what it can't catch up with is dropped, whole pictures only.
 */
export class StreamViewers implements PictureCount {
	/** @see PictureCount */
	pictures = 0;
	private readonly viewers: RelayedViewer[] = [];
	/** Those that are looked at before each picture. */
	private readonly watched: RelayedViewer[] = [];
	private readonly fan: FanOutGroup;
	private readonly pool = new BurstPool();
	/** The newest picture; its packets are kept for those that are ready a little later. */
	private newest: RelayedPicture | undefined;

	/** @param ssrc the source that all of them get */
	constructor(
		host: ContentHost,
		private readonly cache: PictureCache,
		readonly ssrc: number,
	) {
		this.fan = host.newGroup();
	}

	/** Begins to send to a viewer. @param newest the number of the newest picture */
	add(now: Millis, viewer: RelayedViewer, newest: number): void {
		const { session } = viewer;
		if (session.out === undefined) return;
		session.receiver = this.fan.addStream(session.out);
		session.receiver.hold = true;
		this.viewers.push(viewer);
		this.watched.push(viewer);
		viewer.joined = newest;
		viewer.hasBegun = false;
		viewer.next = this.cache.first;
		if (viewer.next === Infinity) viewer.waits(now);
		else {
			viewer.mode = BEHIND;
			this.advance(now, viewer);
		}
	}

	remove(_now: Millis, viewer: RelayedViewer): void {
		const { session, mode } = viewer;
		const at = this.viewers.indexOf(viewer);
		if (mode === IDLE || at < 0) return;
		this.viewers.splice(at, 1);
		viewer.mode = IDLE;
		if (viewer.isPlain) viewer.leavesGroup();
		else this.watched.splice(this.watched.indexOf(viewer), 1);
		this.fan.remove(session.receiver as FanOutReceiver);
		session.detach();
	}

	/** What comes refers to pictures that nobody has, until a key picture. */
	restart(now: Millis): void {
		for (const viewer of this.viewers) {
			viewer.waits(now);
			this.watch(viewer);
		}
	}

	/** Which pictures a viewer takes, or how it gets them, may have changed. */
	watch(viewer: RelayedViewer): void {
		const { mode, isPlain } = viewer;
		if (mode === IDLE) return;
		const shouldBePlain = mode === LIVE && !viewer.isWatched;
		if (shouldBePlain === isPlain) return;
		if (isPlain) {
			viewer.leavesGroup();
			this.watched.push(viewer);
		} else {
			const receiver = viewer.session.receiver as FanOutReceiver;
			receiver.hold = false;
			viewer.session.missedSeen = receiver.missed;
			viewer.follows(this);
			this.watched.splice(this.watched.indexOf(viewer), 1);
		}
	}

	/** Sends a picture, which is whole. */
	send(now: Millis, picture: RelayedPicture, isIntra: boolean): void {
		const { viewers, watched } = this;
		if (this.newest !== picture) this.newest?.unframe();
		this.newest = picture;
		this.pictures++;
		let held = 0;
		for (let i = 0; i < watched.length; i++) {
			const viewer = watched[i];
			const isHeld = !this.isReady(now, viewer, picture, isIntra);
			(viewer.session.receiver as FanOutReceiver).hold = isHeld;
			if (isHeld) held++;
		}
		if (viewers.length > held) this.give(now, picture);
		// From the end, as those that need not be looked at any more leave the list.
		for (let i = watched.length - 1; i >= 0; i--) this.watch(watched[i]);
	}

	private give(now: Millis, picture: RelayedPicture): void {
		const { viewers, watched, fan } = this;
		const burst = picture.burst(this.pool, this.ssrc);
		const octets = burst.offsets[burst.count];
		const { missed } = fan;
		fan.sendBatch(burst.bytes, burst.offsets, burst.count, burst);
		for (let i = 0; i < watched.length; i++) {
			const viewer = watched[i];
			const receiver = viewer.session.receiver as FanOutReceiver;
			if (receiver.hold) continue;
			if (receiver.last === fan.sends) {
				viewer.hasBegun = true;
				if (viewer.isWatched) viewer.session.begun(now, octets);
			} else this.misses(now, viewer, picture, receiver);
		}
		if (fan.missed === missed) return;
		for (let i = 0; i < viewers.length; i++) {
			const viewer = viewers[i];
			const receiver = viewer.session.receiver as FanOutReceiver;
			if (!viewer.isPlain || receiver.missed === viewer.session.missedSeen) continue;
			this.misses(now, viewer, picture, receiver);
			this.watch(viewer);
		}
	}

	/** Sends what is kept to a viewer that is behind, as long as its connection takes it at once. */
	advance(now: Millis, viewer: RelayedViewer): void {
		const { session } = viewer;
		const { out } = session;
		while (viewer.mode === BEHIND && out !== undefined && out.queued === 0) {
			const { first } = this.cache;
			if (first === Infinity) return viewer.waits(now);
			// The first that is kept is a key picture, so it may leave out those before.
			if (viewer.next < first) viewer.next = first;
			const picture = this.cache.get(viewer.next);
			if (picture === undefined || !picture.isWhole) {
				viewer.mode = LIVE;
				return;
			}
			if (!this.offer(now, viewer, picture)) return;
			viewer.next++;
		}
	}

	/** @returns false: the connection is busy or gone */
	private offer(now: Millis, viewer: RelayedViewer, picture: RelayedPicture): boolean {
		const { session } = viewer;
		if (viewer.isWatched && !session.takes(now, picture.isKey, false)) return true;
		const burst = picture.burst(this.pool, this.ssrc);
		const octets = burst.offsets[burst.count];
		const isTaken = session.out?.offer(burst.bytes, 0, octets, burst) === true;
		if (picture !== this.newest) picture.unframe();
		if (!isTaken) return false;
		session.took(burst.count, octets);
		session.begun(now, octets);
		viewer.hasBegun = true;
		// It had passed the viewer by.
		if (picture.number > viewer.joined) session.passed(-1);
		return true;
	}

	/** Whether a viewer gets the newest picture with the others. */
	private isReady(now: Millis, viewer: RelayedViewer, picture: RelayedPicture, isIntra: boolean): boolean {
		const { session, mode } = viewer;
		if (mode === BEHIND) {
			session.passed(1);
			this.advance(now, viewer);
			return false;
		}
		if (mode === WAITING) {
			if (!picture.isKey && now - viewer.since < KEY_PATIENCE) {
				if (viewer.hasBegun) session.passed(1);
				return false;
			}
			viewer.mode = LIVE;
		}
		return !viewer.isWatched || session.takes(now, picture.isKey, isIntra);
	}

	/** The viewer was not ready: it goes on with this picture as soon as it is. */
	private misses(now: Millis, viewer: RelayedViewer, picture: RelayedPicture, receiver: FanOutReceiver): void {
		viewer.session.missedSeen = receiver.missed;
		viewer.next = picture.number;
		if (picture.isKept) viewer.mode = BEHIND;
		else viewer.waits(now);
	}
}
