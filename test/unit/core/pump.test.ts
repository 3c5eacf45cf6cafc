import assert from "node:assert/strict";
import type { Machine } from "../../../src/core/machine";
import { type Alarm, Pump } from "../../../src/core/pump";
import type { Millis } from "../../../src/core/time";

class FakeAlarm implements Alarm {
	time = 0;
	at: Millis = Infinity;
	private ring: () => void = () => {};

	now(): Millis {
		return this.time;
	}

	set(at: Millis, ring: () => void): void {
		this.at = at;
		this.ring = ring;
	}

	/** Lets time pass, ringing when it is due. */
	pass(to: Millis): void {
		while (this.at <= to) {
			this.time = this.at;
			this.at = Infinity;
			this.ring();
		}
		this.time = to;
	}
}

class Timer implements Machine<string[]> {
	constructor(public deadline: Millis) {}
	period: Millis = Infinity;

	expire(now: Millis, out: string[]): void {
		out.push(`${now}`);
		this.deadline = now + this.period;
	}
}

describe("core/pump", () => {
	it("expires each machine at its deadline with one timer", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		const often = new Timer(10);
		often.period = 10;
		pump.add(often, out);
		pump.add(new Timer(15), out);
		alarm.pass(30);
		assert.deepEqual(out, ["10", "15", "20", "30"]);
	});

	it("notices a deadline that moved earlier, and lets one that moved later cost one early ring", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		const timer = new Timer(100);
		pump.add(timer, out);
		timer.deadline = 20;
		pump.ran(timer);
		assert.equal(alarm.at, 20);
		timer.deadline = 50;
		pump.ran(timer);
		alarm.pass(60);
		assert.deepEqual(out, ["50"]);
	});

	it("forgets a machine that was removed, also while others expire", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		const second = new Timer(10);
		const first: Machine<string[]> & { deadline: Millis } = {
			deadline: 10,
			expire() {
				this.deadline = Infinity;
				pump.remove(second);
			},
		};
		pump.add(first, out);
		pump.add(second, out);
		alarm.pass(100);
		assert.deepEqual(out, []);
	});

	it("delivers events in order, after the machine has returned, also those that a receiver causes", () => {
		const pump = new Pump(new FakeAlarm());
		const heard: string[] = [];
		const last = { on: (event: string) => void heard.push(event) };
		const relay = {
			on(event: string) {
				heard.push(event);
				pump.post(last, `${event}!`);
				pump.settle();
			},
		};
		pump.post(relay, "a");
		pump.post(relay, "b");
		assert.deepEqual(heard, []);
		pump.settle();
		assert.deepEqual(heard, ["a", "b", "a!", "b!"]);
	});
});
