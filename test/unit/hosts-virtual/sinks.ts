import { latin1, utf8Encode } from "../../../src/base/text";
import type { EndReason } from "../../../src/core/stream";
import type {
	Listener,
	ListenerSink,
	NetFailure,
	Network,
	Stream,
	StreamSink,
	UdpOptions,
	UdpPeer,
	UdpSink,
	UdpSocket,
} from "../../../src/ports/net";

/** Records the datagrams of a UDP socket as `address:port text`. */
export class UdpRecorder implements UdpSink {
	readonly heard: string[] = [];
	failure: NetFailure | undefined;
	isOpen = false;
	readonly socket: UdpSocket;

	constructor(network: Network, options: UdpOptions) {
		this.socket = network.udp(options, this);
	}

	opened(): void {
		this.isOpen = true;
	}

	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		this.heard.push(`${address}:${port} ${latin1(bytes)}`);
	}

	failed(why: NetFailure): void {
		this.failure = why;
	}

	say(text: string, address: string, port: number): void {
		const bytes = utf8Encode(text);
		this.socket.send(bytes, 0, bytes.length, address, port);
	}

	/** What came in, without the senders. */
	get texts(): string[] {
		return this.heard.map((line) => line.slice(line.indexOf(" ") + 1));
	}
}

/** One end of a TCP connection: records its events, and writes the given text as there is room. */
export class StreamRecorder implements StreamSink {
	stream!: Stream;
	readonly events: string[] = [];
	readonly pieces: Uint8Array[] = [];
	octets = 0;
	why: EndReason | undefined;
	isGone = false;
	/** Answers each end of the peer's with its own. */
	endsBack = true;
	private pending: Uint8Array[] = [];
	private endPending = false;

	room(): void {
		this.events.push("room");
		this.flush();
	}

	received(bytes: Uint8Array): void {
		this.pieces.push(bytes.slice());
		this.octets += bytes.length;
	}

	ended(why: EndReason): void {
		this.events.push(`ended ${why}`);
		this.why = why;
		if (why === "closed" && this.endsBack) this.end();
	}

	gone(): void {
		this.events.push("gone");
		this.isGone = true;
	}

	write(data: string | Uint8Array): void {
		this.pending.push(typeof data === "string" ? utf8Encode(data) : data);
		this.flush();
	}

	end(): void {
		this.endPending = true;
		this.flush();
	}

	get text(): string {
		return this.pieces.map((piece) => latin1(piece)).join("");
	}

	private flush(): void {
		while (this.pending.length > 0) {
			const bytes = this.pending[0];
			const count = Math.min(bytes.length, this.stream.room);
			if (count === 0 && bytes.length > 0) return;
			this.stream.write(bytes, 0, count);
			if (count < bytes.length) this.pending[0] = bytes.subarray(count);
			else this.pending.shift();
		}
		if (this.endPending && this.events.includes("room")) this.stream.end();
	}
}

/** Listens, and keeps a recorder for each connection. */
export class ListenRecorder implements ListenerSink {
	readonly accepts: StreamRecorder[] = [];
	failure: NetFailure | undefined;
	/** True: connections are reset. */
	refuses = false;
	readonly listener: Listener;

	constructor(
		network: Network,
		port: number,
		address?: string,
		private readonly prepare: (recorder: StreamRecorder) => void = () => {},
		transparent = false,
	) {
		this.listener = network.listen({ port, transparent, ...(address !== undefined && { address }) }, this);
	}

	opened(): void {}

	accepted(stream: Stream): StreamSink | undefined {
		if (this.refuses) return undefined;
		const recorder = new StreamRecorder();
		recorder.stream = stream;
		this.accepts.push(recorder);
		this.prepare(recorder);
		return recorder;
	}

	failed(why: NetFailure): void {
		this.failure = why;
	}
}

/** Opens a connection with a recorder at this end. */
export function dial(network: Network, address: string, port: number, localAddress?: string): StreamRecorder {
	const recorder = new StreamRecorder();
	const options = localAddress === undefined ? { address, port } : { address, port, localAddress };
	recorder.stream = network.connect(options, recorder);
	return recorder;
}
