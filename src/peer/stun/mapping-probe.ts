import type { Endpoint } from "../../core/endpoint-table";
import type { Millis } from "../../core/time";
import { BINDING, OTHER_ADDRESS, SUCCESS, XOR_MAPPED_ADDRESS } from "../../wire/stun";
import type { StunReader } from "../../wire/stun-reader";
import { type NatBehaviour, UNKNOWN_NAT } from "./nat-behaviour";
import type { StunDone, StunOutbox, StunTransactions } from "./stun-transactions";

/** Octets of the longest answer, with three IPv6 addresses: requests are padded to it, or the server would leave some of them out. */
export const PROBE_OCTETS = 92;
/** When a test is first repeated. */
export const PROBE_REPEAT_AFTER: Millis = 150;
const TRIES = 3;
/** A packet that does not come back is the rule. */
const LOOP_TRIES = 2;

/** What a {@link MappingProbe} begins with. */
export interface MappingProbePlan {
	/** Address servers, in the order of preference; two with different addresses, or one that has two, tell the mapping. */
	readonly servers: readonly Endpoint[];
	/** The device's own addresses, and the port of the socket: if they are the public ones, there is no NAT. */
	readonly locals: readonly string[];
	readonly localPort: number;
	/** Called once with all but the filtering, unless the transactions are dropped. @see FilteringProbe */
	readonly done: (nat: NatBehaviour, now: Millis, out: StunOutbox) => void;
}

/**
 * Finds out how a NAT maps the socket of all peer traffic: asks address servers with different addresses for its public port
 * (P2P-12), and whether packets to its own public address come back inside.
 * @see RFC 5780 §4.3, RFC 4787 §6
 */
export class MappingProbe {
	private first: Endpoint | undefined;
	private mapped: Endpoint | undefined;
	private other: Endpoint | undefined;
	private hairpin = false;

	/** @param transactions those of the socket; its owner gives them what arrives and calls them in time */
	constructor(
		private readonly transactions: StunTransactions,
		private readonly plan: MappingProbePlan,
	) {}

	/** Begins; to be called once. */
	start(now: Millis, out: StunOutbox): void {
		this.askServer(0, now, out);
	}

	private askServer(index: number, now: Millis, out: StunOutbox): void {
		const server = this.plan.servers[index];
		if (server === undefined) return this.plan.done(UNKNOWN_NAT, now, out);
		this.ask(server, now, out, (answer, _roundTrip, then, outbox) => {
			const mapped = mappedOf(answer);
			if (mapped === undefined) return this.askServer(index + 1, then, outbox);
			this.first = server;
			this.mapped = mapped;
			this.other = answer?.address(OTHER_ADDRESS);
			this.askSecond(mapped, server, then, outbox);
		});
	}

	/** Asks from another address which public port it sees. */
	private askSecond(mapped: Endpoint, first: Endpoint, now: Millis, out: StunOutbox): void {
		const { locals, localPort } = this.plan;
		if (mapped.port === localPort && locals.includes(mapped.address)) return this.end("none", now, out);
		const second = this.second(first);
		if (second === undefined) return this.testHairpin("unknown", mapped, now, out);
		this.ask(second, now, out, (answer, _roundTrip, then, outbox) => {
			const seen = mappedOf(answer);
			if (seen === undefined) this.testHairpin("unknown", mapped, then, outbox);
			else if (isSame(seen, mapped)) this.testHairpin("independent", mapped, then, outbox);
			else if (this.other === undefined) this.testHairpin("address-and-port", mapped, then, outbox);
			else this.askThird(seen, { address: second.address, port: this.other.port }, mapped, then, outbox);
		});
	}

	private second(first: Endpoint): Endpoint | undefined {
		if (this.other !== undefined) return { address: this.other.address, port: first.port };
		const isSix = first.address.includes(":");
		return this.plan.servers.find(({ address }) => address !== first.address && address.includes(":") === isSix);
	}

	/** Asks from another port of the other address. */
	private askThird(seen: Endpoint, third: Endpoint, mapped: Endpoint, now: Millis, out: StunOutbox): void {
		this.ask(third, now, out, (answer, _roundTrip, then, outbox) => {
			const again = mappedOf(answer);
			const isByAddress = again !== undefined && isSame(again, seen);
			this.testHairpin(isByAddress ? "address" : "address-and-port", mapped, then, outbox);
		});
	}

	private testHairpin(mapping: NatBehaviour["mapping"], mapped: Endpoint, now: Millis, out: StunOutbox): void {
		this.transactions.begin(BINDING);
		const done: StunDone = (answer, _roundTrip, then, outbox) => {
			this.hairpin = answer !== undefined;
			this.end(mapping, then, outbox);
		};
		const { address, port } = mapped;
		const times = { repeatAfter: PROBE_REPEAT_AFTER, tries: LOOP_TRIES };
		this.transactions.start({ address, port, isLoop: true, done, ...times }, now, out);
	}

	private ask({ address, port }: Endpoint, now: Millis, out: StunOutbox, done: StunDone): void {
		this.transactions.begin(BINDING).pad(PROBE_OCTETS);
		this.transactions.start({ address, port, done, repeatAfter: PROBE_REPEAT_AFTER, tries: TRIES }, now, out);
	}

	private end(mapping: NatBehaviour["mapping"], now: Millis, out: StunOutbox): void {
		const { mapped, first, hairpin, plan, other } = this;
		if (mapped === undefined || first === undefined) return;
		const keepsPort = mapped.port === plan.localPort;
		const discovery = other === undefined ? {} : { discovery: first };
		plan.done({ mapped, mapping, filtering: "unknown", hairpin, keepsPort, ...discovery }, now, out);
	}
}

/** The public address in an answer; `undefined` when it is an error or has none. */
function mappedOf(answer: StunReader | undefined): Endpoint | undefined {
	return answer?.kind === SUCCESS ? answer.address(XOR_MAPPED_ADDRESS) : undefined;
}

function isSame(a: Endpoint, b: Endpoint): boolean {
	return a.port === b.port && a.address === b.address;
}
