import type { Millis, Octets } from "../../../src/core/time";
import { AccessUnit } from "../../../src/media/access-unit";
import { NAL_IDR, NAL_PPS, NAL_SPS, NalWalker } from "../../../src/media/h264";
import { ticksOf } from "../../../src/media/video-clock";
import type { UnitSink, UnitSource } from "../../../src/ports/camera";
import type { Clock } from "../../../src/ports/clock";
import type { CameraChoice, CameraDriver, LentCamera } from "./camera-driver";
import type { DeviceTimer } from "./device-timer";
import { type CameraOwner, KeptCamera } from "./kept-camera";
import { LentMemory } from "./lent-memory";

/** The most parameter sets that a key picture may bring. */
const SETS_MAX = 8;

/**
 * The H.264 that a Video4Linux2 camera gives from a device node of its own, passed on as it is (STR-25).
 *
 * Pictures are lent by the kernel and not copied. When one is lost, those that refer to it are left out: it goes on at the next
 * key picture, which is asked for.
 */
export class V4l2Units implements UnitSource, CameraOwner {
	readonly description: string;
	parameterSets: readonly Uint8Array[] = [];
	private readonly kept: KeptCamera;
	private readonly walker = new NalWalker();
	private sink: UnitSink | undefined;
	private memory: LentMemory | undefined;
	/** Of the camera's pictures the one that follows, and how far the unit's number is ahead of the camera's. */
	private expected = 0;
	private ahead = 0;
	private isInStep = false;

	/** @param isHeld true while a connection still sends from `bytes`, though its viewer has released the picture */
	constructor(
		driver: CameraDriver,
		readonly choice: CameraChoice,
		clock: Clock,
		timer: DeviceTimer,
		private readonly isHeld: (bytes: Uint8Array) => boolean,
	) {
		this.kept = new KeptCamera(this, driver, clock, timer);
		this.description = `H.264 of ${choice.device}`;
	}

	start(sink: UnitSink): void {
		this.sink = sink;
		this.kept.start();
	}

	stop(): void {
		this.sink = undefined;
		this.kept.stop();
	}

	requestKey(): void {
		this.kept.camera?.requestKey();
	}

	/** @see CameraOwner */
	opened(camera: LentCamera): void {
		this.memory = new LentMemory(camera, this.isHeld);
		this.ahead += this.expected;
		this.expected = 0;
		this.isInStep = false;
	}

	/** @see CameraOwner */
	readable(now: Millis): void {
		const { memory, sink } = this;
		const { camera } = this.kept;
		const bytes = memory?.take();
		if (bytes === undefined || memory === undefined || camera === undefined) return;
		const { start, end, sequence } = camera;
		this.kept.delivered(now);
		const isKey = this.readKey(bytes, start, end);
		if (isKey) this.isInStep = true;
		else if (sequence !== this.expected && this.isInStep) {
			this.isInStep = false;
			camera.requestKey();
		}
		this.expected = sequence + 1;
		if (sink === undefined || !this.isInStep) memory.recycle(bytes);
		else sink.unit(new AccessUnit(bytes, start, end, isKey, this.ahead + sequence, now, ticksOf(now), memory.recycle));
	}

	/** @see CameraOwner */
	closing(): void {
		this.memory = undefined;
	}

	/** @see CameraOwner */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}

	/** Tells whether a picture is a key picture, and keeps the parameter sets that it brings. */
	private readKey(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const walker = this.walker.open(bytes, start, end);
		let sets = 0;
		let isNew = false;
		while (walker.next()) {
			const { type } = walker;
			if (type === NAL_IDR) return this.keep(bytes, start, end, sets, isNew);
			// A slice of another kind: parameter sets come before it.
			if (type < NAL_IDR) return false;
			if (type !== NAL_SPS && type !== NAL_PPS) continue;
			if (sets < SETS_MAX && !isSame(this.parameterSets[sets], bytes, walker.start, walker.end)) isNew = true;
			sets++;
		}
		return false;
	}

	private keep(bytes: Uint8Array, start: Octets, end: Octets, sets: number, isNew: boolean): true {
		if (sets === 0 || sets > SETS_MAX || (!isNew && sets === this.parameterSets.length)) return true;
		const found: Uint8Array[] = [];
		const walker = this.walker.open(bytes, start, end);
		while (found.length < sets && walker.next())
			if (walker.type === NAL_SPS || walker.type === NAL_PPS) found.push(bytes.slice(walker.start, walker.end));
		this.parameterSets = found;
		return true;
	}
}

function isSame(set: Uint8Array | undefined, bytes: Uint8Array, start: Octets, end: Octets): boolean {
	if (set === undefined || set.length !== end - start) return false;
	for (let i = 0; i < set.length; i++) if (set[i] !== bytes[start + i]) return false;
	return true;
}
