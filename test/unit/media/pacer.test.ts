import assert from "node:assert/strict";
import { Pacer } from "../../../src/media/pacer";

/** Timers of a test: time passes by {@link run} only. */
class FakeTimers {
	time = 0;
	armed: { call: () => void; at: number } | undefined;

	now(): number {
		return this.time;
	}

	set(call: () => void, delay: number): unknown {
		this.armed = { call, at: this.time + delay };
		return this.armed;
	}

	clear(timer: unknown): void {
		if (timer === this.armed) this.armed = undefined;
	}

	/** Runs the due timers until `end`; each call comes `late` milliseconds late. */
	run(end: number, late = 0): void {
		for (let { armed } = this; armed !== undefined && armed.at + late <= end; armed = this.armed) {
			this.armed = undefined;
			this.time = armed.at + late;
			armed.call();
		}
		this.time = end;
	}
}

describe("media/pacer", () => {
	function start(perSecond: number) {
		const timers = new FakeTimers();
		const calls: number[] = [];
		const pacer = new Pacer(perSecond, () => calls.push(timers.time), timers);
		pacer.start();
		return { timers, calls, pacer };
	}

	it("calls at once, but not inside `start`, and then at an even pace", () => {
		const { timers, calls } = start(10);
		assert.deepEqual(calls, []);
		timers.run(350);
		assert.deepEqual(calls, [0, 100, 200, 300]);
	});

	it("keeps the pace when timers are late", () => {
		const { timers, calls } = start(10);
		timers.run(450, 30);
		assert.deepEqual(calls, [30, 130, 230, 330, 430]);
	});

	it("leaves out calls that were missed", () => {
		const { timers, calls } = start(10);
		timers.run(0);
		timers.time = 555;
		timers.armed?.call();
		timers.run(750);
		assert.deepEqual(calls, [0, 555, 600, 700]);
	});

	it("does not drift if a period is not a whole number of milliseconds", () => {
		const { timers, calls } = start(30);
		timers.run(10_001);
		assert.equal(calls.length, 301);
	});

	it("stops, also in its own call, and can be started again", () => {
		const { timers, calls, pacer } = start(10);
		timers.run(100);
		pacer.stop();
		pacer.stop();
		timers.run(1000);
		assert.deepEqual(calls, [0, 100]);
		pacer.start();
		timers.run(1100);
		assert.deepEqual(calls, [0, 100, 1000, 1100]);
	});
});
