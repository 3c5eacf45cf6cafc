import type { Endpoint } from "../../core/endpoint-table";
import type { Millis } from "../../core/time";
import { BINDING, CHANGE_REQUEST, SUCCESS } from "../../wire/stun";
import { PROBE_OCTETS, PROBE_REPEAT_AFTER } from "./mapping-probe";
import type { NatBehaviour } from "./nat-behaviour";
import type { StunOutbox, StunTransactions } from "./stun-transactions";

/** Bits of CHANGE-REQUEST. @see RFC 5780 §7.2 */
const CHANGE_PORT = 2;
const CHANGE_ADDRESS_AND_PORT = 6;
const TRIES = 3;

/** Called once with the result, unless the transactions are dropped. */
export type FilteringDone = (filtering: NatBehaviour["filtering"], now: Millis, out: StunOutbox) => void;

/**
 * Finds out from where a NAT or a firewall lets packets in: a server with two addresses is asked to answer from the other one.
 *
 * The socket is one of its own, from which nothing was sent to that server before: what was sent opens the filter that is tested, and
 * what came in may change the mapping.
 * @see RFC 5780 §4.4
 */
export class FilteringProbe {
	/**
	 * @param transactions those of the socket; its owner gives them what arrives and calls them in time
	 * @param server one that has two addresses ({@link NatBehaviour.discovery})
	 */
	constructor(
		private readonly transactions: StunTransactions,
		private readonly server: Endpoint,
		private readonly done: FilteringDone,
	) {}

	/** Begins; to be called once. */
	start(now: Millis, out: StunOutbox): void {
		this.ask(0, now, out);
	}

	private ask(change: number, now: Millis, out: StunOutbox): void {
		const writer = this.transactions.begin(BINDING);
		if (change !== 0) writer.u32(CHANGE_REQUEST, change);
		writer.pad(PROBE_OCTETS);
		const { address, port } = this.server;
		const plan = {
			address,
			port,
			isFromElsewhere: change !== 0,
			repeatAfter: PROBE_REPEAT_AFTER,
			tries: TRIES,
			done: (
				answer: { readonly kind: number } | undefined,
				_roundTrip: Millis,
				then: Millis,
				outbox: StunOutbox,
			): void => this.answered(change, answer?.kind === SUCCESS, answer === undefined, then, outbox),
		};
		this.transactions.start(plan, now, out);
	}

	private answered(change: number, isSuccess: boolean, isSilent: boolean, now: Millis, out: StunOutbox): void {
		// The first answer shows that the server can be reached at all.
		if (change === 0 && isSuccess) this.ask(CHANGE_ADDRESS_AND_PORT, now, out);
		else if (change === CHANGE_ADDRESS_AND_PORT && isSilent) this.ask(CHANGE_PORT, now, out);
		else if (change === CHANGE_PORT && isSilent) this.done("address-and-port", now, out);
		else if (change === 0 || !isSuccess) this.done("unknown", now, out);
		else this.done(change === CHANGE_PORT ? "address" : "independent", now, out);
	}
}
