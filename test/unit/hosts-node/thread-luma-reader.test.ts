import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { LUMA_PICTURE_MAX, ThreadLumaReader } from "../../../hosts/node/thread-luma-reader";
import { Frame } from "../../../src/media/frame";
import type { LumaSink } from "../../../src/ports/luma";
import { InlineLumaReader } from "../../../src/storage/motion/inline-luma-reader";
import { TYPESCRIPT } from "../../../tools/typescript-options";

const PICTURE = new Uint8Array(readFileSync(join(__dirname, "../../fixtures/frame.jpg")));
const THREAD = join(__dirname, "../../../hosts/node/luma-worker.ts");

function frameOf(bytes: Uint8Array, recycle: () => void): Frame {
	return new Frame(bytes, 0, bytes.length, 0, 0, undefined, recycle);
}

/** Collects answers. */
class Answers implements LumaSink {
	readonly grids: string[] = [];
	readonly faults: string[] = [];
	private waiting: [count: number, done: () => void] = [0, () => {}];

	luma(_frame: Frame, grid: { columns: number; rows: number; blocks: Uint8Array }): void {
		this.grids.push(`${grid.columns} ${grid.rows} ${grid.blocks.subarray(0, grid.columns * grid.rows).join()}`);
		this.answered();
	}

	failed(_frame: Frame, detail: string): void {
		this.faults.push(detail);
		this.answered();
	}

	until(count: number): Promise<void> {
		return new Promise((done) => {
			this.waiting = [count, done];
			this.answered(0);
		});
	}

	private answered(_one = 1): void {
		if (this.grids.length + this.faults.length >= this.waiting[0]) this.waiting[1]();
	}
}

describe("hosts-node/thread-luma-reader", () => {
	const begin = () => new Worker(THREAD, { execArgv: [...TYPESCRIPT] });

	it("reads as the reader without a thread does, in order, and releases all pictures (STR-26)", async () => {
		const reader = new ThreadLumaReader(begin);
		const answers = new Answers();
		const plain = new Answers();
		let released = 0;
		const count = (): void => void released++;
		const frames = [PICTURE, PICTURE.slice(0, 5000), PICTURE].map((bytes) => frameOf(bytes, count));
		for (const frame of frames) {
			assert.equal(reader.read(frame, answers), true);
			assert.equal(new InlineLumaReader().read(frame, plain), true);
			frame.release();
		}
		await answers.until(3);
		assert.deepEqual(answers.grids, plain.grids);
		assert.deepEqual(answers.faults, plain.faults);
		assert.equal(answers.grids.length, 2);
		await new Promise((done) => setImmediate(done));
		assert.equal(released, 3);
		await reader.stop();
	});

	it("takes little memory, however large the pictures of a camera are", () => {
		let octets = 0;
		const worker = {
			unref() {},
			on() {},
			postMessage: ({ buffer }: { buffer?: SharedArrayBuffer }) => (octets += buffer?.byteLength ?? 0),
		};
		const reader = new ThreadLumaReader(() => worker as unknown as Worker);
		const answers = new Answers();
		for (let i = 0; i < 40; i++) {
			assert.equal(
				reader.read(
					frameOf(new Uint8Array(LUMA_PICTURE_MAX + 1), () => {}),
					answers,
				),
				true,
			);
			assert.equal(
				reader.read(
					frameOf(new Uint8Array(LUMA_PICTURE_MAX), () => {}),
					answers,
				),
				i < 32,
			);
		}
		assert.deepEqual(new Set(answers.faults), new Set(["too-large"]));
		assert.equal(octets, 32 * LUMA_PICTURE_MAX);
	});

	it("refuses pictures while too many wait, and starts another thread when one has ended", async () => {
		const workers: Worker[] = [];
		const reader = new ThreadLumaReader(() => {
			const worker = begin();
			workers.push(worker);
			return worker;
		});
		const answers = new Answers();
		let taken = 0;
		while (
			reader.read(
				frameOf(PICTURE, () => {}),
				answers,
			)
		)
			taken++;
		assert.equal(taken, 32);
		await workers[0].terminate();
		await answers.until(32);
		assert.equal(answers.faults.length + answers.grids.length, 32);
		assert.equal(
			reader.read(
				frameOf(PICTURE, () => {}),
				answers,
			),
			true,
		);
		await answers.until(33);
		assert.equal(workers.length, 2);
		await reader.stop();
	});
});
