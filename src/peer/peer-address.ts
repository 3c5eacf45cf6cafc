import { fromHex, toHex } from "../base/hex";
import { formatIp, parseIp } from "../core/ip-address";
import { PEER_DIGITS } from "./peer-registry";

/**
 * The network of the virtual addresses that stand for peers: a unique local one that no router has, "Porth" in ASCII. Nothing is ever
 * sent to them: a network that knows peers opens tunnels instead.
 * @see RFC 4193 §3
 */
const PREFIX: readonly number[] = Object.freeze([0xfd, 0x50, 0x6f, 0x72, 0x74, 0x68, 0, 0]);

/** Returns the virtual address of a peer in canonical form. @param peer PEER_DIGITS */
export function addressOfPeer(peer: string): string {
	const octets = new Uint8Array(16);
	octets.set(PREFIX);
	octets.set(fromHex(peer, PEER_DIGITS / 2) ?? [], PREFIX.length);
	return formatIp(octets);
}

/** Returns the peer that a virtual address stands for; `undefined` for all other addresses. */
export function peerOfAddress(address: string): string | undefined {
	// Most addresses are of IPv4.
	if (!address.startsWith("fd50:")) return undefined;
	const octets = parseIp(address);
	if (octets === undefined) return undefined;
	for (let i = 0; i < PREFIX.length; i++) if (octets[i] !== PREFIX[i]) return undefined;
	return toHex(octets, 8, 16);
}
