import type { EventSink } from "../../core/event-ring";
import { formatEndpoint } from "../../core/ip-address";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HomeKeys } from "../../peer/home-keys";
import { ticketKeyOf } from "../../peer/home-keys";
import type { Introduction } from "../../peer/introduction";
import { type KeepAliveEvent, KeepAliveManager, type KeepAliveOutbox } from "../../peer/managers/keep-alive-manager";
import {
	type RegistrationEvent,
	RegistrationManager,
	type RegistrationOutbox,
} from "../../peer/managers/registration-manager";
import {
	ALL_DEVICES,
	checkPasswordOf,
	deviceUsername,
	isPeerTicketGood,
	type PeerTicket,
	parsePeerTicket,
	peerTicketSecret,
} from "../../peer/peer-ticket";
import type { DeviceRecord } from "../../peer/rendezvous/device-record";
import { readIntroduction } from "../../peer/rendezvous/peer-answer";
import type { KeepAliveMode } from "../../peer/rendezvous/peer-attributes";
import type { PushedIntroduction, RegisterRequest } from "../../peer/rendezvous/peer-message";
import { writeIntroduced, writeRegister, writeWithdraw } from "../../peer/rendezvous/peer-request";
import type { RendezvousAddress } from "../../peer/rendezvous-address";
import type { HttpUrl } from "../../wire/http-url";
import {
	BINDING,
	INDICATION,
	REQUEST,
	SOFTWARE,
	SUCCESS,
	TRANSACTION_OCTETS,
	XOR_MAPPED_ADDRESS,
} from "../../wire/stun";
import type { StunReader } from "../../wire/stun-reader";
import { StunWriter } from "../../wire/stun-writer";
import { LifetimeCheck } from "./lifetime-check";
import { credentialsOf, RendezvousService, type ServiceOwner } from "./rendezvous-service";

/** Makes a keep-alive as long as its answer, so that servers which answer nothing longer than the question answer it, too. */
const PADDING = "porthole, keep-alive";

/**
 * How many introductions are taken, more than a server makes for one device: each makes this device send checks to addresses that the
 * server has told, so a hostile server could use it against others.
 */
const INTRODUCTIONS_PER_SECOND = 4;
const INTRODUCTIONS_BURST = 80;

/** How much longer this device is believed to take after an introduction that has taken longer than those before. */
const SLOWER = 1.25;

/** What the presence of a device needs of its endpoint. */
export interface PresenceOwner extends ServiceOwner {
	/** Seconds since 1970; `undefined`: the date is not known. */
	utcSeconds(): number | undefined;
	/**
	 * Somebody wants to reach this device, for the first time or with more candidates than before.
	 * @param author tells those apart who must not take over each other's links: a guest's ticket; ALL_DEVICES: of the home
	 */
	introduced(introduction: Introduction, verdict: "new" | "more", author: string): void;
	/** What {@link Presence.registration} shows has changed. */
	presenceChanged(event: RegistrationEvent): void;
}

/**
 * A device at the matching server of its home: kept registered, its mapping kept open, and told when somebody wants to reach it
 * (P2P-6 … P2P-8).
 */
export class Presence implements RegistrationOutbox, KeepAliveOutbox, EventSink<RegistrationEvent | KeepAliveEvent> {
	readonly service: RendezvousService;
	private readonly registrationHandle: Handle<RegistrationManager, RegistrationOutbox>;
	private readonly keepAliveHandle: Handle<KeepAliveManager, KeepAliveOutbox>;
	private readonly ticketKey: Uint8Array;
	private readonly transaction = new Uint8Array(TRANSACTION_OCTETS);
	private readonly writer = new StunWriter();
	private left: (() => void) | undefined;
	/** How many introductions may be taken at the moment of the last one. */
	private introductions = INTRODUCTIONS_BURST;
	private introducedAt: Millis = 0;
	/** Finds out how long the NAT keeps mappings; absent: not registered in this network yet. */
	lifetime: LifetimeCheck | undefined;

