import type { Endpoint } from "../../core/endpoint-table";
import type { Millis } from "../../core/time";
import type { Candidate, TurnServer } from "../../peer/candidate";
import type { TurnFailure } from "../../peer/turn/turn-client";
import type { EndpointLink, LinkRelay } from "./endpoint-link";
import { type RelayWay, type RelayWayOwner, type RelayWaySink, TcpWay, UdpWay } from "./relay-way";

/** The most TURN servers that are used at a time. */
const RELAYS_MAX = 8;

/** When a server that has not answered by UDP is tried by TCP: later than any round trip, sooner than people give up. */
const TCP_AFTER: Millis = 700;

/** What relays need of the endpoint that they belong to. */
export interface RelayOwner extends RelayWayOwner {
	/** A datagram of a peer came in by our relayed address; `bytes` is valid during the call. */
	relayed(links: ReadonlySet<EndpointLink>, bytes: Uint8Array, from: Endpoint): void;
	/** Our relayed address for this link is ready: the peer must learn it. @param told called once, when it has, as far as that is known */
	relayReady(link: EndpointLink, candidate: Candidate, told: () => void): void;
}

/** The TURN servers that the links of an endpoint use; one client for each, as a socket can have one address of each server. */
export class EndpointRelays {
	private readonly relays = new Map<string, Relay>();

	constructor(private readonly owner: RelayOwner) {}

	/** Gives a link the relayed address of a TURN server, as soon as there is one. Harmless when repeated. */
	use(link: EndpointLink, turn: TurnServer): void {
		if (link.relay !== undefined) return;
		const name = `${turn.address} ${turn.port}`;
		let relay = this.relays.get(name);
		if (relay === undefined) {
			if (this.relays.size >= RELAYS_MAX) return;
			relay = new Relay(this.owner, turn, () => this.relays.delete(name));
			this.relays.set(name, relay);
		}
		relay.join(link);
	}

	/** Takes a datagram if it is of a TURN server. @returns false when it is not */
	receive(bytes: Uint8Array, from: Endpoint): boolean {
		if (this.relays.size === 0) return false;
		// Not by its name: this is asked for each packet.
		for (const relay of this.relays.values()) if (relay.isAt(from)) return relay.receive(bytes);
		return false;
	}

	close(): void {
		for (const relay of this.relays.values()) relay.end();
	}
}

/**
 * One TURN server, and the links that use it: by UDP from the socket of all peer traffic, and by TCP when nothing comes back by UDP. The
 * way that has a relayed address first is used.
 */
class Relay implements RelayWaySink {
	private readonly links = new Set<EndpointLink>();
	private readonly ways: RelayWay[] = [];
	/** What links asked for, and how often: for a way that begins later, and because two links may ask for the same. */
	private readonly permitted = new Map<string, { readonly place: Endpoint; count: number }>();
	private active: RelayWay | undefined;
	private hasTcp = false;
	private isOver = false;

	constructor(
		private readonly owner: RelayOwner,
		private readonly turn: TurnServer,
		private readonly ended: () => void,
	) {
		this.begin(new UdpWay(owner, turn, this));
		owner.pump.after(TCP_AFTER, () => this.beginTcp());
	}

	get candidate(): Candidate | undefined {
		const relayed = this.active?.relayed;
		return relayed === undefined ? undefined : { kind: "relayed", address: relayed.address, port: relayed.port };
	}

	join(link: EndpointLink): void {
		this.links.add(link);
		link.relay = new RelayOfLink(this, link);
		link.permitPeer();
		const { candidate } = this;
		if (candidate !== undefined) this.ready(link, candidate);
	}

	leave(link: EndpointLink): void {
		if (this.links.delete(link) && this.links.size === 0) this.end();
	}

