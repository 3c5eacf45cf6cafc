import type { Millis } from "../../core/time";
import { Timers } from "../../core/timers";
import { PATH_HEADROOM } from "../peer-path";
import type { PacketBox } from "./packet-box";
import { ANSWER, GUEST_HELLO, HELLO } from "./packet-format";
import type { TunnelAcceptance, TunnelFailure, TunnelHost, TunnelOffer } from "./tunnel-contract";
import { TunnelCall, TunnelReply } from "./tunnel-handshake";

/** The first interval between copies of the first message, its growth, its bound, and when to give up. */
const HELLO_INTERVAL: Millis = 200;
const HELLO_GROWTH = 1.5;
const HELLO_INTERVAL_MAX: Millis = 2000;
const HELLO_TIME: Millis = 8000;
/** New keys are agreed on after so long, or so many packets. @see RFC 9001 §6.6 */
const KEYS_TIME: Millis = 600_000;
const KEYS_PACKETS = 2 ** 22;
/** How long packets with the keys before may still come. */
const OLD_KEYS_TIME: Millis = 5000;

const REPEAT_HELLO = 0;
const END_HELLO = 1;
const NEW_KEYS = 2;
const OLD_KEYS = 3;
const TIMERS = 4;

/** What a {@link KeyExchange} may do. */
export interface KeyOutbox {
	/** The address of the other side, for which handshakes are bounded. */
	readonly remoteAddress: string;
	/** Sends a message of a handshake. */
	send(bytes: Uint8Array, start: number, end: number): void;
	/** Keys may be used. @param isOurs true: the other side may use them once it has a packet with them */
	agreed(remoteKey: Uint8Array | undefined, isOurs: boolean): void;
	/** There will be no tunnel. */
	failed(why: TunnelFailure, detail: string): void;
}

/** Agrees on keys at the beginning and again and again: repeats what is lost, bounds what it costs, gives up. */
export class KeyExchange {
	private readonly timers = new Timers(TIMERS);
	private readonly call: TunnelCall | undefined;
	private readonly reply: TunnelReply | undefined;
	private isDone = false;
	private interval: Millis = HELLO_INTERVAL;
	/** The number of packets in both directions when the keys were new. */
	private keysFrom = 0;

	/** @param deviceKey what the device must prove; given to the side that asks, together with the offer */
	constructor(
		private readonly host: TunnelHost,
		private readonly box: PacketBox,
		private readonly out: KeyOutbox,
		session: Uint8Array,
		offer: TunnelOffer | undefined,
		acceptance: TunnelAcceptance | undefined,
		deviceKey: Uint8Array | undefined,
	) {
		const { ciphers } = host;
		if (offer !== undefined && deviceKey !== undefined) {
			this.call = new TunnelCall(ciphers, offer, session, deviceKey);
		}
		if (acceptance !== undefined) this.reply = new TunnelReply(ciphers, acceptance, session);
	}

	/** When {@link expire} must be called next. */
	get deadline(): Millis {
		return this.timers.deadline;
	}

	/** Begins: the side that asks sends its first message. */
	start(now: Millis): void {
		this.timers.set(END_HELLO, now + HELLO_TIME);
		if (this.call !== undefined) this.sayHello(now, this.call);
	}

	/** The path has changed: repeats what may be lost. */
	restart(now: Millis): void {
		this.sendHello(now);
	}

	/** Reads a message of a handshake. @returns false when it was dropped */
	message(now: Millis, packet: Uint8Array): boolean {
		const type = packet[0];
		if ((type === HELLO || type === GUEST_HELLO) && this.reply !== undefined)
			return this.hello(now, this.reply, packet);
		return type === ANSWER && this.call !== undefined && this.answer(now, this.call, packet);
	}

	/** A data packet was opened. @param epoch the one that the other side has begun to use with it, if any */
	opened(now: Millis, epoch: number | undefined): void {
		const { box, call, reply } = this;
		if (epoch !== undefined && reply !== undefined) {
			reply.confirmed(epoch);
			this.done(now);
			this.out.agreed(reply.callerKey, false);
		}
		const isDue = this.packets - this.keysFrom > KEYS_PACKETS;
		if (isDue && call !== undefined && call.hello === undefined && box.isReady) this.sayHello(now, call);
	}

	/** Handles what is due. */
	expire(now: Millis): void {
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
			if (slot === REPEAT_HELLO) this.sendHello(now);
			else if (slot === END_HELLO) this.giveUp(now);
			else if (slot === OLD_KEYS) this.box.dropOld();
			else if (this.call !== undefined && this.call.hello === undefined) this.sayHello(now, this.call);
		}
	}

	/** Forgets the keys of a handshake that is going on. */
	close(): void {
		this.call?.close();
		this.timers.clearAll();
	}

	private get packets(): number {
		return this.box.next + this.box.seen.largest;
	}

	private sayHello(now: Millis, call: TunnelCall): void {
		if (!call.begin()) {
			this.out.failed("key", "the key of the device is not valid");
			return;
		}
		this.interval = HELLO_INTERVAL;
		this.timers.set(END_HELLO, now + HELLO_TIME);
		this.sendHello(now);
	}

	private sendHello(now: Millis): void {
		const hello = this.call?.hello;
		if (hello === undefined) return;
		this.out.send(hello, PATH_HEADROOM, hello.length);
		this.timers.set(REPEAT_HELLO, now + this.interval);
		this.interval = Math.min(HELLO_INTERVAL_MAX, Math.ceil(this.interval * HELLO_GROWTH));
	}

	private giveUp(now: Millis): void {
		this.timers.clear(REPEAT_HELLO);
		if (this.isDone) this.timers.set(NEW_KEYS, now + HELLO_TIME);
		else if (this.call === undefined) this.out.failed("handshake", "no valid handshake came");
		else this.out.failed("handshake", "no answer to the handshake: the device may have another key");
	}

	private hello(now: Millis, reply: TunnelReply, packet: Uint8Array): boolean {
		const again = reply.again(packet);
		if (again !== undefined) {
			this.out.send(again, PATH_HEADROOM, again.length);
			return true;
		}
		const result = reply.isNext(packet) && this.mayAgree(now) ? reply.hello(packet) : undefined;
		if (result === undefined) return false;
		this.out.send(result.answer, PATH_HEADROOM, result.answer.length);
		if (result.keys !== undefined) this.box.expect(result.keys);
		else this.out.failed("refused", "the caller was refused");
		return true;
	}

	private answer(now: Millis, call: TunnelCall, packet: Uint8Array): boolean {
		const keys = call.hello !== undefined && this.mayAgree(now) ? call.answer(packet) : undefined;
		if (keys === undefined) return false;
		if (keys === "refused") {
			this.out.failed("refused", "the device does not accept this pass");
			return true;
		}
		this.box.use(keys);
		this.timers.clear(REPEAT_HELLO);
		this.timers.set(NEW_KEYS, now + KEYS_TIME);
		this.done(now);
		this.out.agreed(call.deviceKey, true);
		return true;
	}

	private done(now: Millis): void {
		this.isDone = true;
		this.timers.clear(END_HELLO);
		this.timers.set(OLD_KEYS, now + OLD_KEYS_TIME);
		this.keysFrom = this.packets;
	}

	/** Whether the cost of one more agreement on keys is within bounds. */
	private mayAgree(now: Millis): boolean {
		return this.host.handshakes.take(now, this.out.remoteAddress);
	}
}
