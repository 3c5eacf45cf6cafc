import type { Log } from "../../../src/ports/log";
import type { Motion } from "../../../src/ports/motion";
import type { ServoChoice } from "./servo-choice";

/** Analogue servos need a pulse every 20 ms. In nanoseconds. */
const SERVO_PERIOD = 20_000_000;

/** The signal of one servo: the native class `porthole:pwm`, or a fake in a test. */
export interface PulseChannel {
	/** Sets the pulse's length. @throws Error with a message for users */
	pulse(nanoseconds: number): void;
	close(): void;
}

/** Opens signals. */
export interface PulseDriver {
	/** @param period in nanoseconds @throws Error with a message for users */
	open(chip: number, channel: number, period: number): PulseChannel;
}

/**
 * Turns a camera by one or two servos (IMG-18).
 *
 * The camera looks straight ahead at first. Pulses stay within the servo's limits for any requested angle. A servo turns
 * as fast as it can; for slow motion the caller sets many small angles, 25 a second (every second pulse).
 */
export class ServoDrive implements Motion {
	readonly panLimit: number;
	readonly tiltLimit: number;
	pan = 0;
	tilt = 0;
	private readonly panSignal: PulseChannel | undefined;
	private readonly tiltSignal: PulseChannel | undefined;
	/** The current error of each signal, so that it is logged once and not at every move. */
	private readonly troubles = new Map<PulseChannel, string>();

	/**
	 * @param panServo, tiltServo `undefined` where there is none
	 * @throws Error with a message for users, when a signal cannot be opened
	 */
	constructor(
		driver: PulseDriver,
		private readonly panServo: ServoChoice | undefined,
		private readonly tiltServo: ServoChoice | undefined,
		private readonly log: Log,
	) {
		this.panLimit = (panServo?.degrees ?? 0) / 2;
		this.tiltLimit = (tiltServo?.degrees ?? 0) / 2;
		this.panSignal = panServo && driver.open(panServo.chip, panServo.channel, SERVO_PERIOD);
		try {
			this.tiltSignal = tiltServo && driver.open(tiltServo.chip, tiltServo.channel, SERVO_PERIOD);
		} catch (error) {
			this.panSignal?.close();
			throw error;
		}
		this.moveTo(0, 0);
	}

	moveTo(pan: number, tilt: number): void {
		this.pan = clamp(pan, this.panLimit, this.pan);
		this.tilt = clamp(tilt, this.tiltLimit, this.tilt);
		this.turn(this.panSignal, this.panServo, this.pan);
		this.turn(this.tiltSignal, this.tiltServo, this.tilt);
	}

	/** Releases the servos. No call may follow. */
	close(): void {
		this.panSignal?.close();
		this.tiltSignal?.close();
	}

	private turn(signal: PulseChannel | undefined, servo: ServoChoice | undefined, angle: number): void {
		if (signal === undefined || servo === undefined) return;
		try {
			signal.pulse(pulseOf(servo, angle));
			this.troubles.delete(signal);
		} catch (error) {
			const words = error instanceof Error ? error.message : String(error);
			if (words !== this.troubles.get(signal)) this.log.write("error", "motion", words);
			this.troubles.set(signal, words);
		}
	}
}

/** The pulse in nanoseconds that turns a servo to an angle in degrees, 0 in the middle. */
export function pulseOf(servo: ServoChoice, angle: number): number {
	const { shortest, longest, degrees, reversed } = servo;
	const share = 0.5 + (reversed ? -angle : angle) / degrees;
	const micros = shortest + (longest - shortest) * Math.max(0, Math.min(1, share));
	return Math.round(micros * 1000);
}

function clamp(angle: number, limit: number, otherwise: number): number {
	// Adding 0 makes 0 of -0, which pages would show.
	return Number.isNaN(angle) ? otherwise : Math.max(-limit, Math.min(limit, angle)) + 0;
}
