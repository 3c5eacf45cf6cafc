import { Drift } from "../../camera/drift";
import type { PanTilt, PanTiltState } from "../../camera/pan-tilt";
import { PRESETS_MAX } from "../../camera/preset-list";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { OnvifDrive, OnvifPreset } from "../../onvif/onvif-device";
import type { MotionPart } from "../camera/motion-part";
import type { Node } from "../node";

/** The camera's drive as ONVIF moves it. */
export class CameraDrive implements OnvifDrive {
	readonly presetsMax = PRESETS_MAX;
	private readonly drift: Handle<Drift, undefined>;

	constructor(
		private readonly node: Node,
		private readonly motion: MotionPart,
	) {
		this.drift = node.pump.add(new Drift(motion), undefined);
	}

	get panLimit(): number {
		return this.motion.panTilt.panLimit;
	}

	get tiltLimit(): number {
		return this.motion.panTilt.tiltLimit;
	}

	get pan(): number {
		return this.state.pan;
	}

	get tilt(): number {
		return this.state.tilt;
	}

	get isMoving(): boolean {
		return this.state.moving || this.drift.machine.isOn;
	}

	get presets(): readonly OnvifPreset[] {
		return this.state.presets;
	}

	moveTo(pan: number | undefined, tilt: number | undefined): void {
		this.motion.turn((panTilt, now) => panTilt.moveTo(now, pan, tilt));
	}

	moveBy(pan: number, tilt: number): void {
		this.motion.turn((panTilt, now) => panTilt.moveBy(now, pan, tilt));
	}

	moveContinuously(pan: number, tilt: number, time: Millis): void {
		this.drift.call((drift, now) => drift.start(now, pan, tilt, time));
	}

	stop(): void {
		this.drift.call((drift) => drift.stop());
	}

	goTo(name: string): boolean {
		return this.motion.turn((panTilt, now) => panTilt.goTo(now, name));
	}

	save(name: string): boolean {
		return this.change((panTilt) => panTilt.savePreset(name));
	}

	remove(name: string): boolean {
		return this.change((panTilt) => panTilt.removePreset(name));
	}

	/** Changes the list of presets, which pages show. */
	private change(run: (panTilt: PanTilt) => boolean): boolean {
		const isDone = this.motion.turn(run);
		if (isDone) this.node.changed();
		return isDone;
	}

	private get state(): PanTiltState {
		return this.motion.panTilt.state;
	}
}
