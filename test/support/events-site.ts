import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { NodeFiles } from "../../hosts/node/files";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { Nas, nasSchema } from "../../src/app/nas/nas";
import { startSettings } from "../../src/app/start-settings";
import { BY_RULE } from "../../src/app/stream/rtsp-extra";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { freePort } from "../../tools/free-port";
import { gridFrame } from "./dc-jpeg";
import { PASSWORD } from "./digest";
import { type Figure, MotionScene } from "./motion-scene";

/** A camera in which somebody walks as long as the test wants. */
class WalkedScene implements FrameSource {
	readonly description = "scene";
	isWalked = false;
	private readonly scene = new MotionScene(3);
	private timer: NodeJS.Timeout | undefined;
	private sequence = 0;

	start(sink: FrameSink): void {
		this.timer = setInterval(() => {
			const figures: Figure[] = [];
			const x = (this.sequence * 1.6) % 70;
			if (this.isWalked) figures.push({ x, y: 20, width: 8, height: 32, brightness: 25 });
			sink.frame(gridFrame(this.scene.shoot({ figures }), this.sequence++, performance.now(), Date.now()));
		}, 200);
	}

	stop(): void {
		clearInterval(this.timer);
	}
}

/** A NAS on this machine with one camera, `door`. */
export class EventsSite {
	readonly source = new WalkedScene();
	private constructor(
		private readonly nas: Nas,
		private readonly port: number,
		private readonly folder: string,
	) {}

	/** Starts it. */
	static async start(): Promise<EventsSite> {
		const folder = mkdtempSync(join(tmpdir(), "porthole-events-"));
		const port = await freePort();
		let site: EventsSite | undefined;
		const given = new Map([
			["password", PASSWORD],
			["http-port", `${port}`],
			["rtsp-port", "0"],
			["mapping", "off"],
			["record-urls", "door=http://127.0.0.1:9/"],
		]);
		const store = new VirtualStore();
		const nas = new Nas(
			{
				network: new NodeNetwork({ use: ["lo"] }),
				clock: new NodeClock(),
				random: new NodeRandom(),
				store,
				log: { write: (level, area, text) => void (level === "error" && console.error(area, text)) },
				model: "test",
				tellPassword() {},
				storage: new NodeFiles(folder),
				luma: new InlineLumaReader(),
				openSource: () => site?.source ?? { description: "", start() {}, stop() {} },
			},
			startSettings(nasSchema([]), given, store),
			{ table: BY_RULE },
		);
		site = new EventsSite(nas, port, folder);
		nas.start();
		return site;
	}

	/** The address of a page. */
	url(path = ""): string {
		return `http://localhost:${this.port}/${path}`;
	}

	async stop(): Promise<void> {
		await new Promise<void>((done) => this.nas.leave(done));
		rmSync(this.folder, { recursive: true, force: true });
	}
}
