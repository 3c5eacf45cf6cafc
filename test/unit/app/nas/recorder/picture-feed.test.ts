import assert from "node:assert/strict";
import { PictureFeed } from "../../../../../src/app/nas/recorder/picture-feed";
import { AccessUnit } from "../../../../../src/media/access-unit";
import { Frame } from "../../../../../src/media/frame";
import type { FrameSink, FrameSource, UnitSink, UnitSource } from "../../../../../src/ports/camera";

/** A camera whose pictures a test gives. */
class Camera implements FrameSource {
	readonly description = "camera";
	frames: FrameSink | undefined;
	units: UnitSink | undefined;
	hasH264 = true;
	held = 0;

	get h264(): UnitSource | undefined {
		return this.hasH264 ? this.asUnits : undefined;
	}

	private readonly asUnits: UnitSource = {
		description: "h264",
		parameterSets: [],
		start: (sink) => {
			this.units = sink;
		},
		stop: () => {
			this.units = undefined;
		},
	};

	start(sink: FrameSink): void {
		this.frames = sink;
	}

	stop(): void {
		this.frames = undefined;
	}

	frame(): void {
		this.held++;
		this.frames?.frame(new Frame(new Uint8Array(1), 0, 1, 0, 0, undefined, () => this.held--));
	}

	unit(): void {
		this.held++;
		this.units?.unit(new AccessUnit(new Uint8Array(1), 0, 1, true, 0, 0, 0, () => this.held--));
	}
}

class Scene {
	readonly camera = new Camera();
	now = 0;
	readonly seen: string[] = [];
	readonly feed: PictureFeed;

	constructor(wantsH264 = true, hasH264 = true) {
		this.camera.hasH264 = hasH264;
		const owner = {
			frame: (_frame: unknown, isMain: boolean) => void this.seen.push(isMain ? "jpeg" : "beside"),
			unit: () => void this.seen.push("h264"),
			trouble: (message: string | undefined) => void this.seen.push(message ?? "fine"),
		};
		this.feed = new PictureFeed(this.camera, wantsH264, owner, () => this.now);
	}

	/** Lets seconds pass. */
	pass(seconds: number, isWanted = true, wantsBeside = false): void {
		for (let i = 0; i < seconds; i++) {
			this.now += 1000;
			this.feed.tick(isWanted, wantsBeside);
		}
	}

	get running(): string {
		return `${this.camera.frames === undefined ? "" : "jpeg "}${this.camera.units === undefined ? "" : "h264"}`.trim();
	}
}

describe("app/nas/recorder/picture-feed", () => {
	it("takes H.264 alone where the camera has it, and JPEG as well while there are viewers (STR-25)", () => {
		const scene = new Scene();
		const { camera, seen } = scene;
		scene.pass(1);
		assert.equal(scene.running, "h264");
		camera.unit();
		scene.pass(1);
		assert.equal(scene.running, "h264");
		scene.pass(1, true, true);
		assert.equal(scene.running, "jpeg h264");
		for (let i = 0; i < 10; i++) {
			scene.now += 100;
			camera.frame();
		}
		camera.unit();
		assert.deepEqual(seen, ["h264", "beside", "beside", "h264"]);
		scene.pass(1, false);
		assert.equal(scene.running, "");
		assert.equal(camera.held, 0);
	});

	it("takes JPEG where it is wanted so, or the camera has nothing else", () => {
		for (const scene of [new Scene(false), new Scene(true, false)]) {
			scene.pass(1);
			assert.equal(scene.running, "jpeg");
			scene.camera.frame();
			assert.deepEqual(scene.seen, ["jpeg"]);
		}
	});

	it("takes JPEG at once when the camera says that it has no H.264", () => {
		const scene = new Scene();
		scene.pass(1);
		scene.camera.hasH264 = false;
		scene.camera.units?.trouble("the camera sends JPEG, not H.264");
		assert.equal(scene.running, "jpeg");
		assert.deepEqual(scene.seen, [], "that is no fault");
		scene.camera.frames?.trouble("the camera does not answer");
		assert.deepEqual(scene.seen, ["the camera does not answer"]);
	});

	it("waits 8 s for H.264; then what comes first decides", () => {
		for (const first of ["jpeg", "h264"]) {
			const scene = new Scene();
			scene.pass(8);
			assert.equal(scene.running, "h264");
			scene.pass(1);
			assert.equal(scene.running, "jpeg h264");
			if (first === "jpeg") scene.camera.frame();
			else scene.camera.unit();
			scene.pass(1);
			assert.equal(scene.running, first);
			assert.deepEqual(scene.seen, [first]);
		}
	});

	it("asks again how the camera sends after a minute without pictures, and when it has started again", () => {
		const scene = new Scene();
		scene.pass(1);
		scene.camera.units?.trouble("the camera does not answer");
		scene.camera.frame();
		assert.equal(scene.running, "jpeg");
		scene.pass(59);
		assert.equal(scene.running, "jpeg");
		scene.pass(2);
		assert.equal(scene.running, "h264");
		scene.camera.units?.trouble("the camera does not answer");
		scene.camera.frame();
		assert.equal(scene.running, "jpeg");
		scene.feed.moved();
		assert.equal(scene.running, "h264");
		scene.camera.unit();
		scene.feed.moved();
		assert.deepEqual(scene.seen.slice(-1), ["h264"]);
	});
});
