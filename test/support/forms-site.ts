import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { openSource } from "../../hosts/node/sources/open-source";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { Camera, cameraSchema } from "../../src/app/camera/camera";
import { startSettings } from "../../src/app/start-settings";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "./digest";

/** A camera of this process on the loopback interface, which restarts itself with what was changed on its pages. */
export class FormsSite {
	/** What it has logged. */
	readonly log: string[] = [];
	/** Its storage; the key `settings` has what was changed on its pages. */
	readonly store = new VirtualStore();
	camera!: Camera;
	/** True: it does not start again by itself, only by {@link begin}. */
	holdsRestart = false;
	/** It has left for a restart. */
	isDown = false;

	private constructor(
		public port: number,
		private readonly given: ReadonlyMap<string, string>,
	) {}

	/** Starts it. @param given more settings */
	static async start(given: ReadonlyMap<string, string> = new Map()): Promise<FormsSite> {
		const site = new FormsSite(Number(given.get("http-port") ?? (await freePort())), given);
		site.begin();
		return site;
	}

	/** The address of a page. */
	url(path = ""): string {
		return `http://localhost:${this.port}/${path}`;
	}

	stop(): Promise<void> {
		return new Promise((done) => this.camera.leave(done));
	}

	/** Starts it again, with what was changed on its pages. */
	begin(): void {
		this.isDown = false;
		const { source, motion } = openSource("synthetic", { fps: 10, name: () => "garage", look: 1 } as never);
		const settings = new Map([
			["password", PASSWORD],
			["name", "Garage"],
			["http-port", `${this.port}`],
			["mapping", "off"],
			...this.given,
		]);
		const { store } = this;
		this.camera = new Camera(
			{
				network: new NodeNetwork({ use: ["lo"] }),
				clock: new NodeClock(),
				random: new NodeRandom(),
				store,
				log: { write: (level, area, text) => void this.log.push(`${level} ${area} ${text}`) },
				model: "test",
				tellPassword() {},
				hostNames: ["garage-pi", "garage-pi.local"],
				restart: () => {
					this.isDown = true;
					if (!this.holdsRestart) this.begin();
				},
				source,
				motion,
				switch: NO_SWITCH,
				floating: NO_FLOATING_ADDRESS,
			},
			startSettings(cameraSchema([]), settings, store),
		);
		this.camera.start();
	}
}
