import assert from "node:assert/strict";
import { LiveViewers } from "../../../src/camera/live-viewers";
import type { MjpegViewer } from "../../../src/camera/mjpeg-viewer";
import type { StreamOutbox } from "../../../src/core/stream";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { FrameHub } from "../../../src/media/frame-hub";
import { Uplink } from "../../../src/media/uplink";
import { LoopFanOut } from "../../../src/ports/fan-out";

const NEAR = false;
const FAR = true;

/** Accepts everything, and stores nothing. */
const NULL_STREAM: StreamOutbox = {
	room: 1 << 30,
	queued: 0,
	write() {},
	writeShared() {},
	offer: () => true,
	reading() {},
	end() {},
	abort() {},
};

/** A camera with its viewers, in virtual time: 25 frames of 10 kB a second. */
class Stage {
	now = 0;
	readonly hub = new FrameHub({ wanted() {}, unwanted() {} });
	readonly live: LiveViewers;
	private sequence = 0;

	constructor(uplink: number, viewers = 1000) {
		this.live = new LiveViewers(this.hub, { viewers, uplink }, new LoopFanOut(), () => this.now);
	}

	watch(far: boolean, interval = 0): MjpegViewer {
		const viewer = this.live.watch(interval, far);
		viewer.fill(this.now, NULL_STREAM);
		return viewer;
	}

	run(seconds: number, octets = 10_000): void {
		const bytes = new Uint8Array(FRAME_HEADROOM + octets + FRAME_TAILROOM);
		for (const end = this.now + seconds * 1000; this.now < end; ) {
			this.now += 40;
			const frame = new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + octets, ++this.sequence, this.now, undefined);
			this.hub.push(this.now, frame);
			frame.release();
		}
	}
}

/** Frames that each viewer has got since the last call. */
function counter(viewers: readonly MjpegViewer[]): () => number[] {
	let before = viewers.map(() => 0);
	return () => {
		const counts = viewers.map(({ delivered }, i) => delivered - before[i]);
		before = viewers.map(({ delivered }) => delivered);
		return counts;
	};
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe("media/uplink", () => {
	it("grows each share with time, more slowly for more viewers", () => {
		const uplink = new Uplink(1000);
		assert.equal(uplink.join(0), 0);
		assert.equal(uplink.paid(100), 100_000);
		assert.equal(uplink.join(100), 100_000);
		assert.equal(uplink.paid(200), 150_000);
		uplink.leave(200);
		assert.equal(uplink.paid(300), 250_000);
		uplink.leave(300);
		assert.equal(uplink.paid(1e6), 250_000, "nobody watches, nobody pays");
		assert.equal(uplink.join(2e6), 250_000);
		uplink.setRate(2e6 + 100, 10);
		assert.equal(uplink.paid(2e6 + 200), 351_000, "what was due before stays due");
	});

	for (const [count, kB] of [
		[1, 100],
		[3, 100],
		[10, 100],
		[32, 500],
		[7, 1500],
	] as const) {
		it(`keeps ${count} Internet viewers within ${kB} kB/s, with equal shares`, () => {
			const stage = new Stage(kB);
			const viewers = Array.from({ length: count }, () => stage.watch(FAR));
			const frames = counter(viewers);
			stage.run(2);
			frames();
			stage.run(60);
			const counts = frames();
			const possible = Math.min(25 * count, (kB * 1000) / 10_150);
			const rate = sum(counts) / 60;
			assert.ok(rate <= possible * 1.02 && rate >= possible * 0.95, `${rate} frames/s of ${possible}`);
			assert.ok(Math.max(...counts) - Math.min(...counts) <= 2, `${counts}`);
		});
	}

	it("does not limit viewers in the LAN: 500 get every frame, with and without Internet viewers", () => {
		const stage = new Stage(100);
		const near = Array.from({ length: 500 }, () => stage.watch(NEAR));
		const frames = counter(near);
		stage.run(4);
		assert.ok(frames().every((count) => count === 100));
		const far = Array.from({ length: 5 }, () => stage.watch(FAR));
		stage.run(4);
		assert.ok(frames().every((count) => count === 100));
		assert.ok(sum(counter(far)()) <= 45);
	});

	it("charges each frame by its size", () => {
		const stage = new Stage(200);
		const frames = counter([stage.watch(FAR)]);
		stage.run(20, 10_000);
		const [small] = frames();
		stage.run(20, 50_000);
		const [large] = frames();
		assert.ok(Math.abs(small / large - 5) < 0.4, `${small} small, ${large} large`);
	});

	it("gives the share of viewers that leave to the others at once, and a new viewer no more than its share", () => {
		const stage = new Stage(100);
		const viewers = Array.from({ length: 4 }, () => stage.watch(FAR));
		const frames = counter(viewers);
		stage.run(40);
		frames();
		for (const viewer of viewers.slice(1)) viewer.release();
		stage.run(20);
		const [alone] = frames();
		assert.ok(alone >= 190 && alone <= 202, `${alone}`);
		const late = counter([stage.watch(FAR)]);
		stage.run(20);
		const [first] = frames();
		const [second] = late();
		assert.ok(Math.abs(first - second) <= 2 && first + second <= 204, `${first} ${second}`);
	});

	it("does not save up a share that a viewer has not used", () => {
		const stage = new Stage(100);
		const viewer = stage.watch(FAR, 10_000);
		stage.run(60);
		assert.ok(viewer.delivered <= 7);
		const greedy = counter([stage.watch(FAR)]);
		stage.run(1);
		assert.ok(greedy()[0] <= 7, "half of 100 kB/s, and the first frame");
	});

	it("does not count a frame that pacing skips as missed", () => {
		const stage = new Stage(50);
		const viewer = stage.watch(FAR);
		stage.run(10);
		assert.ok(viewer.delivered < 60);
		assert.equal(viewer.dropped, 0);
	});

	it("has no limit when set to 0", () => {
		const stage = new Stage(0);
		const frames = counter(Array.from({ length: 20 }, () => stage.watch(FAR)));
		stage.run(4);
		assert.ok(frames().every((count) => count === 100));
	});
});

describe("camera/live-viewers", () => {
	it("is full at its limit, and has room for one more after a viewer leaves", () => {
		const stage = new Stage(0, 3);
		const viewers = [stage.watch(NEAR), stage.watch(FAR), stage.watch(NEAR)];
		assert.equal(stage.live.isFull(true), true);
		viewers[1].release();
		viewers[1].release();
		assert.equal(stage.live.isFull(true), false);
		assert.equal(stage.live.watching, 2);
		assert.equal(stage.hub.watching, 2);
	});

	it("reserves an eighth of its places, at least one, for owners, so that holders of a viewer link cannot lock them out", () => {
		for (const [places, forGuests] of [
			[1, 1],
			[2, 1],
			[8, 7],
			[32, 28],
		]) {
			const stage = new Stage(0, places);
			let guests = 0;
			for (; !stage.live.isFull(false); guests++) stage.watch(NEAR);
			assert.equal(guests, forGuests);
			for (; !stage.live.isFull(true); guests++) stage.watch(NEAR);
			assert.equal(guests, places);
		}
	});

	it("counts a viewer whose stream never started", () => {
		const stage = new Stage(100, 1);
		const viewer = stage.live.watch(0, FAR);
		assert.equal(stage.live.isFull(true), true);
		viewer.release();
		assert.equal(stage.live.isFull(true), false);
		const frames = counter([stage.watch(FAR)]);
		stage.run(10);
		assert.ok(frames()[0] >= 95, "no share goes to a viewer that never existed");
	});
});
