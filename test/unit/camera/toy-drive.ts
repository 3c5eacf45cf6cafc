import { PanTilt, type PanTiltDrive, type PanTiltOptions } from "../../../src/camera/pan-tilt";
import type { PresetMemory } from "../../../src/camera/preset-list";
import type { Millis } from "../../../src/core/time";

/** A drive that turns at once, and remembers the positions that were set. */
export class ToyDrive implements PanTiltDrive {
	pan = 0;
	tilt = 0;
	readonly told: [number, number][] = [];

	constructor(
		readonly panLimit = 45,
		readonly tiltLimit = 30,
	) {}

	moveTo(pan: number, tilt: number): void {
		this.pan = pan;
		this.tilt = tilt;
		this.told.push([pan, tilt]);
	}
}

/** A preset memory that never fails. */
export class ToyMemory implements PresetMemory {
	writes = 0;
	constructor(public text: string | undefined = undefined) {}

	read(): string | undefined {
		return this.text;
	}

	write(text: string): void {
		this.text = text;
		this.writes++;
	}
}

/** A camera that turns, in virtual time. */
export class Turning {
	now: Millis = 1000;
	readonly panTilt: PanTilt;

	constructor(
		readonly drive: ToyDrive = new ToyDrive(),
		options: Partial<PanTiltOptions> = {},
		readonly memory: ToyMemory = new ToyMemory(),
	) {
		this.panTilt = new PanTilt(drive, { panLimit: 180, tiltLimit: 90, speed: 60, dwell: 10, ...options }, memory);
	}

	/** Lets time pass; each deadline is kept, or missed by up to `late`. */
	pass(duration: Millis, late: () => Millis = () => 0): void {
		const end = this.now + duration;
		for (;;) {
			const next = Math.max(this.now, this.panTilt.deadline) + late();
			if (next > end) break;
			this.now = next;
			this.panTilt.expire(next);
		}
		this.now = end;
	}

	/** Its direction. */
	get view(): [number, number] {
		const { pan, tilt } = this.panTilt.state;
		return [pan, tilt];
	}
}
