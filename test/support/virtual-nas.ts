import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Nas, nasSchema } from "../../src/app/nas/nas";
import type { NasHost } from "../../src/app/nas/nas-host";
import type { NasExtra } from "../../src/app/nas/nas-services";
import { startSettings } from "../../src/app/start-settings";
import { BY_RULE } from "../../src/app/stream/rtsp-extra";
import type { FrameSource } from "../../src/ports/camera";
import { PASSWORD } from "./digest";
import type { VirtualHome } from "./virtual-home";

/** Gives no pictures. */
const NO_SOURCE: FrameSource = { description: "none", start() {}, stop() {} };

/** A NAS in a virtual home; `start` again after the power was cut. */
export class HomeNas {
	readonly machine: VirtualMachine;
	nas: Nas;

	/**
	 * @param number of its address: 192.168.0.NUMBER
	 * @param settings `password: ""`: it has none of its own
	 */
	constructor(
		readonly home: VirtualHome,
		number: number,
		private readonly settings: Readonly<Record<string, string>> = {},
		private readonly host: Partial<NasHost> = {},
		private readonly extras: readonly NasExtra[] = [],
	) {
		this.machine = new VirtualMachine(home.world, "nas");
		this.machine.attach(home.lan, { address: `192.168.0.${number}`, gateway: "192.168.0.1" }, home.link);
		this.nas = this.build();
		this.nas.start();
	}

	/** The power fails. */
	crash(): void {
		this.machine.crash();
	}

	/** Restores the power: the program starts again with what is on its disk. */
	restart(): void {
		this.machine.powerOn();
		this.nas = this.build();
		this.nas.start();
	}

	/** Where its pages are in the LAN. */
	get url(): string {
		return `http://${this.machine.address}:8000`;
	}

	private build(): Nas {
		const { network, clock, random, store, log, files } = this.machine;
		const given = new Map(Object.entries({ password: PASSWORD, ...this.settings }));
		const host: NasHost = {
			network,
			clock,
			random,
			store,
			log,
			model: "sim",
			tellPassword() {},
			storage: files,
			openSource: () => NO_SOURCE,
			luma: { read: () => false },
			...this.host,
		};
		return new Nas(host, startSettings(nasSchema(this.extras), given, store), { table: BY_RULE }, this.extras);
	}
}
