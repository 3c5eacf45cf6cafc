import type { FrameSource } from "../../../src/ports/camera";
import type { Ciphers } from "../../../src/ports/ciphers";
import type { Files } from "../../../src/ports/files";
import type { Log } from "../../../src/ports/log";
import type { LumaReader } from "../../../src/ports/luma";
import type { Motion } from "../../../src/ports/motion";
import type { Thumbnailer } from "../../../src/ports/thumbnailer";
import { VirtualGateway } from "../../virtual/gateway/virtual-gateway";
import { Lan } from "../../virtual/lan";
import type { VirtualMachine } from "../../virtual/virtual-machine";
import type { World } from "../../virtual/world";

/** The address of the home's router on the virtual Internet. */
export const HOME_ADDRESS = "198.20.0.1";
/** The address of the home's router inside. */
export const HOME_GATEWAY = "192.168.0.1";

/** Files of a device from one power-on to the next power cut. */
export interface DemoFiles {
	readonly files: Files;
	/** The power is cut: nothing is called any more. */
	stop(): void;
}

/** What the devices of the demo get of the machine that runs it. */
export interface DemoSupply {
	readonly log: Log;
	readonly ciphers: Ciphers;
	/** Compares the pictures that the NAS records. */
	readonly luma: LumaReader;
	/** Scales pictures; absent: nobody does. */
	readonly thumbnailer?: Thumbnailer;
	qrCode?(text: string): string;
	gzip?(text: string): Uint8Array;
	/** Opens what a camera sees, and the drive that turns it. @param name the camera's present name, for its picture */
	openSource(number: number, name: () => string): { readonly source: FrameSource; readonly motion: Motion };
	/** Opens the disk of the NAS. */
	openStorage(machine: VirtualMachine): DemoFiles;
}

/** What the user of the demo has chosen. */
export interface DemoChoices {
	readonly cameras: number;
	/** External port of the representative, and of the cameras after it. */
	readonly port: number;
	/** One camera's external port for video players, and of the cameras after it; 0: none. */
	readonly rtspPort: number;
	/** The host in the URLs of all pages. */
	readonly host: string;
	/** The address on which this machine opens its ports. */
	readonly listen: string;
	/** The owner's. */
	readonly password: string;
	readonly fleetKey: string;
	/** The page that draws the network; empty: there is none. */
	readonly networkUrl: string;
	/** The port of the pages that the laptop behind another router shows, on this machine. */
	readonly laptopPort: number;
	/** The relay's port for HTTP, at its own machine and on this one. */
	readonly relayPort: number;
}

/** The virtual home and the virtual Internet, before any device is there. */
export class DemoScene {
	readonly home: Lan;
	readonly internet: Lan;
	readonly gateway: VirtualGateway;

	constructor(
		readonly world: World,
		readonly supply: DemoSupply,
		readonly choices: DemoChoices,
	) {
		// The host in the URLs is this machine, whose ports stand for those of the home's router: that is where the relay finds the cameras.
		world.names.set(choices.host, { a: [HOME_ADDRESS] });
		this.home = new Lan(world, { name: "home" });
		this.internet = new Lan(world, { name: "Internet", routed: true });
		this.gateway = new VirtualGateway(world, {
			lan: this.home,
			wan: this.internet,
			outside: { address: HOME_ADDRESS, prefix: 24, gateway: "198.20.0.254" },
			name: "Virtual router",
			// In secure mode no other camera could take over the port of an unplugged representative until its lease ends.
			quirks: { secure: false },
		});
	}

	/** The settings that all members of the fleet start with. */
	get given(): Map<string, string> {
		const { port, host, password, fleetKey } = this.choices;
		return new Map([
			["representative-ports", `${port}`],
			["host-name", host],
			["inquiry", "1-2"],
			["password", password],
			["fleet-key", fleetKey],
		]);
	}
}
