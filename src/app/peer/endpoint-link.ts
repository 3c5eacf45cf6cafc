import type { EventSink } from "../../core/event-ring";
import { formatEndpoint } from "../../core/ip-address";
import type { Handle, Pump } from "../../core/pump";
import type { Candidate } from "../../peer/candidate";
import { describeFailure } from "../../peer/checks/check-messages";
import {
	type CheckedPath,
	type CheckOutbox,
	type OwnSide,
	type PathChecks,
	type PathEvent,
	VIA_RELAY,
	VIA_SOCKET,
	type Via,
} from "../../peer/checks/checks-contract";
import type { Introduction } from "../../peer/introduction";
import type { PeerFailure, PeerLink, PeerLinkSink, PeerStep } from "../../peer/peer-link";
import type { PathKind, PeerPath } from "../../peer/peer-path";
import type { UdpPeer } from "../../ports/net";
import { PEER_MESSAGES } from "../../web/peer-messages";
import type { HomeAccess } from "./peer-services";
import type { SpreadSockets } from "./spread-sockets";

/** Where packets of tunnels have the mark of their session, and its octets. */
const MARK_AT = 1;
const MARK_OCTETS = 4;

/** What a link needs of the endpoint that it belongs to. */
export interface LinkOwner {
	readonly pump: Pump;
	/** Sends a datagram from the one socket (P2P-16). */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void;
	peer(address: string, port: number): UdpPeer | undefined;
	/** The link is over. */
	closed(link: EndpointLink): void;
	/** The path of the link has changed, so its datagrams may come from another address now. */
	moved(link: EndpointLink): void;
	/** The path gives no answers: the other side may be elsewhere, or this one. */
	interrupted(link: EndpointLink): void;
}

/** What a link does with a TURN server; absent where there is none. */
export interface LinkRelay {
	/** Our relayed address; `undefined`: there is none yet. */
	readonly candidate: Candidate | undefined;
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void;
	/** Lets the peer send to our relayed address from these. */
	permit(candidates: readonly Candidate[]): void;
	close(): void;
}

/** Events for the one who has the link, which are delivered after the call that caused them. */
type Delivery =
	| PathEvent
	| { readonly type: "step"; readonly step: PeerStep; readonly detail: string }
	| { readonly type: "ended"; readonly why: PeerFailure; readonly detail: string };

/** One link of an endpoint: checks, the path in use, and the datagrams on it. */
export class EndpointLink implements PeerLink, EventSink<Delivery> {
	/** The other peer; empty: not known yet. */
	peer = "";
	introduction: Introduction | undefined;
	/** Of a link that the peer has made: by which right. @see PresenceOwner.introduced */
	author = "";
	/** Our allocation at a TURN server. */
	relay: LinkRelay | undefined;
	sink: PeerLinkSink | undefined;
	/** Our identity to the peer, PEER_DIGITS; another one for each link to the same peer, which tells them apart. */
	self = "";
	/** By which the peer was found; absent for links that others made to us. */
	access: HomeAccess | undefined;
	/** True: the matching server is being asked for an introduction. */
	isAsking = false;
	isClosed = false;
	/** True: the path in use gives no answers, and no other one has been found. */
	isInterrupted = false;
	/** True: the sink has heard the end. */
	private hasEnded = false;
	private readonly handle: Handle<PathChecks, CheckOutbox>;
	private readonly outbox: LinkOutbox;
	private current: LinkPath | undefined;
	/** The session of the first introduction, by which tunnels mark their packets. */
	private session: Uint8Array | undefined;
	private isConnected = false;

	/**
	 * @param isOurs true: we asked for it
	 * @param spread additional sockets for birthday probing, where the host has some to spare
	 */
	constructor(
		private readonly owner: LinkOwner,
		readonly isOurs: boolean,
		checks: PathChecks,
		spread: SpreadSockets | undefined,
	) {
		this.outbox = new LinkOutbox(this, owner, spread);
		this.handle = owner.pump.add(checks, this.outbox as CheckOutbox);
	}

	/** @see PeerLink; a doubtful path may be used until its consent ends (RFC 7675) */
	get path(): PeerPath | undefined {
		return this.checks.path === undefined ? undefined : this.current;
	}

	get checks(): PathChecks {
		return this.handle.machine;
	}

	/** @see PeerLink */
	send(bytes: Uint8Array, start: number, end: number): void {
		this.path?.send(bytes, start, end);
	}

	/** @see PeerLink */
	probe(): void {
		if (!this.isClosed) this.handle.call((checks, now, out) => checks.probe(now, out));
	}

	/** @see PeerLink */
	close(): void {
		this.hasEnded = true;
		this.release();
	}

	/** Begins testing, or begins again with another introduction of the same peer. */
	introduce(introduction: Introduction, own: OwnSide): void {
		if (this.isClosed) return;
		this.peer = introduction.peer;
		this.introduction = introduction;
		this.session ??= introduction.session;
		this.permitPeer();
		this.handle.call((checks, now, out) => checks.introduce(now, introduction, own, out));
	}

	/** More candidates of the peer came to be known. */
	addCandidates(candidates: readonly Candidate[]): void {
		const { introduction } = this;
		if (this.isClosed || introduction === undefined) return;
		// A relay that comes later must let them in, too.
		this.introduction = { ...introduction, candidates: [...introduction.candidates, ...candidates] };
		this.relay?.permit(candidates);
		this.handle.call((checks, now, out) => checks.addCandidates(now, candidates, out));
	}

	/** Lets the peer send to our relayed address. */
	permitPeer(): void {
		if (this.introduction !== undefined) this.relay?.permit(this.introduction.candidates);
	}

