import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import type { NatSettings } from "../../hosts/virtual/nat-settings";
import { Router } from "../../hosts/virtual/router";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { UdpPeerEndpoint } from "../../src/app/peer/peer-endpoint";
import type { HomeAccess } from "../../src/app/peer/peer-services";
import { toHex } from "../../src/base/hex";
import { latin1, utf8Encode } from "../../src/base/text";
import { type Handle, Pump } from "../../src/core/pump";
import { HomeKeys, proofOf, ticketKeyOf } from "../../src/peer/home-keys";
import type { Introduction } from "../../src/peer/introduction";
import type { PeerFailure, PeerLink, PeerLinkSink, PeerStep } from "../../src/peer/peer-link";
import type { PeerPath } from "../../src/peer/peer-path";
import { ALL_DEVICES, issuePeerTicket, peerTicketSecret } from "../../src/peer/peer-ticket";
import type { KeepAliveMode } from "../../src/peer/rendezvous/peer-attributes";
import { MatchingServer } from "../../src/peer/rendezvous/server/matching-server";
import type { TurnIssuer } from "../../src/peer/rendezvous/server/turn-issuer";
import { AddressServer } from "../../src/peer/stun/address-server";
import type { UdpPeer, UdpSocket } from "../../src/ports/net";
import { StunReader } from "../../src/wire/stun-reader";

/** The port of the rendezvous servers. */
export const SERVER_PORT = 3478;

/** The IPv6 address of the server that has this IPv4 address. */
export function serverIpv6(address: string): string {
	return `2001:db8:99::${address.split(".")[3]}`;
}

/** A rendezvous server: matching and address server at one port. */
export class ToyRendezvous {
	readonly address: string;
	matching: MatchingServer;
	readonly publicKey: Uint8Array;
	/** Plain requests that were answered, those of keep-alives among them. */
	plain = 0;
	/** False: it takes datagrams and answers none. */
	answers = true;
	private readonly addresses = new AddressServer();
	private readonly privateKey: Uint8Array;
	private readonly ciphers: ToyCiphers;
	private handle: Handle<MatchingServer, undefined> | undefined;

	/** @param machine on the Internet, by its IPv4 address */
	constructor(
		readonly machine: VirtualMachine,
		private readonly keepAlive: KeepAliveMode = "answering",
		private readonly turn?: TurnIssuer,
	) {
		const { address } = machine;
		this.address = address;
		this.machine.nics[0].addIpv6({ address: serverIpv6(address), gateway: "2001:db8:99::ffff" });
		this.ciphers = new ToyCiphers(this.machine.random);
		this.privateKey = new Uint8Array(32).fill(3);
		this.publicKey = this.ciphers.publicKeyOf(this.privateKey);
		this.matching = this.begin();
	}

	/** What devices have as the setting of this server. */
	get setting(): string {
		return `${toHex(this.publicKey)}@${this.address}:${SERVER_PORT}`;
	}

	/** The power fails: registrations are lost. */
	crash(): void {
		this.machine.crash();
	}

	/** The power is back. */
	restart(): void {
		this.machine.powerOn();
		this.matching = this.begin();
	}

	private begin(): MatchingServer {
		const { machine, ciphers, privateKey, keepAlive } = this;
		const four = this.open("0.0.0.0");
		const six = this.open("::");
		const matching = new MatchingServer({
			ciphers,
			random: machine.random,
			privateKey,
			capacity: 1000,
			lifetime: 120,
			keepAlive,
			turn: this.turn,
			now: () => machine.clock.now(),
			utc: () => Math.floor((machine.clock.utc() ?? 0) / 1000),
			send: ({ address, port }, bytes, start, end) =>
				(address.includes(":") ? six : four).send(bytes, start, end, address, port),
		});
		this.handle = new Pump(machine.clock).add(matching, undefined);
		return matching;
	}

