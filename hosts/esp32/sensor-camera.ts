import Camera from "embedded:io/image/in/camera";
import type { Millis } from "../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { parseJpeg } from "../../src/media/jpeg";
import { copyPicture, lackingTables, pictureEnd, TABLES_LENGTH } from "../../src/media/jpeg-mend";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import type { Clock } from "../../src/ports/clock";
import { type SdkTimer, Timer } from "../sdk/sdk-classes";

/** Buffers kept for pictures; one frame in the hub, one being received, and two that slow viewers hold. */
const BUFFERS = 4;
/** A sensor without a picture for this long is reported; one that can't be opened is tried again after this long. */
const SILENCE: Millis = 15_000;
/** So many broken pictures in a row are reported. */
const BROKEN_MAX = 100;

/**
 * The camera sensor of a board, which compresses to JPEG by itself.
 *
 * The driver's buffers have no room around the picture and are only three, so each picture is copied once, natively, into a
 * buffer that all viewers share, and the driver gets its own back at once: a slow viewer never stops the sensor. Nothing is
 * copied per viewer.
 *
 * A sensor that is missing or falls silent is only reported: the rest of the program goes on, and the pictures continue
 * when the sensor works again.
 */
export class SensorCamera implements FrameSource {
	readonly description: string;
	private readonly free: Uint8Array[] = [];
	private readonly recycle: (bytes: Uint8Array) => void;
	private made = 0;
	private camera: Camera | undefined;
	private sink: FrameSink | undefined;
	private timer: SdkTimer | undefined;
	private sequence = 0;
	private broken = 0;
	private troubled = false;
	/** When the last picture came, or when it was first waited for. */
	private lastAt: Millis = 0;

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
		this.stop();
		this.sink = sink;
		this.open();
	}

	stop(): void {
		this.sink = undefined;
		this.troubled = false;
		if (this.timer !== undefined) Timer.clear(this.timer);
		this.timer = undefined;
		try {
			this.camera?.stop();
		} catch {
			// It is opened again at the next start.
			this.camera = undefined;
		}
	}

	private open(): void {
		this.lastAt = this.clock.now();
		this.wait();
		try {
			this.camera ??= new Camera({
				width: this.width,
				height: this.height,
				imageType: "jpeg",
				format: "buffer/disposable",
				onReadable: () => this.readable(),
			});
			this.camera.start();
		} catch (error) {
			this.fail(error);
		}
	}

	private wait(): void {
		this.timer = Timer.set(() => {
			if (this.camera === undefined) return this.open();
			if (this.clock.now() - this.lastAt >= SILENCE)
				this.tell("the camera sensor gives no picture; check its ribbon cable, and that this is the board's firmware");
			this.wait();
		}, SILENCE);
	}

	private fail(error: unknown): void {
		const { camera } = this;
		this.camera = undefined;
		try {
			camera?.close();
		} catch {
			// It was not open.
		}
		this.tell(`the camera sensor does not answer (${(error as Error).message}); check its ribbon cable`);
	}

	private tell(trouble: string): void {
		this.troubled = true;
		this.sink?.trouble(trouble);
	}

	private readable(): void {
		let frame: Frame | undefined;
		try {
			const picture = this.camera?.read();
			if (picture === undefined) return;
			if (this.sink !== undefined) frame = this.take(new Uint8Array(picture));
			picture.close();
		} catch (error) {
			this.fail(error);
		}
		if (frame === undefined) return;
		if (this.troubled) this.sink?.trouble(undefined);
		this.troubled = false;
		this.sink?.frame(frame);
	}

	/** Copies a whole picture; `undefined` for a broken one, and when viewers hold all buffers. */
	private take(source: Uint8Array): Frame | undefined {
		const sequence = this.sequence++;
		// The driver hands out nothing where it waited for a picture in vain.
		if (source.length === 0) return undefined;
		this.lastAt = this.clock.now();
		const length = pictureEnd(source, 0, source.length);
		const info = parseJpeg(source, 0, length);
		if (info === undefined) {
			if (++this.broken === BROKEN_MAX) this.tell("the camera sensor delivers broken pictures; check its power supply");
			return undefined;
		}
		this.broken = 0;
		const lacking = lackingTables(source, 0, info.scanStart);
		const end = FRAME_HEADROOM + length + (lacking > 0 ? TABLES_LENGTH : 0);
		const bytes = this.buffer(end + FRAME_TAILROOM);
		if (bytes === undefined) return undefined;
		copyPicture(bytes, FRAME_HEADROOM, source, 0, length, lacking);
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
