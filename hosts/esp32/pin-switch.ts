import Digital from "embedded:io/digital";
import type { Millis } from "../../src/core/time";
import type { Switch } from "../../src/ports/pins";
import { Timer } from "../sdk/sdk-classes";

/** Contacts bounce; the pin is read this long after its first edge. */
const SETTLE: Millis = 30;

/** A toggle switch between a pin and ground: closed is off (IMG-7), so a board without a switch is on. */
export class PinSwitch implements Switch {
	on: boolean;
	private readonly pin: Digital;
	private changed: (() => void) | undefined;
	private settling = false;

	constructor(pin: number) {
		this.pin = new Digital({
			pin,
			mode: Digital.InputPullUp,
			edge: Digital.Rising | Digital.Falling,
			onReadable: () => this.edge(),
		});
		this.on = this.pin.read() !== 0;
	}

	watch(changed: () => void): void {
		this.changed = changed;
	}

	private edge(): void {
		if (this.settling) return;
		this.settling = true;
		Timer.set(() => this.settle(), SETTLE);
	}

	private settle(): void {
		this.settling = false;
		const on = this.pin.read() !== 0;
		if (on === this.on) return;
		this.on = on;
		this.changed?.();
	}
}
