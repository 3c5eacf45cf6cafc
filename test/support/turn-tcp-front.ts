import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { TurnDeframer } from "../../src/peer/turn/turn-deframer";
import type { Stream, StreamSink } from "../../src/ports/net";

/** Takes TCP connections for a TURN server of the same machine that has UDP only, and passes their messages on. @see RFC 8656 §12.5 */
export class TurnTcpFront {
	/** The connections that are open. */
	readonly streams = new Set<Stream>();

	/** @param port where clients connect @param turnPort the server's UDP port */
	constructor(
		private readonly machine: VirtualMachine,
		port: number,
		private readonly turnPort: number,
	) {
		machine.network.listen({ port }, { opened() {}, failed() {}, accepted: (stream) => this.accepted(stream) });
	}

	private accepted(stream: Stream): StreamSink {
		this.streams.add(stream);
		const socket = this.machine.network.udp(
			{ port: 0 },
			{
				opened() {},
				failed() {},
				received: (bytes) => {
					const padded = new Uint8Array((bytes.length + 3) & ~3);
					padded.set(bytes);
					if (stream.room >= padded.length) stream.write(padded, 0, padded.length);
				},
			},
		);
		const deframer = new TurnDeframer((message) =>
			socket.send(message, 0, message.length, this.machine.address, this.turnPort),
		);
		const end = (): void => {
			this.streams.delete(stream);
			stream.abort();
			socket.close();
		};
		return {
			room() {},
			received: (bytes) => {
				if (!deframer.feed(bytes)) end();
			},
			ended: end,
			gone: end,
		};
	}
}