	/**
	 * @param accountKey {@link HomeKeys.accountKey} with these servers
	 * @param peer this device, PEER_DIGITS
	 * @param urls of the servers' WebSockets. @see rendezvousUrls
	 */
	constructor(
		private readonly owner: PresenceOwner,
		private readonly home: HomeKeys,
		accountKey: Uint8Array,
		{ servers }: RendezvousAddress,
		private readonly peer: string,
		urls: readonly HttpUrl[],
	) {
		const who = credentialsOf(deviceUsername(home.home, peer), accountKey);
		this.ticketKey = ticketKeyOf(accountKey);
		this.service = new RendezvousService(owner, servers, who, home.accountPublicKey, urls);
		this.service.taker = (message) => {
			const { server } = this.service;
			if (server !== undefined) this.receive(server.address, server.port, message);
		};
		this.service.lost = () => this.registrationHandle.call((registration, _now, out) => registration.moved(out));
		const { pump, random } = owner;
		this.registrationHandle = pump.add(new RegistrationManager(random), this as RegistrationOutbox);
		this.keepAliveHandle = pump.add(new KeepAliveManager(random), this as KeepAliveOutbox);
	}

	/** The state of the registration. */
	get registration(): RegistrationManager {
		return this.registrationHandle.machine;
	}

	/** The interval of keep-alives at the moment. */
	get keepAlives(): KeepAliveManager {
		return this.keepAliveHandle.machine;
	}

	/** Registers the device, or tells the server that it has changed. */
	publish(record: DeviceRecord): void {
		this.registrationHandle.call((registration, now) => registration.publish(now, record));
	}

	/** The network is another one. */
	networkChanged(): void {
		this.service.forget();
		this.keepAlives.forget();
		this.lifetime?.close();
		this.lifetime = undefined;
		this.registrationHandle.call((registration, _now, out) => registration.moved(out));
	}

	/** Withdraws the registration. @param done called once, in any case */
	withdraw(done: () => void): void {
		this.left = done;
		this.registrationHandle.call((registration, _now, out) => registration.withdraw(out));
	}

	/** Stops everything; the registration expires if it was not withdrawn. */
	close(): void {
		this.lifetime?.close();
		this.keepAliveHandle.call((keepAlives, now) => keepAlives.need(now, false));
		this.registrationHandle.remove();
		this.keepAliveHandle.remove();
		this.service.close();
	}

	/** A STUN message arrived. @returns false when it is not for this one */
	receive(address: string, port: number, message: StunReader): boolean {
		if (message.kind === REQUEST) return this.pushed(address, port, message);
		if (message.isTransaction(this.transaction)) {
			const { server } = this.service;
			const seen = message.kind === SUCCESS ? message.address(XOR_MAPPED_ADDRESS) : undefined;
			if (seen === undefined || server?.address !== address || server.port !== port) return true;
			const endpoint = formatEndpoint(seen.address, seen.port);
			this.keepAliveHandle.call((keepAlives, now, out) => keepAlives.answered(now, endpoint, out));
			return true;
		}
		return this.service.receive(address, port, message);
	}

	/** @see RegistrationOutbox */
	register(request: RegisterRequest): void {
		this.service.ask(
			(who, head) => writeRegister(who, head, request),
			(answer) => this.registrationHandle.call((registration, now, out) => registration.answered(now, answer, out)),
		);
	}

	/** @see RegistrationOutbox */
	unregister(): void {
		this.service.ask(writeWithdraw, (answer) =>
			this.registrationHandle.call((registration, now, out) => registration.answered(now, answer, out)),
		);
	}

	/** @see KeepAliveOutbox */
	keepAlive(mode: KeepAliveMode): void {
		const { server } = this.service;
		if (mode === "none") this.registrationHandle.call((registration, _now, out) => registration.refresh(out));
		else if (server !== undefined) {
			this.owner.random.fill(this.transaction);
			const kind = mode === "answering" ? REQUEST : INDICATION;
			const { bytes, start, end } = this.writer.begin(kind, BINDING, this.transaction).text(SOFTWARE, PADDING);
			this.owner.send(server.address, server.port, bytes, start, end);
		}
	}

	/** @see Outlet */
	emit(event: RegistrationEvent | KeepAliveEvent): void {
		this.owner.pump.post(this, event);
	}

