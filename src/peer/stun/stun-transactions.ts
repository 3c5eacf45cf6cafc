import { toHex } from "../../base/hex";
import type { Machine } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import { REQUEST, TRANSACTION_OCTETS } from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import { StunWriter } from "../../wire/stun-writer";

/** Sends datagrams by the one socket from which everything of a peer leaves (P2P-16); a UdpSocket is one. */
export interface StunOutbox {
	/** Sends `bytes[start, end)`; the octets are the caller's again when the call returns. */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void;
}

/**
 * Takes the end of a request. Called once, during {@link StunTransactions.received} or {@link StunTransactions.expire}; it may start
 * other requests.
 * @param answer a success or error response, valid during the call; `undefined`: none came in time
 * @param roundTrip the time since the request, -1 when it was sent more than once, so that nobody knows
 */
export type StunDone = (answer: StunReader | undefined, roundTrip: Millis, now: Millis, out: StunOutbox) => void;

/** A request of {@link StunTransactions}. */
export interface StunPlan {
	readonly address: string;
	readonly port: number;
	readonly done: StunDone;
	/**
	 * Returns false for a response to ignore as if it had not come, such as one whose MESSAGE-INTEGRITY is wrong.
	 * @default every response with the transaction ID counts
	 * @see RFC 8489 §9.1.4, §9.2.5
	 */
	readonly check?: (answer: StunReader) => boolean;
	/** True: the response must come from another address or port than the request went to. @default false @see RFC 5780 §7.2 */
	readonly isFromElsewhere?: boolean;
	/** True: the request itself may come back, by a NAT that passes packets back inside; that ends it, too. @default false */
	readonly isLoop?: boolean;
	/** The time until the request is first repeated; it doubles each time. @default 250 */
	readonly repeatAfter?: Millis;
	/** How often it is sent in all. @default 5 */
	readonly tries?: number;
}

/** How many requests may be under way at a time; more are a programmer's error. */
export const TRANSACTIONS_MAX = 128;
const REPEAT_AFTER: Millis = 250;
const TRIES = 5;
/** The longest time between two transmissions. */
const REPEAT_MAX: Millis = 4000;

interface Transaction {
	readonly id: Uint8Array;
	readonly message: Uint8Array;
	readonly plan: StunPlan;
	readonly first: Millis;
	sent: number;
	wait: Millis;
	at: Millis;
}

/**
 * STUN requests over UDP that are repeated until they are answered (P2P-5): to address servers, matching servers and TURN servers.
 *
 * A request is begun with {@link begin}, which gives a writer for its attributes, and started with {@link start}:
 *
 * ```ts
 * transactions.begin(BINDING).fingerprint();
 * transactions.start({ address, port, done }, now, out);
 * ```
 * @see RFC 8489 §6.2.1
 */
export class StunTransactions implements Machine<StunOutbox> {
	/** @see Machine.deadline */
	deadline: Millis = Infinity;
	private readonly running: Transaction[] = [];
	private readonly reader = new StunReader();
	private readonly id = new Uint8Array(TRANSACTION_OCTETS);

	/** @param writer for requests; it may be shared with others of the same socket, as each message is complete at once */
	constructor(
		private readonly random: Random,
		private readonly writer = new StunWriter(),
	) {}

	/** How many requests are under way. */
	get count(): number {
		return this.running.length;
	}

	/** True: no other request may be started now. */
	get isFull(): boolean {
		return this.running.length >= TRANSACTIONS_MAX;
	}

	/** Begins a request with a new transaction ID. @returns the writer for its attributes, to be used before any other call */
	begin(method: number): StunWriter {
		this.random.fill(this.id);
		return this.writer.begin(REQUEST, method, this.id);
	}

	/** Sends the request that was begun, now and until it is answered. @returns its name, for {@link cancel} */
	start(plan: StunPlan, now: Millis, out: StunOutbox): string {
		if (this.isFull) throw new RangeError("too many STUN requests at a time");
		const { writer } = this;
		const wait = plan.repeatAfter ?? REPEAT_AFTER;
		const message = writer.bytes.slice(writer.start, writer.end);
		const transaction = { id: this.id.slice(), message, plan, first: now, sent: 1, wait, at: now + wait };
		this.running.push(transaction);
		this.deadline = Math.min(this.deadline, transaction.at);
		out.send(message, 0, message.length, plan.address, plan.port);
		return toHex(transaction.id);
	}

	/** Drops a request: it is not repeated and its end is not reported. Harmless when it has ended. */
	cancel(name: string): void {
		const at = this.running.findIndex((transaction) => toHex(transaction.id) === name);
		if (at >= 0) this.running.splice(at, 1);
		this.settle();
	}

	/** Drops all requests. */
	clear(): void {
		this.running.length = 0;
		this.deadline = Infinity;
	}

	/**
	 * Takes a STUN message that arrived.
	 * @param message a reader that has read it, valid during the call
	 * @returns false when it is no response to a request under way: it is for somebody else
	 */
	received(message: StunReader, address: string, port: number, now: Millis, out: StunOutbox): boolean {
		for (let i = 0; i < this.running.length; i++) {
			const transaction = this.running[i];
			if (!message.isTransaction(transaction.id)) continue;
			const { plan } = transaction;
			if (message.kind < 2 && !(plan.isLoop === true && message.kind === REQUEST)) return false;
			const isFromThere = address === plan.address && port === plan.port;
			if (plan.isLoop !== true && isFromThere === (plan.isFromElsewhere === true)) return true;
			if (plan.check !== undefined && !plan.check(message)) return true;
			this.running.splice(i, 1);
			this.settle();
			plan.done(message, transaction.sent === 1 ? now - transaction.first : -1, now, out);
			return true;
		}
		return false;
	}

	/** Reads a datagram and takes it as in {@link received}. @returns false when it is nothing of ours */
	receivedBytes(bytes: Uint8Array, address: string, port: number, now: Millis, out: StunOutbox): boolean {
		return this.reader.read(bytes) && this.received(this.reader, address, port, now, out);
	}

	/** @see Machine.expire */
	expire(now: Millis, out: StunOutbox): void {
		for (let i = 0; i < this.running.length; ) {
			const transaction = this.running[i];
			const { plan, message } = transaction;
			if (transaction.at > now) {
				i++;
			} else if (transaction.sent >= (plan.tries ?? TRIES)) {
				this.running.splice(i, 1);
				plan.done(undefined, -1, now, out);
			} else {
				transaction.sent++;
				transaction.wait = Math.min(REPEAT_MAX, 2 * transaction.wait);
				transaction.at = now + transaction.wait;
				out.send(message, 0, message.length, plan.address, plan.port);
				i++;
			}
		}
		this.settle();
	}

	private settle(): void {
		this.deadline = Infinity;
		for (let i = 0; i < this.running.length; i++) this.deadline = Math.min(this.deadline, this.running[i].at);
	}
}
