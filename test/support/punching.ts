import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import type { NatSettings } from "../../hosts/virtual/nat-settings";
import { Router } from "../../hosts/virtual/router";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { latin1, utf8Encode } from "../../src/base/text";
import { type Handle, Pump } from "../../src/core/pump";
import type { Candidate } from "../../src/peer/candidate";
import {
	type CheckOutbox,
	type OwnSide,
	type PathEvent,
	VIA_RELAY,
	VIA_SOCKET,
	VIA_SPREAD,
	type Via,
} from "../../src/peer/checks/checks-contract";
import { PathFinder } from "../../src/peer/checks/path-finder";
import type { Introduction } from "../../src/peer/introduction";
import type { UdpPeer, UdpSocket } from "../../src/ports/net";

/** Where a peer lives: behind these NATs, from the inner one to the outer one; none: on the Internet. */
export interface Place {
	readonly nats: readonly Partial<NatSettings>[];
	/** Its address in its network. @default 192.168.0.7 behind a NAT */
	readonly address?: string;
	/** An IPv6 address; its router lets in answers only. */
	readonly ipv6?: string;
	/** How many more outside addresses the outermost NAT has. @default 0 */
	readonly pool?: number;
	/** A port that its one router maps to it. */
	readonly mapped?: number;
	/** How many additional sockets its host has. @default 0 */
	readonly sockets?: number;
}

/** The ports of the two servers that tell a peer its address, and of the toy relay. */
const SERVER_PORT = 3478;
const RELAY_PORT = 3479;
/** The port of each peer's socket. */
const PEER_PORT = 5000;
/** Octets before a datagram to or from the toy relay: the peer's address and port. */
const RELAY_HEAD = 6;

/** One of the two peers: its socket, its checks, and what came of them. */
export class PunchPeer implements CheckOutbox {
	readonly events: PathEvent[] = [];
	/** When each of {@link events} happened. */
	readonly times: number[] = [];
	/** Datagrams of the other peer that are no STUN messages. */
	readonly data: string[] = [];
	/** Checks and answers that were sent. */
	sent = 0;
	readonly finder: PathFinder;
	readonly handle: Handle<PathFinder, CheckOutbox>;
	readonly socket: UdpSocket;
	/** What the servers saw. */
	readonly seen: Candidate[] = [];
	/** Its routers, the outer one first. */
	readonly routers: Router[] = [];
	relay: Candidate | undefined;
	private readonly extra: UdpSocket[] = [];
	private hasLostRelay = false;
	private readonly six: UdpSocket | undefined;

	constructor(
		readonly scene: Punching,
		readonly machine: VirtualMachine,
		private readonly place: Place,
		readonly port: number,
	) {
		this.socket = this.open(VIA_SOCKET, port);
		if (place.ipv6 !== undefined) this.six = this.open(VIA_SOCKET, port, "::");
		this.finder = new PathFinder(machine.random);
		this.handle = new Pump(machine.clock).add(this.finder, this as CheckOutbox);
	}

	get own(): OwnSide {
		const address = this.machine.nics.at(-1)?.path?.address ?? "";
		const candidates: Candidate[] = [{ kind: "host", address, port: this.port }];
		if (this.place.ipv6 !== undefined) candidates.push({ kind: "host", address: this.place.ipv6, port: this.port });
		const { mapped } = this.place;
		if (mapped !== undefined) candidates.push({ ...this.seen[0], kind: "mapped", port: mapped });
		if (this.seen[0].address !== address) candidates.push({ ...this.seen[0], kind: "reflexive" });
		const symmetric = this.seen.some(({ port }) => port !== this.seen[0].port);
		return { candidates, symmetric, hasIpv6: this.six !== undefined };
	}

	/** Asks both servers for the own address. */
	discover(): void {
		for (const server of this.scene.servers) this.say(server, "who");
	}

	/** Allocates at the toy relay, and lets the checks use it. */
	useRelay(): void {
		if (this.relay !== undefined) return;
		this.scene.world.after(300, () => this.useRelay());
		this.socket.send(new Uint8Array(RELAY_HEAD), 0, RELAY_HEAD, this.scene.relay.address, RELAY_PORT);
	}

	/** The TURN server ends the allocation. */
	loseRelay(): void {
		this.hasLostRelay = true;
		this.handle.call((finder, now, out) => finder.relayLost(now, out));
	}

	introduce(introduction: Introduction): void {
		this.handle.call((finder, now, out) => finder.introduce(now, introduction, this.own, out));
	}

