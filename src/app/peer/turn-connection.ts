import type { Octets } from "../../core/time";
import type { TurnServer } from "../../peer/candidate";
import type { StunOutbox } from "../../peer/stun/stun-transactions";
import { TurnDeframer } from "../../peer/turn/turn-deframer";
import type { Network, Stream, StreamSink } from "../../ports/net";

/** What waits in the host while the connection is slower than the sender; more is lost, as on a slow line. */
const QUEUE_MAX: Octets = 65_536;
const PADDING = new Uint8Array(3);

/** Receives the events of a {@link TurnConnection}. */
export interface TurnConnectionSink {
	/** The connection is open. */
	opened(): void;
	/** A message of the server; valid during the call. */
	received(message: Uint8Array): void;
	/** The connection is gone, or could not be made. Called once, as the last call. */
	lost(): void;
}

/** A TCP connection to a TURN server, for networks that let no UDP through. @see RFC 8656 §3.1, §12.5 */
export class TurnConnection implements StunOutbox, StreamSink {
	private readonly stream: Stream;
	private readonly deframer: TurnDeframer;
	private isOpen = false;
	private isOver = false;

	constructor(
		network: Pick<Network, "connect">,
		{ address, port }: TurnServer,
		private readonly sink: TurnConnectionSink,
	) {
		this.deframer = new TurnDeframer((message) => {
			if (!this.isOver) sink.received(message);
		});
		this.stream = network.connect({ address, port }, this);
	}

	/** @see StunOutbox */
	send(bytes: Uint8Array, start: number, end: number): void {
		const { stream } = this;
		if (!this.isOpen || this.isOver || stream.queued > QUEUE_MAX || stream.room < end - start + PADDING.length) return;
		stream.write(bytes, start, end);
		const rest = (end - start) & 3;
		// STUN messages are multiples of four by themselves.
		if (rest !== 0) stream.write(PADDING, 0, 4 - rest);
	}

	/** @see StreamSink */
	room(): void {
		if (this.isOpen || this.isOver) return;
		this.isOpen = true;
		this.sink.opened();
	}

	/** @see StreamSink */
	received(bytes: Uint8Array): void {
		if (!this.isOver && !this.deframer.feed(bytes)) this.lose();
	}

	/** @see StreamSink */
	ended(): void {
		this.lose();
	}

	/** @see StreamSink */
	gone(): void {
		this.lose();
	}

	/** Ends the connection once everything is sent; no event follows. Harmless when repeated. */
	close(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.stream.end();
	}

	private lose(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.stream.abort();
		this.sink.lost();
	}
}
