import type { Endpoint } from "../../core/endpoint-table";
import type { Machine, Outlet } from "../../core/machine";
import type { Millis } from "../../core/time";
import { Timers } from "../../core/timers";
import type { Random } from "../../ports/random";
import type { StunReader } from "../../wire/stun-reader";
import type { Candidate } from "../candidate";
import type { OwnSide } from "../checks/checks-contract";
import { MappingProbe } from "../stun/mapping-probe";
import { isSymmetric, type NatBehaviour, UNKNOWN_NAT } from "../stun/nat-behaviour";
import { type StunOutbox, StunTransactions } from "../stun/stun-transactions";

/** How often the NAT is looked at again, and how soon after no server has answered. */
const AGAIN: Millis = 1_800_000;
const AGAIN_UNANSWERED: Millis = 60_000;

const PROBE = 0;

/** What the address manager reports: the public address or the kind of NAT is another one. */
export interface AddressEvent {
	readonly type: "nat";
	readonly nat: NatBehaviour;
}

/** What the address manager does. */
export interface AddressOutbox extends StunOutbox, Outlet<AddressEvent> {}

/**
 * Knows at which addresses this endpoint can be reached: the local ones from the network stack, the one that a gateway has mapped, and
 * the public one from address servers, with the kind of NAT in between (P2P-5, P2P-12).
 */
export class AddressManager implements Machine<AddressOutbox> {
	/** What is known about the NAT. */
	nat: NatBehaviour = UNKNOWN_NAT;
	private readonly transactions: StunTransactions;
	private readonly timers = new Timers(1);
	private servers: readonly Endpoint[] = [];
	private hosts: readonly Candidate[] = [];
	private mapped: Candidate | undefined;
	private reflexive: Candidate | undefined;
	/** The port of the socket of IPv4; 0: there is none. */
	localPort = 0;
	/** Counts probes: what an earlier one finds does not count. */
	private probes = 0;

	constructor(random: Random) {
		this.transactions = new StunTransactions(random);
	}

	get deadline(): Millis {
		return Math.min(this.transactions.deadline, this.timers.deadline);
	}

	/** The candidates that servers and peers are told: those of the host, and the mapped one. */
	get candidates(): readonly Candidate[] {
		return this.mapped === undefined ? this.hosts : [...this.hosts, this.mapped];
	}

	/** True: the NAT maps ports per destination. */
	get isSymmetric(): boolean {
		return isSymmetric(this.nat);
	}

	/** What checks need to know about this side. */
	ownSide(hasIpv6: boolean): OwnSide {
		const { candidates, reflexive } = this;
		return {
			candidates: reflexive === undefined ? candidates : [...candidates, reflexive],
			symmetric: this.isSymmetric,
			hasIpv6,
		};
	}

	/**
	 * Sets the addresses of the host. @param localPort of the socket of IPv4
	 * @returns whether they are others than before; then the NAT may be another one, too
	 */
	setHosts(now: Millis, hosts: readonly Candidate[], localPort: number): boolean {
		const isSame =
			localPort === this.localPort &&
			hosts.length === this.hosts.length &&
			hosts.every(({ address, port }, i) => address === this.hosts[i].address && port === this.hosts[i].port);
		this.hosts = hosts;
		this.localPort = localPort;
		if (isSame) return false;
		this.reflexive = undefined;
		if (this.servers.length > 0) this.timers.set(PROBE, now);
		return true;
	}

	/** Sets the port that a gateway has mapped to the socket; `undefined`: none. @returns whether it is another one */
	setMapped(mapped: Candidate | undefined): boolean {
		const isSame = mapped?.address === this.mapped?.address && mapped?.port === this.mapped?.port;
		this.mapped = mapped;
		return !isSame;
	}

	/** A server has told the public address of the socket. */
	seen(address: string, port: number): void {
		this.reflexive = { kind: "reflexive", address, port };
	}

	/** Sets the address servers, the preferred ones first, and asks them if they are others than before. */
	setServers(now: Millis, servers: readonly Endpoint[]): void {
		const isSame =
			servers.length === this.servers.length &&
			servers.every(({ address, port }, i) => address === this.servers[i].address && port === this.servers[i].port);
		this.servers = servers;
		if (isSame) return;
		if (servers.length > 0) this.timers.set(PROBE, now);
		else this.timers.clear(PROBE);
	}

	/** A STUN message arrived. @returns false when it is not for this one */
	receive(now: Millis, address: string, port: number, message: StunReader, out: AddressOutbox): boolean {
		return this.transactions.received(message, address, port, now, out);
	}

	expire(now: Millis, out: AddressOutbox): void {
		this.transactions.expire(now, out);
		if (this.timers.due(now) === PROBE) this.probe(now, out);
	}

	private probe(now: Millis, out: AddressOutbox): void {
		const { servers, localPort, hosts } = this;
		if (localPort === 0 || servers.length === 0) return;
		this.timers.set(PROBE, now + AGAIN);
		this.transactions.clear();
		const probe = ++this.probes;
		const plan = {
			servers,
			locals: hosts.map(({ address }) => address),
			localPort,
			done: (nat: NatBehaviour, then: Millis) => {
				if (probe === this.probes) this.probed(then, nat, out);
			},
		};
		new MappingProbe(this.transactions, plan).start(now, out);
	}

	private probed(now: Millis, nat: NatBehaviour, out: AddressOutbox): void {
		if (nat.mapped === undefined) this.timers.set(PROBE, now + AGAIN_UNANSWERED);
		else this.seen(nat.mapped.address, nat.mapped.port);
		// What the filtering is, is not asked again with each mapping.
		const filtering =
			nat.filtering === "unknown" && nat.mapping === this.nat.mapping ? this.nat.filtering : nat.filtering;
		this.nat = { ...nat, filtering };
		out.emit({ type: "nat", nat: this.nat });
	}

	/** The filtering was found out by a socket of its own. */
	filtered(filtering: NatBehaviour["filtering"]): void {
		this.nat = { ...this.nat, filtering };
	}
}
