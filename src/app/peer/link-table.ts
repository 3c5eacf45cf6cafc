import type { Endpoint } from "../../core/endpoint-table";
import { VIA_RELAY, VIA_SOCKET, type Via } from "../../peer/checks/checks-contract";
import type { UdpPeer } from "../../ports/net";
import { REQUEST, USERNAME } from "../../wire/stun";
import type { StunReader } from "../../wire/stun-reader";
import type { EndpointLink } from "./endpoint-link";

/** How many senders are remembered as belonging to a link. */
const SENDERS_MAX = 128;
/** The longest USERNAME of a check that is looked at. */
const USERNAME_MAX = 64;

/** The links of an endpoint, and which of them a datagram belongs to. */
export class LinkTable {
	/** Datagrams that belong to none. */
	dropped = 0;
	private readonly links = new Set<EndpointLink>();
	/** By which link datagrams from a sender are taken, so that media are not looked up again and again. */
	private readonly senders = new Map<UdpPeer, EndpointLink>();

	/** All links. */
	get all(): ReadonlySet<EndpointLink> {
		return this.links;
	}

	add(link: EndpointLink): void {
		this.links.add(link);
	}

	remove(link: EndpointLink): void {
		this.links.delete(link);
		this.forgetSenders(link);
	}

	/**
	 * Gives up a link that a peer has asked for and that has no path: the oldest one of this author, or else of the author who has most.
	 * @returns false: there is none
	 */
	makeRoom(author: string): boolean {
		const waiting = [...this.links].filter((link) => !link.isOurs && link.path === undefined);
		const countOf = (of: string): number => waiting.filter((link) => link.author === of).length;
		let victim = waiting.find((link) => link.author === author);
		for (const link of waiting) {
			if (victim === undefined || countOf(link.author) > countOf(victim.author)) victim = link;
		}
		victim?.giveUp();
		return victim !== undefined;
	}

	/** The path of a link is another one: where its datagrams come from has to be looked up again. */
	forgetSenders(link: EndpointLink): void {
		for (const [sender, other] of this.senders) if (other === link) this.senders.delete(sender);
	}

	/** A STUN message arrived that is of no server. @param message has read `bytes` */
	receiveStun(message: StunReader, bytes: Uint8Array, { address, port }: Endpoint, via: Via): void {
		const name = message.kind === REQUEST ? message.text(USERNAME, USERNAME_MAX) : undefined;
		for (const link of this.links) {
			if (name !== undefined && !name.startsWith(link.checks.sessionName)) continue;
			if (link.receiveStun(via, address, port, bytes)) return;
		}
		this.dropped++;
	}

	/** Another datagram arrived by the socket, or by one of the additional ones. */
	receive(bytes: Uint8Array, peer: UdpPeer, via: Via): void {
		const known = via === VIA_SOCKET ? this.senders.get(peer) : undefined;
		if (known !== undefined) return known.receive(bytes);
		let found: EndpointLink | undefined;
		let isShared = false;
		for (const link of this.links) {
			if (!link.checks.isPeer(via, peer.address, peer.port)) continue;
			isShared ||= found !== undefined;
			// Several links to the same place are told apart by the mark of their packets.
			if (found === undefined || link.isMarked(bytes)) found = link;
		}
		if (found === undefined) {
			this.dropped++;
			return;
		}
		if (via === VIA_SOCKET && !isShared) {
			if (this.senders.size >= SENDERS_MAX) this.senders.clear();
			this.senders.set(peer, found);
		}
		found.receive(bytes);
	}

	/** A datagram arrived by our address at a TURN server. @param links those that use it @param isStun whether `message` has read it */
	receiveRelayed(
		links: ReadonlySet<EndpointLink>,
		isStun: boolean,
		bytes: Uint8Array,
		{ address, port }: Endpoint,
	): void {
		let found: EndpointLink | undefined;
		for (const link of links) {
			if (isStun) {
				if (link.receiveStun(VIA_RELAY, address, port, bytes)) return;
			} else if (link.checks.isPeer(VIA_RELAY, address, port) && (found === undefined || link.isMarked(bytes))) {
				found = link;
			}
		}
		if (found === undefined) this.dropped++;
		else found.receive(bytes);
	}
}
