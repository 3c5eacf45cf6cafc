import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { World } from "../../hosts/virtual/world";
import type { Stream, StreamSink } from "../../src/ports/net";

/** A connection in virtual time whose RTSP requests the test writes. */
export class RawRtspClient implements StreamSink {
	/** What came, with what stands between messages. */
	text = "";
	octets = 0;
	isOver = false;
	private readonly stream: Stream;
	private count = 0;

	constructor(
		private readonly world: World,
		from: VirtualMachine,
		address: string,
		port: number,
	) {
		this.stream = from.network.connect({ address, port }, this);
		world.runFor(50);
	}

	/** Sends a request, and waits a moment. @returns what has come since */
	ask(method: string, url: string, ...fields: readonly string[]): string {
		this.text = "";
		const head = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.count}`, ...fields].join("\r\n");
		const bytes = Buffer.from(`${head}\r\n\r\n`);
		this.stream.write(bytes, 0, bytes.length);
		this.world.runFor(400);
		return this.text;
	}

	/** Stops reading, as a player does that was paused; or reads on. */
	read(isReading: boolean): void {
		this.stream.reading(isReading);
	}

	room(): void {}

	received(bytes: Uint8Array): void {
		this.octets += bytes.length;
		if (this.text.length < 100_000) this.text += Buffer.from(bytes).toString("latin1");
	}

	ended(): void {
		this.isOver = true;
		this.stream.end();
	}

	gone(): void {
		this.isOver = true;
	}
}
