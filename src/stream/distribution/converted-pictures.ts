import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import { FrameHub, type FrameViewer } from "../../media/frame-hub";
import type { FrameSink, JpegConverter } from "../../ports/camera";
import { JpegLayout } from "../packets/jpeg-layout";
import type { PictureHub } from "./live-content";

/**
 * The pictures of a camera, of which those that RTP/JPEG cannot carry are re-encoded (STR-9).
 *
 * The converter starts with the first such picture and stops when nobody watches any more. While it has a problem, the pictures
 * pass as they are, and their packetizer says why they can't be carried.
 */
export class ConvertedPictures implements PictureHub, FrameViewer, FrameSink {
	/** @see FrameViewer.viewers */
	readonly viewers = 0;
	private readonly hub: FrameHub;
	private readonly layout = new JpegLayout();
	private isConverting = false;
	private isBroken = false;

	/**
	 * @param camera the pictures as they are
	 * @param now tells the time when the converter is done with a picture
	 * @param report gets what is wrong with the converter
	 */
	constructor(
		private readonly camera: FrameHub,
		private readonly converter: JpegConverter,
		private readonly now: () => Millis,
		private readonly report: (message: string) => void = NOTHING,
	) {
		this.hub = new FrameHub(this);
	}

	get latest(): Frame | undefined {
		return this.hub.latest;
	}

	fresh(now: Millis): Frame | undefined {
		const original = this.camera.fresh(now);
		return original !== undefined && this.canCarry(original) ? original : this.hub.fresh(now);
	}

	join(now: Millis, viewer: FrameViewer): void {
		this.hub.join(now, viewer);
	}

	leave(now: Millis, viewer: FrameViewer): void {
		this.hub.leave(now, viewer);
	}

	/** @see FrameDemand */
	wanted(now: Millis): void {
		this.camera.join(now, this);
	}

	/** @see FrameDemand */
	unwanted(now: Millis): void {
		this.camera.leave(now, this);
		this.hub.clear();
		if (this.isConverting) this.converter.stop();
		this.isConverting = false;
		// The next viewer gives it another try.
		this.isBroken = false;
	}

	/** @see FrameViewer */
	offer(now: Millis): void {
		const { latest } = this.camera;
		if (latest === undefined) return;
		if (this.isBroken || this.canCarry(latest)) return this.hub.push(now, latest);
		if (!this.isConverting) {
			this.isConverting = true;
			this.converter.start(this);
		}
		this.converter.convert(latest);
	}

	/** @see FrameSink */
	frame(frame: Frame): void {
		if (this.isConverting) this.hub.push(this.now(), frame);
		frame.release();
	}

	/** @see FrameSink */
	trouble(message: string | undefined): void {
		this.isBroken = message !== undefined;
		if (message !== undefined) this.report(message);
	}

	private canCarry(frame: Frame): boolean {
		return this.layout.read(frame.bytes, frame.start, frame.end, true);
	}
}

const NOTHING = (): void => {};
