import type { Millis } from "../../../src/core/time";
import type { Motion } from "../../../src/ports/motion";

/** The speed in degrees per second: like a hobby servo, which settles within each step of a camera. */
const SPEED = 360;

/** A simulated pan and tilt drive that moves at a realistic speed (IMG-18). */
export class ViewportDrive implements Motion {
	/** The target position. */
	pan = 0;
	tilt = 0;
	private seenPan = 0;
	private seenTilt = 0;
	private seenAt: Millis | undefined;

	constructor(
		readonly panLimit: number,
		readonly tiltLimit: number,
	) {}

	moveTo(pan: number, tilt: number): void {
		this.pan = clamp(pan, this.panLimit, this.pan);
		this.tilt = clamp(tilt, this.tiltLimit, this.tilt);
	}

	/** Moves until `now`. @returns the position: `[pan, tilt]` */
	look(now: Millis): [number, number] {
		const step = (SPEED * (now - (this.seenAt ?? now))) / 1000;
		this.seenAt = now;
		this.seenPan = approach(this.seenPan, this.pan, step);
		this.seenTilt = approach(this.seenTilt, this.tilt, step);
		return [this.seenPan, this.seenTilt];
	}
}

function clamp(angle: number, limit: number, otherwise: number): number {
	return Number.isNaN(angle) ? otherwise : Math.max(-limit, Math.min(limit, angle));
}

function approach(from: number, to: number, step: number): number {
	return Math.abs(to - from) <= step ? to : from + Math.sign(to - from) * step;
}
