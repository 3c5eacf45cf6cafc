import type { Endpoint } from "../../core/endpoint-table";
import type { IpFamily } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { Pump } from "../../core/pump";
import type { Candidate, TurnServer } from "../../peer/candidate";
import { type OwnSide, VIA_SOCKET, type Via } from "../../peer/checks/checks-contract";
import type { HomeKeys } from "../../peer/home-keys";
import type { Introduction } from "../../peer/introduction";
import type { AddressManager } from "../../peer/managers/address-manager";
import type { RegistrationEvent } from "../../peer/managers/registration-manager";
import type { PeerLink, PeerLinkSink } from "../../peer/peer-link";
import type { DeviceRecord } from "../../peer/rendezvous/device-record";
import { parseRendezvous, type ServerAddress } from "../../peer/rendezvous-address";
import type { NatKind } from "../../peer/stun/nat-behaviour";
import type { Network, UdpPeer } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { Resolver } from "../../ports/resolver";
import { REQUEST } from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import { type AddressesOwner, EndpointAddresses } from "./endpoint-addresses";
import type { EndpointLink } from "./endpoint-link";
import type { EndpointHost, EndpointOptions } from "./endpoint-options";
import { EndpointRelays, type RelayOwner } from "./endpoint-relays";
import { Introducer, type IntroducerOwner } from "./introducer";
import { LinkMaker, type LinkMakerOwner } from "./link-maker";
import { LinkTable } from "./link-table";
import { hostCandidates } from "./local-candidates";
import { OwnDevice, type OwnDeviceOwner, type OwnRecord } from "./own-device";
import type { FoundPeer, HomeAccess, PeerEndpoint, PeerQuery } from "./peer-services";
import { PeerSocket, type PeerSocketSink } from "./peer-socket";
import type { Presence } from "./presence";
import { RendezvousServices } from "./rendezvous-services";
import { RENDEZVOUS_SERVICE } from "./server-addresses";

/** STUN messages begin with a smaller octet. @see RFC 7983 §7 */
const STUN_END = 0x40;

/**
 * One UDP socket with everything that leaves from it (P2P-16): requests to rendezvous servers, keep-alives, checks, TURN, and the
 * datagrams of links. The four managers meet here (P2P-5 … P2P-8).
 */