	/** @see EventSink */
	on(event: RegistrationEvent | KeepAliveEvent): void {
		switch (event.type) {
			case "moved":
			case "silent":
				this.registrationHandle.call((registration, _now, out) => registration.moved(out));
				return;
			case "registered": {
				const endpoint = formatEndpoint(event.address, event.port);
				// Over a WebSocket, refreshed registrations keep the connection open.
				const isUdp = !this.service.isStream;
				this.keepAliveHandle.call((keepAlives, now) => keepAlives.need(now, isUdp, event.keepAlive, endpoint));
				if (!isUdp) break;
				// Once in each network.
				this.lifetime ??= new LifetimeCheck(this.owner, this.owner.network, this.service, this.keepAlives);
				break;
			}
			case "withdrawn":
				this.keepAliveHandle.call((keepAlives, now) => keepAlives.need(now, false));
				this.left?.();
				this.left = undefined;
				break;
			default:
				this.keepAliveHandle.call((keepAlives, now) => keepAlives.need(now, false));
		}
		this.owner.presenceChanged(event);
	}

	private pushed(address: string, port: number, message: StunReader): boolean {
		const arrived = this.owner.pump.now();
		const { line, sharing } = this.service;
		if (!line.isServer(address, port)) return false;
		const pushed = readIntroduction(message, line.who);
		if (pushed === undefined) return false;
		const now = this.owner.pump.now();
		const fresh = ((now - this.introducedAt) * INTRODUCTIONS_PER_SECOND) / 1000;
		this.introductions = Math.min(INTRODUCTIONS_BURST, this.introductions + fresh);
		this.introducedAt = now;
		if (this.introductions < 1) return true;
		const verdict = sharing.pushed(pushed, line.stamp);
		if (verdict === "old") return true;
		const ticket = verdict === "known" ? undefined : this.ticketOf(pushed.ticket);
		const secret = ticket === undefined ? undefined : peerTicketSecret(this.ticketKey, pushed.ticket);
		if (secret !== undefined && verdict !== "known") {
			this.introductions--;
			const author = ticket?.scope === ALL_DEVICES ? ALL_DEVICES : pushed.ticket;
			const password = checkPasswordOf(secret, pushed.session);
			// Both sides are to begin at the same moment; the server knows the time that the work up to here takes, once it was measured.
			const late = Math.max(0, this.owner.pump.now() - arrived - line.slowness);
			const startDelay = Math.max(0, pushed.startDelay - late);
			this.owner.introduced(introductionOf({ ...pushed, startDelay }, password, false), verdict, author);
			if (verdict === "new") this.tookTime(this.owner.pump.now() - arrived);
		}
		// After the first check, which must not be late.
		const answer = writeIntroduced(line.who, pushed);
		this.service.send(address, port, answer, 0, answer.length);
		return true;
	}

	/** Notes how long an introduction has taken. On a busy machine one takes longer than others: the shortest counts, and grows slowly. */
	private tookTime(took: Millis): void {
		const { line } = this.service;
		line.slowness = line.slowness === 0 ? took : Math.min(took, line.slowness * SLOWER);
	}

	/** Reads a ticket; `undefined`: it is not of this home, or not for this device now. */
	private ticketOf(text: string): PeerTicket | undefined {
		const ticket = parsePeerTicket(text);
		if (ticket === undefined || ticket.home !== this.home.home) return undefined;
		return isPeerTicketGood(ticket, this.owner.utcSeconds(), this.peer) ? ticket : undefined;
	}
}

/** Makes an introduction of what a server has told. @param controlling true: we have asked for it */
export function introductionOf(
	{ peer, record, session, startDelay, turn }: Omit<PushedIntroduction, "transaction" | "stamp" | "ticket">,
	password: Uint8Array,
	controlling: boolean,
): Introduction {
	const { name, key, proof, candidates, isSymmetric } = record;
	return {
		session,
		password,
		controlling,
		peer,
		name,
		candidates,
		symmetric: isSymmetric,
		startDelay,
		...(key === undefined || proof === undefined ? {} : { key, proof }),
		...(turn === undefined ? {} : { turn }),
	};
}
