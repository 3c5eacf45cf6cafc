import { fromHex, toHex } from "../base/hex";
import type { Random } from "../ports/random";

/** Octets of a peer's identity. @see PEER_DIGITS */
export const PEER_OCTETS = 8;

/** Turns an identity into octets; all zero when it is malformed. @param peer PEER_DIGITS */
export function peerOctets(peer: string): Uint8Array {
	return fromHex(peer, PEER_OCTETS) ?? new Uint8Array(PEER_OCTETS);
}

/** Draws an identity, PEER_DIGITS: of a program that registers nowhere, or of one more link to the same device. */
export function drawPeer(random: Pick<Random, "fill">): string {
	const octets = new Uint8Array(PEER_OCTETS);
	random.fill(octets);
	return toHex(octets);
}
