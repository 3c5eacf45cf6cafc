import type { Endpoint } from "../../core/endpoint-table";
import type { Machine, Outlet } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import { STALE_NONCE, TRANSACTION_OCTETS, UNAUTHENTICATED } from "../../wire/stun";
import type { StunReader } from "../../wire/stun-reader";
import { readPeerAnswer } from "../rendezvous/peer-answer";
import type { PeerAnswer, PeerCredentials, ProvenAddress, RequestHead } from "../rendezvous/peer-message";
import { writeFind } from "../rendezvous/peer-request";

/** The pause before a request is sent again; it doubles. @see RFC 8489 §6.2.1 */
const RTO: Millis = 250;
const RTO_MAX: Millis = 2000;
/** How often a request is sent in all, and to one server if there are others: each gets its turn. */
const SENDS = 6;
const SENDS_PER_SERVER = 3;
/** After so many longer round trips in a row, the way to the server is believed to be longer. */
const LONGER_MAX = 4;
/** How often a request is repeated because the server wants another nonce or the home's key. */
const CHALLENGES_MAX = 4;
/** How many requests may be under way. */
const REQUESTS_MAX = 16;

/** How long the server believes a proof of another address; after that a new one is asked for. */
const PROOF_LIFE: Millis = 60_000;
/** How long a request waits for it. */
const HOLD: Millis = 150;

/** A server's address, and the name that it was looked up by: one server may have addresses of both families. */
export interface ServerPlace extends Endpoint {
	readonly host: string;
}

/** Writes a request, again for each nonce. @see writeRegister */
export type RequestWriter = (who: PeerCredentials, head: RequestHead) => Uint8Array;

/** A request has come to its end. */
export interface RequestEvent {
	/** `undefined`: no server has answered. */
	readonly answer: PeerAnswer | undefined;
	/** What the one who asked wants to have done with the answer. */
	readonly done: (answer: PeerAnswer | undefined) => void;
}

/** What a server line does. */
export interface ServerLineOutbox extends Outlet<RequestEvent> {
	/** Sends a datagram to a server. */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
}

interface Pending {
	transaction: Uint8Array;
	readonly write: RequestWriter;
	readonly done: RequestEvent["done"];
	bytes: Uint8Array;
	server: ServerPlace;
	sends: number;
	sendsHere: number;
	challenges: number;
	sentHome: boolean;
	pause: Millis;
	at: Millis;
	sentAt: Millis;
	/** True: it waits until another address is proved, and is then written again. */
	isHeld: boolean;
}

/**
 * Carries the requests of one party to one of several rendezvous servers: repeats them until they are answered, deals with nonces and
 * with servers that do not know the home, and goes over to the next server when one does not answer. To a server that has addresses of
 * both families it proves the own address of the other family, too.
 * @see RFC 8489 §6.2.1, §9.2
 */
export class ServerLine implements Machine<ServerLineOutbox> {
	/** The round trip to the server; 0: not measured yet. */
	roundTrip: Millis = 0;
	/** How many measured round trips in a row were longer. */
	private longer = 0;
	/** How long this side takes from an introduction to its first check: who is slow has to be told earlier, as if it were farther away. */
	slowness: Millis = 0;
	/** The time of the server in seconds in the newest answer; 0: none yet. */
	stamp = 0;
	/** Our public address, as a server has seen it last. */
	seen: Endpoint | undefined;
	private servers: readonly ServerPlace[] = [];
	private current = 0;
	private nonce: Uint8Array | undefined;
	private readonly pending: Pending[] = [];
	/** The request that proves the address of the other family. */
	private probe: Pending | undefined;
	private proof: ProvenAddress | undefined;
	private provedAt: Millis = -Infinity;

	/**
	 * @param who signs the requests
	 * @param homeKey the public key of the home's account; absent for those with a ticket
	 */
	constructor(
		readonly who: PeerCredentials,
		private readonly homeKey: Uint8Array | undefined,
		private readonly random: Pick<Random, "fill">,
	) {}

	/** When {@link expire} must be called next. */
	get deadline(): Millis {
		let deadline = Infinity;
		for (const { at } of this.pending) deadline = Math.min(deadline, at);
		return deadline;
	}

