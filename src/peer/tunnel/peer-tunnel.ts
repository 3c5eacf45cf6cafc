import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Stream, StreamSink } from "../../ports/net";
import type { Introduction } from "../introduction";
import type { PeerFailure, PeerLink, PeerStep } from "../peer-link";
import type { PeerPath } from "../peer-path";
import { KeyExchange, type KeyOutbox } from "./key-exchange";
import { PacketBox } from "./packet-box";
import { DATA, HELLO_HEADER, SESSION_MARK } from "./packet-format";
import { RefusedStream } from "./refused-stream";
import type {
	LinkedTunnel,
	TunnelAcceptance,
	TunnelCounters,
	TunnelFailure,
	TunnelHost,
	TunnelOffer,
	TunnelService,
	TunnelSink,
} from "./tunnel-contract";
import { type CoreOutbox, TunnelCore } from "./tunnel-core";

/** The bits of a type that tell a data packet. */
const DATA_MASK = 0xfc;
/** How often users may do more while they are told, before others get their turn. */
const ROUNDS = 4;
/**
 * How long the other side may be silent after the tunnel has moved to another path. A device that was off for a moment agrees to a new path
 * too, and knows nothing of the tunnel.
 */
const ANSWER: Millis = 3000;
/** Packets that follow each other so quickly are a flow; when it stops for so long, the path is tested. */
const FLOW: Millis = 250;
const SILENCE: Millis = 500;
const NOTHING: Uint8Array = new Uint8Array(0);

const NO_COUNTERS: TunnelCounters = Object.freeze({
	sent: 0,
	received: 0,
	dropped: 0,
	repeated: 0,
	lost: 0,
	roundTrip: 0,
	rate: 0,
});

/** Makes the tunnel of the side that asks. `attach` gives it the link, whose sink it is. */
export function openTunnel(host: TunnelHost, offer: TunnelOffer, sink: TunnelSink): LinkedTunnel {
	return new PeerTunnel(host, sink, offer, undefined);
}

/** Makes the tunnel of a device to which another peer has made a link; it is the sink of that link. */
export function acceptTunnel(
	host: TunnelHost,
	acceptance: TunnelAcceptance,
	link: PeerLink,
	sink: TunnelSink,
): LinkedTunnel {
	return new PeerTunnel(host, sink, undefined, acceptance).attach(link);
}

/** A tunnel on either side: the handshakes, and the order in which its users are told. What runs over it is the {@link TunnelCore}. */
class PeerTunnel implements LinkedTunnel, CoreOutbox, KeyOutbox {
	isOpen = false;
	private link: PeerLink | undefined;
	private core: TunnelCore | undefined;
	private box: PacketBox | undefined;
	private session = NOTHING;
	private keys: KeyExchange | undefined;
	private readonly handle: Handle<PeerTunnel, undefined>;
	private dropped = 0;
	/** True during a call from below, after which everything is settled. */
	private isBusy = false;
	/** True when there is something to settle; since when. */
	private isTouched = false;
	private touchedAt: Millis = 0;
	/** When the other side must have been heard on a path that the tunnel has moved to; `Infinity`: it was. */
	private answerBy: Millis = Infinity;
	/** When the last packet came, and until when the next one of a flow must come; `Infinity`: there is none. */
	private heardAt: Millis = -Infinity;
	private flowsUntil: Millis = Infinity;
	private ending: { readonly why: TunnelFailure; readonly detail: string } | undefined;
	private isOver = false;

	constructor(
		private readonly host: TunnelHost,
		private readonly sink: TunnelSink,
		private readonly offer: TunnelOffer | undefined,
		private readonly acceptance: TunnelAcceptance | undefined,
	) {
		this.handle = host.pump.add<undefined, PeerTunnel>(this, undefined);
	}

	get path(): PeerPath | undefined {
		return this.link?.path;
	}

	get counters(): TunnelCounters {
		const { core, dropped } = this;
		if (core === undefined) return NO_COUNTERS;
		const counters = core.counters;
		return { ...counters, dropped: counters.dropped + dropped };
	}

	attach(link: PeerLink): this {
		this.link = link;
		return this;
	}

	open(service: TunnelService, sink: StreamSink): Stream {
		const { core, host } = this;
		if (this.isOpen && core !== undefined && core.streams.size < host.limits.streams) {
			const stream = core.streams.open(service, sink);
			this.touch();
			return stream;
		}
		const stream = new RefusedStream(sink);
		// Not by `touch`: the tunnel may be over.
		host.pump.after(0, () => stream.tell());
		return stream;
	}

	close(): void {
		if (this.isOver || this.ending !== undefined) return;
		// Twice, as one may be lost and nobody acknowledges it.
		this.core?.sendClose();
		this.core?.sendClose();
		this.end("closed", "closed by this side");
		this.touch();
	}

	// The link calls these.

	step(step: PeerStep, detail: string): void {
		if (this.isOver) return;
		const now = this.enter();
		this.sink.step?.(step, detail);
		this.leave(now);
	}

	connected(introduction: Introduction, path: PeerPath): void {
		if (this.isOver) return;
		const now = this.enter();
		this.sink.moved?.(path);
		this.begin(now, introduction, path);
		this.leave(now);
	}

	moved(path: PeerPath): void {
		if (this.isOver) return;
		const now = this.enter();
		this.sink.moved?.(path);
		this.setRemote(path);
		this.core?.restart(now);
		this.keys?.restart(now);
		if (this.isOpen) this.answerBy = now + ANSWER;
		this.leave(now);
	}

