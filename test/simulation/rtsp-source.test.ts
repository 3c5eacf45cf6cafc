import assert from "node:assert/strict";
import { Pump } from "../../src/core/pump";
import type { FrameSink, FrameSource, UnitSink, UnitSource } from "../../src/ports/camera";
import { RtspSource } from "../../src/stream/client/rtsp-source";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { RtspHome } from "../support/virtual-rtsp-camera";

/** Counts what a source delivers. */
class Viewer implements FrameSink, UnitSink {
	frames = 0;
	units = 0;
	readonly troubles: (string | undefined)[] = [];
	frame(frame: { release(): void }): void {
		this.frames++;
		frame.release();
	}
	unit(unit: { release(): void }): void {
		this.units++;
		unit.release();
	}
	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}
}

/** Stands for ffmpeg: takes H.264 and makes no frames. */
class Decoder implements FrameSource {
	readonly description = "decoder";
	readonly h264: UnitSource;
	readonly fed = new Viewer();
	running = 0;
	constructor(private readonly units: UnitSource) {
		this.h264 = units;
	}
	start(): void {
		this.running++;
		this.units.start(this.fed);
	}
	stop(): void {
		this.running--;
		this.units.stop();
	}
}

class Scene {
	readonly home = new RtspHome(1);
	readonly viewer = new Viewer();
	decoder: Decoder | undefined;
	others = 0;
	readonly source: RtspSource;

	constructor(fps = 30, decodes = true) {
		const { network, resolver, random, clock } = this.home.viewer;
		const url = parseSourceUrl("rtsp://admin:secret@camera.lan/live?pwd=secret") as RtspUrl;
		const other: FrameSource = {
			description: "other",
			start: () => void this.others++,
			stop: () => void this.others--,
		};
		this.source = new RtspSource(
			{ pump: new Pump(clock), network, resolver, random, utc: () => clock.utc() },
			{ url, framing: "tcp", basic: false, certificate: "" },
			fps,
			decodes ? { decode: (units) => (this.decoder = new Decoder(units)), other: () => other } : undefined,
		);
	}

	run(span: number): void {
		this.home.world.runFor(span);
	}
}

describe("simulation: RTSP source of a camera", () => {
	it("passes JPEG frames on while they are wanted, without a decoder", () => {
		const scene = new Scene();
		const { source, viewer } = scene;
		assert.equal(source.description, "rtsp://camera.lan/live?pwd=***");
		assert.ok(source.h264 !== undefined);
		scene.run(5000);
		assert.equal(scene.home.camera.connections, 0);
		source.start(viewer);
		scene.run(3000);
		assert.ok(viewer.frames > 20);
		assert.equal(source.description, "rtsp://camera.lan/live?pwd=*** (JPEG)");
		assert.equal(source.h264, undefined);
		assert.equal(source.quality, undefined);
		source.stop();
		const { frames } = viewer;
		scene.run(5000);
		assert.equal(viewer.frames, frames);
		assert.equal(scene.home.camera.open.length, 0);
		assert.equal(scene.decoder?.running, 0);
		source.start(viewer);
		scene.run(3000);
		assert.ok(viewer.frames > frames + 20);
		assert.deepEqual(viewer.troubles, []);
	});

	it("passes on no more frames per second than are asked for", () => {
		const scene = new Scene(2);
		scene.source.start(scene.viewer);
		scene.run(10_000);
		assert.ok(scene.viewer.frames >= 17 && scene.viewer.frames <= 21, `${scene.viewer.frames}`);
	});

	it("passes H.264 on and decodes it for frames, over one connection (STR-25)", () => {
		const scene = new Scene();
		scene.home.camera.encoding = "H264";
		const { source, viewer, home } = scene;
		source.start(viewer);
		scene.run(3000);
		assert.equal(scene.decoder?.running, 1);
		assert.ok((scene.decoder?.fed.units ?? 0) > 20);
		assert.equal(home.camera.connections, 1);
		assert.equal(source.h264?.parameterSets.length, 2);
		source.stop();
		scene.run(5000);
		assert.equal(scene.decoder?.running, 0);
		assert.equal(home.camera.open.length, 0);
		// The encoding is known now.
		source.start(viewer);
		assert.equal(scene.decoder?.running, 1);
		scene.run(3000);
		assert.equal(home.camera.connections, 2);
	});

	it("gives H.264 to RTSP viewers on a host without a decoder, and says why there are no frames", () => {
		const scene = new Scene(30, false);
		scene.home.camera.encoding = "H264";
		const { source, viewer } = scene;
		source.h264?.start(viewer);
		scene.run(3000);
		assert.ok(viewer.units > 20);
		assert.deepEqual(viewer.troubles, []);
		source.start(viewer);
		assert.match(viewer.troubles[0] ?? "", /the camera sends H\.264/);
		source.stop();
		const { units } = viewer;
		scene.run(1000);
		assert.ok(viewer.units > units);
		source.h264?.stop();
		scene.run(5000);
		assert.equal(scene.home.camera.open.length, 0);
	});

	it("tells clients that want H.264 that the camera sends JPEG", () => {
		const scene = new Scene();
		const { source, viewer } = scene;
		source.h264?.start(viewer);
		scene.run(2000);
		assert.deepEqual(viewer.troubles, ["the camera sends JPEG, not H.264"]);
		assert.equal(source.h264, undefined);
	});

	it("leaves other encodings to ffmpeg, and looks again next time", () => {
		const scene = new Scene();
		scene.home.camera.encoding = "H265";
		const { source, viewer } = scene;
		source.start(viewer);
		scene.run(3000);
		assert.equal(scene.others, 1);
		assert.equal(source.description, "other");
		assert.equal(source.h264, undefined);
		scene.run(120_000);
		assert.equal(scene.home.camera.connections, 1);
		source.stop();
		assert.equal(scene.others, 0);
		scene.home.camera.encoding = "JPEG";
		source.start(viewer);
		scene.run(3000);
		assert.ok(viewer.frames > 10);
	});

	it("follows a camera that is set to another encoding", () => {
		const scene = new Scene();
		const { source, viewer, home } = scene;
		source.start(viewer);
		scene.run(2000);
		home.camera.encoding = "H264";
		for (const connection of home.camera.open) connection.stream.abort();
		scene.run(4000);
		assert.equal(scene.decoder?.running, 1);
		const { frames } = viewer;
		home.camera.encoding = "JPEG";
		for (const connection of home.camera.open) connection.stream.abort();
		scene.run(6000);
		assert.equal(scene.decoder?.running, 0);
		assert.ok(viewer.frames > frames);
		assert.equal(home.camera.open.length, 1);
	});

	it("reports what is wrong, and that it works again", () => {
		const scene = new Scene();
		const { source, viewer, home } = scene;
		home.camera.answers.push("404");
		source.start(viewer);
		scene.run(900);
		assert.match(viewer.troubles[0] ?? "", /404/);
		scene.run(3000);
		assert.equal(viewer.troubles[1], undefined);
		assert.equal(viewer.troubles.length, 2);
	});
});
