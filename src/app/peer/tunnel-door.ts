import { toHex } from "../../base/hex";
import { sha256 } from "../../base/sha256";
import type { Millis } from "../../core/time";
import { provesCaller } from "../../peer/caller-proof";
import { addressOfPeer } from "../../peer/peer-address";
import type { PeerLink, PeerLinkSink } from "../../peer/peer-link";
import type { PathKind, PeerPath } from "../../peer/peer-path";
import { PEER_DIGITS } from "../../peer/peer-registry";
import { acceptTunnel } from "../../peer/tunnel/peer-tunnel";
import type {
	Tunnel,
	TunnelCaller,
	TunnelFailure,
	TunnelHost,
	TunnelService,
	TunnelSink,
} from "../../peer/tunnel/tunnel-contract";
import type { Log } from "../../ports/log";
import type { Stream, StreamSink } from "../../ports/net";
import { TUNNEL_MESSAGES } from "../../web/tunnel-messages";
import { countedSink } from "./counted-sink";
import { PeerStream } from "./peer-stream";

/** Takes a stream of a viewer for a service of the device. @returns `undefined` to refuse it */
export type ServiceDoor = (stream: Stream) => StreamSink | undefined;

/** What a {@link TunnelDoor} needs of its device. */
export interface TunnelDoorHost {
	readonly tunnels: TunnelHost;
	readonly log: Log;
	/** The device's private key. */
	readonly privateKey: Uint8Array;
	/** The pin key of the home as it is now. */
	pinKey(): Uint8Array;
	/** Returns the secret of a guest link; `undefined`: it is not valid. */
	guestSecret(id: Uint8Array): Uint8Array | undefined;
	/** The services that tunnels lead to. */
	door(service: TunnelService): ServiceDoor | undefined;
	/** A tunnel has been opened, has another path, or is over. */
	changed(): void;
}

/** How long a caller may take for its handshake before another one gets its place. */
const HANDSHAKE_TIME: Millis = 5000;

/** How long a tunnel whose link has ended stays open: the owner who ends it may be at its other end, and gets the answer. */
const ANSWER_TIME: Millis = 1000;

/** Guests may have so much of all tunnels, and one guest so much: a guest's code may have been passed on. */
const GUESTS_SHARE = 1 / 2;
const GUEST_SHARE = 1 / 8;

/** A tunnel that a peer has opened to this device, for pages and programs. */
export interface DoorTunnel {
	/** The virtual address of the viewer: made of its key, so that it is the same each time. */
	readonly address: string;
	readonly isGuest: boolean;
	/** The viewer link that its latest request brought; empty: none yet. */
	readonly link: string;
	readonly since: Millis;
	/** What the tunnel goes through. */
	readonly below: PeerLink;
	readonly tunnel: Tunnel;
	readonly path: PeerPath | undefined;
	/** Streams that are open. */
	readonly streams: number;
}

/** Lets peers that belong to the home, and guests, in to the services of this device through tunnels (P2P-13). */
export class TunnelDoor {
	/** Tunnels opened, callers turned away. */
	readonly counters = { opened: 0, refused: 0 };
	private readonly callers = new Set<Caller>();

	/** @param most tunnels at a time */
	constructor(
		readonly host: TunnelDoorHost,
		private readonly most: number,
	) {}

	/** The tunnels that are open, oldest first. */
	get open(): readonly DoorTunnel[] {
		return [...this.callers].filter((caller) => caller.isOpen);
	}

	/** Takes a link that a peer has made to this device. @see PeerEndpoint.accept */
	take(link: PeerLink): PeerLinkSink | undefined {
		if (this.callers.size >= this.most && !this.makeRoom()) {
			this.counters.refused++;
			return undefined;
		}
		const caller = new Caller(this);
		this.callers.add(caller);
		return caller.begin(link);
	}

	/** How many tunnels there are by each kind of path. */
	byPath(): ReadonlyMap<PathKind, number> {
		const counts = new Map<PathKind, number>();
		for (const { isOpen, path } of this.callers)
			if (isOpen && path !== undefined) counts.set(path.kind, (counts.get(path.kind) ?? 0) + 1);
		return counts;
	}

	/** A request that came through a tunnel has brought a viewer link that is valid. @param address of the viewer */
	admitted(address: string, link: string): void {
		for (const caller of this.callers) if (caller.address === address) caller.link = link;
	}

