/** A pan and tilt drive. Angles in degrees, 0 is straight ahead, right and up are positive (IMG-18). */
export interface Motion {
	/** The largest angle to either side; 0 without a drive. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	readonly pan: number;
	readonly tilt: number;
	/** Moves to a position, clamped to the limits. */
	moveTo(pan: number, tilt: number): void;
}

/** The null object for a camera without a drive. */
export const NO_MOTION: Motion = Object.freeze({ panLimit: 0, tiltLimit: 0, pan: 0, tilt: 0, moveTo() {} });
