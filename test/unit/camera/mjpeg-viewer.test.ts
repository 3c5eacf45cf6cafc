import assert from "node:assert/strict";
import { LiveViewers } from "../../../src/camera/live-viewers";
import { BOUNDARY, timestamp, wrapPart } from "../../../src/camera/mjpeg-part";
import type { MjpegViewer } from "../../../src/camera/mjpeg-viewer";
import { Snapshots } from "../../../src/camera/snapshots";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { FrameHub } from "../../../src/media/frame-hub";
import { LoopFanOut } from "../../../src/ports/fan-out";
import { FakeStream } from "../../support/fake-stream";

let recycled = 0;

function frame(sequence: number, length = 100, at = sequence * 40): Frame {
	const bytes = new Uint8Array(FRAME_HEADROOM + length + FRAME_TAILROOM).fill(96 + (sequence % 26), FRAME_HEADROOM);
	return new Frame(
		bytes,
		FRAME_HEADROOM,
		FRAME_HEADROOM + length,
		sequence,
		at,
		1_700_000_000_000 + at,
		() => void recycled++,
	);
}

function hub(): { hub: FrameHub; live: LiveViewers; group: LoopFanOut; calls: string[]; push(f: Frame): void } {
	const calls: string[] = [];
	const it = new FrameHub({ wanted: () => calls.push("wanted"), unwanted: () => calls.push("unwanted") });
	const group = new LoopFanOut();
	return {
		hub: it,
		live: new LiveViewers(it, { viewers: 1000, uplink: 0 }, group, () => 0),
		group,
		calls,
		push(f) {
			it.push(f.at, f);
			f.release();
		},
	};
}

function watch(live: LiveViewers, room = 1 << 20, interval = 0): { viewer: MjpegViewer; stream: FakeStream } {
	const viewer = live.watch(interval, false);
	const stream = new FakeStream(room);
	viewer.fill(0, stream);
	// From here on only frames are counted, not the first boundary.
	stream.shared = 0;
	return { viewer, stream };
}

const machine = (viewer: MjpegViewer) =>
	({ room: (now: number, out: FakeStream) => void viewer.fill(now, out) }) as never;

