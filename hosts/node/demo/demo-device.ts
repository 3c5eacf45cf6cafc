import type { VirtualMachine } from "../../virtual/virtual-machine";

/** What a {@link DemoSwitch} turns off and on: a device's power, a cable, or a capability of the home's router. */
export type SwitchKind =
	| "camera"
	| "nas"
	| "router"
	| "laptop"
	| "relay"
	| "rendezvous"
	/** The cable from the home to the Internet. */
	| "uplink"
	/** That the home's router opens ports when a device asks. */
	| "opening";

/** Something in the network of the demo that can be turned off. */
export interface DemoSwitch {
	/** Tells switches apart in URLs: lower-case letters and digits. */
	readonly id: string;
	readonly kind: SwitchKind;
	/** What people call it now. */
	readonly name: string;
	readonly isOn: boolean;
	/** Called after it was turned off or on. */
	switched: (() => void) | undefined;
	/** Harmless when it is so already. */
	turn(isOn: boolean): void;
}

/** A device of the demo: a virtual machine whose power can be cut. */
export abstract class DemoDevice implements DemoSwitch {
	/** @see DemoSwitch */
	switched: (() => void) | undefined;

	constructor(
		readonly id: string,
		readonly kind: SwitchKind,
		readonly machine: VirtualMachine,
	) {}

	abstract get name(): string;

	/** Whether it has power. */
	get isOn(): boolean {
		return this.machine.on;
	}

	/** Restores the power, or cuts it without notice to any program. */
	turn(isOn: boolean): void {
		if (this.isOn === isOn) return;
		if (isOn) this.powerOn();
		else this.powerOff();
		this.switched?.();
	}

	protected abstract powerOn(): void;
	protected abstract powerOff(): void;
}

/** A device with a program of ours. */
export abstract class DemoHost extends DemoDevice {
	/** Starts its program: at the first start, after a power cut, and after it has left to start again. */
	abstract begin(): void;

	/** Ends what is outside of the virtual world: the power is about to be cut. */
	protected end(): void {}

	protected powerOn(): void {
		this.machine.powerOn();
		this.begin();
	}

	protected powerOff(): void {
		this.end();
		this.machine.crash();
	}
}
