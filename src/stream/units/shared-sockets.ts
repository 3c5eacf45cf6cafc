import type { NetFailure, Network, UdpPeer } from "../../ports/net";
import { isRtcp, reportsOn, rtcpSource } from "../../wire/rtcp";
import type { ReportSink } from "../media-path";
import { type DropCounters, type Now, type SocketOpening, UnitSocket } from "./unit-socket";

/**
 * A socket with a static port, which serves all streams: a report is matched to its stream by its sender's address and by the
 * source that it names (STR-7).
 *
 * A client's first message names nothing yet, and a BYE may not either. Such a message belongs to the stream whose reports came
 * from the same source before, or else to the only stream of that address.
 */
class SharedSocket extends UnitSocket implements SocketOpening {
	private readonly streams = new Map<string, ReportSink[]>();
	private readonly waiting: SocketOpening[] = [];
	private users = 0;

	constructor(
		drops: DropCounters,
		private readonly clock: Now,
		private readonly unused: (socket: SharedSocket) => void,
	) {
		super(drops);
	}

	/** One more stream uses it; `opening` is told when the socket is open. */
	use(network: Network, address: string, port: number, opening: SocketOpening): void {
		this.users++;
		if (this.port !== 0) {
			opening.socketOpened();
			return;
		}
		this.waiting.push(opening);
		if (this.socket === undefined) this.open(network, address, port, this);
	}

	override release(): void {
		if (--this.users > 0) return;
		this.close();
		this.unused(this);
	}

	override join(stream: ReportSink): void {
		const there = this.streams.get(stream.client);
		if (there === undefined) this.streams.set(stream.client, [stream]);
		else there.push(stream);
	}

	override leave(stream: ReportSink): void {
		const there = this.streams.get(stream.client);
		const at = there?.indexOf(stream) ?? -1;
		if (there === undefined || at < 0) return;
		there.splice(at, 1);
		if (there.length === 0) this.streams.delete(stream.client);
	}

	/** @see SocketOpening */
	socketOpened(): void {
		for (const opening of this.waiting.splice(0)) opening.socketOpened();
	}

	/** @see SocketOpening */
	socketFailed(why: NetFailure, detail: string): void {
		for (const opening of this.waiting.splice(0)) opening.socketFailed(why, detail);
	}

	override received(bytes: Uint8Array, peer: UdpPeer): void {
		const there = this.streams.get(peer.address);
		if (there === undefined) {
			this.drops.strangers++;
			return;
		}
		if (!isRtcp(bytes, 0, bytes.length)) {
			this.drops.malformed++;
			return;
		}
		const stream = match(there, bytes);
		if (stream === undefined) this.drops.unmatched++;
		else stream.report(this.clock.now(), bytes, 0, bytes.length);
	}
}

/** The sockets with static ports, by address and port; each is open while a stream uses it. */
export class SharedSockets {
	private readonly byPlace = new Map<string, SharedSocket>();

	constructor(
		private readonly network: Network,
		private readonly drops: DropCounters,
		private readonly clock: Now,
	) {}

	/** How many are open, or about to be. */
	get size(): number {
		return this.byPlace.size;
	}

	/** Returns the socket for an address and a port; `opening` is told, perhaps at once, when it is open. The caller releases it once. */
	use(address: string, port: number, opening: SocketOpening): SharedSocket {
		const place = `${address} ${port}`;
		let socket = this.byPlace.get(place);
		if (socket === undefined) {
			socket = new SharedSocket(this.drops, this.clock, () => this.byPlace.delete(place));
			this.byPlace.set(place, socket);
		}
		socket.use(this.network, address, port, opening);
		return socket;
	}
}

function match(there: readonly ReportSink[], bytes: Uint8Array): ReportSink | undefined {
	const source = rtcpSource(bytes, 0);
	let namesOthers = false;
	for (let i = 0; i < there.length; i++) {
		const names = reportsOn(bytes, 0, bytes.length, there[i].ssrc);
		if (names === true) {
			there[i].clientSource = source;
			return there[i];
		}
		if (names === false) namesOthers = true;
	}
	if (namesOthers) return undefined;
	for (let i = 0; i < there.length; i++) if (there[i].clientSource === source) return there[i];
	return there.length === 1 && there[0].clientSource === undefined ? there[0] : undefined;
}
