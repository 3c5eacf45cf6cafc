import { formatEndpoint, ipKind } from "../../core/ip-address";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Candidate, TurnServer } from "../../peer/candidate";
import type { OwnSide } from "../../peer/checks/checks-contract";
import { checkPasswordOf } from "../../peer/peer-ticket";
import type { DeviceRecord } from "../../peer/rendezvous/device-record";
import { NOT_FOUND, TOO_MANY } from "../../peer/rendezvous/peer-attributes";
import { PEER_MESSAGES, refusalText } from "../../web/peer-messages";
import type { EndpointLink } from "./endpoint-link";
import { introductionOf } from "./presence";
import type { RendezvousServices } from "./rendezvous-services";

/** The pause before the server is asked for another introduction, while the path of a link is lost and the last one has not helped. */
const REPEAT: Millis = 2000;
/** How long a relayed path is kept back until the peer knows of it. */
const TELL_MAX: Millis = 250;

/** What the introducer needs of its endpoint. */
export interface IntroducerOwner {
	readonly pump: Pump;
	readonly services: RendezvousServices;
	/** What we say about us, with these candidates besides our own. */
	record(more: readonly Candidate[]): DeviceRecord;
	ownSide(): OwnSide;
	/** The link may use this TURN server. */
	offerTurn(link: EndpointLink, turn: TurnServer): void;
	changed(): void;
}

/** Has the links that we make introduced to their peers by the matching server, for the first time and after a path is lost (P2P-7). */
export class Introducer {
	constructor(private readonly owner: IntroducerOwner) {}

	/** Asks for an introduction. What comes of it goes to the link. Harmless while another one is under way. */
	introduce(link: EndpointLink): void {
		const { access } = link;
		const service = access === undefined ? undefined : this.owner.services.of(access);
		if (access === undefined || service === undefined) return link.fail("no-server", PEER_MESSAGES.noServers);
		if (link.isAsking || link.isClosed) return;
		link.isAsking = true;
		// With another introduction the peer forgets what it knew of this one's candidates.
		const relayed = link.relay?.candidate;
		const record = this.owner.record(relayed === undefined ? [] : [relayed]);
		service.sharing.select(link.peer, link.self, record, undefined, (answer) => {
			link.isAsking = false;
			if (link.isClosed) return;
			if (typeof answer === "number") return this.refused(link, answer);
			const introduction = introductionOf(answer, checkPasswordOf(access.ticketSecret, answer.session), true);
			if (link.introduction === undefined) {
				const { server } = service;
				if (server !== undefined)
					link.step("server", PEER_MESSAGES.server(formatEndpoint(server.address, server.port)));
				link.step("found", PEER_MESSAGES.found(introduction.name || introduction.peer));
				link.step("introduced", PEER_MESSAGES.introduced(introduction.candidates.length));
			}
			link.introduce(introduction, this.owner.ownSide());
			// It was told meanwhile as a candidate of the introduction before.
			const later = link.relay?.candidate;
			if (relayed === undefined && later !== undefined) this.tell(link, later, () => {});
			this.repeatLater(link);
			const { turn } = introduction;
			if (turn !== undefined && isTurnPlace(turn.address, service.server?.address)) this.owner.offerTurn(link, turn);
			this.owner.changed();
		});
	}

	/**
	 * Tells the peer of a link one more candidate, within the same introduction.
	 * @param told called once: when the server has passed it on, or after {@link TELL_MAX}
	 */
	tell(link: EndpointLink, candidate: Candidate, told: () => void): void {
		const { access, introduction } = link;
		const service = access === undefined ? undefined : this.owner.services.of(access);
		if (service === undefined || introduction === undefined) return told();
		let isTold = false;
		const once = (): void => {
			if (!isTold) told();
			isTold = true;
		};
		const record = this.owner.record([candidate]);
		service.sharing.select(link.peer, link.self, record, introduction.session, once);
		this.owner.pump.after(TELL_MAX, once);
	}

	/**
	 * Asks again while the path gives no answers and may still be used: a device that is elsewhere may not have registered there yet. After
	 * that the link ends, unless a way is found.
	 */
	private repeatLater(link: EndpointLink): void {
		if (!link.isInterrupted) return;
		this.owner.pump.after(REPEAT, () => {
			if (link.isInterrupted && link.path !== undefined) this.introduce(link);
		});
	}

	private refused(link: EndpointLink, code: number): void {
		if (link.introduction === undefined) {
			const why = code === 0 ? "no-server" : code === NOT_FOUND ? "not-found" : code === TOO_MANY ? "busy" : "refused";
			return link.fail(why, refusalText(code));
		}
		// While a path works the server is not needed; without one, the device may register again.
		if (link.path === undefined) this.owner.pump.after(REPEAT, () => this.introduce(link));
	}
}

/**
 * Whether a server may name this address as that of a TURN server: one of the Internet, or one of a private network if the server itself
 * is in such a network. Else a foreign server could have connections made to any machine of the home.
 */
export function isTurnPlace(address: string, server = ""): boolean {
	const kind = ipKind(address);
	if (kind === undefined || kind === "multicast" || kind === "unspecified" || address === "255.255.255.255")
		return false;
	if (kind !== "private" && kind !== "link-local" && kind !== "loopback") return true;
	const place = ipKind(server);
	return place === "loopback" || (place === "private" && kind === "private");
}
