import type { Path } from "../../src/core/path";
import type { EndReason } from "../../src/core/stream";
import type { Millis, Octets } from "../../src/core/time";
import { LoopFanOut } from "../../src/ports/fan-out";
import {
	type ConnectOptions,
	type FanOutGroup,
	type Listener,
	type ListenerSink,
	type ListenOptions,
	type Network,
	NO_TLS_CLIENT,
	type Stream,
	type StreamSink,
	type UdpOptions,
	type UdpSink,
	type UdpSocket,
} from "../../src/ports/net";
import { type SdkTimer, Timer } from "./sdk-classes";
import { SdkListener } from "./sdk-listener";
import { SdkStream } from "./sdk-stream";
import { SdkUdpSocket } from "./sdk-udp-socket";

/** How often the interfaces are checked for changes. */
const LOOK: Millis = 2000;

/** Makes UDP sockets; a host with better ones than the SDK's brings its own. */
export type UdpMaker = (options: UdpOptions, sink: UdpSink) => UdpSocket;

/** The network of the Moddable SDK. */
export class SdkNetwork implements Network {
	private known: readonly Path[] = [];
	private changed: (() => void) | undefined;
	private timer: SdkTimer | undefined;

	/**
	 * @param look reads the interfaces from the system
	 * @param makeUdp @default the SDK's sockets
	 */
	constructor(
		private readonly look: () => readonly Path[],
		private readonly makeUdp: UdpMaker = sdkUdp,
	) {}

	paths(): readonly Path[] {
		this.refresh();
		return this.known;
	}

	ipv6Paths(): readonly Path[] {
		return [];
	}

	fanOut(): FanOutGroup {
		return new LoopFanOut();
	}

	watch(changed: (() => void) | undefined): void {
		this.changed = changed;
		if (this.timer !== undefined) Timer.clear(this.timer);
		this.timer = changed === undefined ? undefined : Timer.repeat(() => this.poll(), LOOK);
	}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return this.makeUdp(options, sink);
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return new SdkListener(options, () => this.address(), sink);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		// A connection without TLS would send secrets in the clear.
		if (options.tls !== undefined) return new FailedStream(options, sink, "tls", NO_TLS_CLIENT);
		try {
			return SdkStream.connect(options, this.address(), sink);
		} catch {
			return new FailedStream(options, sink, "unreachable");
		}
	}

	private address(): string {
		return this.known[0]?.address ?? "";
	}

	private poll(): void {
		if (this.refresh()) this.changed?.();
	}

	/** Reads the interfaces again; those that have not changed stay the same objects. */
	private refresh(): boolean {
		const now = this.look().map((path) => this.known.find((old) => isSame(old, path)) ?? path);
		const same = now.length === this.known.length && now.every((path, i) => path === this.known[i]);
		if (!same) this.known = now;
		return !same;
	}
}

function sdkUdp(options: UdpOptions, sink: UdpSink): UdpSocket {
	return new SdkUdpSocket(options, sink);
}

function isSame(a: Path, b: Path): boolean {
	return a.name === b.name && a.address === b.address && a.prefix === b.prefix && a.gateway === b.gateway;
}

/** A connection that could not be attempted; its sink is notified in the next turn. */
class FailedStream implements Stream {
	readonly secure = false;
	readonly room: Octets = 0;
	readonly queued: Octets = 0;
	readonly localAddress = "";
	readonly localPort = 0;
	readonly remoteAddress: string;
	readonly remotePort: number;

	constructor(options: ConnectOptions, sink: StreamSink, why: EndReason, detail?: string) {
		this.remoteAddress = options.address;
		this.remotePort = options.port;
		Timer.set(() => {
			sink.ended(why, detail);
			sink.gone();
		}, 0);
	}

	write(): void {}
	writeShared(): void {}
	offer(): boolean {
		return false;
	}
	reading(): void {}
	end(): void {}
	abort(): void {}
}
