import Servo from "pins/servo";
import type { Motion } from "../../src/ports/motion";

/** Degrees that a servo can turn to, and its middle. */
const TRAVEL = 180;
const MIDDLE = TRAVEL / 2;

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
	private readonly panServo: Servo;
	private readonly tiltServo: Servo;

	/** @throws {RangeError} for limits that no servo has */
	constructor(mount: ServoMount) {
		const { panLimit, tiltLimit } = mount;
		for (const limit of [panLimit, tiltLimit])
			if (!(limit >= 0 && limit <= MIDDLE)) throw new RangeError(`a servo turns ${MIDDLE} degrees to either side`);
		this.panLimit = panLimit;
		this.tiltLimit = tiltLimit;
		this.panServo = new Servo({ pin: mount.panPin });
		this.tiltServo = new Servo({ pin: mount.tiltPin });
		this.moveTo(0, 0);
	}

	moveTo(pan: number, tilt: number): void {
		this.pan = Math.max(-this.panLimit, Math.min(this.panLimit, pan));
		this.tilt = Math.max(-this.tiltLimit, Math.min(this.tiltLimit, tilt));
		// A servo's angle grows to the left.
		this.panServo.write(MIDDLE - this.pan);
		this.tiltServo.write(MIDDLE + this.tilt);
	}
}
