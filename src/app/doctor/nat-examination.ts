import type { Pump } from "../../core/pump";
import type { ServerAddress } from "../../peer/rendezvous-address";
import { isSymmetric, type NatBehaviour, type NatKind } from "../../peer/stun/nat-behaviour";
import type { Log } from "../../ports/log";
import type { Network, UdpPeer } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { Resolver } from "../../ports/resolver";
import { NAT_MESSAGES } from "../../web/nat-messages";
import { StunReader } from "../../wire/stun-reader";
import { type AddressesOwner, EndpointAddresses } from "../peer/endpoint-addresses";
import { hostCandidates } from "../peer/local-candidates";
import { PeerSocket, type PeerSocketSink } from "../peer/peer-socket";
import { STUN_SERVICE } from "../peer/server-addresses";

/** What the examination needs of the host. */
export interface NatExaminationHost {
	readonly network: Network;
	readonly random: Random;
	readonly resolver: Resolver;
	readonly log: Log;
}

/** Finds out the kind of NAT in front of this machine, and what that means for peer to peer (P2P-12, ONE-10). */
export class NatExamination implements PeerSocketSink, AddressesOwner {
	readonly network: Network;
	readonly random: Random;
	readonly resolver: Resolver;
	private readonly addresses: EndpointAddresses;
	private readonly reader = new StunReader();
	private socket: PeerSocket | undefined;
	private isProbed = false;

	/** @param servers address servers; none: nothing is examined */
	constructor(
		private readonly host: NatExaminationHost,
		readonly pump: Pump,
		private readonly servers: readonly ServerAddress[],
	) {
		this.network = host.network;
		this.random = host.random;
		this.resolver = host.resolver;
		this.addresses = new EndpointAddresses(this);
	}

	/** True: nothing more will be found. */
	get isSettled(): boolean {
		const { discovery, filtering } = this.nat;
		return this.servers.length === 0 || (this.isProbed && (discovery === undefined || filtering !== "unknown"));
	}

	start(): void {
		if (this.servers.length === 0) return;
		this.socket = new PeerSocket(this.network, this.pump, this.host.log, "doctor", 0, this);
	}

	close(): void {
		this.addresses.close();
		this.socket?.close();
	}

	/** True: there is UDP to the Internet, so a rendezvous server helps. */
	get helps(): boolean {
		return this.nat.mapped !== undefined;
	}

	get kind(): NatKind {
		return this.addresses.natKind;
	}

	/** The kind of NAT, for people; empty: not known. */
	get text(): string {
		return this.nat.mapped === undefined ? "" : this.addresses.natText;
	}

	/** What was found, for people; nothing where nothing was examined. */
	lines(): readonly string[] {
		if (this.servers.length === 0) return [];
		const { nat } = this;
		if (nat.mapped === undefined) return [NAT_MESSAGES.silent];
		const kind = NAT_MESSAGES.kind(this.addresses.natText, nat.mapped.address);
		if (this.kind === "unknown") return [kind, NAT_MESSAGES.unknown];
		return [kind, isSymmetric(nat) ? NAT_MESSAGES.symmetric : NAT_MESSAGES.punchable];
	}

	/** @see PeerSocketSink */
	opened(): void {
		const port = this.socket?.portOf(4) ?? 0;
		this.addresses.setHosts(
			hostCandidates(this.network.paths(), [], () => port),
			port,
		);
		this.addresses.setServers(this.servers, STUN_SERVICE);
	}

	/** @see PeerSocketSink */
	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		if (this.reader.read(bytes)) this.addresses.receive(address, port, this.reader);
	}

	/** @see AddressesOwner */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.socket?.send(address, port, bytes, start, end);
	}

	/** @see AddressesOwner */
	changed(): void {
		this.isProbed = true;
	}

	/** @see AddressesOwner */
	udpWorks(): void {}

	/** @see AddressesOwner */
	symmetryChanged(): void {}

	private get nat(): NatBehaviour {
		return this.addresses.manager.nat;
	}
}
