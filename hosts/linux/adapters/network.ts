import type { Path } from "../../../src/core/path";
import { LoopFanOut } from "../../../src/ports/fan-out";
import type {
	ConnectOptions,
	FanOutGroup,
	Listener,
	ListenerSink,
	ListenOptions,
	Network,
	Stream,
	StreamSink,
	UdpOptions,
	UdpSink,
	UdpSocket,
} from "../../../src/ports/net";
import { LinuxListener } from "./listener";
import { LinuxStream } from "./stream";
import { LinuxUdpSocket } from "./udp-socket";

/** The network interfaces as a host knows them: its own part of {@link LinuxNetwork}. */
export interface InterfaceSource {
	/** Differs after the interfaces may have changed; constant while they have surely not. */
	readonly version: number;
	/** The interfaces that are up and have an IPv4 address, loopback only if there is nothing else. */
	list(): Path[];
	/** Calls after {@link version} has changed; `undefined` stops. */
	watch(changed: (() => void) | undefined): void;
}

/** The network on ECMA-419 sockets. IPv4 only; names are never resolved. */
export class LinuxNetwork implements Network {
	private known: readonly Path[] = [];
	private version = -1;

	constructor(private readonly interfaces: InterfaceSource) {}

	/** Returns the same array with the same objects as long as nothing has changed. */
	paths(): readonly Path[] {
		const { version } = this.interfaces;
		if (version === this.version) return this.known;
		this.version = version;
		const kept = this.interfaces.list().map((path) => this.known.find((old) => samePath(old, path)) ?? path);
		const same = kept.length === this.known.length && kept.every((path, i) => path === this.known[i]);
		if (!same) this.known = Object.freeze(kept);
		return this.known;
	}

	ipv6Paths(): readonly Path[] {
		return [];
	}

	fanOut(): FanOutGroup {
		return new LoopFanOut();
	}

	watch(changed: (() => void) | undefined): void {
		if (changed === undefined) {
			this.interfaces.watch(undefined);
			return;
		}
		let before = this.paths();
		this.interfaces.watch(() => {
			const now = this.paths();
			if (now === before) return;
			before = now;
			changed();
		});
	}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return new LinuxUdpSocket(options, sink);
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return new LinuxListener(options, sink);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		return LinuxStream.connect(options, sink);
	}
}

function samePath(a: Path, b: Path): boolean {
	return (
		a.name === b.name && a.address === b.address && a.prefix === b.prefix && a.gateway === b.gateway && a.mac === b.mac
	);
}
