import type { Allowance } from "../../base/allowance";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Ciphers } from "../../ports/ciphers";
import type { Stream, StreamSink } from "../../ports/net";
import type { Introduction } from "../introduction";
import type { PeerFailure, PeerLink, PeerLinkSink, PeerStep } from "../peer-link";
import type { PeerPath } from "../peer-path";
import type { TunnelLimits } from "./tunnel-limits";

/**
 * What a stream of a tunnel leads to on the other side.
 *
 * A stream to `rtsp` carries RTSP with interleaved media (RFC 2326 §10.12). Its owner writes and reads it like any other stream. Within
 * the tunnel the `$` frames travel as media: a lost packet is repeated only while that is of use, and never holds up a message.
 */
export type TunnelService = "http" | "rtsp";

/** Why a tunnel ended. `key`: the other side has another key than it should have. `handshake`: it did not answer, or refused us. */
export type TunnelFailure = PeerFailure | "key" | "handshake";

/** Receives the events of a tunnel. Never called during a call to the tunnel. */
export interface TunnelSink {
	/** @see PeerLinkSink.step */
	step?(step: PeerStep, detail: string): void;
	/** The link has its first path, or another one. @see PeerLinkSink.moved */
	moved?(path: PeerPath): void;
	/** @see PeerLinkSink.interrupted */
	interrupted?(): void;
	/**
	 * The handshake is done and the other side has proved its key; streams may be opened.
	 * @param remoteKey its public key; `undefined` at a device whose guest has come with a guest link
	 */
	opened(remoteKey: Uint8Array | undefined): void;
	/** The other side opens a stream. @returns its sink, or `undefined` to refuse it */
	accepted(service: TunnelService, stream: Stream): StreamSink | undefined;
	/** The tunnel is over; all its streams have ended. Called once, as the last call. */
	ended(why: TunnelFailure, detail: string): void;
}

/** Counters of a tunnel, for pages and metrics. */
export interface TunnelCounters {
	/** Packets. */
	readonly sent: number;
	readonly received: number;
	/** Packets that came in and were dropped: malformed, forged or repeated. */
	readonly dropped: number;
	/** Parts of streams and media packets that were sent again. */
	readonly repeated: number;
	/** Media packets of the other side that were given up. */
	readonly lost: number;
	/** The smoothed round-trip time. */
	readonly roundTrip: Millis;
	/** What the rate control allows now, in bits per second. */
	readonly rate: number;
}

/**
 * An encrypted connection between two peers over one {@link PeerLink} (P2P-13): streams for HTTP and RTSP, the media of RTSP with
 * repair of losses, one rate control for all.
 */
export interface Tunnel {
	/** True from {@link TunnelSink.opened} until the end. */
	readonly isOpen: boolean;
	/** The path in use. @see PeerLink.path */
	readonly path: PeerPath | undefined;
	readonly counters: TunnelCounters;
	/**
	 * Opens a stream to a service of the other side: a TCP connection in all but name. It is open at the first `room` of its sink. It
	 * ends with `refused` when the other side doesn't accept it, and with `unreachable` when the tunnel isn't open or has too many.
	 */
	open(service: TunnelService, sink: StreamSink): Stream;
	/** Tells the other side, then ends all streams and the link; harmless when repeated. {@link TunnelSink.ended} follows. */
	close(): void;
}

/** A tunnel with its lower end: the sink of the link that it runs over. */
export interface LinkedTunnel extends Tunnel, PeerLinkSink {
	/** Sets the link, once, before any of its events. */
	attach(link: PeerLink): this;
}

/** What all tunnels of a program share. @see tunnelHost */
export interface TunnelHost {
	readonly pump: Pump;
	readonly ciphers: Ciphers;
	readonly limits: TunnelLimits;
	/** Bounds the handshakes that are answered in a second; they cost milliseconds on a board. */
	readonly handshakes: Allowance;
}

/** Octets of a guest's identifier, and of its secret. */
export const GUEST_ID_OCTETS = 16;
export const GUEST_SECRET_OCTETS = 32;
/** The longest {@link TunnelOffer.payload}. */
export const PAYLOAD_MAX = 512;

/** What a guest link holds besides the device's key. */
export interface GuestPass {
	/** {@link GUEST_ID_OCTETS}, from which the device finds or computes the secret; a stranger may read it. */
	readonly id: Uint8Array;
	/** {@link GUEST_SECRET_OCTETS}: the pre-shared key of the handshake. */
	readonly secret: Uint8Array;
}

/** How the side that asks makes a tunnel. */
export interface TunnelOffer {
	/** Its private key. Not used by a guest, who has none that means anything. */
	readonly own: Uint8Array;
	/**
	 * Returns the public key that the device must prove, from what is pinned or from the proof in the introduction; `undefined` to end
	 * the tunnel with `key`.
	 */
	deviceKey(introduction: Introduction): Uint8Array | undefined;
	/**
	 * At most {@link PAYLOAD_MAX} octets for {@link TunnelAcceptance.admit}: a pass or a ticket. It is encrypted for the device's key;
	 * who records it and later learns that key can read it.
	 */
	readonly payload: Uint8Array;
	/** Present: the handshake is that of a guest (NKpsk0 instead of IK). */
	readonly guest?: GuestPass;
}

/** Someone who wants a tunnel. The octets are valid during the call. */
export interface TunnelCaller {
	/** The public key that it has proved; `undefined`: a guest. */
	readonly key: Uint8Array | undefined;
	/** The guest's identifier; it knows the secret that belongs to it. */
	readonly guest: Uint8Array | undefined;
	/** @see TunnelOffer.payload */
	readonly payload: Uint8Array;
}

/** How the device's side accepts a tunnel. */
export interface TunnelAcceptance {
	/** The device's private key. */
	readonly own: Uint8Array;
	/**
	 * Decides about a caller. A copy of an earlier first message can come this far: do nothing that lasts before
	 * {@link TunnelSink.opened}, which needs a packet that only the caller itself can make.
	 */
	admit(caller: TunnelCaller): boolean;
	/** Returns the secret of a guest; `undefined`: not valid (any more). Absent: no guests. */
	guestSecret?(id: Uint8Array): Uint8Array | undefined;
}
