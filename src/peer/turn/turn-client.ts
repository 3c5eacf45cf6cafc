import type { Endpoint } from "../../core/endpoint-table";
import { ipFamily, ipKind } from "../../core/ip-address";
import type { Machine } from "../../core/machine";
import type { Millis, Seconds } from "../../core/time";
import { Timers } from "../../core/timers";
import type { Random } from "../../ports/random";
import * as stun from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import { StunWriter } from "../../wire/stun-writer";
import type { TurnServer } from "../candidate";
import { PATH_HEADROOM } from "../peer-path";
import type { StunOutbox } from "../stun/stun-transactions";
import { type TurnPeer, TurnPeers } from "./turn-peers";
import { TurnRequests } from "./turn-requests";

/**
 * Why a relayed address could not be had, or was lost. `no-answer`: in time. `refused`: the credentials, or by the server's rules.
 * `busy`: the server has no room for another one. `failed`: anything else; the code says what.
 */
export type TurnFailure = "no-answer" | "refused" | "busy" | "failed";

/** Receives the events of a {@link TurnClient}, during calls to it; it may call the client in turn. */
export interface TurnSink {
	/** The server passes on what it gets at `relayed`; `mapped` is our own public address as the server sees it. */
	allocated(relayed: Endpoint, mapped: Endpoint | undefined, now: Millis, out: StunOutbox): void;
	/**
	 * A peer sent a datagram to the relayed address; `bytes[start, end)` is valid during the call.
	 * @param from the peer; the same object each time while it is remembered
	 */
	received(bytes: Uint8Array, start: number, end: number, from: Endpoint, now: Millis, out: StunOutbox): void;
	/** There is no relayed address, or no longer. Called once, as the last call. @param code the STUN error, 0 for none */
	failed(why: TurnFailure, code: number, now: Millis, out: StunOutbox): void;
}

/** How long an allocation lasts, and how long before its end it is refreshed. @see RFC 8656 §3.2, §7 */
const LIFETIME: Seconds = 600;
const REFRESH_BEFORE: Millis = 60_000;
/** How often permissions, which last 5 minutes, and channels, which last 10, are renewed. @see RFC 8656 §9, §12 */
const RENEW_EVERY: Millis = 240_000;
/** UDP, in REQUESTED-TRANSPORT; IPv6, in REQUESTED-ADDRESS-FAMILY. @see RFC 8656 §18.7, §18.6 */
const UDP = 0x11000000;
const IPV6 = 0x02000000;
/** A peer gets a channel with this many datagrams: checks alone are not worth one. */
const CHANNEL_AFTER = 8;

/** How long a server may take until an address that was given back makes room for another one, and how often that is tried. */
const CLEAR_TIME: Millis = 700;
const CLEARINGS_MAX = 4;

/** The slots of the timers. */
const REFRESH = 0;
const RENEW = 1;
const AGAIN = 2;

type State = "idle" | "allocating" | "allocated" | "over";

/**
 * A relayed address of a TURN server, over UDP from the socket of all other peer traffic: the last resort (P2P-12), allocated in
 * parallel to the direct checks.
 *
 * A socket can have one address of each server, so all links share the client. Its owner gives it every datagram that comes from the
 * server's address and port, and names the peers by {@link permit}. Datagrams to a peer go as Send indications until there are enough of
 * them for a channel.
 * @see RFC 8656
 */
export class TurnClient implements Machine<StunOutbox> {
	/** The relayed address; `undefined` while there is none. */
	relayed: Endpoint | undefined;
	private readonly requests: TurnRequests;
	private readonly reader = new StunReader();
	private readonly writer = new StunWriter();
	private readonly timers = new Timers(3);
	private readonly peers = new TurnPeers();
	private readonly indication = new Uint8Array(stun.TRANSACTION_OCTETS);
	private state: State = "idle";
	/** How often an allocation that an earlier run had from the same port was given back. */
	private clearings = 0;

	/** @param family of the relayed address: 6 for peers that have IPv6 only */
	constructor(
		readonly server: TurnServer,
		random: Random,
		private readonly sink: TurnSink,
		private readonly family: 4 | 6 = 4,
	) {
		this.requests = new TurnRequests(server, random, this.writer);
	}

	/** @see Machine.deadline */
	get deadline(): Millis {
		return Math.min(this.requests.transactions.deadline, this.timers.deadline);
	}

	/** Asks for the address; harmless when repeated. */
	start(now: Millis, out: StunOutbox): void {
		if (this.state !== "idle") return;
		this.state = "allocating";
		this.allocate(now, out);
	}

