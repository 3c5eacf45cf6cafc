import type { Endpoint } from "../../core/endpoint-table";
import type { EventSink } from "../../core/event-ring";
import type { Handle, Pump } from "../../core/pump";
import type { Candidate } from "../../peer/candidate";
import { type AddressEvent, AddressManager, type AddressOutbox } from "../../peer/managers/address-manager";
import type { ServerAddress } from "../../peer/rendezvous-address";
import { describeNat, isSymmetric, type NatKind, natKindOf, UNKNOWN_NAT } from "../../peer/stun/nat-behaviour";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { Lookup, Resolver } from "../../ports/resolver";
import type { StunReader } from "../../wire/stun-reader";
import { FilteringCheck } from "./filtering-check";
import { lookUpServers } from "./server-addresses";

/** What the addresses need of their endpoint. */
export interface AddressesOwner {
	readonly pump: Pump;
	readonly network: Network;
	readonly random: Random;
	readonly resolver: Resolver;
	/** Sends a datagram from the one socket (P2P-16). */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
	/** Whether the NAT maps ports per destination is known otherwise than before. */
	symmetryChanged(): void;
	/** An address server has answered: UDP gets through. */
	udpWorks(): void;
	/** Something else about the addresses has changed. */
	changed(): void;
}

/** The addresses of an endpoint with all that finds them out: the address servers, the socket for the filtering (P2P-5). */
export class EndpointAddresses implements AddressOutbox, EventSink<AddressEvent> {
	private readonly handle: Handle<AddressManager, AddressOutbox>;
	private filtering: FilteringCheck | undefined;
	private servers: readonly ServerAddress[] = [];
	private service = "";
	private lookup: Lookup | undefined;
	private wasSymmetric = false;

	constructor(private readonly owner: AddressesOwner) {
		this.handle = owner.pump.add(new AddressManager(owner.random), this as AddressOutbox);
	}

	get manager(): AddressManager {
		return this.handle.machine;
	}

	get natKind(): NatKind {
		return natKindOf(this.manager.nat);
	}

	/** The kind of NAT, for people; empty: nothing is known yet. */
	get natText(): string {
		const { nat } = this.manager;
		return nat === UNKNOWN_NAT ? "" : describeNat(nat);
	}

	/** True: address servers are set. */
	get hasServers(): boolean {
		return this.servers.length > 0;
	}

	/** Sets the address servers (P2P-1). @param service the SRV name */
	setServers(servers: readonly ServerAddress[], service: string): void {
		this.servers = servers;
		this.service = service;
		this.lookUp();
	}

	/** Sets the addresses of the host. @param localPort of the socket of IPv4 @returns whether they are others than before */
	setHosts(hosts: readonly Candidate[], localPort: number): boolean {
		const isOther = this.handle.call((addresses, now) => addresses.setHosts(now, hosts, localPort));
		if (isOther) this.lookUp();
		return isOther;
	}

	/** A STUN message arrived. @returns false when it is not for this one */
	receive(address: string, port: number, message: StunReader): boolean {
		return this.handle.call((addresses, now, out) => addresses.receive(now, address, port, message, out));
	}

	close(): void {
		this.filtering?.close();
		this.lookup?.cancel();
		this.handle.remove();
	}

	/** @see AddressOutbox */
	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		this.owner.send(address, port, bytes, start, end);
	}

	/** @see AddressOutbox */
	emit(event: AddressEvent): void {
		this.owner.pump.post(this, event);
	}

	/** @see EventSink */
	on({ nat }: AddressEvent): void {
		const isOther = isSymmetric(nat) !== this.wasSymmetric;
		this.wasSymmetric = isSymmetric(nat);
		if (isOther) this.owner.symmetryChanged();
		if (nat.mapped !== undefined) this.owner.udpWorks();
		if (nat.discovery !== undefined && nat.filtering === "unknown") this.checkFiltering(nat.discovery);
		this.owner.changed();
	}

	private checkFiltering(server: Endpoint): void {
		const { pump, network, random } = this.owner;
		this.filtering?.close();
		this.filtering = new FilteringCheck(pump, network, random, server, (filtering) => {
			this.manager.filtered(filtering);
			this.owner.changed();
		});
	}

	private lookUp(): void {
		const { resolver, random } = this.owner;
		this.lookup?.cancel();
		if (this.servers.length === 0 || this.manager.localPort === 0) return;
		this.lookup = lookUpServers(resolver, random, this.servers, this.service, [4], (servers) => {
			if (servers.length > 0) this.handle.call((addresses, now) => addresses.setServers(now, servers));
		});
	}
}
