/**
 * How two peers reach each other, from the best to the worst (ONE-1): within the LAN, by IPv6, by a port that a gateway mapped,
 * by a path punched through NATs, through a TURN server.
 */
export type PathKind = "lan" | "ipv6" | "mapped" | "punched" | "relayed";

/** Octets before the start of a datagram that a path may overwrite, for the header of a TURN channel. @see RFC 8656 §12.4 */
export const PATH_HEADROOM = 4;

/** A tested way to the other peer. */
export interface PeerPath {
	readonly kind: PathKind;
	/** The address and port of the peer on this path, for people; of a relayed path those of the server's side. */
	readonly address: string;
	readonly port: number;
	/** The round-trip time of the latest check, in milliseconds. */
	readonly roundTrip: number;
	/** Sends a datagram; the {@link PATH_HEADROOM} octets before `start` may be overwritten. What can't be sent is lost. */
	send(bytes: Uint8Array, start: number, end: number): void;
}
