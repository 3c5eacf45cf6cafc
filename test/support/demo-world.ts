import { DemoNetwork } from "../../hosts/node/demo/demo-network";
import type { DemoSupply } from "../../hosts/node/demo/demo-scene";
import { NetworkJournal } from "../../hosts/node/demo/network-journal";
import { NetworkObserver } from "../../hosts/node/demo/network-observer";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualLog } from "../../hosts/virtual/virtual-log";
import { VirtualRandom } from "../../hosts/virtual/virtual-random";
import { World } from "../../hosts/virtual/world";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import { NO_MOTION } from "../../src/ports/motion";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { PASSWORD } from "./digest";
import { toyJpeg } from "./toy-jpeg";

/** Gives the same picture five times a second. */
class Pictures implements FrameSource {
	readonly description = "pictures";
	private sink: FrameSink | undefined;
	private sequence = 0;
	private readonly picture = toyJpeg();

	constructor(private readonly world: World) {}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.tick(sink);
	}

	stop(): void {
		this.sink = undefined;
	}

	private tick(sink: FrameSink): void {
		if (this.sink !== sink) return;
		const end = FRAME_HEADROOM + this.picture.length;
		const bytes = new Uint8Array(end + FRAME_TAILROOM);
		bytes.set(this.picture, FRAME_HEADROOM);
		this.world.after(200, () => this.tick(sink));
		sink.frame(new Frame(bytes, FRAME_HEADROOM, end, this.sequence++, Math.floor(this.world.now), undefined));
	}
}

/** The network of the demo in virtual time. */
export class DemoWorld {
	readonly world: World;
	readonly log: VirtualLog;
	readonly network: DemoNetwork;
	readonly journal: NetworkJournal;
	readonly observer: NetworkObserver;

	constructor(
		readonly seed: number,
		cameras = 3,
	) {
		const world = new World(seed);
		this.world = world;
		this.log = new VirtualLog(world);
		const supply: DemoSupply = {
			log: this.log,
			ciphers: new ToyCiphers(new VirtualRandom(world.fork())),
			luma: new InlineLumaReader(),
			openSource: () => ({ source: new Pictures(world), motion: NO_MOTION }),
			openStorage: ({ files }) => ({ files, stop() {} }),
		};
		const choices = {
			cameras,
			port: 8080,
			rtspPort: 8554,
			host: "localhost",
			listen: "127.0.0.1",
			password: PASSWORD,
			fleetKey: "a-key-of-the-home-of-the-demo",
			networkUrl: "http://localhost:8070/",
			laptopPort: 8071,
			relayPort: 8072,
		};
		this.network = new DemoNetwork(world, supply, choices, true);
		this.journal = new NetworkJournal(this.network);
		this.observer = new NetworkObserver(this.network, this.journal);
		this.network.start();
	}

	/** What has happened, the oldest first. */
	get said(): readonly string[] {
		return this.journal.events.map(({ text }) => text).reverse();
	}

	/** Lets time pass until `done`. @returns how long that took @throws when it takes longer than `limit` */
	until(what: string, done: () => boolean, limit = 60_000): number {
		const { world, seed, said, log } = this;
		const start = world.now;
		if (!world.runUntil(done, limit))
			throw new Error(`seed ${seed}: not within ${limit} ms: ${what}\n${said.join("\n")}\n${log.text()}`);
		return world.now - start;
	}

	/** Lets time pass until everything works that the demo shows. */
	untilWhole(limit = 150_000): number {
		const { network } = this;
		const { cameras } = network.scene.choices;
		return this.until(
			"everything works",
			() =>
				network.recorded.size === cameras &&
				network.offers === cameras &&
				network.reached.size > 0 &&
				this.openPages === cameras + 1,
			limit,
		);
	}

	/** How many pages of devices that are on can be reached by a port of the home's router. */
	get openPages(): number {
		return this.observer.view.home.filter(({ isOn, url }) => isOn && url !== "").length;
	}
}
