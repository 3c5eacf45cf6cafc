import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { EventSink } from "../../../src/core/event-ring";
import type { Machine } from "../../../src/core/machine";
import { type Alarm, type Handle, Pump } from "../../../src/core/pump";
import type { StreamMachine, StreamOutbox } from "../../../src/core/stream";
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

	/** Rings at once. */
	ringOnce(): void {
		this.at = Infinity;
		this.ring();
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

/** Emits an event whenever it is asked to. */
class Talker implements Machine<Pump> {
	deadline = Infinity;
	constructor(private readonly sink: EventSink<string>) {}

	say(text: string, pump: Pump): void {
		pump.post(this.sink, text);
	}

	expire(): void {}
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

	it("re-arms the timer after a call through the handle, in either direction", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		const handle = pump.add(new Timer(100), out);
		const move = (at: Millis) =>
			handle.call((timer) => {
				timer.deadline = at;
			});
		move(20);
		assert.equal(alarm.at, 20);
		move(50);
		alarm.pass(60);
		assert.deepEqual(out, ["50"], "the early ring does nothing");
		move(70);
		move(Infinity);
		alarm.pass(100);
		assert.deepEqual(out, ["50"]);
	});

	it("passes time and outbox to a call, and returns its result", () => {
		const alarm = new FakeAlarm();
		alarm.time = 7;
		const out: string[] = [];
		const handle = new Pump(alarm).add(new Timer(Infinity), out);
		assert.deepEqual(
			handle.call((timer, now, given) => [timer === handle.machine, now, given === out]),
			[true, 7, true],
		);
	});

	it("expires a machine once a ring, even if it is due again at once", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		const eager = new Timer(5);
		eager.period = 0;
		pump.add(eager, out);
		alarm.time = 5;
		const before = alarm.at;
		assert.equal(before, 5);
		alarm.ringOnce();
		assert.deepEqual([out, alarm.at], [["5"], 5]);
	});

	it("leaves the alarm to another pump once it is closed, even while machines expire", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		const later = pump.add(new Timer(30), out);
		pump.after(10, () => {
			pump.close();
			new Pump(alarm).add(new Timer(50), out);
		});
		pump.add(new Timer(10), out);
		alarm.pass(20);
		assert.equal(alarm.at, 50, "the ring in which it was closed does not set the alarm");
		later.call((timer) => {
			timer.deadline = 40;
		});
		alarm.pass(60);
		assert.deepEqual(out, ["50"]);
	});

	it("does not call a machine that was removed while others expired", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		const out: string[] = [];
		let second: Handle<Timer, string[]> | undefined;
		const first: Machine<string[]> & { deadline: Millis } = {
			deadline: 10,
			expire() {
				this.deadline = Infinity;
				second?.remove();
			},
		};
		pump.add(first, out);
		second = pump.add(new Timer(10), out);
		alarm.pass(100);
		assert.deepEqual(out, []);
	});

	it("keeps 1,000 machines in the order of their deadlines while they move and leave", () => {
		for (let seed = 1; seed <= 10; seed++) {
			const prng = new Prng(seed);
			const alarm = new FakeAlarm();
			const pump = new Pump(alarm);
			const out: string[] = [];
			const handles = Array.from({ length: 1000 }, () => pump.add(new Timer(1 + prng.below(500)), out));
			for (let i = 0; i < 2000; i++) {
				const handle = handles[prng.below(1000)];
				if (prng.chance(0.1)) handle.remove();
				else
					handle.call((timer) => {
						timer.deadline = prng.chance(0.2) ? Infinity : 1 + prng.below(500);
					});
			}
			const wanted = handles
				.filter((handle) => !handle.isRemoved && handle.machine.deadline !== Infinity)
				.map((handle) => handle.machine.deadline)
				.sort((a, b) => a - b);
			alarm.pass(1000);
			assert.deepEqual(out.map(Number), wanted, `seed ${seed}`);
		}
	});

	it("delivers events in order, after the machine has returned, including those that a receiver causes", () => {
		const pump = new Pump(new FakeAlarm());
		const heard: string[] = [];
		const last = { on: (event: string) => void heard.push(event) };
		const relay = {
			on(event: string) {
				heard.push(event);
				pump.add(new Talker(last), pump).call((talker, _now, out) => talker.say(`${event}!`, out));
			},
		};
		pump.add(new Talker(relay), pump).call((talker, _now, out) => {
			talker.say("a", out);
			talker.say("b", out);
			assert.deepEqual(heard, []);
		});
		assert.deepEqual(heard, ["a", "b", "a!", "b!"]);
	});

	it("delivers hundreds of events that wait at once, in order", () => {
		const pump = new Pump(new FakeAlarm());
		const heard: number[] = [];
		const sink = { on: (event: number) => void heard.push(event) };
		for (let round = 0; round < 3; round++) {
			for (let i = 0; i < 300; i++) pump.post(sink, i);
			pump.settle();
		}
		const once = Array.from({ length: 300 }, (_, i) => i);
		assert.deepEqual(heard, [...once, ...once, ...once]);
	});

	it("continues delivering after a receiver has thrown", () => {
		const pump = new Pump(new FakeAlarm());
		const heard: string[] = [];
		const thrower = {
			on(): void {
				throw new Error("broken");
			},
		};
		pump.post(thrower, "a");
		pump.post({ on: (event: string) => void heard.push(event) }, "b");
		assert.throws(() => pump.settle(), /broken/);
		pump.settle();
		assert.deepEqual(heard, ["b"]);
	});

	it("runs something once, later", () => {
		const alarm = new FakeAlarm();
		const pump = new Pump(alarm);
		let runs = 0;
		pump.after(50, () => runs++);
		alarm.pass(49);
		assert.equal(runs, 0);
		alarm.pass(500);
		assert.equal(runs, 1);
	});

	it("removes a stream's machine when its connection is gone, and notifies its owner once", () => {
		const calls: string[] = [];
		const machine: StreamMachine = {
			deadline: 100,
			expire: () => void calls.push("expire"),
			feed: (now, bytes) => void calls.push(`feed ${now} ${bytes.length}`),
			room: () => void calls.push("room"),
			ended: (_now, why) => void calls.push(`ended ${why}`),
		};
		const alarm = new FakeAlarm();
		const handle = new Pump(alarm).addStream(machine);
		handle.owner = { streamGone: () => void calls.push("gone") };
		handle.attach({} as StreamOutbox);
		handle.room();
		handle.received(new Uint8Array(3));
		handle.ended("closed");
		handle.gone();
		alarm.pass(1000);
		assert.deepEqual(calls, ["room", "feed 0 3", "ended closed", "ended reset", "gone"]);
	});
});