	permit(candidate: Endpoint): void {
		const { address, port } = candidate;
		const known = this.permitted.get(`${address} ${port}`);
		if (known !== undefined) known.count++;
		else this.permitted.set(`${address} ${port}`, { place: candidate, count: 1 });
		for (const way of this.ways) way.permit(address, port);
	}

	release({ address, port }: Endpoint): void {
		const known = this.permitted.get(`${address} ${port}`);
		if (known === undefined || --known.count > 0) return;
		this.permitted.delete(`${address} ${port}`);
		for (const way of this.ways) way.release(address, port);
	}

	sendTo(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.active?.sendTo(address, port, bytes, start, end);
	}

	/** Whether its server has this address and port. */
	isAt({ address, port }: Endpoint): boolean {
		return this.turn.port === port && this.turn.address === address;
	}

	/** A datagram came by UDP from the server. */
	receive(bytes: Uint8Array): boolean {
		for (const way of this.ways) if (way.isUdp) return way.receive(bytes);
		return false;
	}

	end(): void {
		if (this.isOver) return;
		this.isOver = true;
		for (const way of this.ways) way.close();
		this.ended();
	}

	/** A way has a relayed address. */
	allocated(way: RelayWay, relayed: Endpoint): void {
		if (this.active !== undefined || this.isOver) return;
		this.active = way;
		for (const other of [...this.ways]) {
			if (other === way) continue;
			other.close();
			this.drop(other);
		}
		// A peer whose network lets no UDP through comes from a relayed address of the same server.
		way.permit(relayed.address, relayed.port);
		const { candidate } = this;
		if (candidate !== undefined) for (const link of this.links) this.ready(link, candidate);
	}

	/** A peer sent something by a way. */
	received(bytes: Uint8Array, from: Endpoint): void {
		this.owner.relayed(this.links, bytes, from);
	}

	/** A way is of no use, or no longer. */
	failed(way: RelayWay, why: TurnFailure): void {
		this.drop(way);
		if (why === "no-answer" && this.active === undefined && way.isUdp) this.beginTcp();
		if (this.isOver || (way !== this.active && this.ways.length > 0)) return;
		this.isOver = true;
		for (const other of this.ways) other.close();
		this.ended();
		for (const link of [...this.links]) {
			link.relay = undefined;
			link.relayLost();
		}
		this.links.clear();
	}

	private begin(way: RelayWay): void {
		this.ways.push(way);
		for (const { place } of this.permitted.values()) way.permit(place.address, place.port);
	}

	private beginTcp(): void {
		if (this.isOver || this.active !== undefined || this.hasTcp) return;
		this.hasTcp = true;
		this.begin(new TcpWay(this.owner, this.turn, this));
	}

	private drop(way: RelayWay): void {
		const at = this.ways.indexOf(way);
		if (at >= 0) this.ways.splice(at, 1);
	}

	private ready(link: EndpointLink, candidate: Candidate): void {
		// A check that comes through the relay before the peer has sent one there makes some NATs choose another port for it.
		this.owner.relayReady(link, candidate, () => {
			if (link.relay !== undefined) link.relayReady(candidate);
		});
	}
}

/** The relay as one link sees it. */
class RelayOfLink implements LinkRelay {
	private readonly permitted = new Set<string>();
	private readonly places: Endpoint[] = [];

	constructor(
		private readonly relay: Relay,
		private readonly link: EndpointLink,
	) {}

	get candidate(): Candidate | undefined {
		return this.relay.candidate;
	}

	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.relay.sendTo(address, port, bytes, start, end);
	}

	permit(candidates: readonly Candidate[]): void {
		for (const candidate of candidates) {
			const name = `${candidate.address} ${candidate.port}`;
			// Each introduction of the same peer names most of them again.
			if (this.permitted.has(name)) continue;
			this.permitted.add(name);
			this.places.push(candidate);
			this.relay.permit(candidate);
		}
	}

	close(): void {
		for (const place of this.places) this.relay.release(place);
		this.relay.leave(this.link);
	}
}