	/** Our relayed address is ready. */
	relayReady(candidate: Candidate): void {
		if (!this.isClosed) this.handle.call((checks, now, out) => checks.relayed(now, candidate, out));
	}

	/** Our relayed address is gone. */
	relayLost(): void {
		if (!this.isClosed) this.handle.call((checks, now, out) => checks.relayLost(now, out));
	}

	/** Our addresses have changed: all ways are checked now. */
	doubt(): void {
		this.handle.call((checks, now, out) => checks.doubt(now, out));
	}

	/** A STUN message arrived. @returns false when it isn't for this link */
	receiveStun(via: Via, address: string, port: number, bytes: Uint8Array): boolean {
		if (this.isClosed) return false;
		return this.handle.call((checks, now, out) => checks.receive(now, via, address, port, bytes, 0, bytes.length, out));
	}

	/** Whether a packet of a tunnel belongs to this link: it begins with a type and the first octets of the session. */
	isMarked(bytes: Uint8Array): boolean {
		const { session } = this;
		if (session === undefined) return false;
		for (let i = 0; i < MARK_OCTETS; i++) if (bytes[MARK_AT + i] !== session[i]) return false;
		return true;
	}

	/** Another datagram arrived from an address of the peer. */
	receive(bytes: Uint8Array): void {
		if (this.isConnected && !this.isClosed) this.sink?.received(bytes);
	}

	/** Tells the sink of a step, later. */
	step(step: PeerStep, detail: string): void {
		this.owner.pump.post(this, { type: "step", step, detail });
	}

	/** Ends the link from our side of it, with a reason for the sink. */
	fail(why: PeerFailure, detail: string): void {
		if (this.hasEnded) return;
		this.owner.pump.post(this, { type: "ended", why, detail });
	}

	/** Ends the link at once, for another one. */
	giveUp(): void {
		if (!this.hasEnded) this.end("busy", PEER_MESSAGES.tooManyLinks);
	}

	/** @see EventSink */
	on(event: Delivery): void {
		if (this.hasEnded) return;
		switch (event.type) {
			case "step":
				this.sink?.step(event.step, event.detail);
				break;
			case "checking":
				this.sink?.step("checking", PEER_MESSAGES.checking(event.pairs));
				break;
			case "connected":
				this.use(event.path);
				break;
			case "moved":
				this.use(event.path);
				break;
			case "interrupted":
				this.isInterrupted = true;
				this.owner.interrupted(this);
				this.sink?.interrupted?.();
				break;
			case "failed":
				this.end(event.why, event.why === "lost" ? PEER_MESSAGES.failures.lost : describeFailure(event.findings));
				break;
			case "ended":
				this.end(event.why, event.detail);
				break;
		}
	}

	private use(checked: CheckedPath): void {
		const path = new LinkPath(this.outbox, checked, this.owner);
		this.current = path;
		this.isInterrupted = false;
		this.owner.moved(this);
		const { introduction, session } = this;
		if (this.isConnected || introduction === undefined || session === undefined) {
			this.sink?.moved(path);
			return;
		}
		this.isConnected = true;
		const { kind, address, port, roundTrip } = path;
		this.sink?.step(
			"connected",
			PEER_MESSAGES.connected(PEER_MESSAGES.paths[kind], formatEndpoint(address, port), roundTrip),
		);
		// Of several introductions, both sides take the first one's session: they may not have a path after the same one.
		if (!this.hasEnded) this.sink?.connected({ ...introduction, session }, path);
	}

	private end(why: PeerFailure, detail: string): void {
		this.hasEnded = true;
		this.release();
		this.sink?.ended(why, detail);
	}

	private release(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.current = undefined;
		this.handle.call((checks) => checks.close());
		this.handle.remove();
		this.relay?.close();
		this.outbox.spreadSockets?.close();
		this.owner.closed(this);
	}
}

/** What the checks of a link may do. */
class LinkOutbox implements CheckOutbox {
	constructor(
		private readonly link: EndpointLink,
		private readonly owner: LinkOwner,
		readonly spreadSockets: SpreadSockets | undefined,
	) {}

	send(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (via === VIA_SOCKET) this.owner.send(address, port, bytes, start, end);
		else if (via === VIA_RELAY) this.link.relay?.send(address, port, bytes, start, end);
		else this.spreadSockets?.send(via, address, port, bytes, start, end);
	}

	spread(count: number): number {
		return this.spreadSockets?.open(count) ?? 0;
	}

	gather(via: Via): void {
		this.spreadSockets?.keep(via);
	}

	emit(event: PathEvent): void {
		this.owner.pump.post<Delivery>(this.link, event);
	}
}

/** A tested way, as the one who has the link sees it. */
class LinkPath implements PeerPath {
	/** The handle of the far end, on the socket's own way; `undefined` on other ways. */
	private readonly far: UdpPeer | undefined;

	constructor(
		private readonly outbox: LinkOutbox,
		private readonly checked: CheckedPath,
		private readonly owner: LinkOwner,
	) {
		if (checked.via === VIA_SOCKET) this.far = owner.peer(checked.address, checked.port);
	}

	get kind(): PathKind {
		return this.checked.kind;
	}

	get address(): string {
		return this.checked.address;
	}

	get port(): number {
		return this.checked.port;
	}

	get roundTrip(): number {
		return this.checked.roundTrip;
	}

	send(bytes: Uint8Array, start: number, end: number): void {
		const { via, address, port } = this.checked;
		if (this.far !== undefined) this.owner.sendTo(this.far, bytes, start, end);
		else this.outbox.send(via, address, port, bytes, start, end);
	}
}
