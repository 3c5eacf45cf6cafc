import type { Endpoint } from "../../core/endpoint-table";
import type { Millis } from "../../core/time";

/** How many peers of one relayed address are known at a time, of all links together. */
export const TURN_PEERS_MAX = 64;

/** The first number of a channel. @see RFC 8656 §12 */
const CHANNEL_FIRST = 0x4000;

/** A peer of a relayed address. */
export interface TurnPeer extends Endpoint {
	/** True: it was asked for, so the permission for its address is kept. False: it came by itself from a permitted address. */
	isWanted: boolean;
	/** The channel's number; 0: none was asked for. A number is never used for another peer. */
	channel: number;
	/** True: the server has bound the channel. */
	isBound: boolean;
	/** Datagrams that were sent as indications. */
	sent: number;
	/** When the last datagram came; for which to forget first. */
	heard: Millis;
}

/** The peers of a relayed address, with their channels. */
export class TurnPeers {
	private readonly peers: TurnPeer[] = [];
	private nextChannel = CHANNEL_FIRST;

	/** Adds a peer that is wanted. @returns it, or `undefined` when there is no room */
	want(address: string, port: number): TurnPeer | undefined {
		const known = this.find(address, port);
		if (known !== undefined) known.isWanted = true;
		return known ?? this.add(address, port, true, 0);
	}

	/** Adds a peer that sent something, if its address is permitted; may forget another one that came by itself. */
	meet(address: string, port: number, now: Millis): TurnPeer | undefined {
		const known = this.find(address, port);
		if (known !== undefined) known.heard = now;
		if (known !== undefined || !this.isPermitted(address)) return known;
		return this.add(address, port, false, now);
	}

	/** Lets a peer go. @returns true when no other peer needs the permission for its address */
	release(address: string, port: number): boolean {
		const at = this.peers.findIndex((peer) => peer.port === port && peer.address === address);
		if (at >= 0) this.peers.splice(at, 1);
		return !this.isPermitted(address);
	}

	find(address: string, port: number): TurnPeer | undefined {
		for (let i = 0; i < this.peers.length; i++) {
			const peer = this.peers[i];
			if (peer.port === port && peer.address === address) return peer;
		}
		return undefined;
	}

	/** Returns the peer of a channel, also of one whose binding was not confirmed yet: the server may be ahead of its answer. */
	byChannel(channel: number): TurnPeer | undefined {
		for (let i = 0; i < this.peers.length; i++) if (this.peers[i].channel === channel) return this.peers[i];
		return undefined;
	}

	/** Gives a peer a channel number; 0 when there is none left. */
	number(peer: TurnPeer): number {
		if (peer.channel === 0 && this.nextChannel < CHANNEL_FIRST + 0x1000) peer.channel = this.nextChannel++;
		return peer.channel;
	}

	/** The addresses for which permissions are kept, each once. */
	permitted(): string[] {
		const addresses: string[] = [];
		for (const peer of this.peers) if (peer.isWanted && !addresses.includes(peer.address)) addresses.push(peer.address);
		return addresses;
	}

	/** The peers with a channel. */
	withChannel(): TurnPeer[] {
		return this.peers.filter((peer) => peer.channel !== 0);
	}

	isPermitted(address: string): boolean {
		for (let i = 0; i < this.peers.length; i++)
			if (this.peers[i].isWanted && this.peers[i].address === address) return true;
		return false;
	}

	private add(address: string, port: number, isWanted: boolean, heard: Millis): TurnPeer | undefined {
		if (this.peers.length >= TURN_PEERS_MAX && !this.forget()) return undefined;
		const peer = { address, port, isWanted, channel: 0, isBound: false, sent: 0, heard };
		this.peers.push(peer);
		return peer;
	}

	/** Forgets the peer that came by itself and was silent for the longest time. @returns false when there is none */
	private forget(): boolean {
		let oldest = -1;
		for (let i = 0; i < this.peers.length; i++) {
			const peer = this.peers[i];
			if (!peer.isWanted && peer.channel === 0 && (oldest < 0 || peer.heard < this.peers[oldest].heard)) oldest = i;
		}
		if (oldest >= 0) this.peers.splice(oldest, 1);
		return oldest >= 0;
	}
}