	private open(address: string): UdpSocket {
		const reader = new StunReader();
		const received = (bytes: Uint8Array, from: UdpPeer): void => {
			if (!this.answers || !reader.read(bytes)) return;
			if (MatchingServer.isFor(reader)) {
				const leg = { address: from.address, port: from.port };
				this.handle?.call((matching, now) => matching.receive(now, reader, leg));
				return;
			}
			const length = this.addresses.respondTo(reader, from);
			if (length > 0) this.plain++;
			if (length > 0) socket.sendTo(from, this.addresses.bytes, 0, length);
		};
		const socket = this.machine.network.udp({ port: SERVER_PORT, address }, { opened() {}, failed() {}, received });
		return socket;
	}
}

/** What one side of a link has heard. */
export class LinkEar implements PeerLinkSink {
	readonly steps: PeerStep[] = [];
	/** The texts of {@link say} of the other side. */
	readonly heard: string[] = [];
	readonly moves: PeerPath[] = [];
	introduction: Introduction | undefined;
	path: PeerPath | undefined;
	connectedAt = 0;
	end: { readonly why: PeerFailure; readonly detail: string } | undefined;
	link: PeerLink | undefined;

	constructor(private readonly world: World) {}

	step(step: PeerStep): void {
		this.steps.push(step);
	}

	connected(introduction: Introduction, path: PeerPath): void {
		this.introduction = introduction;
		this.path = path;
		this.connectedAt = this.world.now;
	}

	moved(path: PeerPath): void {
		this.moves.push(path);
		this.path = path;
	}

	received(bytes: Uint8Array): void {
		this.heard.push(latin1(bytes, 5));
	}

	ended(why: PeerFailure, detail: string): void {
		this.end = { why, detail };
	}

	/** Sends text as a packet of a tunnel would be. */
	say(text: string): void {
		const bytes = new Uint8Array(9 + text.length);
		bytes[4] = 0x50;
		bytes.set(this.introduction?.session.subarray(0, 4) ?? [], 5);
		bytes.set(utf8Encode(text), 9);
		this.link?.send(bytes, 4, bytes.length);
	}
}

/** An endpoint on a machine of its own. */
export class PeerHost {
	readonly pump: Pump;
	readonly endpoint: UdpPeerEndpoint;
	/** Links that others made to it. */
	readonly accepted: LinkEar[] = [];

	/** @param scene of its home, for {@link register} and {@link link} without more */
	constructor(
		private readonly world: World,
		readonly machine: VirtualMachine,
		readonly peer: string,
		kind: string,
		private readonly scene?: PeerWorld,
	) {
		const { network, random, clock, resolver, log } = machine;
		this.pump = new Pump(clock);
		this.endpoint = new UdpPeerEndpoint(
			this.pump,
			{ network, random, clock, resolver, log },
			{ peer, kind, port: 50_000, spread: 256 },
		);
		this.endpoint.accept((link) => {
			const ear = new LinkEar(world);
			ear.link = link;
			this.accepted.push(ear);
			return ear;
		});
		this.endpoint.start();
		network.watch(() => this.endpoint.setPaths(network.paths()));
	}

	/** Registers it as a device of the home. */
	register(name: string, isPortal = false, rendezvous = this.home.rendezvous): this {
		const { keys } = this.home;
		const key = new Uint8Array(32).fill(7);
		const proof = proofOf(keys.pinKey, this.peer, key);
		this.endpoint.register(keys, rendezvous, { name, kind: "camera", tags: "", isPortal, key, proof });
		return this;
	}

	private get home(): PeerWorld {
		if (this.scene === undefined) throw new Error("no scene");
		return this.scene;
	}

	/** True: a server keeps it registered. */
	get isRegistered(): boolean {
		return this.endpoint.presence?.registration.state === "registered";
	}

	/** Links to a device. */
	link(peer: string, access = this.home.access()): LinkEar {
		const ear = new LinkEar(this.world);
		ear.link = this.endpoint.link(access, peer, ear);
		return ear;
	}
}

/** The Internet with rendezvous servers, and peers behind NATs. */
export class PeerWorld {
	readonly world: World;
	readonly wan: Lan;
	readonly servers: ToyRendezvous[] = [];
	readonly keys: HomeKeys;
	private networks = 0;