	/** Sends a datagram on the path in use. */
	tell(text: string): void {
		const { path } = this.finder;
		if (path === undefined) return;
		const bytes = utf8Encode(text);
		this.transmit(path.via, path.address, path.port, bytes, 0, bytes.length);
	}

	/** What happened, for assertions: `connected punched`. */
	get story(): string[] {
		return this.events.map((event) => {
			if (event.type === "connected" || event.type === "moved") return `${event.type} ${event.path.kind}`;
			return event.type === "failed" ? `failed ${event.why}` : event.type;
		});
	}

	/** When it was connected, or `undefined`. */
	get connectedAt(): number | undefined {
		return this.times[this.events.findIndex(({ type }) => type === "connected")];
	}

	emit(event: PathEvent): void {
		this.events.push(event);
		this.times.push(this.scene.world.now);
	}

	send(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sent++;
		this.transmit(via, address, port, bytes, start, end);
	}

	spread(count: number): number {
		const sockets = Math.min(count, this.place.sockets ?? 0);
		for (let i = this.extra.length; i < sockets; i++) this.extra.push(this.open(VIA_SPREAD + i, 0));
		return sockets;
	}

	gather(via: Via): void {
		for (let i = 0; i < this.extra.length; i++) if (i !== via - VIA_SPREAD) this.extra[i].close();
	}

	private say(address: string, text: string): void {
		const bytes = utf8Encode(text);
		this.socket.send(bytes, 0, bytes.length, address, SERVER_PORT);
	}

	private transmit(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (via === VIA_RELAY) {
			const wrapped = new Uint8Array(RELAY_HEAD + end - start);
			wrapped.set(address.split(".").map(Number));
			wrapped.set([port >> 8, port], 4);
			wrapped.set(bytes.subarray(start, end), RELAY_HEAD);
			this.socket.send(wrapped, 0, wrapped.length, this.scene.relay.address, RELAY_PORT);
			return;
		}
		const socket = via === VIA_SOCKET ? (address.includes(":") ? this.six : this.socket) : this.extra[via - VIA_SPREAD];
		socket?.send(bytes, start, end, address, port);
	}

	private open(via: Via, port: number, address = "0.0.0.0"): UdpSocket {
		const received = (bytes: Uint8Array, from: UdpPeer): void => this.received(via, bytes, from);
		return this.machine.network.udp({ port, address }, { opened() {}, failed() {}, received });
	}

	private received(via: Via, bytes: Uint8Array, { address, port }: UdpPeer): void {
		if (this.scene.servers.includes(address)) {
			const [seen, seenPort] = latin1(bytes).split(" ");
			this.seen.push({ kind: "reflexive", address: seen, port: Number(seenPort) });
		} else if (address === this.scene.relay.address && port === RELAY_PORT) {
			this.receivedRelayed(bytes);
		} else {
			this.take(via, address, port, bytes);
		}
	}

	private receivedRelayed(bytes: Uint8Array): void {
		if (this.hasLostRelay) return;
		const address = bytes.subarray(0, 4).join(".");
		const port = (bytes[4] << 8) | bytes[5];
		if (bytes.length > RELAY_HEAD) {
			this.take(VIA_RELAY, address, port, bytes.subarray(RELAY_HEAD));
			return;
		}
		if (this.relay !== undefined) return;
		const relay: Candidate = { kind: "relayed", address, port };
		this.relay = relay;
		this.handle.call((finder, now, out) => finder.relayed(now, relay, out));
		this.scene.shareRelay(this, relay);
	}

	private take(via: Via, address: string, port: number, bytes: Uint8Array): void {
		const isMine = this.handle.call((finder, now, out) =>
			finder.receive(now, via, address, port, bytes, 0, bytes.length, out),
		);
		if (!isMine && this.finder.isPeer(via, address, port)) this.data.push(latin1(bytes));
	}
}

/** What the toy relay has for one client. */
interface RelaySocket {
	readonly socket: UdpSocket;
	readonly permitted: Set<string>;
	/** Tells the client its relayed address. */
	allocated(): void;
}

/** A toy TURN server: one port for each client, permissions by address for what the client sent to. */
class ToyRelay {
	readonly address: string;
	private readonly sockets = new Map<string, RelaySocket>();
	private readonly control: UdpSocket;

	constructor(private readonly machine: VirtualMachine) {
		this.address = machine.address;
		const received = (bytes: Uint8Array, from: UdpPeer): void => this.received(bytes, from);
		this.control = machine.network.udp({ port: RELAY_PORT }, { opened() {}, failed() {}, received });
	}