	/** A viewer link has ended, so nobody needs the tunnels of those who had it. @param link absent: all of them have */
	linkEnded(link?: string): void {
		for (const { tunnel, link: own } of this.callers)
			if (own !== "" && (link ?? own) === own) this.host.tunnels.pump.after(ANSWER_TIME, () => tunnel.close());
	}

	/** Ends all tunnels. */
	close(): void {
		for (const { tunnel } of this.callers) tunnel.close();
	}

	/** A caller is gone. */
	gone(caller: Caller): void {
		this.callers.delete(caller);
		if (caller.isOpen) this.host.changed();
	}

	/** Ends the oldest tunnel of a guest who would have too many with one more, or of all guests if they would. */
	limitGuests(address: string): void {
		const guests = [...this.callers].filter((caller) => caller.isGuest);
		const same = guests.filter((caller) => caller.address === address);
		const { most } = this;
		const crowd = same.length >= Math.max(1, most * GUEST_SHARE) ? same : guests;
		if (crowd === guests && guests.length < Math.max(1, most * GUESTS_SHARE)) return;
		const [oldest] = crowd;
		this.callers.delete(oldest);
		oldest.tunnel.close();
	}

	/** Ends a tunnel that nobody needs: one whose handshake takes too long, or the oldest one without streams. */
	private makeRoom(): boolean {
		const now = this.host.tunnels.pump.now();
		for (const caller of this.callers) {
			const isSlow = !caller.isOpen && now - caller.since > HANDSHAKE_TIME;
			if (!isSlow && !(caller.isOpen && caller.streams === 0)) continue;
			this.callers.delete(caller);
			caller.tunnel.close();
			return true;
		}
		return false;
	}
}

/** Somebody at the door, and the tunnel if it is let in. */
class Caller implements TunnelSink, DoorTunnel {
	readonly since: Millis;
	address = "";
	isGuest = false;
	link = "";
	isOpen = false;
	streams = 0;
	below!: PeerLink;
	tunnel!: Tunnel;

	constructor(private readonly door: TunnelDoor) {
		this.since = door.host.tunnels.pump.now();
	}

	get path(): PeerPath | undefined {
		return this.tunnel.path;
	}

	begin(link: PeerLink): PeerLinkSink {
		const { host } = this.door;
		const acceptance = {
			own: host.privateKey,
			admit: (caller: TunnelCaller) => this.admit(caller),
			guestSecret: (id: Uint8Array) => host.guestSecret(id),
		};
		const tunnel = acceptTunnel(host.tunnels, acceptance, link, this);
		this.below = link;
		this.tunnel = tunnel;
		return tunnel;
	}

	moved(path: PeerPath): void {
		if (!this.isOpen) return;
		this.log(`is reached ${TUNNEL_MESSAGES.paths[path.kind]} now`);
		this.door.host.changed();
	}

	opened(): void {
		this.isOpen = true;
		this.door.counters.opened++;
		const { path } = this;
		this.log(`has opened a tunnel, ${path === undefined ? "" : TUNNEL_MESSAGES.paths[path.kind]}`);
		this.door.host.changed();
	}

	accepted(service: TunnelService, stream: Stream): StreamSink | undefined {
		// RTSP must not send media by UDP to where no route leads; pages would call themselves https:// if they were.
		const own = new PeerStream(stream, this.address, service === "rtsp");
		const sink = this.door.host.door(service)?.(own);
		if (sink === undefined) return undefined;
		this.streams++;
		return countedSink(sink, () => this.streams--);
	}

	ended(why: TunnelFailure, detail: string): void {
		if (this.isOpen) this.log(`has no tunnel any more: ${detail === "" ? why : detail}`);
		else this.door.counters.refused++;
		this.door.gone(this);
	}

	/** Guests prove a secret by the handshake itself, all others that they belong to the home. */
	private admit({ key, guest, payload }: TunnelCaller): boolean {
		const isHome = key !== undefined && provesCaller(this.door.host.pinKey(), key, payload);
		if (!isHome && guest === undefined) return false;
		const address = addressOfPeer(toHex(sha256((isHome ? key : guest) as Uint8Array)).slice(0, PEER_DIGITS));
		if (!isHome) this.door.limitGuests(address);
		this.isGuest = !isHome;
		this.address = address;
		return true;
	}

	private log(what: string): void {
		this.door.host.log.write("info", "peer", `${this.isGuest ? "guest" : "viewer"} ${this.address} ${what}`);
	}
}