describe("camera/mjpeg-viewer", () => {
	it("sends each part with type, length and time, followed by the next boundary at once (IMG-16)", () => {
		const { live, push } = hub();
		const { stream } = watch(live);
		assert.equal(stream.text(), `--${BOUNDARY}\r\n`);
		push(frame(1, 3));
		assert.equal(
			stream.text(),
			`Content-Type: image/jpeg\r\nContent-Length: 3\r\nX-Timestamp: 1700000000.040000\r\n\r\naaa\r\n--${BOUNDARY}\r\n`,
		);
		assert.equal(stream.shared, 1);
	});

	it("sends each frame to all viewers from one buffer in one write each, without a copy", () => {
		const { hub: h, live, push } = hub();
		const viewers = Array.from({ length: 50 }, () => watch(live));
		for (let i = 1; i <= 10; i++) push(frame(i));
		for (const { stream } of viewers) assert.equal(stream.shared, 10);
		assert.equal(h.delivered, 500);
	});

	it("holds at most one frame for ten viewers that never read, and delays no other viewer (IMG-17)", () => {
		recycled = 0;
		const { live, push } = hub();
		const stalled = Array.from({ length: 10 }, () => watch(live, 40));
		const good = watch(live);
		for (let i = 1; i <= 100; i++) push(frame(i));
		assert.equal(good.stream.shared, 100);
		assert.ok(recycled >= 98, `only one old frame and the newest are held: ${recycled} given back`);
		for (const { viewer } of stalled) assert.equal(viewer.dropped, 99);
	});

	it("hands a frame to the host whole, and the newest one when that has left", () => {
		const { live, push } = hub();
		const { viewer, stream } = watch(live, 60);
		push(frame(1));
		for (let i = 2; i < 9; i++) push(frame(i));
		for (let i = 0; i < 12; i++) stream.take(30, 400, machine(viewer));
		const sent = stream.text();
		assert.match(sent, /Content-Length: 100[\s\S]*a{100}\r\n--porthole-frame\r\nContent-Type[\s\S]*hhh/);
		assert.doesNotMatch(sent, /bbb/);
		assert.deepEqual([viewer.delivered, viewer.dropped], [2, 7]);
	});

	it("gets no frame before its first boundary has left", () => {
		const { live, group, push } = hub();
		const { viewer, stream } = watch(live, 10);
		push(frame(1));
		assert.equal(group.size, 0);
		assert.equal(stream.text(), `--${BOUNDARY}\r\n`.slice(0, 10));
		stream.take(500, 40, machine(viewer));
		assert.match(stream.text(), /^-frame\r\nContent-Type/);
	});

	it("makes one call to the host for each frame, however many viewers there are", () => {
		const { live, group, push } = hub();
		for (let i = 0; i < 50; i++) watch(live, 1 << 20, i % 2 === 0 ? 100 : 0);
		for (let i = 1; i <= 10; i++) push(frame(i));
		assert.equal(group.sends, 10);
	});

	it("does not send a frame twice to a viewer that becomes ready between two frames", () => {
		const { live, push } = hub();
		const { viewer, stream } = watch(live);
		push(frame(1));
		for (let i = 0; i < 5; i++) stream.take(10, 40, machine(viewer));
		assert.equal(stream.shared, 1);
		const late = watch(live);
		assert.equal(late.viewer.delivered, 1, "the newest frame, at once");
		for (let i = 0; i < 5; i++) late.stream.take(10, 40, machine(late.viewer));
		assert.equal(late.viewer.delivered, 1);
		push(frame(2));
		assert.deepEqual([viewer.delivered, late.viewer.delivered], [2, 2]);
	});

	it("sends a new viewer no old picture of a source that stands still, but the next one", () => {
		for (const [age, expected] of [
			[1000, 1],
			[1001, 0],
			[3_600_000, 0],
		]) {
			const { live, push } = hub();
			push(frame(1));
			const viewer = live.watch(0, false);
			const stream = new FakeStream(1 << 20);
			viewer.fill(40 + age, stream);
			assert.equal(viewer.delivered, expected, `${age} ms`);
			push(frame(2, 100, 40 + age + 1));
			assert.equal(viewer.delivered, expected + 1);
		}
	});

	it("starts no frame while the last one is still queued in the host", () => {
		const { live, push } = hub();
		const { viewer, stream } = watch(live);
		push(frame(1));
		stream.queued = 50;
		push(frame(2));
		push(frame(3));
		assert.equal(stream.shared, 1);
		stream.queued = 0;
		stream.take(0, 130, machine(viewer));
		assert.equal(stream.shared, 2);
		assert.match(stream.text(), /c{100}/);
	});

	it("keeps to a viewer's frame rate without drifting", () => {
		const { live, push } = hub();
		const { stream, viewer } = watch(live, 1 << 20, 100);
		for (let i = 1; i <= 250; i++) push(frame(i));
		assert.ok(stream.shared >= 98 && stream.shared <= 102, `${stream.shared} of 250 frames in 10 s at 10 frames/s`);
		assert.equal(viewer.dropped, 0);
	});

	it("wakes the camera for the first viewer and lets it sleep after the last", () => {
		const { hub: h, live, calls } = hub();
		const [a, b] = [watch(live), watch(live)];
		a.viewer.release();
		a.viewer.release();
		assert.deepEqual(calls, ["wanted"]);
		b.viewer.release();
		assert.deepEqual(calls, ["wanted", "unwanted"]);
		assert.equal(h.watching, 0);
	});

	it("returns every buffer once it is no longer used", () => {
		recycled = 0;
		const { hub: h, live, push } = hub();
		const { viewer, stream } = watch(live, 50);
		for (let i = 1; i <= 5; i++) push(frame(i));
		stream.abort();
		viewer.release();
		h.clear();
		assert.equal(recycled, 5);
	});

	it("rejects a frame without free room around it", () => {
		assert.throws(() => wrapPart(new Frame(new Uint8Array(10), 0, 10, 1, 0, undefined)), RangeError);
	});

	for (const [millis, text] of [
		[0, "0.000000"],
		[1, "0.001000"],
		[1_700_000_000_123, "1700000000.123000"],
	] as const) {
		it(`writes ${millis} ms as ${text}`, () => assert.equal(timestamp(millis), text));
	}
});

describe("camera/snapshots", () => {
	class Reply {
		status = 0;
		words = "";
		readonly stream_ = new FakeStream();
		stream(
			status: number,
			_headers: unknown,
			source: { fill(now: number, out: FakeStream): boolean; release(): void },
			length: number,
		): void {
			this.status = status;
			assert.equal(source.fill(0, this.stream_), true);
			source.release();
			assert.equal(this.stream_.text().length, length);
		}
		error(status: number, words: string): void {
			this.status = status;
			this.words = words;
		}
	}

	it("answers at once with a recent frame, and waits for the next one otherwise (IMG-16)", () => {
		const { hub: h, calls, push } = hub();
		const snapshots = new Snapshots(h, (reason) => reason);
		const replies = [new Reply(), new Reply(), new Reply()];
		snapshots.ask(0, replies[0] as never);
		assert.equal(replies[0].status, 0);
		push(frame(1));
		assert.equal(replies[0].status, 200);
		snapshots.ask(500, replies[1] as never);
		assert.equal(replies[1].status, 200);
		snapshots.ask(5000, replies[2] as never);
		assert.equal(replies[2].status, 0);
		push(frame(200));
		assert.equal(replies[2].status, 200);
		assert.deepEqual(calls, ["wanted", "unwanted", "wanted", "unwanted"]);
	});

	it("answers 503 when no picture comes within 5 s", () => {
		const { hub: h } = hub();
		const snapshots = new Snapshots(h, (reason) => reason);
		const reply = new Reply();
		snapshots.ask(0, reply as never);
		snapshots.expire(4999);
		assert.equal(reply.status, 0);
		snapshots.expire(5000);
		assert.deepEqual([reply.status, reply.words], [503, "no-picture"]);
		assert.equal(h.watching, 0);
	});

	it("lets at most 64 requests wait", () => {
		const { hub: h } = hub();
		const snapshots = new Snapshots(h, (reason) => reason);
		const replies = Array.from({ length: 65 }, () => new Reply());
		for (const reply of replies) snapshots.ask(0, reply as never);
		assert.deepEqual([replies[63].status, replies[64].status], [0, 503]);
	});
});