	/** The server that is asked at the moment; `undefined`: none is known. */
	get server(): ServerPlace | undefined {
		return this.servers[this.current];
	}

	/** Sets the servers, the best first. The one in use stays in use if it is among them. */
	setServers(servers: readonly ServerPlace[]): void {
		const { server } = this;
		this.servers = servers;
		const kept = servers.findIndex((other) => server !== undefined && isSame(other, server.address, server.port));
		this.current = Math.max(0, kept);
		if (kept < 0) this.forget();
	}

	/** Whether this is the address of one of the servers. */
	isServer(address: string, port: number): boolean {
		for (const server of this.servers) if (isSame(server, address, port)) return true;
		return false;
	}

	/** Sends a request. `done` is called once, after this call, with the answer or `undefined`. */
	ask(now: Millis, write: RequestWriter, done: RequestEvent["done"], out: ServerLineOutbox): void {
		const { server } = this;
		if (server === undefined || this.pending.length >= REQUESTS_MAX) {
			out.emit({ answer: undefined, done });
			return;
		}
		this.prove(now, server, out);
		const request = makeRequest(now, server, write, done);
		this.pending.push(request);
		if (this.nonce !== undefined && this.probe !== undefined) this.hold(now, request);
		else {
			this.write(request);
			this.send(now, request, out);
		}
	}

	/**
	 * A STUN message of a server arrived.
	 * @returns false when it answers no request of this line
	 */
	receive(now: Millis, address: string, port: number, message: StunReader, out: ServerLineOutbox): boolean {
		for (let i = 0; i < this.pending.length; i++) {
			const request = this.pending[i];
			if (!message.isTransaction(request.transaction) || !isSame(request.server, address, port)) continue;
			const answer = readPeerAnswer(message, this.who);
			if (answer === undefined) return true;
			if (request.sendsHere === 1) this.measured(Math.max(1, now - request.sentAt));
			if (request === this.probe) {
				this.proved(now, i, answer, out);
				return true;
			}
			if (answer.type === "refused") {
				this.seen = answer.seen ?? this.seen;
				if (answer.nonce !== undefined) this.nonce = answer.nonce;
				if (this.repeat(now, request, answer.code, out)) return true;
			} else this.stamp = Math.max(this.stamp, answer.stamp);
			this.pending.splice(i, 1);
			out.emit({ answer, done: request.done });
			return true;
		}
		return false;
	}

	/**
	 * Takes a measured round trip. What makes one longer is mostly this machine, which is busy or has just started, and who seems to be far
	 * away is not waited for: so the shortest counts, until the way has certainly become longer.
	 */
	private measured(roundTrip: Millis): void {
		this.longer = roundTrip > this.roundTrip ? this.longer + 1 : 0;
		if (this.roundTrip > 0 && this.longer > 0 && this.longer < LONGER_MAX) return;
		this.roundTrip = roundTrip;
		this.longer = 0;
	}

	expire(now: Millis, out: ServerLineOutbox): void {
		for (let i = this.pending.length - 1; i >= 0; i--) {
			const request = this.pending[i];
			if (request.at > now) continue;
			if (request.isHeld) {
				this.write(request);
				this.send(now, request, out);
				continue;
			}
			if (
				request.sends >= Math.max(SENDS, SENDS_PER_SERVER * this.servers.length) ||
				(request === this.probe && request.sends >= SENDS_PER_SERVER)
			) {
				this.pending.splice(i, 1);
				if (request === this.probe) {
					// There is no way to the server by this family.
					this.probe = undefined;
					this.provedAt = now;
					this.proof = undefined;
					continue;
				}
				out.emit({ answer: undefined, done: request.done });
				continue;
			}
			if (request.sendsHere >= SENDS_PER_SERVER && this.servers.length > 1) this.changeServer(request);
			this.send(now, request, out);
		}
	}

	/** Gives all requests up without an answer. */
	close(out: ServerLineOutbox): void {
		for (const { done } of this.pending.splice(0)) out.emit({ answer: undefined, done });
	}

