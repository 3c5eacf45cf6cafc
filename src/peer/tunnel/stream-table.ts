import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { StreamSink } from "../../ports/net";
import { ReplayWindow } from "../replay-window";
import type { TunnelService } from "./tunnel-contract";
import { type StreamTunnel, TunnelStream } from "./tunnel-stream";

/** The streams of a tunnel. The side that has asked for the tunnel gives its streams even numbers, the other one odd ones. */
export class StreamTable {
	/** Media that streams have given up which are gone. */
	private lostBefore = 0;
	private readonly streams: TunnelStream[] = [];
	private readonly byId = new Map<number, TunnelStream>();
	/** Which streams the other side has opened, as an OPEN may come twice. */
	private readonly opened = new ReplayWindow();
	private ours: number;
	private turn = 0;

	constructor(
		private readonly tunnel: StreamTunnel,
		private readonly isCaller: boolean,
	) {
		this.ours = isCaller ? 0 : 1;
	}

	/** Media that were given up. */
	get lost(): number {
		let lost = this.lostBefore;
		for (const stream of this.streams) lost += stream.input.media?.lost ?? 0;
		return lost;
	}

	/** When the first stream must give media up. */
	get deadline(): Millis {
		const { streams } = this;
		let deadline = Infinity;
		// Not by an iterator, which takes memory on XS.
		for (let i = 0; i < streams.length; i++) {
			deadline = Math.min(deadline, streams[i].input.media?.deadline ?? Infinity);
		}
		return deadline;
	}

	/** How many streams there are. */
	get size(): number {
		return this.streams.length;
	}

	get(id: number): TunnelStream | undefined {
		return this.byId.get(id);
	}

	/** Makes a stream of ours. */
	open(service: TunnelService, sink: StreamSink): TunnelStream {
		const stream = this.add(new TunnelStream(this.tunnel, this.ours, service, sink));
		this.ours += 2;
		return stream;
	}

	/** Makes a stream of the other side. @returns `undefined` when it has no such number to give, or has given it before */
	take(id: number, service: TunnelService): TunnelStream | undefined {
		const isTheirs = (id % 2 === 1) === this.isCaller;
		if (!isTheirs || !this.opened.take(Math.floor(id / 2))) return undefined;
		return this.add(new TunnelStream(this.tunnel, id, service, undefined));
	}

	/** The next stream that fulfils a condition, each in its turn. */
	find(is: (stream: TunnelStream) => boolean): TunnelStream | undefined {
		const { streams } = this;
		for (let i = 0; i < streams.length; i++) {
			const at = (this.turn + i) % streams.length;
			if (!is(streams[at])) continue;
			this.turn = at + 1;
			return streams[at];
		}
		return undefined;
	}

	/** Gives up media that were waited for too long. */
	expire(now: Millis): void {
		for (const stream of this.streams) stream.input.media?.expire(now);
	}

	/** Delivers the pending events of all streams, and removes the streams that are gone. */
	tell(): void {
		const { streams } = this;
		for (let i = 0; i < streams.length; i++) {
			streams[i].tell();
			if (streams[i].isGone) this.remove(i--);
		}
	}

	/** The tunnel is over. */
	end(why: EndReason): void {
		for (const stream of this.streams) stream.onTunnelEnd(why);
		this.tell();
	}

	private add(stream: TunnelStream): TunnelStream {
		this.streams.push(stream);
		this.byId.set(stream.id, stream);
		return stream;
	}

	private remove(at: number): void {
		const [stream] = this.streams.splice(at, 1);
		this.byId.delete(stream.id);
		this.lostBefore += stream.input.media?.lost ?? 0;
	}
}
