import type { Millis } from "../../core/time";
import type { TurnServer } from "../../peer/candidate";
import type { OwnSide, Via } from "../../peer/checks/checks-contract";
import { PathFinder } from "../../peer/checks/path-finder";
import type { Introduction } from "../../peer/introduction";
import { newCandidates } from "../../peer/managers/sharing-manager";
import { drawPeer } from "../../peer/peer-identity";
import type { PeerLink, PeerLinkSink } from "../../peer/peer-link";
import type { Network, UdpPeer } from "../../ports/net";
import type { Random } from "../../ports/random";
import { PEER_MESSAGES } from "../../web/peer-messages";
import { EndpointLink, type LinkOwner } from "./endpoint-link";
import type { EndpointOptions } from "./endpoint-options";
import type { LinkTable } from "./link-table";
import type { HomeAccess } from "./peer-services";
import { SpreadSockets } from "./spread-sockets";

/** The most links at a time, if the options do not say. */
const LINKS_MAX = 32;
/** When a device that somebody wants to reach asks for a relayed address of its own: later than all other ways take in most pairs of networks. */
const OWN_RELAY_AFTER: Millis = 500;

/** What a {@link LinkMaker} needs of its endpoint. */
export interface LinkMakerOwner extends LinkOwner {
	readonly network: Network;
	readonly random: Random;
	readonly options: EndpointOptions;
	/** True: our network lets no UDP through, as far as is known. */
	readonly isUdpBlocked: boolean;
	ownSide(): OwnSide;
	/** The link may use this TURN server. */
	offerTurn(link: EndpointLink, turn: TurnServer): void;
	/** A datagram came by an additional socket of a link. */
	receive(bytes: Uint8Array, peer: UdpPeer, via: Via): void;
	changed(): void;
}

/** Makes the links of an endpoint: those that it asks for, and those that others make to it (P2P-7). */
export class LinkMaker {
	/** Takes links of others. @see PeerEndpoint.accept */
	taker: (link: PeerLink) => PeerLinkSink | undefined = () => undefined;

	constructor(
		private readonly owner: LinkMakerOwner,
		private readonly links: LinkTable,
	) {}

	/** Makes a link to a device, which is to be introduced. While there are too many it fails instead, and is not in the table. */
	begin(access: HomeAccess, peer: string, sink: PeerLinkSink): EndpointLink {
		const link = this.make(true);
		link.sink = sink;
		link.peer = peer;
		link.self = this.selfFor(peer);
		link.access = access;
		if (this.isFull) link.fail("busy", PEER_MESSAGES.tooManyLinks);
		else this.links.add(link);
		return link;
	}

	/** Somebody wants to reach this device. @see PresenceOwner.introduced */
	introduced(introduction: Introduction, verdict: "new" | "more", author: string): void {
		const session = introduction.session.join();
		for (const link of this.links.all) {
			if (link.isOurs || link.introduction === undefined) continue;
			if (verdict === "more" && link.introduction.session.join() === session) {
				link.addCandidates(newCandidates(introduction.candidates, link.introduction.candidates));
				return;
			}
			// The same peer from another network: what it has open moves there. A guest may call himself what he likes.
			if (verdict === "new" && link.peer === introduction.peer && link.author === author) {
				this.introduce(link, introduction);
				return;
			}
		}
		if (verdict !== "new" || (this.isFull && !this.links.makeRoom(author))) return;
		const link = this.make(false);
		link.peer = introduction.peer;
		link.author = author;
		const sink = this.taker(link);
		if (sink === undefined) return link.close();
		link.sink = sink;
		this.links.add(link);
		link.step("introduced", PEER_MESSAGES.introduced(introduction.candidates.length));
		this.introduce(link, introduction);
		this.owner.changed();
	}

	private get isFull(): boolean {
		return this.links.all.size >= (this.owner.options.links ?? LINKS_MAX);
	}

	private introduce(link: EndpointLink, introduction: Introduction): void {
		link.introduce(introduction, this.owner.ownSide());
		if (introduction.turn !== undefined) this.offerTurn(link, introduction.turn);
	}

	/**
	 * A link that was made to us may use a TURN server. The other side's relayed address is enough nearly always; it is not where our network
	 * lets no UDP through, and where our NAT has several public addresses, of which that relay lets in only the one that the server saw.
	 */
	private offerTurn(link: EndpointLink, turn: TurnServer): void {
		const { owner } = this;
		if (owner.isUdpBlocked) return owner.offerTurn(link, turn);
		owner.pump.after(OWN_RELAY_AFTER, () => {
			if (!link.isClosed && link.path === undefined) owner.offerTurn(link, turn);
		});
	}

	/** The peer tells our links apart by our identity. */
	private selfFor(peer: string): string {
		for (const link of this.links.all) if (link.isOurs && link.peer === peer) return drawPeer(this.owner.random);
		return this.owner.options.peer;
	}

	private make(isOurs: boolean): EndpointLink {
		const { owner } = this;
		const { network, random } = owner;
		const { spread = 0 } = owner.options;
		const sockets =
			spread === 0
				? undefined
				: new SpreadSockets(network, spread, (via, bytes, peer) => {
						if (bytes.length > 0) owner.receive(bytes, peer, via);
					});
		return new EndpointLink(owner, isOurs, new PathFinder(random), sockets);
	}
}