	private received(bytes: Uint8Array, client: UdpPeer): void {
		const key = `${client.address}:${client.port}`;
		const known = this.sockets.get(key);
		if (known !== undefined) {
			if (bytes.length === RELAY_HEAD) {
				known.allocated();
				return;
			}
			const address = bytes.subarray(0, 4).join(".");
			known.permitted.add(address);
			known.socket.send(bytes, RELAY_HEAD, bytes.length, address, (bytes[4] << 8) | bytes[5]);
			return;
		}
		const permitted = new Set<string>();
		const answer = (address: string, port: number, body: Uint8Array): void => {
			const wrapped = new Uint8Array(RELAY_HEAD + body.length);
			wrapped.set(address.split(".").map(Number));
			wrapped.set([port >> 8, port], 4);
			wrapped.set(body, RELAY_HEAD);
			this.control.send(wrapped, 0, wrapped.length, client.address, client.port);
		};
		const allocated = (): void => answer(this.address, socket.port, new Uint8Array(0));
		const socket: UdpSocket = this.machine.network.udp(
			{ port: 0 },
			{
				opened: allocated,
				failed() {},
				received(body, from) {
					if (permitted.has(from.address)) answer(from.address, from.port, body);
				},
			},
		);
		this.sockets.set(key, { socket, permitted, allocated });
	}
}

/** Two peers, each behind NATs of its own or both behind the same, two servers that tell them their addresses, and a relay. */
export class Punching {
	readonly world: World;
	readonly wan: Lan;
	readonly servers = ["8.0.0.1", "8.0.0.2"];
	readonly relay: ToyRelay;
	readonly peers: PunchPeer[] = [];
	/** False: neither peer learns that the other one's NAT maps ports per destination, so none guesses. */
	tellsSymmetric = true;
	private homes = 0;
	/** The password of the next introduction; another one for each. */
	private count = 0;

	/** @param link of each connection to the Internet; @default 10 ms one way */
	constructor(
		seed: number,
		private readonly link: Partial<LinkSettings> = { delay: 10 },
	) {
		this.world = new World(seed);
		this.wan = new Lan(this.world, { name: "wan", routed: true });
		for (const [i, address] of this.servers.entries()) {
			const network = this.host(address, address).network;
			const socket = network.udp(
				{ port: SERVER_PORT },
				{
					opened() {},
					failed() {},
					received(_bytes, { address: from, port }) {
						const answer = utf8Encode(`${from} ${port} ${i}`);
						socket.send(answer, 0, answer.length, from, port);
					},
				},
			);
		}
		this.relay = new ToyRelay(this.host("relay", "8.0.0.3"));
	}

	/** Adds a peer in a place of its own. */
	add(place: Place): PunchPeer {
		const routers: Router[] = [];
		const peer = this.addPeer(this.enter(place, this.wan, routers), place);
		peer.routers.push(...routers);
		return peer;
	}

	/** Adds a peer in a home of its own behind the carrier's NAT of another one. */
	addBehindCarrier(other: PunchPeer, place: Place): PunchPeer {
		return this.addPeer(this.enter(place, other.routers[0].inside.lan, []), place);
	}

	/** Adds a peer to the network of another one. */
	addBeside(other: PunchPeer, address: string): PunchPeer {
		const machine = new VirtualMachine(this.world, address);
		machine.attach(other.machine.nics[0].lan, { address, gateway: "192.168.0.1" });
		return this.addPeer(machine, { nats: [] });
	}

	/** Takes a peer's machine from its network to another one, and asks for its address there. */
	roam(peer: PunchPeer, place: Place): void {
		for (const { link } of peer.machine.nics) link.up = false;
		peer.routers.length = 0;
		this.enter(place, this.wan, peer.routers, peer.machine);
		peer.seen.length = 0;
		this.discover();
	}

	/** Drops, or no longer drops, what the homes of two peers send to each other directly. */
	block(a: PunchPeer, b: PunchPeer, isBlocked: boolean): void {
		const [{ machine, nat }] = a.routers;
		const other = b.routers[0].outside.path?.address;
		machine.hook = {
			incoming: (packet, nic) => (isBlocked && packet.source === other ? undefined : nat.incoming(packet, nic)),
			outgoing: (packet, nic) => (isBlocked && packet.destination === other ? undefined : nat.outgoing(packet, nic)),
		};
	}