export class UdpPeerEndpoint
	implements PeerEndpoint, PeerSocketSink, LinkMakerOwner, OwnDeviceOwner, RelayOwner, IntroducerOwner, AddressesOwner
{
	/** Called when what pages show of this has changed. */
	changed: () => void = () => {};
	private readonly device: OwnDevice;
	private readonly ownAddresses: EndpointAddresses;
	private paths: readonly Path[] = [];
	private socket: PeerSocket | undefined;
	private isClosed = false;
	readonly services = new RendezvousServices(this);
	private readonly introducer: Introducer;
	private readonly links = new LinkTable();
	private readonly maker: LinkMaker;
	private readonly relays = new EndpointRelays(this);
	private readonly reader = new StunReader();

	constructor(
		readonly pump: Pump,
		private readonly host: EndpointHost,
		readonly options: EndpointOptions,
	) {
		this.device = new OwnDevice(this, options.peer);
		this.introducer = new Introducer(this);
		this.maker = new LinkMaker(this, this.links);
		this.ownAddresses = new EndpointAddresses(this);
	}

	/** @see ServiceOwner */
	get random(): Random {
		return this.host.random;
	}

	/** @see RelayOwner, AddressesOwner */
	get network(): Network {
		return this.host.network;
	}

	/** @see ServiceOwner */
	get resolver(): Resolver {
		return this.host.resolver;
	}

	/** @see PeerEndpoint */
	get natKind(): NatKind {
		return this.ownAddresses.natKind;
	}

	/** @see PeerEndpoint */
	get natText(): string {
		return this.ownAddresses.natText;
	}

	/** What is known about our addresses and the NAT. */
	get addresses(): AddressManager {
		return this.ownAddresses.manager;
	}

	/** @see LinkMakerOwner */
	get isUdpBlocked(): boolean {
		return this.presence?.service.isStream === true;
	}

	/** STUN messages and other datagrams that belong to nobody. */
	get dropped(): number {
		return this.links.dropped;
	}

	/** The device at its home's matching server; `undefined`: it does not register. */
	get presence(): Presence | undefined {
		return this.device.presence;
	}

	/** The links that there are. */
	get open(): ReadonlySet<EndpointLink> {
		return this.links.all;
	}

	/** The local port of a family; 0: there is no socket. */
	portOf(family: IpFamily): number {
		return this.socket?.portOf(family) ?? 0;
	}

	/** Opens the socket; harmless when it is open. The first search and the first link do so, too. */
	start(): void {
		if (this.socket !== undefined || this.isClosed) return;
		const { network, log } = this.host;
		this.socket = new PeerSocket(network, this.pump, log, "peer", this.options.port, this);
		this.setPaths(network.paths());
	}

	/** The network interfaces are these now. */
	setPaths(paths: readonly Path[]): void {
		if (this.socket === undefined) return;
		this.paths = paths;
		this.socket?.setIpv6(this.host.network.ipv6Paths().some(({ address }) => !address.includes("%")));
		this.addressesChanged();
	}

	/** The gateway has mapped this port to the socket; port 0: none. */
	setMapped(address: string, port: number): void {
		const mapped: Candidate | undefined = port === 0 || address === "" ? undefined : { kind: "mapped", address, port };
		if (this.addresses.setMapped(mapped)) this.device.publish();
	}

	/**
	 * Sets the address servers, by which the kind of NAT is found out (P2P-1). Without them the rendezvous servers are asked.
	 * @param service the SRV name
	 */
	setAddressServers(servers: readonly ServerAddress[], service: string): void {
		this.ownAddresses.setServers(servers, service);
	}

	/**
	 * Registers this device at the matching server of its home, or tells it that the device has changed.
	 * @param home its keys; another home replaces the one before
	 * @param rendezvous the setting of the servers
	 * @param web the setting of their pages, for WebSockets where UDP is blocked; empty: at the default ports
	 */
	register(home: HomeKeys, rendezvous: string, own: OwnRecord, web = ""): void {
		this.useAsAddressServers(rendezvous);
		this.device.register(home, rendezvous, own, web);
	}

	/** Withdraws the registration. @param done called once, in any case */
	withdraw(done: () => void): void {
		this.device.withdraw(done);
	}

	/** Ends all links and closes the socket. */
	close(): void {
		this.isClosed = true;
		for (const link of [...this.open]) link.fail("closed", "");
		this.pump.settle();
		this.device.close();
		this.services.close();
		this.relays.close();
		this.ownAddresses.close();
		this.socket?.close();
		this.socket = undefined;
	}

	/** @see PeerEndpoint */
	find(access: HomeAccess, query: PeerQuery, done: (found: readonly FoundPeer[] | string) => void): void {
		this.start();
		this.useAsAddressServers(access.rendezvous);
		this.services.find(access, query, done);
	}

	/** @see PeerEndpoint */
	link(access: HomeAccess, peer: string, sink: PeerLinkSink): PeerLink {
		this.start();
		this.useAsAddressServers(access.rendezvous);
		const link = this.maker.begin(access, peer, sink);
		if (this.open.has(link)) this.introducer.introduce(link);
		this.pump.settle();
		return link;
	}

	/** @see PeerEndpoint */
	accept(taker: (link: PeerLink) => PeerLinkSink | undefined): void {
		this.maker.taker = taker;
	}

	/** @see ServiceOwner */
	families(): readonly IpFamily[] {
		return this.portOf(6) === 0 ? [4] : this.paths.length === 0 ? [6, 4] : [4, 6];
	}

	/** @see ServiceOwner */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.socket?.send(address, port, bytes, start, end);
	}

	/** @see LinkOwner */
	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.socket?.sendTo(peer, bytes, start, end);
	}

	/** @see LinkOwner */
	peer(address: string, port: number): UdpPeer | undefined {
		return this.socket?.peer(address, port);
	}

	/** @see PresenceOwner */
	utcSeconds(): number | undefined {
		const utc = this.host.clock.utc();
		return utc === undefined ? undefined : Math.floor(utc / 1000);
	}

	/** @see PresenceOwner */
	presenceChanged(event: RegistrationEvent): void {
		const isUdp = this.presence?.service.isStream === false;
		if (event.type === "registered" && isUdp) this.addresses.seen(event.address, event.port);
		this.changed();
	}

	/** @see PresenceOwner */
	introduced(introduction: Introduction, verdict: "new" | "more", author: string): void {
		this.maker.introduced(introduction, verdict, author);
	}

	/** @see RelayOwner */
	relayed(links: ReadonlySet<EndpointLink>, bytes: Uint8Array, from: Endpoint): void {
		this.links.receiveRelayed(links, this.reader.read(bytes), bytes, from);
	}

	/** @see RelayOwner */
	relayReady(link: EndpointLink, candidate: Candidate, told: () => void): void {
		this.introducer.tell(link, candidate, told);
	}

	/** @see LinkOwner */
	closed(link: EndpointLink): void {
		this.links.remove(link);
		this.changed();
	}

	/** @see LinkOwner */
	moved(link: EndpointLink): void {
		this.links.forgetSenders(link);
		this.changed();
	}

	/** @see LinkOwner */
	interrupted(link: EndpointLink): void {
		if (link.isOurs) this.introducer.introduce(link);
	}

	/** @see PeerSocketSink */
	opened(): void {
		this.addressesChanged();
		this.pump.settle();
	}

	/** @see PeerSocketSink */
	received(bytes: Uint8Array, peer: UdpPeer): void {
		if (bytes.length > 0 && !this.relays.receive(bytes, peer)) this.receive(bytes, peer, VIA_SOCKET);
	}

	/** @see LinkMakerOwner */
	receive(bytes: Uint8Array, peer: UdpPeer, via: Via): void {
		const { reader, links } = this;
		if (bytes[0] >= STUN_END) links.receive(bytes, peer, via);
		else if (!reader.read(bytes)) links.dropped++;
		else if (via !== VIA_SOCKET || !this.receiveOfServer(peer)) links.receiveStun(reader, bytes, peer, via);
	}

	/** Takes the STUN message that was read, if it is of a server. */
	private receiveOfServer({ address, port }: Endpoint): boolean {
		const { reader } = this;
		if (this.device.receive(address, port, reader)) return true;
		if (reader.kind !== REQUEST && this.services.receive(address, port, reader)) return true;
		return this.ownAddresses.receive(address, port, reader);
	}

	/** The local addresses may be others now. */
	private addressesChanged(): void {
		const hosts = hostCandidates(this.paths, this.host.network.ipv6Paths(), (family) => this.portOf(family));
		if (!this.ownAddresses.setHosts(hosts, this.portOf(4))) return;
		this.services.forgetAddresses();
		this.device.publish();
		this.presence?.networkChanged();
		for (const link of this.open) {
			link.doubt();
			if (link.isOurs) this.introducer.introduce(link);
		}
		this.changed();
	}

	/** @see IntroducerOwner */
	record(more: readonly Candidate[]): DeviceRecord {
		const own = this.device.own ?? { name: "", kind: this.options.kind, tags: "", isPortal: false };
		const { candidates, isSymmetric } = this.addresses;
		return { ...own, isSymmetric, roundTrip: 0, candidates: [...candidates, ...more] };
	}

	/** @see IntroducerOwner */
	ownSide(): OwnSide {
		return this.addresses.ownSide(this.portOf(6) !== 0);
	}

	/** @see IntroducerOwner */
	offerTurn(link: EndpointLink, turn: TurnServer): void {
		this.relays.use(link, turn);
	}

	/** @see AddressesOwner */
	udpWorks(): void {
		this.presence?.service.udpWorks();
		this.services.udpWorks();
	}

	/** @see AddressesOwner */
	symmetryChanged(): void {
		this.device.publish();
		// The peers of links that are not yet connected must know it.
		for (const link of this.open) if (link.isOurs && link.path === undefined) this.introducer.introduce(link);
	}

	/** Until there are address servers, a rendezvous server is one. */
	private useAsAddressServers(rendezvous: string): void {
		const address = this.ownAddresses.hasServers ? undefined : parseRendezvous(rendezvous);
		if (address !== undefined) this.setAddressServers(address.servers, RENDEZVOUS_SERVICE);
	}

	/** @see OwnDeviceOwner */
	recordNow(): DeviceRecord | undefined {
		return this.portOf(4) + this.portOf(6) > 0 ? this.record([]) : undefined;
	}
}
