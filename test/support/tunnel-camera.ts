import type { Pump } from "../../src/core/pump";
import type { TunnelService, TunnelSink } from "../../src/peer/tunnel/tunnel-contract";
import type { Stream, StreamSink } from "../../src/ports/net";

/** Pictures of 66 kB at 15 per second are 8 Mbit/s. */
export const PICTURE = 66_000;
export const INTERVAL = 66;
/** The content of an interleaved frame. */
const FRAME = 1400;
const ANSWER = Uint8Array.from("RTSP/1.0 200 OK\r\n\r\n", (character) => character.charCodeAt(0));

/**
 * Makes a picture as interleaved frames: after its head, each frame has the number of the picture, its own number, how many there are, and
 * octets that follow from these.
 */
export function pictureOf(number: number): Uint8Array {
	const count = Math.ceil(PICTURE / FRAME);
	const bytes = new Uint8Array(count * (4 + FRAME));
	for (let n = 0; n < count; n++) {
		const at = n * (4 + FRAME);
		bytes.set([36, 0, FRAME >> 8, FRAME & 255, number >> 8, number & 255, n, count], at);
		bytes.fill((number * 7 + n) & 255, at + 8, at + 4 + FRAME);
	}
	return bytes;
}

/** The device's end of a tunnel that sends pictures on each RTSP stream, answers each request, and sends octets on HTTP streams. */
export class TunnelCamera implements TunnelSink {
	/** @param bulk how many octets an HTTP stream brings */
	constructor(
		private readonly pump: Pump,
		private readonly bulk: number,
	) {}

	opened(): void {}

	accepted(service: TunnelService, stream: Stream): StreamSink {
		return service === "rtsp" ? new PictureStream(this.pump, stream) : new BulkStream(stream, this.bulk);
	}

	ended(): void {}
}

class PictureStream implements StreamSink {
	private isOver = false;
	private number = 0;

	constructor(
		private readonly pump: Pump,
		private readonly stream: Stream,
	) {
		this.next();
	}

	room(): void {}

	received(): void {
		this.stream.write(ANSWER, 0, ANSWER.length);
	}

	ended(): void {
		this.isOver = true;
		this.stream.end();
	}

	gone(): void {
		this.isOver = true;
	}

	private next(): void {
		if (this.isOver) return;
		this.pump.after(INTERVAL, () => this.next());
		const bytes = pictureOf(this.number);
		if (this.stream.offer(bytes, 0, bytes.length)) this.number++;
	}
}

class BulkStream implements StreamSink {
	private readonly bytes = new Uint8Array(65_536).fill(7);

	constructor(
		private readonly stream: Stream,
		private left: number,
	) {}

	room(): void {
		while (this.left > 0 && this.stream.room > 0) {
			const count = Math.min(this.left, this.stream.room, this.bytes.length);
			this.stream.writeShared(this.bytes, 0, count);
			this.left -= count;
		}
		if (this.left === 0) this.stream.end();
	}

	received(): void {}

	ended(): void {}

	gone(): void {}
}
