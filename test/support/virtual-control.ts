import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { startSettings } from "../../src/app/start-settings";
import { StreamControl } from "../../src/app/stream/stream-control";
import { STREAM_CONTROL_SCHEMA } from "../../src/settings/stream-link-schema";
import { PASSWORD } from "./digest";
import type { VirtualHome } from "./virtual-home";

/** A control host in a virtual home; `start` again after the power was cut. */
export class HomeControl {
	readonly machine: VirtualMachine;
	control: StreamControl;

	/** @param number of its address: 192.168.0.NUMBER */
	constructor(
		readonly home: VirtualHome,
		number: number,
		private readonly settings: Readonly<Record<string, string>>,
	) {
		this.machine = new VirtualMachine(home.world, "control");
		this.machine.attach(home.lan, { address: `192.168.0.${number}`, gateway: "192.168.0.1" }, home.link);
		this.control = this.build();
		this.control.start();
	}

	/** The power fails. */
	crash(): void {
		this.machine.crash();
	}

	/** Restores the power: the program starts again with what is on its disk. */
	restart(): void {
		this.machine.powerOn();
		this.control = this.build();
		this.control.start();
	}

	private build(): StreamControl {
		const { network, clock, random, store, log } = this.machine;
		const given = new Map(Object.entries({ password: PASSWORD, ...this.settings }));
		const host = { network, clock, random, store, log, model: "sim", tellPassword() {} };
		return new StreamControl(host, startSettings(STREAM_CONTROL_SCHEMA, given, store));
	}
}
