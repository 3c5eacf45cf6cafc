import { ChosenLook, COMMON_SIZES, isSameSize, OWN_LOOK, OWN_RESOLUTION } from "../../../src/camera/chosen-look";
import type { Millis } from "../../../src/core/time";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import type { FrameSink, FrameSource, PictureQuality, Resolution, UnitSource } from "../../../src/ports/camera";
import type { Clock } from "../../../src/ports/clock";
import { type CameraChoice, type CameraDriver, HAS_BRIGHTNESS, HAS_FLIP, type LentCamera } from "./camera-driver";
import type { DeviceTimer } from "./device-timer";
import { DriverLook } from "./driver-look";
import { type CameraOwner, KeptCamera } from "./kept-camera";
import { LentFrames } from "./lent-frames";

/** Makes the source of H.264 from another device node of the camera that is open. */
export type UnitsOfNode = (path: string) => UnitSource;

/**
 * A Video4Linux2 camera, which may be unplugged and plugged in again at any time (IMG-17).
 *
 * Pictures are lent by the kernel and not copied.
 */
export class V4l2Source implements FrameSource, CameraOwner {
	private readonly kept: KeptCamera;
	private sink: FrameSink | undefined;
	private frames: LentFrames | undefined;
	private found = "";
	private nextSequence = 0;
	private readonly asked: JpegQuality;
	/** What is asked of the pictures' look, whether or not the open camera can do it. */
	private readonly wanted = new ChosenLook(COMMON_SIZES, OWN_LOOK, () => this.lookChanged());
	readonly controls = new DriverLook(this.wanted, () => this.kept.camera?.look ?? HAS_BRIGHTNESS + HAS_FLIP);
	/** Whether the camera's own look was changed from here. */
	private isLookSet = false;
	/** The size that the camera was opened with. */
	private size: Resolution = OWN_RESOLUTION;
	/** The H.264 of the node `path`. */
	private companion: { readonly path: string; readonly units: UnitSource } | undefined;

	/**
	 * @param isHeld true while a connection still sends from `bytes`, though its viewer has released the frame
	 * @param unitsOf absent: H.264 is not looked for
	 */
	constructor(
		driver: CameraDriver,
		private readonly wish: CameraChoice,
		private readonly clock: Clock,
		timer: DeviceTimer,
		private readonly isHeld: (bytes: Uint8Array) => boolean,
		private readonly unitsOf?: UnitsOfNode,
	) {
		this.kept = new KeptCamera(this, driver, clock, timer);
		this.asked = new JpegQuality(wish.quality, () => this.kept.camera?.setQuality(this.asked.value));
	}

	/** Absent while the open camera has no quality control. */
	get quality(): PictureQuality | undefined {
		return this.kept.camera?.quality === 0 ? undefined : this.asked;
	}

	/** H.264 that the camera gives from another device node, known once it has been open (STR-25). */
	get h264(): UnitSource | undefined {
		return this.companion?.units;
	}

	get description(): string {
		return this.found || this.wish.device || "any camera";
	}

	/** @see CameraOwner */
	get choice(): CameraChoice {
		const { width, height } = this.wanted.look.resolution ?? OWN_RESOLUTION;
		const size = width === 0 ? {} : { width, height };
		return { ...this.wish, ...size, quality: this.asked.value };
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.kept.start();
	}

	stop(): void {
		this.sink = undefined;
		this.kept.stop();
	}

	/** @see CameraOwner */
	opened(camera: LentCamera): void {
		const { path, name, format, width, height } = camera;
		this.found = `${name} (${path}), ${width}x${height} ${format}`;
		this.size = this.wanted.look.resolution ?? OWN_RESOLUTION;
		// What somebody else has set stays, unless something is asked for.
		const { brightness, flip } = this.wanted.look;
		if (this.isLookSet || brightness !== 0 || flip !== "none") this.applyLook(camera);
		this.frames = new LentFrames(camera, this.nextSequence, this.isHeld);
		if (this.unitsOf === undefined) return;
		const other = camera.companion();
		if (other === this.companion?.path) return;
		this.companion = other === undefined ? undefined : { path: other, units: this.unitsOf(other) };
	}

	/** @see CameraOwner */
	readable(now: Millis): void {
		const frame = this.frames?.take(now, this.clock.utc());
		if (frame === undefined) return;
		this.nextSequence = frame.sequence + 1;
		this.kept.delivered(now);
		if (this.sink === undefined) frame.release();
		else this.sink.frame(frame);
	}

	/** @see CameraOwner */
	closing(): void {
		this.frames = undefined;
	}

	private lookChanged(): void {
		const { camera } = this.kept;
		if (camera === undefined) return;
		if (!isSameSize(this.size, this.wanted.look.resolution)) this.kept.reopen();
		else this.applyLook(camera);
	}

	private applyLook(camera: LentCamera): void {
		this.isLookSet = true;
		const { brightness = 0, flip } = this.wanted.look;
		const [horizontal, vertical] = [flip === "horizontal" || flip === "both", flip === "vertical" || flip === "both"];
		camera.setLook(brightness, horizontal ? 1 : 0, vertical ? 1 : 0);
	}

	/** @see CameraOwner */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}
}
