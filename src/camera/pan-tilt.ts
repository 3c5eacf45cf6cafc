import type { Millis, Seconds } from "../core/time";
import { hundredth, type Preset, PresetList, type PresetMemory } from "./preset-list";

/** The time between two steps of a moving drive. Hobby servos read their signal every 20 ms. */
const STEP: Millis = 40;
/** A late step is at most twice as large, so that a busy machine does not make the camera jerk. */
const LATE_MAX: Millis = 2 * STEP;
/** A drive that is this much further from its goal than before, in degrees, is being turned by hand. */
const TURNED_AWAY = 15;

/** The rounding error of many small steps is less than this, in degrees. */
const NEGLIGIBLE = 0.001;

/** What turns the camera. Angles in degrees, 0 is straight ahead, right and up are positive (IMG-18). */
export interface PanTiltDrive {
	/** The largest angle to either side; 0 when it can't turn. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	/** Its position, or at least the last one that was set. */
	readonly pan: number;
	readonly tilt: number;
	/** Turns there as fast as it can. */
	moveTo(pan: number, tilt: number): void;
}

/** How a camera may be turned. */
export interface PanTiltOptions {
	/** The largest angle to either side in degrees; the drive's own limits apply as well. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	/** Degrees a second; 0: as fast as the drive can. */
	readonly speed: number;
	/** How long a patrol stays at each preset. */
	readonly dwell: Seconds;
}

/** The state of a camera's drive, for programs and pages. Angles in degrees. */
export interface PanTiltState {
	readonly pan: number;
	readonly tilt: number;
	/** 0 for both: this camera does not move. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	readonly moving: boolean;
	/** Degrees a second; 0: as fast as the drive can. */
	readonly speed: number;
	readonly presets: readonly Preset[];
	readonly patrol: { readonly on: boolean; readonly dwell: Seconds };
}

/**
 * Turns a camera: by degrees, to an angle, to a preset, or from preset to preset on patrol; at a limited speed, in a
 * straight line, and never beyond the limits (IMG-18).
 *
 * It emits no events; {@link state} gives its state. Every command ends a patrol, until {@link patrol} starts it again; a
 * patrol continues after a restart. The drive is moved only on the way to a goal, so that a drive that is turned by hand
 * stays where it was left. Without a drive all commands return false. A step allocates nothing.
 */
export class PanTilt {
	/** When {@link expire} is to be called next; `Infinity` while nothing moves. */
	deadline: Millis = Infinity;
	/** The largest angle to either side in degrees: the drive's own limits, narrowed by the options. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	/** Counts the commands, so that a continuous move notices other commands. */
	commands = 0;
	private readonly presets: PresetList;
	private isMoving = false;
	/** The last position that the drive was set to, and its goal. */
	private pan = 0;
	private tilt = 0;
	private goalPan = 0;
	private goalTilt = 0;
	private steppedAt: Millis = 0;
	/** The smallest distance from the goal so far, in degrees. */
	private nearest = Infinity;
	/** The preset that the patrol visits next, by index and, on the way, by name. */
	private station = 0;
	private visited = "";

	/** @param memory stores presets and the patrol; not used without a drive */
	constructor(
		private readonly drive: PanTiltDrive,
		private readonly options: PanTiltOptions,
		memory: PresetMemory,
	) {
		this.panLimit = Math.min(drive.panLimit, options.panLimit);
		this.tiltLimit = Math.min(drive.tiltLimit, options.tiltLimit);
		this.presets = new PresetList(this.canMove ? memory : NO_MEMORY);
		if (this.presets.patrol) this.deadline = 0;
	}

	/** False when there is no drive, or its limits are 0. */
	get canMove(): boolean {
		return this.panLimit > 0 || this.tiltLimit > 0;
	}

	/** The state; a copy that does not change. */
	get state(): PanTiltState {
		return {
			pan: hundredth(angleOr0(this.drive.pan)),
			tilt: hundredth(angleOr0(this.drive.tilt)),
			panLimit: this.panLimit,
			tiltLimit: this.tiltLimit,
			moving: this.isMoving,
			speed: this.options.speed,
			presets: this.presets.list.slice(),
			patrol: { on: this.presets.patrol, dwell: this.options.dwell },
		};
	}

	/**
	 * Turns to angles in degrees, clamped to the limits.
	 * @param pan and `tilt`; `undefined`: the axis continues to its goal
	 * @returns false when there is no drive, or an angle is not a finite number
	 */
	moveTo(now: Millis, pan: number | undefined, tilt: number | undefined): boolean {
		const panTo = pan ?? this.aim(this.goalPan, this.drive.pan);
		const tiltTo = tilt ?? this.aim(this.goalTilt, this.drive.tilt);
		if (!this.canMove || !Number.isFinite(panTo) || !Number.isFinite(tiltTo)) return false;
		this.presets.setPatrol(false);
		this.commands++;
		this.head(now, panTo, tiltTo);
		return true;
	}

	/** Turns by degrees from its position, or from its goal while it is turning. @returns as {@link moveTo} */
	moveBy(now: Millis, pan: number, tilt: number): boolean {
		return this.moveTo(
			now,
			this.aim(this.goalPan, this.drive.pan) + pan,
			this.aim(this.goalTilt, this.drive.tilt) + tilt,
		);
	}