	interrupted(): void {
		if (this.isOver) return;
		const now = this.enter();
		this.sink.interrupted?.();
		this.leave(now);
	}

	received(bytes: Uint8Array): void {
		if (this.isOver) return;
		const now = this.enter();
		this.packet(now, bytes);
		this.leave(now);
	}

	ended(why: PeerFailure, detail: string): void {
		if (this.isOver) return;
		const now = this.enter();
		this.end(why, detail);
		this.leave(now);
	}

	// The pump calls these.

	get deadline(): Millis {
		if (this.isOver) return Infinity;
		if (this.isTouched) return this.touchedAt;
		return Math.min(this.keys?.deadline ?? Infinity, this.core?.deadline ?? Infinity, this.answerBy, this.flowsUntil);
	}

	expire(now: Millis): void {
		if (this.isOver) return;
		this.isBusy = true;
		if (now >= this.answerBy) this.end("lost", "the other side does not know this tunnel any more");
		if (now >= this.flowsUntil) {
			this.flowsUntil = Infinity;
			this.link?.probe();
		}
		this.keys?.expire(now);
		if (this.isOpen && this.core !== undefined && this.core.deadline <= now) this.core.expire(now);
		this.leave(now);
	}

	// The key exchange and the core call these.

	get remoteAddress(): string {
		return this.core?.remoteAddress ?? "";
	}

	agreed(remoteKey: Uint8Array | undefined, isOurs: boolean): void {
		if (isOurs) this.core?.ping();
		if (this.isOpen || this.ending !== undefined) return;
		this.isOpen = true;
		this.sink.opened(remoteKey);
	}

	failed(why: TunnelFailure, detail: string): void {
		this.end(why, detail);
	}

	send(bytes: Uint8Array, start: number, end: number): void {
		this.link?.send(bytes, start, end);
	}

	accepted(service: TunnelService, stream: Stream): StreamSink | undefined {
		return this.sink.accepted(service, stream);
	}

	closed(): void {
		this.end("closed", "closed by the other side");
	}

	touch(): void {
		if (this.isTouched || this.isOver) return;
		this.isTouched = true;
		if (!this.isBusy) this.settleLater();
	}

	/** Delivered by the pump. @see EventSink */
	on(): void {
		if (this.isTouched && !this.isBusy && !this.isOver) this.leave(this.enter());
	}

	private settleLater(): void {
		const { pump } = this.host;
		this.touchedAt = pump.now();
		pump.post<undefined>(this, undefined);
		pump.rearm(this.handle);
	}

	/** Begins a call that is not one of the user; {@link leave} must follow. Not a function around it: there is one for each packet. */
	private enter(): Millis {
		this.isBusy = true;
		return this.host.pump.now();
	}

	/** Settles everything. */
	private leave(now: Millis): void {
		for (let round = 0; round < ROUNDS; round++) {
			this.isTouched = false;
			this.settle(now);
			if (!this.isTouched) break;
		}
		this.isBusy = false;
		if (this.isTouched) this.settleLater();
		this.host.pump.rearm(this.handle);
	}

	private settle(now: Millis): void {
		if (this.ending === undefined) this.core?.settle(now);
		if (this.ending !== undefined) this.finish(this.ending.why, this.ending.detail);
	}

	private end(why: TunnelFailure, detail: string): void {
		this.ending ??= { why, detail };
		this.isOpen = false;
	}

	private finish(why: TunnelFailure, detail: string): void {
		if (this.isOver) return;
		this.core?.streams.end(why === "lost" ? "timeout" : "reset");
		this.isOver = true;
		this.isTouched = false;
		this.keys?.close();
		this.box?.close();
		this.core?.close();
		this.link?.close();
		this.handle.remove();
		this.sink.ended(why, detail);
	}

	private begin(now: Millis, introduction: Introduction, path: PeerPath): void {
		const { host, offer, acceptance } = this;
		this.session = introduction.session.slice();
		this.box = new PacketBox(this.session);
		this.core = new TunnelCore(this.box, this, host.limits, offer !== undefined);
		this.setRemote(path);
		const key = offer?.deviceKey(introduction);
		if (offer !== undefined && key === undefined) {
			this.end("key", "the device has another key than it should have");
			return;
		}
		this.keys = new KeyExchange(host, this.box, this, this.session, offer, acceptance, key);
		this.keys.start(now);
	}

	private setRemote({ address, port }: PeerPath): void {
		if (this.core === undefined) return;
		this.core.remoteAddress = address;
		this.core.remotePort = port;
	}

	private packet(now: Millis, bytes: Uint8Array): void {
		const type = bytes[0];
		if (bytes.length < HELLO_HEADER || !this.isOurs(bytes)) this.dropped++;
		else if ((type & DATA_MASK) === DATA) this.data(now, bytes);
		else if (this.keys?.message(now, bytes) !== true) this.dropped++;
	}

	private isOurs(bytes: Uint8Array): boolean {
		for (let i = 0; i < SESSION_MARK; i++) if (bytes[1 + i] !== this.session[i]) return false;
		return this.box !== undefined;
	}

	private data(now: Millis, bytes: Uint8Array): void {
		const epoch = this.box?.open(bytes) ?? false;
		if (epoch === false) {
			this.dropped++;
			return;
		}
		this.answerBy = Infinity;
		// Only the side that has made the link can find the other one again.
		if (this.offer !== undefined) this.flowsUntil = now - this.heardAt < FLOW ? now + SILENCE : Infinity;
		this.heardAt = now;
		this.keys?.opened(now, epoch === true ? undefined : epoch);
		this.core?.packet(now, bytes);
	}
}