	/**
	 * Lets a peer's address send to the relayed one; may come before `allocated`, and again. Addresses that no server on the Internet can
	 * reach are ignored, and so are those beyond TURN_PEERS_MAX.
	 * @see RFC 8656 §9
	 */
	permit(address: string, port: number, now: Millis, out: StunOutbox): void {
		if (this.state === "over" || !isRelayable(address, this.family)) return;
		const wasPermitted = this.peers.isPermitted(address);
		if (this.peers.want(address, port) !== undefined && !wasPermitted && this.state === "allocated")
			this.askPermission(address, now, out);
	}

	/** No longer renews what {@link permit} asked for; it lapses after some minutes. */
	release(address: string, port: number): void {
		this.peers.release(address, port);
	}

	/**
	 * Sends a datagram from the relayed address. The {@link PATH_HEADROOM} octets before `start` may be overwritten. Lost when there is no
	 * relayed address or the peer is not permitted.
	 */
	send(
		address: string,
		port: number,
		bytes: Uint8Array,
		start: number,
		end: number,
		now: Millis,
		out: StunOutbox,
	): void {
		const peer = this.peers.find(address, port);
		if (this.state !== "allocated" || peer === undefined) return;
		const { server, writer } = this;
		if (peer.isBound && start >= PATH_HEADROOM) {
			const length = end - start;
			bytes[start - 4] = peer.channel >> 8;
			bytes[start - 3] = peer.channel;
			bytes[start - 2] = length >> 8;
			bytes[start - 1] = length;
			out.send(bytes, start - PATH_HEADROOM, end, server.address, server.port);
			return;
		}
		// Nobody answers an indication, so any transaction ID will do.
		writer.begin(stun.INDICATION, stun.SEND, this.indication);
		writer.address(stun.XOR_PEER_ADDRESS, address, port).octets(stun.DATA_VALUE, bytes, start, end);
		if (writer.overflowed) return;
		out.send(writer.bytes, writer.start, writer.end, server.address, server.port);
		if (++peer.sent === CHANNEL_AFTER) this.bind(peer, now, out);
	}

	/**
	 * Takes a datagram that came from the server's address and port.
	 * @returns false when it is not of TURN: that host may have a peer of its own
	 */
	received(bytes: Uint8Array, now: Millis, out: StunOutbox): boolean {
		if (this.state === "over" || bytes.length < 4) return false;
		if (bytes[0] >= 0x40 && bytes[0] <= 0x4f) return this.receivedChannel(bytes, now, out);
		const { reader, server } = this;
		if (!reader.read(bytes)) return false;
		if (reader.kind !== stun.INDICATION || reader.method !== stun.DATA)
			return this.requests.transactions.received(reader, server.address, server.port, now, out);
		const from = reader.address(stun.XOR_PEER_ADDRESS);
		const at = reader.find(stun.DATA_VALUE);
		const end = at + reader.length;
		if (from === undefined || at < 0 || this.state !== "allocated") return true;
		// Permission is for the address: behind a symmetric NAT the peer comes from another port than it was announced with.
		const peer = this.peers.meet(from.address, from.port, now);
		if (peer !== undefined) this.sink.received(bytes, at, end, peer, now, out);
		return true;
	}

