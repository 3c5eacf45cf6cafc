import Camera from "embedded:io/image/in/camera";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { parseJpeg } from "../../src/media/jpeg";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import type { Clock } from "../../src/ports/clock";

/** Buffers kept for pictures; one frame in the hub, one being received, and two that slow viewers hold. */
const BUFFERS = 4;

/**
 * The camera sensor of a board, which compresses to JPEG by itself.
 *
 * The driver's buffers have no room around the picture and are only three, so each picture is copied once, natively, into a
 * buffer that all viewers share, and the driver gets its own back at once: a slow viewer never stops the sensor. Nothing is
 * copied per viewer.
 */
export class SensorCamera implements FrameSource {
	readonly description: string;
	private readonly free: Uint8Array[] = [];
	private readonly recycle: (bytes: Uint8Array) => void;
	private made = 0;
	private camera: Camera | undefined;
	private sink: FrameSink | undefined;
	private sequence = 0;
	private broken = 0;

	/** @param width and height of the pictures; the driver takes the next larger size that the sensor has */
	constructor(
		private readonly clock: Clock,
		private readonly width: number,
		private readonly height: number,
	) {
		this.description = `camera sensor, ${width}x${height}`;
		this.recycle = (bytes) => {
			this.free.push(bytes);
		};
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		if (this.camera === undefined) {
			try {
				this.camera = new Camera({
					width: this.width,
					height: this.height,
					imageType: "jpeg",
					format: "buffer/disposable",
					onReadable: () => this.readable(),
				});
			} catch (error) {
				sink.trouble(`the camera sensor does not answer (${(error as Error).message}); check its ribbon cable`);
				return;
			}
		}
		this.camera.start();
	}

	stop(): void {
		this.sink = undefined;
		this.camera?.stop();
	}

	private readable(): void {
		const picture = this.camera?.read();
		if (picture === undefined) return;
		const frame = this.sink === undefined ? undefined : this.take(picture);
		picture.close();
		if (frame !== undefined) this.sink?.frame(frame);
	}

	/** Copies a whole picture; `undefined` for a broken one, and when viewers hold all buffers. */
	private take(picture: ArrayBuffer): Frame | undefined {
		const sequence = this.sequence++;
		const source = new Uint8Array(picture);
		const length = wholeLength(source);
		if (length === 0 || parseJpeg(source, 0, length) === undefined) {
			this.broken++;
			if (this.broken === 100) this.sink?.trouble("the camera sensor delivers broken pictures; check its power supply");
			return undefined;
		}
		if (this.broken >= 100) this.sink?.trouble(undefined);
		this.broken = 0;
		const end = FRAME_HEADROOM + length;
		const bytes = this.buffer(end + FRAME_TAILROOM);
		if (bytes === undefined) return undefined;
		bytes.set(source.subarray(0, length), FRAME_HEADROOM);
		return new Frame(bytes, FRAME_HEADROOM, end, sequence, this.clock.now(), this.clock.utc(), this.recycle);
	}

	private buffer(size: number): Uint8Array | undefined {
		for (let bytes = this.free.pop(); bytes !== undefined; bytes = this.free.pop()) {
			if (bytes.length >= size) return bytes;
			this.made--;
		}
		if (this.made >= BUFFERS) return undefined;
		this.made++;
		// A quarter more than is needed: the next picture is a little larger.
		return new Uint8Array(size + (size >> 2));
	}
}

/** Some sensors pad a picture with zeros: returns where it ends, 0 when it has no end. */
function wholeLength(bytes: Uint8Array): number {
	let end = bytes.length;
	const least = Math.max(2, end - 1024);
	while (end >= least && !(bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9)) end--;
	return end >= least ? end : 0;
}
