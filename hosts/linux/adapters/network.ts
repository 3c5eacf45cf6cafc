import type { Path } from "../../../src/core/path";
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
import { LinuxFanOut } from "./fan-out";
import { LinuxListener } from "./listener";
import { LinuxStream } from "./stream";
import { LinuxUdpSocket } from "./udp-socket";

/** The network interfaces as a host knows them: its own part of {@link LinuxNetwork}. */
export interface InterfaceSource {
	/** Differs after the interfaces may have changed; constant while they have not. */
	readonly version: number;
	/** The interfaces that are up and have an IPv4 address, loopback only if it is the only one. */
	list(): Path[];
	/** The interfaces that are up, once for each lasting IPv6 address, without loopback. */
	listIpv6(): Path[];
	/** Calls after {@link version} has changed; `undefined` stops. */
	watch(changed: (() => void) | undefined): void;
}

/** The network of a Linux board. Names are never resolved here. */
export class LinuxNetwork implements Network {
	private known: readonly Path[] = [];
	private knownIpv6: readonly Path[] = [];
	private version = -1;

	constructor(private readonly interfaces: InterfaceSource) {}

	/** Returns the same array with the same objects as long as nothing has changed. */
	paths(): readonly Path[] {
		this.look();
		return this.known;
	}

	/** @see paths */
	ipv6Paths(): readonly Path[] {
		this.look();
		return this.knownIpv6;
	}

	fanOut(): FanOutGroup {
		return new LinuxFanOut();
	}

	watch(changed: (() => void) | undefined): void {
		if (changed === undefined) {
			this.interfaces.watch(undefined);
			return;
		}
		let before = this.paths();
		let beforeIpv6 = this.ipv6Paths();
		this.interfaces.watch(() => {
			const now = this.paths();
			const nowIpv6 = this.ipv6Paths();
			if (now === before && nowIpv6 === beforeIpv6) return;
			before = now;
			beforeIpv6 = nowIpv6;
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

	private look(): void {
		const { version } = this.interfaces;
		if (version === this.version) return;
		this.version = version;
		this.known = keep(this.known, this.interfaces.list());
		this.knownIpv6 = keep(this.knownIpv6, this.interfaces.listIpv6());
	}
}

/** Returns the old array when nothing has changed, and old objects for paths that are as before. */
function keep(old: readonly Path[], now: Path[]): readonly Path[] {
	const kept = now.map((path) => old.find((one) => samePath(one, path)) ?? path);
	const same = kept.length === old.length && kept.every((path, i) => path === old[i]);
	return same ? old : Object.freeze(kept);
}

function samePath(a: Path, b: Path): boolean {
	return (
		a.name === b.name && a.address === b.address && a.prefix === b.prefix && a.gateway === b.gateway && a.mac === b.mac
	);
}
