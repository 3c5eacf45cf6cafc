import type { NetFailure, Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { SocketOpening, UnitSocket } from "./unit-socket";

/** Dynamic ports: those that Linux gives to clients, so that routers and firewalls treat them alike. */
export const DYNAMIC_FIRST = 32_768;
export const DYNAMIC_LAST = 60_999;
/** How many pairs are tried, besides those that are known to be in use. */
const TRIES_MAX = 16;

/** A socket of a pair. */
export interface PairSocket {
	readonly socket: UnitSocket;
	readonly address: string;
	/** 0: the even port. 1: the odd one. */
	readonly offset: 0 | 1;
}

/** Learns the result of {@link PortPairs.open}. */
export interface PairOpening {
	/** All sockets are bound. @param even the even port of the pair */
	pairOpened(even: number): void;
	/** None is bound. */
	pairFailed(why: NetFailure, detail: string): void;
}

/**
 * Gives streams pairs of adjacent ports: an even one for RTP and the next odd one for RTCP (STR-20, RFC 3550 §11).
 *
 * Ports are drawn at random, so that strangers can't guess them; a pair of which a port is in use is left for another, a bounded
 * number of times.
 */
export class PortPairs {
	/** The even ports of the pairs in use. */
	private readonly used = new Set<number>();

	constructor(
		private readonly network: Network,
		private readonly random: Random,
	) {}

	/** How many pairs are in use. */
	get size(): number {
		return this.used.size;
	}

	/**
	 * Binds sockets to a pair whose even port lies in `[first, last]`.
	 * @param sockets of the pair; at least one
	 */
	open(sockets: readonly PairSocket[], first: number, last: number, opening: PairOpening): void {
		new PairAttempt(this.network, sockets, opening, this.candidates(first, last), this.used).next();
	}

	/** The sockets of a pair are closed. */
	free(even: number): void {
		this.used.delete(even);
	}

	/** Draws the pairs to try: neighbours from a random one on, without those in use. */
	private candidates(first: number, last: number): number[] {
		const low = first + (first & 1);
		const count = Math.floor((last - low) / 2) + 1;
		const found: number[] = [];
		if (count <= 0) return found;
		const start = Math.floor(this.random.unit() * count);
		for (let i = 0; i < count && found.length < TRIES_MAX; i++) {
			const even = low + 2 * ((start + i) % count);
			if (!this.used.has(even)) found.push(even);
		}
		return found;
	}
}

/** Binds the sockets of one stream to one pair after another, until one is free. */
class PairAttempt implements SocketOpening {
	private even = 0;
	/** The socket of the pair that is being bound. */
	private at = 0;

	constructor(
		private readonly network: Network,
		private readonly sockets: readonly PairSocket[],
		private readonly opening: PairOpening,
		private readonly candidates: number[],
		private readonly used: Set<number>,
	) {}

	/** Tries the next pair. */
	next(): void {
		for (let even = this.candidates.shift(); even !== undefined; even = this.candidates.shift()) {
			// Another stream may have taken it since it was drawn.
			if (this.used.has(even)) continue;
			this.used.add(even);
			this.even = even;
			this.at = 0;
			this.bind();
			return;
		}
		this.opening.pairFailed("in-use", "no free pair of ports");
	}

	socketOpened(): void {
		this.at++;
		if (this.at < this.sockets.length) this.bind();
		else this.opening.pairOpened(this.even);
	}

	socketFailed(why: NetFailure, detail: string): void {
		for (const { socket } of this.sockets) socket.close();
		this.used.delete(this.even);
		if (why === "in-use") this.next();
		else this.opening.pairFailed(why, detail);
	}

	private bind(): void {
		const { socket, address, offset } = this.sockets[this.at];
		socket.open(this.network, address, this.even + offset, this);
	}
}
