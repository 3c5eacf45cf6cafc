import { sameIpNetwork, zoneOf } from "../../src/core/ip-address";
import type { Path } from "../../src/core/path";
import { LoopFanOut } from "../../src/ports/fan-out";
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
} from "../../src/ports/net";
import { InheritedListener } from "./inherited-listener";
import { type InterfaceChoice, readIpv6Paths, readPaths } from "./interfaces";
import { NodeListener } from "./listener";
import { NodeStream } from "./stream";
import { NodeUdpSocket } from "./udp-socket";

/** How often the interfaces are read while they are watched, in milliseconds. */
const WATCH_PERIOD = 2000;

/**
 * The network on Node.js: `node:net`, `node:dgram`, `node:os`.
 *
 * Names are never resolved here. Errors of Node are translated in this class and those that it uses; none escapes.
 */
export class NodeNetwork implements Network {
	private known: readonly Path[] = [];
	private knownIpv6: readonly Path[] = [];
	private timer: NodeJS.Timeout | undefined;

	/**
	 * @param choice the interfaces to use. @default all
	 * @param watchPeriod how often they are read while they are watched, in milliseconds
	 */
	constructor(
		private readonly choice: InterfaceChoice = {},
		private readonly watchPeriod = WATCH_PERIOD,
	) {
		this.paths();
	}

	/** Returns the same array with the same objects while nothing changes. */
	paths(): readonly Path[] {
		this.known = refreshed(this.known, readPaths(this.choice));
		return this.known;
	}

	/** Returns the same array with the same objects while nothing changes. */
	ipv6Paths(): readonly Path[] {
		this.knownIpv6 = refreshed(this.knownIpv6, readIpv6Paths(this.choice));
		return this.knownIpv6;
	}

	fanOut(): FanOutGroup {
		return new LoopFanOut();
	}

	watch(changed: (() => void) | undefined): void {
		clearInterval(this.timer);
		this.timer = undefined;
		if (changed === undefined) return;
		let before = this.paths();
		let beforeIpv6 = this.ipv6Paths();
		this.timer = setInterval(() => {
			const now = this.paths();
			const nowIpv6 = this.ipv6Paths();
			if (now === before && nowIpv6 === beforeIpv6) return;
			before = now;
			beforeIpv6 = nowIpv6;
			changed();
		}, this.watchPeriod);
		this.timer.unref();
	}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return new NodeUdpSocket(options, sink, (path, sender) => this.elsewhere(path, sender));
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return options.transparent === true ? new InheritedListener(options, sink) : new NodeListener(options, sink);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		return NodeStream.connect(options, sink);
	}

	/** True when the sender is a neighbour on another interface, and not on this one. */
	private elsewhere(path: Path, sender: string): boolean {
		const zone = zoneOf(sender);
		if (zone !== "") return zone !== zoneOf(path.address) && zone !== path.name;
		if (sameIpNetwork(path.address, sender, path.prefix)) return false;
		const others = path.address.includes(":") ? this.knownIpv6 : this.known;
		return others.some((other) => sameIpNetwork(other.address, sender, other.prefix));
	}
}

/** Returns the current paths: the known objects where they have not changed, and the known array if none has. */
function refreshed(known: readonly Path[], fresh: readonly Path[]): readonly Path[] {
	const kept = fresh.map((path) => known.find((old) => samePath(old, path)) ?? path);
	const same = kept.length === known.length && kept.every((path, i) => path === known[i]);
	return same ? known : Object.freeze(kept);
}

function samePath(a: Path, b: Path): boolean {
	return (
		a.name === b.name && a.address === b.address && a.prefix === b.prefix && a.gateway === b.gateway && a.mac === b.mac
	);
}
