import type { World } from "../../hosts/virtual/world";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import { gridFrame } from "./dc-jpeg";
import { type Moment, MotionScene } from "./motion-scene";

/** A camera of a virtual world that shows a scene, five pictures a second. */
export class SceneSource implements FrameSource {
	readonly description = "scene";
	/** What the scene is like; the test changes it. */
	moment: (at: number) => Moment = () => ({});
	private readonly scene: MotionScene;
	private sink: FrameSink | undefined;
	private sequence = 0;

	constructor(
		private readonly world: World,
		private readonly utc: () => number | undefined,
		seed = 1,
	) {
		this.scene = new MotionScene(seed);
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.world.after(0, () => this.tick(sink));
	}

	stop(): void {
		this.sink = undefined;
	}

	private tick(sink: FrameSink): void {
		if (this.sink !== sink) return;
		const { now } = this.world;
		sink.frame(gridFrame(this.scene.shoot(this.moment(now)), this.sequence++, now, this.utc()));
		this.world.after(200, () => this.tick(sink));
	}
}