	private repeat(now: Millis, request: Pending, code: number, out: ServerLineOutbox): boolean {
		if (++request.challenges > CHALLENGES_MAX) return false;
		if (code === UNAUTHENTICATED && this.homeKey !== undefined && !request.sentHome) request.sentHome = true;
		else if (code !== STALE_NONCE) return false;
		request.sends = 0;
		request.pause = RTO;
		if (this.probe !== undefined) this.hold(now, request);
		else {
			this.write(request);
			this.send(now, request, out);
		}
		return true;
	}

	/** Asks the server by the other family for a nonce, which proves our address there. */
	private prove(now: Millis, server: ServerPlace, out: ServerLineOutbox): void {
		if (this.probe !== undefined || now - this.provedAt < PROOF_LIFE) return;
		const isSix = server.address.includes(":");
		const other = this.servers.find(
			({ host, port, address }) => host === server.host && port === server.port && address.includes(":") !== isSix,
		);
		if (other === undefined) return;
		// Without a nonce nothing is searched.
		const write: RequestWriter = (who, { transaction, roundTrip }) =>
			writeFind(who, { transaction, roundTrip }, { name: "", tag: "", after: "", withAddresses: false });
		const probe = makeRequest(now, other, write, () => {});
		this.probe = probe;
		this.pending.push(probe);
		this.write(probe);
		this.send(now, probe, out);
	}

	private proved(now: Millis, place: number, answer: PeerAnswer, out: ServerLineOutbox): void {
		this.pending.splice(place, 1);
		this.probe = undefined;
		this.provedAt = now;
		this.proof = undefined;
		if (answer.type === "refused" && answer.nonce !== undefined && answer.seen !== undefined) {
			this.proof = { ...answer.seen, nonce: answer.nonce };
		}
		for (const request of this.pending) {
			if (!request.isHeld) continue;
			this.write(request);
			this.send(now, request, out);
		}
	}

	private hold(now: Millis, request: Pending): void {
		request.isHeld = true;
		request.at = now + HOLD;
	}

	private forget(): void {
		this.nonce = undefined;
		this.proof = undefined;
		this.provedAt = -Infinity;
		this.roundTrip = 0;
	}

	/** Goes over to the next server, with all requests that follow. */
	private changeServer(request: Pending): void {
		const { server } = this;
		if (server === request.server) {
			this.current = (this.current + 1) % this.servers.length;
			this.forget();
		}
		request.server = this.server ?? request.server;
		request.sentHome = false;
		request.pause = RTO;
		this.write(request);
	}

	private write(request: Pending): void {
		request.isHeld = false;
		request.transaction = new Uint8Array(TRANSACTION_OCTETS);
		this.random.fill(request.transaction);
		request.sendsHere = 0;
		const { nonce, homeKey, proof: alsoAt } = this;
		request.bytes = request.write(this.who, {
			transaction: request.transaction,
			...(nonce === undefined ? {} : { nonce }),
			...(alsoAt === undefined ? {} : { alsoAt }),
			...(request.sentHome && homeKey !== undefined ? { homeKey } : {}),
			roundTrip: this.roundTrip === 0 ? 0 : this.roundTrip + 2 * this.slowness,
		});
	}

	private send(now: Millis, request: Pending, out: ServerLineOutbox): void {
		const { bytes, server } = request;
		request.sends++;
		request.sendsHere++;
		request.sentAt = now;
		request.at = now + request.pause;
		request.pause = Math.min(RTO_MAX, request.pause * 2);
		out.send(server.address, server.port, bytes, 0, bytes.length);
	}
}

function makeRequest(now: Millis, server: ServerPlace, write: RequestWriter, done: RequestEvent["done"]): Pending {
	return {
		transaction: new Uint8Array(0),
		write,
		done,
		bytes: new Uint8Array(0),
		server,
		sends: 0,
		sendsHere: 0,
		challenges: 0,
		sentHome: false,
		pause: RTO,
		at: now,
		sentAt: now,
		isHeld: false,
	};
}

function isSame(server: Endpoint, address: string, port: number): boolean {
	return server.port === port && server.address === address;
}
