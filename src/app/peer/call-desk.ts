import { Allowance } from "../../base/allowance";
import { toHex } from "../../base/hex";
import { sha256 } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import type { Pump } from "../../core/pump";
import { addressOfPeer } from "../../peer/peer-address";
import { PEER_DIGITS } from "../../peer/peer-registry";
import { type CallData, CallProof } from "../../peer/signal/call-data";
import { isSameProof } from "../../peer/signal/signal-message";
import type { RtcOptions, WebRtc } from "../../ports/web-rtc";
import { WATCH_MESSAGES } from "../../web/watch-messages";
import { BrowserCall, CALL_TIME, type CallHost, type WatchVerdict } from "./browser-call";

/** How many calls a device has at a time. */
const CALLS_MAX = 16;
/** How many offers are looked at in a second: each costs a description and a socket. */
const OFFERS_PER_SECOND = 4;
/** What guests may have of both, all together and each: a guest's code may have been passed on. */
const GUEST_OFFERS_PER_SECOND = 2;
const GUEST_CALLS_MAX = 8;
const CALLS_PER_GUEST = 4;
/** How many nonces are remembered, so that a recorded offer is not answered again. */
const NONCES_MAX = 256;

/** From where a caller's messages come, and where answers go. */
export interface CallerLine {
	/** The secret that the caller must have; `undefined`: the link is not valid. @param guest as the offer says */
	secretOf(guest: string): Uint8Array | undefined;
	/** @see CallCircumstances.visitor */
	readonly visitor?: WatchVerdict | undefined;
	/** Which servers help to find a path. */
	readonly servers: Pick<RtcOptions, "stun">;
	send(data: CallData): void;
}

/** Takes the calls of browsers: checks who calls, bounds how many, and keeps them until they end. */
export class CallDesk {
	/** What happened so far. */
	readonly counters = { calls: 0, connected: 0, refused: 0 };
	private readonly calls = new Map<string, BrowserCall>();
	private readonly nonces = new Set<string>();
	private readonly offers = new Allowance(OFFERS_PER_SECOND);
	private readonly guestOffers = new Allowance(GUEST_OFFERS_PER_SECOND);

	/** @param device its identity, PEER_DIGITS */
	constructor(
		private readonly pump: Pump,
		private readonly webRtc: WebRtc,
		private readonly device: string,
		private readonly host: CallHost,
	) {}

	/** The calls, oldest first. */
	get open(): readonly BrowserCall[] {
		return [...this.calls.values()];
	}

	/** Data of a caller. @param number tells callers apart */
	receive(number: string, data: CallData, line: CallerLine): void {
		const before = this.calls.get(number);
		if (data.kind === "candidate" && before?.circumstances.nonce === data.nonce) before.addCandidate(data);
		if (data.kind === "offer") this.answer(number, data, line);
	}

	/**
	 * A caller has left the server. A call that is connected goes on without it.
	 */
	gone(number: string): void {
		const call = this.calls.get(number);
		if (call?.path === "") call.close();
	}

	/** Removes a call that is over. To be called when {@link CallHost.changed} tells it. */
	remove(call: BrowserCall): void {
		for (const [number, other] of this.calls) if (other === call) this.calls.delete(number);
	}

	/** Ends all calls. */
	close(): void {
		for (const call of this.open) call.close();
	}

	private answer(number: string, offer: CallData & { readonly kind: "offer" }, line: CallerLine): void {
		const { nonce, guest, sdp, mac } = offer;
		const { refused } = WATCH_MESSAGES;
		const refuse = (reason: string): void => {
			this.counters.refused++;
			line.send({ kind: "refused", nonce, reason });
		};
		const secret = line.secretOf(guest);
		if (secret === undefined) return refuse(refused.link);
		const proof = new CallProof(secret, this.device);
		if (!isSameProof(mac, proof.sign("caller", nonce, sdp)) || this.nonces.has(nonce)) return refuse(refused.link);
		const now = this.pump.now();
		if (guest !== "" && !this.guestOffers.take(now)) return refuse(refused.busy);
		if (!this.offers.take(now)) return refuse(refused.busy);
		this.remember(nonce);
		// A caller that calls again has lost the call before.
		this.calls.get(number)?.close();
		if (guest !== "") this.limitGuests(guest);
		if (this.calls.size >= CALLS_MAX && !this.makeRoom()) return refuse(refused.busy);
		const { visitor, servers } = line;
		const address = addressOfPeer(toHex(sha256(utf8Encode(guest === "" ? nonce : guest))).slice(0, PEER_DIGITS));
		const call = new BrowserCall(this.host, {
			nonce,
			guest,
			proof,
			address,
			visitor,
			send: (data) => line.send(data),
		});
		this.calls.set(number, call);
		this.counters.calls++;
		if (!call.begin(this.webRtc, { offer: sdp, ...servers })) {
			call.close();
			return refuse(refused.offer);
		}
		this.pump.after(CALL_TIME, () => {
			if (call.path === "") call.close();
		});
	}

	private remember(nonce: string): void {
		this.nonces.add(nonce);
		if (this.nonces.size <= NONCES_MAX) return;
		for (const oldest of this.nonces) {
			this.nonces.delete(oldest);
			break;
		}
	}

	/** Ends the oldest call of a guest who would have too many with one more, or of all guests if they would. */
	private limitGuests(guest: string): void {
		const guests = this.open.filter(({ circumstances }) => circumstances.guest !== "");
		const same = guests.filter(({ circumstances }) => circumstances.guest === guest);
		if (same.length >= CALLS_PER_GUEST) same[0].close();
		else if (guests.length >= GUEST_CALLS_MAX) guests[0].close();
	}

	/** Ends the oldest call that is not connected. */
	private makeRoom(): boolean {
		for (const call of this.calls.values()) {
			if (call.path !== "") continue;
			call.close();
			return true;
		}
		return false;
	}
}
