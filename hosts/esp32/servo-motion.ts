import type { Motion } from "../../src/ports/motion";

/** Furthest that a hobby servo turns to either side, in degrees. */
const TURN_MAX = 90;
/** Length of a pulse for straight ahead, and how much longer it is for each degree; in microseconds. */
const STRAIGHT = 1500;
const PER_DEGREE = 10;

/** Sends pulses to a servo (hosts/esp32/native/servo.c). */
function turn(this: unknown, index: number, pin: number, microseconds: number): void {
	native("xs_porthole_servo").call(this, index, pin, microseconds);
}

/** How two servos are mounted; angles in degrees. */
export interface ServoMount {
	readonly panPin: number;
	readonly tiltPin: number;
	/** Furthest turn to either side; at most 90. */
	readonly panLimit: number;
	readonly tiltLimit: number;
}

/** A pan and tilt drive of two hobby servos (IMG-18). */
export class ServoMotion implements Motion {
	pan = 0;
	tilt = 0;
	readonly panLimit: number;
	readonly tiltLimit: number;

	/** @throws {RangeError} for limits that no servo has, and pins that can't drive one */
	constructor(private readonly mount: ServoMount) {
		const { panLimit, tiltLimit } = mount;
		for (const limit of [panLimit, tiltLimit])
			if (!(limit >= 0 && limit <= TURN_MAX)) throw new RangeError(`a servo turns ${TURN_MAX} degrees to either side`);
		this.panLimit = panLimit;
		this.tiltLimit = tiltLimit;
		this.moveTo(0, 0);
	}

	moveTo(pan: number, tilt: number): void {
		this.pan = Math.max(-this.panLimit, Math.min(this.panLimit, pan));
		this.tilt = Math.max(-this.tiltLimit, Math.min(this.tiltLimit, tilt));
		// A servo's angle grows to the left.
		turn.call(undefined, 0, this.mount.panPin, STRAIGHT - Math.round(this.pan * PER_DEGREE));
		turn.call(undefined, 1, this.mount.tiltPin, STRAIGHT + Math.round(this.tilt * PER_DEGREE));
	}
}
