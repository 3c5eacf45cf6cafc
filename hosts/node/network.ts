import { sameNetwork } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type {
	ConnectOptions,
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
import { type InterfaceChoice, readPaths } from "./interfaces";
import { NodeListener } from "./listener";
import { NodeStream } from "./stream";
import { NodeUdpSocket } from "./udp-socket";

/** How often the interfaces are looked at while they are watched, in milliseconds. */
const WATCH_PERIOD = 2000;

/**
 * The network on Node.js: `node:net`, `node:dgram`, `node:os`.
 *
 * IPv4 only; names are never resolved. All errors of Node's are translated here and in the classes beside it, and
 * none escapes.
 */
export class NodeNetwork implements Network {
	private known: readonly Path[] = [];
	private timer: NodeJS.Timeout | undefined;

	/** @param choice which interfaces there are for the product; absent: all */
	constructor(private readonly choice: InterfaceChoice = {}) {
		this.paths();
	}

	/** Returns the same array with the same objects as long as nothing has changed. */
	paths(): readonly Path[] {
		const fresh = readPaths(this.choice);
		const kept = fresh.map((path) => this.known.find((old) => samePath(old, path)) ?? path);
		const same = kept.length === this.known.length && kept.every((path, i) => path === this.known[i]);
		if (!same) this.known = Object.freeze(kept);
		return this.known;
	}

	watch(changed: (() => void) | undefined): void {
		clearInterval(this.timer);
		this.timer = undefined;
		if (changed === undefined) return;
		let before = this.paths();
		this.timer = setInterval(() => {
			const now = this.paths();
			if (now === before) return;
			before = now;
			changed();
		}, WATCH_PERIOD);
		this.timer.unref();
	}

	udp(options: UdpOptions, sink: UdpSink): UdpSocket {
		return new NodeUdpSocket(options, sink, (path, sender) => this.elsewhere(path, sender));
	}

	listen(options: ListenOptions, sink: ListenerSink): Listener {
		return new NodeListener(options, sink);
	}

	connect(options: ConnectOptions, sink: StreamSink): Stream {
		return NodeStream.connect(options, sink);
	}

	/** True when the sender is a neighbour on another interface and none on this one. */
	private elsewhere(path: Path, sender: string): boolean {
		if (sameNetwork(path.address, sender, path.prefix)) return false;
		return this.known.some((other) => sameNetwork(other.address, sender, other.prefix));
	}
}

function samePath(a: Path, b: Path): boolean {
	return (
		a.name === b.name && a.address === b.address && a.prefix === b.prefix && a.gateway === b.gateway && a.mac === b.mac
	);
}