	/** Turns straight ahead. @returns as {@link moveTo} */
	home(now: Millis): boolean {
		return this.moveTo(now, 0, 0);
	}

	/** Stops. @returns false when there is no drive */
	stop(): boolean {
		if (!this.canMove) return false;
		this.halt();
		return true;
	}

	/** Turns to a preset. @returns false when there is no preset with this name */
	goTo(now: Millis, name: string): boolean {
		const index = this.presets.indexOf(name);
		return index >= 0 && this.moveTo(now, this.presets.list[index].pan, this.presets.list[index].tilt);
	}

	/**
	 * Saves its direction, or its goal while it is turning, as a preset, in place of the one with the same name.
	 * @returns false when there is no drive, the name is invalid (see `isPresetName`), or there are too many presets
	 */
	savePreset(name: string): boolean {
		const { pan, tilt } = this.drive;
		if (this.isMoving && !this.presets.patrol) return this.presets.save(name, this.goalPan, this.goalTilt);
		return this.canMove && this.presets.save(name, angleOr0(pan), angleOr0(tilt));
	}

	/** Removes a preset; a patrol ends with the last one. @returns false when there is no preset with this name */
	removePreset(name: string): boolean {
		const index = this.presets.indexOf(name);
		if (!this.presets.remove(name)) return false;
		if (index < this.station) this.station--;
		if (!this.isMoving && !this.presets.patrol) this.deadline = Infinity;
		return true;
	}

	/**
	 * Starts the patrol, which visits the presets in order and starts over, from where it ended; or ends it.
	 * @returns false when there is no drive, or no preset to visit
	 */
	patrol(now: Millis, on: boolean): boolean {
		if (!this.canMove) return false;
		if (on === this.presets.patrol) return true;
		if (!on) this.halt();
		else if (this.presets.setPatrol(true)) {
			this.commands++;
			this.visit(now);
		}
		return on === this.presets.patrol;
	}

	/** Makes the next step that is due. */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		if (!this.isMoving) {
			if (this.presets.patrol) this.visit(now);
			else this.deadline = Infinity;
		} else if (this.isTurnedAway()) {
			this.halt();
		} else {
			const elapsed = Math.min(now - this.steppedAt, LATE_MAX);
			this.step(now, (this.options.speed * elapsed) / 1000);
		}
	}

	/** Goes to the patrol's next preset. */
	private visit(now: Millis): void {
		if (this.station >= this.presets.list.length) this.station = 0;
		const { name, pan, tilt } = this.presets.list[this.station];
		this.visited = name;
		this.head(now, pan, tilt);
	}

	private head(now: Millis, pan: number, tilt: number): void {
		this.goalPan = clamp(pan, this.panLimit);
		this.goalTilt = clamp(tilt, this.tiltLimit);
		this.nearest = Infinity;
		if (!this.isMoving) {
			this.isMoving = true;
			this.pan = angleOr0(this.drive.pan);
			this.tilt = angleOr0(this.drive.tilt);
			this.steppedAt = now;
		}
		// Repeated commands do not make it faster: the steps keep their pace.
		if (this.options.speed > 0) this.deadline = this.steppedAt + STEP;
		else this.step(now, Infinity);
	}

	/** @param most the most degrees on the axis with the longer way; the other one follows the straight line */
	private step(now: Millis, most: number): void {
		const pan = this.goalPan - this.pan;
		const tilt = this.goalTilt - this.tilt;
		const way = Math.max(Math.abs(pan), Math.abs(tilt));
		const isLast = way <= most + NEGLIGIBLE;
		this.pan = isLast ? this.goalPan : this.pan + (pan * most) / way;
		this.tilt = isLast ? this.goalTilt : this.tilt + (tilt * most) / way;
		this.steppedAt = now;
		this.deadline = now + STEP;
		this.drive.moveTo(this.pan, this.tilt);
		if (isLast) this.arrive(now);
	}

	private arrive(now: Millis): void {
		this.isMoving = false;
		this.deadline = Infinity;
		if (!this.presets.patrol) return;
		this.deadline = now + this.options.dwell * 1000;
		// It may have been removed on the way.
		const index = this.presets.indexOf(this.visited);
		if (index >= 0) this.station = index + 1;
	}

	private halt(): void {
		this.commands++;
		this.presets.setPatrol(false);
		this.isMoving = false;
		this.deadline = Infinity;
	}

	private isTurnedAway(): boolean {
		const { pan, tilt } = this.drive;
		const way = Math.max(Math.abs(this.goalPan - pan), Math.abs(this.goalTilt - tilt));
		if (way > this.nearest + TURNED_AWAY) return true;
		if (way < this.nearest) this.nearest = way;
		return false;
	}

	/** The final position of one axis. */
	private aim(goal: number, angle: number): number {
		return this.isMoving ? goal : angleOr0(angle);
	}
}

/** Of a camera that can't move: it has no presets. */
const NO_MEMORY: PresetMemory = Object.freeze({ read: () => undefined, write() {} });

function clamp(angle: number, limit: number): number {
	return Math.max(-limit, Math.min(limit, angle)) + 0;
}

/** Replaces what broken hardware reports in place of an angle. */
function angleOr0(angle: number): number {
	return Number.isFinite(angle) ? angle : 0;
}