	/** Lets all peers ask for their addresses, and waits for the answers. */
	discover(): void {
		this.world.runFor(1);
		for (const peer of this.peers) {
			peer.discover();
			if (!this.world.runUntil(() => peer.seen.length >= 2, 1000)) peer.discover();
			if (!this.world.runUntil(() => peer.seen.length >= 2, 1000)) peer.discover();
			this.world.runUntil(() => peer.seen.length >= 2, 1000);
		}
	}

	/** Introduces the two peers to each other; the second one begins `stagger` later. */
	introduce(stagger = 0): void {
		const session = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, ++this.count]);
		const password = new Uint8Array(20).fill(this.count);
		for (const [i, peer] of this.peers.entries()) {
			const { candidates, symmetric } = this.peers[1 - i].own;
			peer.introduce({
				session,
				password,
				controlling: i === 0,
				peer: "0011223344556677",
				name: "peer",
				candidates,
				symmetric: symmetric && this.tellsSymmetric,
				startDelay: i * stagger,
			});
		}
	}

	/** Runs until both are connected, or have failed. @returns whether both are connected */
	settle(limit = 40_000): boolean {
		const isDone = (peer: PunchPeer): boolean =>
			peer.events.some(({ type }) => type === "connected" || type === "failed");
		this.world.runUntil(() => this.peers.every(isDone), limit);
		return this.peers.every((peer) => peer.connectedAt !== undefined);
	}

	/** Tells the other peer about a relayed address, as the matching server does. */
	shareRelay(from: PunchPeer, relay: Candidate): void {
		this.world.after(20, () => {
			for (const peer of this.peers) {
				if (peer !== from) peer.handle.call((finder, now, out) => finder.addCandidates(now, [relay], out));
			}
		});
	}

	private addPeer(machine: VirtualMachine, place: Place): PunchPeer {
		const peer = new PunchPeer(this, machine, place, PEER_PORT);
		this.peers.push(peer);
		return peer;
	}

	private host(name: string, address: string, link: Partial<LinkSettings> = {}): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(this.wan, { address, gateway: "8.0.0.254" }, link);
		return machine;
	}

	/** Builds the home of the next peer. @param wan the Internet, or the network of a carrier */
	private enter(at: Place, outermost: Lan, routers: Router[], moved?: VirtualMachine): VirtualMachine {
		const { address = "192.168.0.7", ipv6, pool: size = 0, mapped } = at;
		const number = ++this.homes;
		const outside = outermost === this.wan ? `198.20.${number}.1` : `100.64.0.${number}0`;
		const pool = Array.from({ length: size }, (_, i) => `198.20.${number}.${2 + i}`);
		const nats = at.nats.map((nat, i) => (i === at.nats.length - 1 ? { ...nat, pool } : nat));
		const name = `peer ${number}`;
		if (nats.length === 0) return this.withIpv6(this.host(name, outside, this.link), ipv6, "2001:db8::1");
		let wan = outermost;
		let place = { address: outside, gateway: wan === this.wan ? "8.0.0.254" : "100.64.0.1" };
		for (let i = nats.length - 1; i > 0; i--) {
			const lan = new Lan(this.world, { name: `carrier ${number}` });
			const inside = { address: "100.64.0.1" };
			const sides = { lan, inside, wan, outside: place, link: this.link };
			routers.push(new Router(this.world, `carrier ${number}`, sides, nats[i]));
			wan = lan;
			place = { address: `100.64.0.${200 + i}`, gateway: "100.64.0.1" };
		}
		const lan = new Lan(this.world, { name: `home ${number}` });
		const link = wan === this.wan ? this.link : {};
		const find = (_: string, port: number) => (port === mapped ? { address, port: PEER_PORT } : undefined);
		const router = new Router(this.world, `router ${number}`, { lan, wan, outside: place, link }, nats[0], { find });
		routers.push(router);
		const machine = moved ?? new VirtualMachine(this.world, name);
		machine.attach(lan, { address, gateway: "192.168.0.1" });
		const gateway = `2001:db8:${number}::1`;
		if (ipv6 !== undefined) {
			router.inside.addIpv6({ address: gateway });
			router.outside.addIpv6({ address: `2001:db8:ffff::${number}`, gateway: "2001:db8:ffff::ff" });
			wan.claim(ipv6, router.outside);
		}
		return this.withIpv6(machine, ipv6, gateway);
	}

	private withIpv6(machine: VirtualMachine, ipv6: string | undefined, gateway: string): VirtualMachine {
		if (ipv6 !== undefined) machine.nics[0].addIpv6({ address: ipv6, gateway });
		return machine;
	}
}
