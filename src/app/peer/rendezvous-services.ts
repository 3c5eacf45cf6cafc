import { toHex } from "../../base/hex";
import { NOT_FOUND } from "../../peer/rendezvous/peer-attributes";
import { parseRendezvous } from "../../peer/rendezvous-address";
import { PEER_MESSAGES, refusalText } from "../../web/peer-messages";
import type { StunReader } from "../../wire/stun-reader";
import type { FoundPeer, HomeAccess, PeerQuery } from "./peer-services";
import { credentialsOf, RendezvousService, type ServiceOwner } from "./rendezvous-service";
import { rendezvousUrls } from "./rendezvous-urls";

/** The most services that are kept; the one that was not used for longest goes first. */
const SERVICES_MAX = 16;

/** The rendezvous services at which an endpoint finds peers, one for each ticket. */
export class RendezvousServices {
	private readonly services = new Map<string, RendezvousService>();

	constructor(private readonly owner: ServiceOwner) {}

	/** Returns the service for the devices of a home; `undefined`: its servers are malformed. */
	of({ home, rendezvous, ticket, ticketSecret }: HomeAccess): RendezvousService | undefined {
		const name = `${home} ${ticket} ${toHex(ticketSecret)} ${rendezvous}`;
		const known = this.services.get(name);
		if (known !== undefined) return known;
		const address = parseRendezvous(rendezvous);
		if (address === undefined) return undefined;
		if (this.services.size >= SERVICES_MAX) this.forgetOldest();
		const service = new RendezvousService(
			this.owner,
			address.servers,
			credentialsOf(ticket, ticketSecret),
			undefined,
			rendezvousUrls("", address).flat(),
		);
		this.services.set(name, service);
		return service;
	}

	/** @see PeerEndpoint.find */
	find(access: HomeAccess, query: PeerQuery, done: (found: readonly FoundPeer[] | string) => void): void {
		const service = this.of(access);
		if (service === undefined) return done(PEER_MESSAGES.noServers);
		const { name, tag, withAddresses = false } = query;
		service.sharing.find(name, tag, withAddresses, (found) => {
			// The server knows no device of the home.
			if (found === NOT_FOUND) return done([]);
			if (typeof found === "number") return done(refusalText(found));
			done(
				found.map(({ peer, record }) => {
					const each = { peer, name: record.name, kind: record.kind, isPortal: record.isPortal };
					return withAddresses ? { ...each, isSymmetric: record.isSymmetric, candidates: record.candidates } : each;
				}),
			);
		});
	}

	/** A STUN response arrived. @returns false when it answers no request of these */
	receive(address: string, port: number, message: StunReader): boolean {
		for (const service of this.services.values()) if (service.receive(address, port, message)) return true;
		return false;
	}

	/** A server has answered by UDP: no WebSockets are needed any more. */
	udpWorks(): void {
		for (const service of this.services.values()) service.udpWorks();
	}

	/** The network is another one: servers are looked up again. */
	forgetAddresses(): void {
		for (const service of this.services.values()) service.forget();
	}

	close(): void {
		for (const service of this.services.values()) service.close();
		this.services.clear();
	}

	private forgetOldest(): void {
		let oldest = "";
		let usedAt = Infinity;
		for (const [name, service] of this.services) {
			if (service.usedAt >= usedAt) continue;
			usedAt = service.usedAt;
			oldest = name;
		}
		this.services.get(oldest)?.close();
		this.services.delete(oldest);
	}
}