	/** @see Machine.expire */
	expire(now: Millis, out: StunOutbox): void {
		this.requests.transactions.expire(now, out);
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
			if (slot === REFRESH) this.refresh(now, out);
			else if (slot === RENEW) this.renew(now, out);
			else this.allocate(now, out);
		}
	}

	/** Gives the address back; harmless when repeated. No event follows. */
	close(out: StunOutbox): void {
		const wasAllocated = this.state === "allocated";
		this.end();
		if (wasAllocated) this.requests.tell(stun.REFRESH, (writer) => writer.u32(stun.LIFETIME, 0), out);
	}

	private allocate(now: Millis, out: StunOutbox): void {
		this.requests.ask(
			stun.ALLOCATE,
			(writer) => {
				writer.u32(stun.REQUESTED_TRANSPORT, UDP).u32(stun.LIFETIME, LIFETIME);
				if (this.family === 6) writer.u32(stun.REQUESTED_ADDRESS_FAMILY, IPV6);
			},
			(answer, code, then, outbox) => {
				const relayed = answer?.address(stun.XOR_RELAYED_ADDRESS);
				if (answer !== undefined && relayed !== undefined) {
					this.allocated(relayed, answer, then, outbox);
				} else if (code === stun.ALLOCATION_MISMATCH && this.clearings < CLEARINGS_MAX) {
					this.clear(then, outbox);
				} else {
					this.fail(answer === undefined && code === 0 ? "no-answer" : failureOf(code), code, then, outbox);
				}
			},
			now,
			out,
		);
	}

	private allocated(relayed: Endpoint, answer: StunReader, now: Millis, out: StunOutbox): void {
		const mapped = answer.address(stun.XOR_MAPPED_ADDRESS);
		this.state = "allocated";
		this.relayed = relayed;
		this.planRefresh(answer, now);
		this.renew(now, out);
		this.sink.allocated(relayed, mapped, now, out);
	}

	/** Gives back an allocation of an earlier run, whose port was the same by chance or by setting, and tries again. */
	private clear(now: Millis, out: StunOutbox): void {
		const planNext = (then: Millis): void => this.timers.set(AGAIN, then + CLEAR_TIME);
		// coturn takes a second to let it go, and as long again after another Refresh.
		if (this.clearings++ > 0) return planNext(now);
		this.requests.ask(
			stun.REFRESH,
			(writer) => writer.u32(stun.LIFETIME, 0),
			(_answer, _code, then) => planNext(then),
			now,
			out,
		);
	}

	private refresh(now: Millis, out: StunOutbox): void {
		this.requests.ask(
			stun.REFRESH,
			(writer) => writer.u32(stun.LIFETIME, LIFETIME),
			(answer, code, then, outbox) => {
				if (answer !== undefined) this.planRefresh(answer, then);
				else this.fail(code === 0 ? "no-answer" : failureOf(code), code, then, outbox);
			},
			now,
			out,
		);
	}

	private planRefresh(answer: StunReader, now: Millis): void {
		const lifetime = answer.u32(stun.LIFETIME);
		const granted = Math.max(30, Math.min(lifetime < 0 ? LIFETIME : lifetime, 3600)) * 1000;
		this.timers.set(REFRESH, now + Math.max(granted / 2, granted - REFRESH_BEFORE));
	}

	/** Renews all permissions and channels. */
	private renew(now: Millis, out: StunOutbox): void {
		this.timers.set(RENEW, now + RENEW_EVERY);
		for (const address of this.peers.permitted()) this.askPermission(address, now, out);
		for (const peer of this.peers.withChannel()) this.bind(peer, now, out);
	}

	private askPermission(address: string, now: Millis, out: StunOutbox): void {
		if (this.requests.transactions.isFull) return;
		this.requests.ask(
			stun.CREATE_PERMISSION,
			(writer) => writer.address(stun.XOR_PEER_ADDRESS, address, 0),
			// A server that forbids one peer still serves the others; that one's checks fail in time.
			() => {},
			now,
			out,
		);
	}

	private bind(peer: TurnPeer, now: Millis, out: StunOutbox): void {
		const channel = this.peers.number(peer);
		if (channel === 0 || this.requests.transactions.isFull) return;
		this.requests.ask(
			stun.CHANNEL_BIND,
			(writer) => {
				writer.u32(stun.CHANNEL_NUMBER, channel * 0x10000).address(stun.XOR_PEER_ADDRESS, peer.address, peer.port);
			},
			(answer) => {
				peer.isBound = answer !== undefined;
			},
			now,
			out,
		);
	}

	private receivedChannel(bytes: Uint8Array, now: Millis, out: StunOutbox): boolean {
		const peer = this.peers.byChannel((bytes[0] << 8) | bytes[1]);
		const end = 4 + ((bytes[2] << 8) | bytes[3]);
		if (peer === undefined || end > bytes.length) return false;
		this.sink.received(bytes, 4, end, peer, now, out);
		return true;
	}

	private fail(why: TurnFailure, code: number, now: Millis, out: StunOutbox): void {
		if (this.state === "over") return;
		this.end();
		this.sink.failed(why, code, now, out);
	}

	private end(): void {
		this.state = "over";
		this.relayed = undefined;
		this.requests.transactions.clear();
		this.timers.clearAll();
	}
}

function failureOf(code: number): TurnFailure {
	if (code === stun.UNAUTHENTICATED || code === stun.FORBIDDEN || code === 441) return "refused";
	return code === stun.ALLOCATION_QUOTA || code === stun.INSUFFICIENT_CAPACITY ? "busy" : "failed";
}

/** True for addresses that a server on the Internet may reach: a private one would mean a host of the server's own network. */
function isRelayable(address: string, family: 4 | 6): boolean {
	if (ipFamily(address) !== family) return false;
	const kind = ipKind(address);
	return kind === "public" || kind === "reserved" || kind === "shared";
}
