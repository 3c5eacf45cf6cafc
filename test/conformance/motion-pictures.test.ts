import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Frame } from "../../src/media/frame";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame as OneFrame } from "../../src/media/frame";
import { JpegSplitter } from "../../src/media/jpeg-splitter";
import type { LumaGrid } from "../../src/ports/luma";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { MOTION_DEFAULTS } from "../../src/storage/motion/motion-settings";
import { MotionWatch } from "../../src/storage/motion/motion-watch";
import { needs } from "../support/needs";

const STEP = 200;

/** Pictures of a fractal landscape with a filter, 30 seconds of five a second, compressed as a camera does. */
function film(filter: string): Frame[] {
	const bytes = execFileSync(
		"ffmpeg",
		[
			...["-loglevel", "error", "-f", "lavfi", "-i", "mandelbrot=size=640x480:rate=5:start_scale=0.01:end_scale=0.01"],
			...["-vf", `loop=loop=-1:size=1,setpts=N/5/TB,${filter}`, "-t", "30", "-r", "5"],
			...["-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "6", "-f", "mjpeg", "-"],
		],
		{ maxBuffer: 1 << 28 },
	);
	const frames: Frame[] = [];
	const splitter = new JpegSplitter({
		jpeg: (all, start, end) => {
			const one = new Uint8Array(FRAME_HEADROOM + end - start + FRAME_TAILROOM);
			one.set(all.subarray(start, end), FRAME_HEADROOM);
			frames.push(new OneFrame(one, FRAME_HEADROOM, FRAME_HEADROOM + end - start, frames.length, 0, undefined));
		},
	});
	splitter.push(new Uint8Array(bytes));
	splitter.end();
	return frames;
}

/** The events in pictures, as spans of seconds. */
function eventsIn(frames: readonly Frame[]): [from: number, to: number][] {
	const watch = new MotionWatch(MOTION_DEFAULTS);
	const reader = new InlineLumaReader();
	const events: [number, number][] = [];
	let at = 0;
	const sink = {
		luma: (_frame: Frame, grid: LumaGrid) => {
			const news = watch.take(at, at, grid);
			if (news === "began") events.push([watch.from / 1000, Infinity]);
			if (news === "ended") events[events.length - 1][1] = watch.to / 1000;
		},
		failed: (_frame: Frame, detail: string) => assert.fail(detail),
	};
	for (const frame of frames) {
		reader.read(frame, sink);
		at += STEP;
	}
	return events;
}

describe("conformance/motion in compressed pictures", () => {
	const quiet: readonly [name: string, filter: string][] = [
		["a still picture with the noise of a day", "noise=alls=8:allf=t"],
		["the noise of a night", "eq=brightness=-0.3,noise=alls=45:allf=t"],
		[
			"light that is switched on, off and on",
			"eq=brightness='if(between(t,10,18)+gt(t,24),0.25,0)':eval=frame,noise=alls=8:allf=t",
		],
		["dusk", "eq=brightness='-t/80':eval=frame,noise=alls=15:allf=t"],
		["automatic exposure", "eq=contrast='1+0.15*sin(t)':eval=frame,noise=alls=8:allf=t"],
	];
	for (const [name, filter] of quiet) {
		it(`has no event: ${name} (STR-26)`, function () {
			needs(this, "ffmpeg");
			const frames = film(filter);
			assert.equal(frames.length, 150);
			assert.deepEqual(eventsIn(frames), []);
		});
	}

	const moving: readonly [name: string, box: string, more: string][] = [
		["somebody in the middle distance", "w=36:h=100:y=300:color=0x303030", "noise=alls=8:allf=t"],
		["somebody small", "w=22:h=56:y=340:color=0x202020", "noise=alls=8:allf=t"],
		["somebody bright at night", "w=40:h=110:y=300:color=0xc0c0c0", "eq=brightness=-0.3,noise=alls=35:allf=t"],
	];
	for (const [name, box, more] of moving) {
		it(`has one event: ${name} (STR-26)`, function () {
			needs(this, "ffmpeg");
			// The box of drawbox stands still; two pictures that are laid over each other do not.
			const [w, h, y, color] = box.split(":").map((part) => part.split("=")[1]);
			const walk = `overlay=x='if(between(t,12,20),(t-12)*80-20,-200)':y=${y}:eval=frame`;
			const events = eventsIn(
				film(`split[a][b];[b]crop=${w}:${h}:0:0,drawbox=t=fill:color=${color}[c];[a][c]${walk},${more}`),
			);
			assert.equal(events.length, 1, JSON.stringify(events));
			const [[from, to]] = events;
			assert.ok(from >= 12 && from < 15, `${from}`);
			assert.ok(to > 17 && to < 22, `${to}`);
		});
	}
});