	/**
	 * @param addresses of the rendezvous servers
	 * @param link of each connection to the Internet @default 10 ms one way
	 */
	constructor(
		seed: number,
		addresses: readonly string[] = ["8.0.0.1"],
		readonly linkSettings: Partial<LinkSettings> = { delay: 10 },
		keepAlive: KeepAliveMode = "answering",
		/** @default no TURN server */
		readonly turn?: TurnIssuer,
	) {
		this.world = new World(seed);
		this.wan = new Lan(this.world, { name: "wan", routed: true });
		for (const address of addresses) {
			this.servers.push(new ToyRendezvous(this.host(address, address), keepAlive, turn));
		}
		this.keys = new HomeKeys(new ToyCiphers(this.servers[0].machine.random), utf8Encode("secret of the home"));
	}

	/** The setting of the servers. */
	get rendezvous(): string {
		return this.servers.map(({ setting }) => setting).join();
	}

	/** What a paired viewer has. */
	access(scope = ALL_DEVICES, id = "one"): HomeAccess {
		const { keys, rendezvous } = this;
		const accountKey = keys.accountKey(this.servers[0].publicKey) as Uint8Array;
		const until = Math.floor((this.servers[0].machine.clock.utc() ?? 0) / 1000) + 86_400;
		const ticket = issuePeerTicket({ home: keys.home, scope, until, id });
		const ticketSecret = peerTicketSecret(ticketKeyOf(accountKey), ticket);
		return { home: keys.home, rendezvous, ticket, ticketSecret, pinKey: keys.pinKey };
	}

	/** A machine on the Internet. */
	host(name: string, address: string): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(this.wan, { address, prefix: 8, gateway: "8.255.255.254" }, this.linkSettings);
		return machine;
	}

	/** A network behind a NAT. @param forwarded a port that leads to the machine 192.168.0.7 @returns its LAN and router */
	network(nat: Partial<NatSettings> = {}, forwarded = 0): { readonly lan: Lan; readonly router: Router } {
		const number = ++this.networks;
		const lan = new Lan(this.world, { name: `lan${number}` });
		const outside = { address: `8.1.0.${number}`, prefix: 8, gateway: "8.255.255.254" };
		const place = { lan, wan: this.wan, outside, link: this.linkSettings };
		const router = new Router(this.world, `router${number}`, place, nat, {
			find: (_, port) => (port === forwarded ? { address: "192.168.0.7", port } : undefined),
		});
		return { lan, router };
	}

	/** Gives a machine in a network an IPv6 address; its router lets in answers only. */
	addIpv6({ lan, router }: ReturnType<PeerWorld["network"]>, machine: VirtualMachine, number: number): void {
		const gateway = `2001:db8:${number}::1`;
		const address = `2001:db8:${number}::7`;
		router.inside.addIpv6({ address: gateway });
		router.outside.addIpv6({ address: `2001:db8:ffff::${number}`, gateway: "2001:db8:ffff::ff" });
		this.wan.claim(address, router.outside);
		machine.nics.find((nic) => nic.lan === lan)?.addIpv6({ address, gateway });
	}

	/** A machine in a network. */
	inside(lan: Lan, name: string, address: string): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(lan, { address, gateway: "192.168.0.1" });
		return machine;
	}

	/** A device or a viewer behind a NAT of its own; without settings of one it is on the Internet. */
	peer(peer: string, kind: string, nat?: Partial<NatSettings>): PeerHost {
		const machine =
			nat === undefined
				? this.host(peer, `8.2.0.${++this.networks}`)
				: this.inside(this.network(nat).lan, peer, "192.168.0.7");
		return this.at(machine, peer, kind);
	}

	/** An endpoint on a machine. */
	at(machine: VirtualMachine, peer: string, kind: string): PeerHost {
		return new PeerHost(this.world, machine, peer, kind, this);
	}

	/** Lets time pass until `done`; throws when that takes longer than `limit`. @returns how long it took */
	until(done: () => boolean, limit: number, what: string): number {
		const start = this.world.now;
		if (!this.world.runUntil(done, limit)) throw new Error(`not within ${limit} ms: ${what}`);
		return this.world.now - start;
	}
}
