import type { Millis, Seconds } from "../core/time";
import { hundredth, type Preset, PresetList, type PresetMemory } from "./preset-list";

/** A moving drive is told a new angle so often. Hobby servos look at theirs every 20 ms. */
const STEP: Millis = 40;
/** A late step is no larger than two, so that a busy machine does not make the camera jerk. */
const LATE_MAX: Millis = 2 * STEP;
/** A drive that is so much further from its goal than it was, in degrees, is being turned by somebody else. */
const TURNED_AWAY = 15;

/** Sums of many small steps are off by less than this, in degrees. */
const NEGLIGIBLE = 0.001;

/** What turns the camera. Angles in degrees, 0 is straight ahead, right and up are positive (IMG-18). */
export interface PanTiltDrive {
	/** Furthest turn to either side; 0 where it can't turn. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	/** Where it is, or at least where it was told to be. */
	readonly pan: number;
	readonly tilt: number;
	/** Goes there at once, or as fast as it can. */
	moveTo(pan: number, tilt: number): void;
}

/** How a camera may be turned. */
export interface PanTiltOptions {
	/** Furthest turn to either side in degrees; the drive's own limits hold as well. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	/** Degrees a second; 0: as fast as the drive can. */
	readonly speed: number;
	/** How long a patrol stays at each preset. */
	readonly dwell: Seconds;
}

/** What is known of the direction of a camera, for programs and pages. Angles in degrees. */
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
 * Turns a camera: by so much, to an angle, to a preset, or from preset to preset on patrol; at a limited speed, in a
 * straight line, and never beyond the limits (IMG-18).
 *
 * Whoever calls it tells the pump, which calls {@link expire}. It emits nothing: ask for {@link state}. All that people
 * ask for ends a patrol, until {@link patrol} begins it again; a patrol goes on after a restart. The drive is told
 * nothing but on the way to a goal: one that is turned by hand stays as it was left. Without a drive all answers
 * are false. A step allocates nothing.
 */
export class PanTilt {
	/** When {@link expire} is to be called next; `Infinity` while nothing moves. */
	deadline: Millis = Infinity;
	/** Furthest turn to either side, in degrees: the drive's own limits, narrowed by the options. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	private readonly book: PresetList;
	private isMoving = false;
	/** What the drive was told last, on the way to … */
	private pan = 0;
	private tilt = 0;
	private goalPan = 0;
	private goalTilt = 0;
	private steppedAt: Millis = 0;
	/** The least distance from the goal that the drive had, in degrees. */
	private nearest = Infinity;
	/** The preset that the patrol visits next, by place and, on the way, by name. */
	private station = 0;
	private visited = "";

	/** @param memory keeps presets and the patrol; neither read nor written where there is no drive */
	constructor(
		private readonly drive: PanTiltDrive,
		private readonly options: PanTiltOptions,
		memory: PresetMemory,
	) {
		this.panLimit = Math.min(drive.panLimit, options.panLimit);
		this.tiltLimit = Math.min(drive.tiltLimit, options.tiltLimit);
		this.book = new PresetList(this.canMove ? memory : NO_MEMORY);
		if (this.book.patrol) this.deadline = 0;
	}

	/** False where there is no drive, or its limits are 0. */
	get canMove(): boolean {
		return this.panLimit > 0 || this.tiltLimit > 0;
	}

	/** What is known; a copy that stays as it is. */
	get state(): PanTiltState {
		return {
			pan: hundredth(angleOr0(this.drive.pan)),
			tilt: hundredth(angleOr0(this.drive.tilt)),
			panLimit: this.panLimit,
			tiltLimit: this.tiltLimit,
			moving: this.isMoving,
			speed: this.options.speed,
			presets: this.book.list.slice(),
			patrol: { on: this.book.patrol, dwell: this.options.dwell },
		};
	}

	/**
	 * Turns to angles in degrees, clamped to the limits.
	 * @param pan, tilt `undefined`: stays on its way
	 * @returns false when there is no drive, or an angle is no finite number
	 */
	moveTo(now: Millis, pan: number | undefined, tilt: number | undefined): boolean {
		const panTo = pan ?? this.aim(this.goalPan, this.drive.pan);
		const tiltTo = tilt ?? this.aim(this.goalTilt, this.drive.tilt);
		if (!this.canMove || !Number.isFinite(panTo) || !Number.isFinite(tiltTo)) return false;
		this.book.setPatrol(false);
		this.head(now, panTo, tiltTo);
		return true;
	}

	/** Turns by degrees from where it is, or is on its way to. @returns as {@link moveTo} */
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

	/** Stays where it is. @returns false when there is no drive */
	stop(): boolean {
		if (!this.canMove) return false;
		this.halt();
		return true;
	}

	/** Turns to a preset. @returns false when there is none of that name */
	goTo(now: Millis, name: string): boolean {
		const index = this.book.indexOf(name);
		return index >= 0 && this.moveTo(now, this.book.list[index].pan, this.book.list[index].tilt);
	}

	/**
	 * Keeps where it looks, or is about to look, as a preset, in place of the one that has that name.
	 * @returns false when there is no drive, the name is unfit (see `isPresetName`), or there are too many already
	 */
	savePreset(name: string): boolean {
		const { pan, tilt } = this.drive;
		if (this.isMoving && !this.book.patrol) return this.book.save(name, this.goalPan, this.goalTilt);
		return this.canMove && this.book.save(name, angleOr0(pan), angleOr0(tilt));
	}

	/** Forgets a preset; a patrol ends with the last. @returns false when there is none of that name */
	removePreset(name: string): boolean {
		const index = this.book.indexOf(name);
		if (!this.book.remove(name)) return false;
		if (index < this.station) this.station--;
		if (!this.isMoving && !this.book.patrol) this.deadline = Infinity;
		return true;
	}

	/**
	 * Begins the patrol, or goes on where it was ended: visits the presets in their order, again and again. Or ends it.
	 * @returns false when there is no drive, or no preset to visit
	 */
	patrol(now: Millis, on: boolean): boolean {
		if (!this.canMove) return false;
		if (on === this.book.patrol) return true;
		if (!on) this.halt();
		else if (this.book.setPatrol(true)) this.visit(now);
		return on === this.book.patrol;
	}

	/** Makes the next step that is due. */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		if (!this.isMoving) {
			if (this.book.patrol) this.visit(now);
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
		if (this.station >= this.book.list.length) this.station = 0;
		const { name, pan, tilt } = this.book.list[this.station];
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
		// Who asks again and again is no faster: the steps keep their pace.
		if (this.options.speed > 0) this.deadline = this.steppedAt + STEP;
		else this.step(now, Infinity);
	}

	/** @param most degrees on the axis that has the longer way; the other one keeps to the straight line */
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
		if (!this.book.patrol) return;
		this.deadline = now + this.options.dwell * 1000;
		// It may have been removed on the way.
		const index = this.book.indexOf(this.visited);
		if (index >= 0) this.station = index + 1;
	}

	private halt(): void {
		this.book.setPatrol(false);
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

	/** Where one axis is to be in the end. */
	private aim(goal: number, angle: number): number {
		return this.isMoving ? goal : angleOr0(angle);
	}
}

/** A camera that can't move has no presets. */
const NO_MEMORY: PresetMemory = Object.freeze({ read: () => undefined, write() {} });

function clamp(angle: number, limit: number): number {
	return Math.max(-limit, Math.min(limit, angle)) + 0;
}

/** What broken hardware says in place of an angle must not go into sums. */
function angleOr0(angle: number): number {
	return Number.isFinite(angle) ? angle : 0;
}
