import type { Millis } from "../core/time";
import type { PanTilt } from "./pan-tilt";

/** The time between two steps; that of the drive itself. */
const STEP: Millis = 40;
/** The highest speed of a drive that has no limit of its own, in degrees a second. */
const SPEED = 60;

/** Calls the drive, so that its timer is set. */
export interface DriftHost {
	turn<Result>(run: (panTilt: PanTilt, now: Millis) => Result): Result;
}

/**
 * Moves a camera continuously, at a share of its highest speed, until it is told to stop, its time is over, it is at its limits, or
 * somebody else turns it.
 */
export class Drift {
	/** When {@link expire} is to be called next; `Infinity`: it does not turn. */
	deadline: Millis = Infinity;
	private pan = 0;
	private tilt = 0;
	private until: Millis = 0;
	private steppedAt: Millis = 0;
	/** The drive's count after the last step. */
	private commands = 0;

	constructor(private readonly host: DriftHost) {}

	/** Whether it turns. */
	get isOn(): boolean {
		return this.deadline !== Infinity;
	}

	/** Begins. @param pan and `tilt`: -1 to 1; zero for both stops @param time after which it ends */
	start(now: Millis, pan: number, tilt: number, time: Millis): void {
		this.stop();
		if (pan === 0 && tilt === 0) return;
		this.pan = pan;
		this.tilt = tilt;
		this.until = now + time;
		this.steppedAt = now;
		this.deadline = now + STEP;
		this.commands = this.host.turn((panTilt) => panTilt.commands);
	}

	/** Ends, and stops the camera. */
	stop(): void {
		this.deadline = Infinity;
		this.host.turn((panTilt) => panTilt.stop());
	}

	/** Makes the step that is due. */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		const seconds = Math.min(now - this.steppedAt, 2 * STEP) / 1000;
		this.steppedAt = now;
		this.deadline = this.host.turn((panTilt) => this.step(panTilt, now, seconds)) ? now + STEP : Infinity;
	}

	/** @returns whether it goes on */
	private step(panTilt: PanTilt, now: Millis, seconds: number): boolean {
		if (panTilt.commands !== this.commands) return false;
		if (now >= this.until) {
			panTilt.stop();
			return false;
		}
		const { pan, tilt, speed } = panTilt.state;
		const way = (speed || SPEED) * seconds;
		const goes = canTurn(this.pan, pan, panTilt.panLimit) || canTurn(this.tilt, tilt, panTilt.tiltLimit);
		if (!goes || !panTilt.moveBy(now, this.pan * way, this.tilt * way)) return false;
		this.commands = panTilt.commands;
		return true;
	}
}

/** Whether an axis is not yet at the limit that it turns to. */
function canTurn(speed: number, angle: number, limit: number): boolean {
	return speed > 0 ? angle < limit : speed < 0 && angle > -limit;
}
