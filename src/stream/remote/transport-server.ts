import { toHex } from "../../base/hex";
import type { Machine } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import type { LinkReader } from "../../wire/link-fields";
import { ControlPeer, type PeerHost } from "./control-peer";
import { LinkConnection, type LinkOwner } from "./link-connection";
import { ATTACH, INSTANCE_OCTETS, readStreams } from "./link-messages";

/** How long streams by UDP go on without a link to their control host: longer than that waits for the distribution. */
export const CONTROL_GRACE: Millis = 15_000;
/** How often control hosts hear what has been sent. */
const STATUS_TIME: Millis = 5000;
/** How many control hosts there may be, and how many connections that have not shown yet that they have the key. */
const PEERS_MAX = 4;
const STRANGERS_MAX = 8;
/** How often the log is told of a refused connection, at most. */
const WARN_TIME: Millis = 60_000;
/** The longest name of a control host. */
const ID_MAX = 64;

/** What the server tells its owner, besides what it uses. */
export interface TransportServerHost extends PeerHost {
	readonly random: Pick<Random, "fill">;
	/** {@link TransportServer.deadline} may have changed outside of `expire`. */
	rearm(): void;
	/** A control host has connected or is gone, or a connection was refused. For the log. */
	remark(level: "info" | "warn", message: string): void;
}

/**
 * The stream-data distribution's request reception (STR-12): takes the requests of control hosts that have the key, by
 * {@link LinkConnection}.
 *
 * When a control host was restarted, its streams end with a BYE as soon as it is there again, and otherwise after
 * {@link CONTROL_GRACE}. Streams of a control host whose link was only interrupted go on.
 */
export class TransportServer implements LinkOwner, Machine<undefined> {
	/** Connections that were dropped because what they sent was not made with the key. */
	refused = 0;
	/** This start: control hosts notice by it that their streams are gone. */
	private readonly instance: string;
	private readonly peers: ControlPeer[] = [];
	private readonly strangers: LinkConnection[] = [];
	private statusAt: Millis = Infinity;
	/** When the log was told of a stranger. */
	private warnedAt: Millis = -Infinity;

	constructor(private readonly host: TransportServerHost) {
		const octets = new Uint8Array(INSTANCE_OCTETS);
		host.random.fill(octets);
		this.instance = toHex(octets);
	}

	/** How many control hosts have a link. */
	get links(): number {
		return this.peers.filter(({ link }) => link !== undefined).length;
	}

	/** How many streams control hosts have. */
	get streams(): number {
		return this.peers.reduce((sum, { size }) => sum + size, 0);
	}

	get deadline(): Millis {
		let earliest = this.statusAt;
		for (const { goneAt } of this.peers) earliest = Math.min(earliest, goneAt + CONTROL_GRACE);
		return earliest;
	}

	expire(now: Millis): void {
		for (const peer of this.peers.slice()) if (now >= peer.goneAt + CONTROL_GRACE) this.forget(now, peer);
		if (now < this.statusAt) return;
		this.statusAt = this.links > 0 ? now + STATUS_TIME : Infinity;
		for (const peer of this.peers) peer.tell(now);
	}

	/** Takes a connection. @param key what control hosts must have */
	accept(now: Millis, key: string, remoteAddress: string, localAddress: string): LinkConnection {
		// One that has the key shows it at once, so the oldest one probably never will.
		if (this.strangers.length >= STRANGERS_MAX) this.strangers[0].drop(now, "others want to connect");
		const link = new LinkConnection("distribution", key, this.host.random, now, this, remoteAddress, localAddress);
		this.strangers.push(link);
		return link;
	}

	/** Ends all streams and links: the distribution leaves. */
	close(now: Millis): void {
		for (const peer of this.peers.splice(0)) {
			peer.endAll(now);
			peer.link?.leave(now, "the NAS is stopping");
		}
		for (const link of this.strangers.splice(0)) link.drop(now, "the NAS is stopping");
		this.statusAt = Infinity;
		this.host.rearm();
	}

	/** @see LinkOwner */
	linkOpened(): void {}

	/** @see LinkOwner */
	linkRoom(_now: Millis, link: LinkConnection): void {
		this.peerOf(link)?.room(link);
	}

	/** @see LinkOwner */
	linkMessage(now: Millis, link: LinkConnection, kind: number, fields: LinkReader): boolean {
		const peer = this.peerOf(link);
		if (peer !== undefined) return peer.message(now, kind, fields);
		return kind === ATTACH && this.attach(now, link, fields);
	}

	/** @see LinkOwner */
	linkOver(now: Millis, link: LinkConnection, reason: string): void {
		const at = this.strangers.indexOf(link);
		if (at >= 0) {
			this.strangers.splice(at, 1);
			this.refused++;
			// Strangers can come as often as they like.
			if (now < this.warnedAt + WARN_TIME) return;
			this.warnedAt = now;
			this.host.remark("warn", `${link.remoteAddress} was refused as a control host: ${reason}`);
			return;
		}
		const peer = this.peerOf(link);
		if (peer === undefined) return;
		peer.detach(now);
		this.host.remark("warn", `the link to control host ${peer.id} at ${link.remoteAddress} is lost: ${reason}`);
		this.host.rearm();
	}

	private attach(now: Millis, link: LinkConnection, fields: LinkReader): boolean {
		const id = fields.text();
		const instance = fields.text();
		const known = readStreams(fields);
		if (!fields.isWhole || id === "" || id.length > ID_MAX) return false;
		const at = this.strangers.indexOf(link);
		if (at >= 0) this.strangers.splice(at, 1);
		let peer = this.peers.find((other) => other.id === id);
		// A new link replaces the one before, which may not be known to be lost yet.
		peer?.link?.drop(now, "there is a new link");
		if (peer !== undefined && peer.instance !== instance) {
			this.forget(now, peer);
			peer = undefined;
		}
		if (peer === undefined) {
			const gone = this.peers.find((other) => other.link === undefined);
			if (this.peers.length >= PEERS_MAX && gone !== undefined) this.forget(now, gone);
			if (this.peers.length >= PEERS_MAX) {
				this.host.remark("warn", `${link.remoteAddress} was refused: there are already ${PEERS_MAX} control hosts`);
				return false;
			}
			peer = new ControlPeer(id, instance, this.host);
			this.peers.push(peer);
		}
		peer.attach(now, link, known, this.instance);
		this.host.remark("info", `control host ${id} at ${link.remoteAddress} is connected`);
		if (this.statusAt === Infinity) this.statusAt = now + STATUS_TIME;
		this.host.rearm();
		return true;
	}

	/** A control host is gone for good: its streams end. */
	private forget(now: Millis, peer: ControlPeer): void {
		const at = this.peers.indexOf(peer);
		if (at < 0) return;
		this.peers.splice(at, 1);
		if (peer.size > 0) this.host.remark("info", `the streams of control host ${peer.id} end`);
		peer.endAll(now);
	}

	private peerOf(link: LinkConnection): ControlPeer | undefined {
		return this.peers.find((peer) => peer.link === link);
	}
}
