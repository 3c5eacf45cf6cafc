import assert from "node:assert/strict";
import {
	KEEP_ALIVE_MAX,
	KEEP_ALIVE_MIN,
	KEEP_ALIVE_START,
	type KeepAliveEvent,
	KeepAliveManager,
	type KeepAliveOutbox,
} from "../../../../src/peer/managers/keep-alive-manager";
import type { KeepAliveMode } from "../../../../src/peer/rendezvous/peer-attributes";

const PLACE = "198.51.100.1:5000";

class Rig implements KeepAliveOutbox {
	now = 1000;
	readonly machine = new KeepAliveManager({ unit: () => 0.5 });
	readonly sent: KeepAliveMode[] = [];
	readonly events: KeepAliveEvent["type"][] = [];

	keepAlive(mode: KeepAliveMode): void {
		this.sent.push(mode);
	}

	emit({ type }: KeepAliveEvent): void {
		this.events.push(type);
	}

	wait(): number {
		const before = this.now;
		this.now = this.machine.deadline;
		this.machine.expire(this.now, this);
		return this.now - before;
	}

	answer(endpoint = PLACE): void {
		this.machine.answered(this.now, endpoint, this);
	}
}

describe("peer/keep-alive manager (P2P-4, P2P-8)", () => {
	it("sends nothing until it is needed, and nothing afterwards", () => {
		const rig = new Rig();
		assert.equal(rig.machine.deadline, Infinity);
		rig.machine.need(rig.now, true, "silent", PLACE);
		rig.wait();
		rig.machine.need(rig.now, false);
		assert.equal(rig.machine.deadline, Infinity);
		assert.deepEqual(rig.sent, ["silent"]);
	});

	for (const mode of ["none", "silent", "answering"] as const) {
		it(`keeps the interval in mode ${mode}, a little varied`, () => {
			const rig = new Rig();
			rig.machine.need(rig.now, true, mode, PLACE);
			for (let i = 0; i < 5; i++) {
				const waited = rig.wait();
				assert.ok(waited > 0.8 * KEEP_ALIVE_START && waited <= KEEP_ALIVE_START, `${waited}`);
				if (mode === "answering") rig.answer();
			}
			assert.deepEqual(rig.sent, Array(5).fill(mode));
			assert.deepEqual(rig.events, []);
		});
	}

	it("asks again when an answer is missing, and reports a server that is silent", () => {
		const rig = new Rig();
		rig.machine.need(rig.now, true, "answering", PLACE);
		rig.wait();
		for (let i = 0; i < 4; i++) assert.ok(rig.wait() <= 1000);
		assert.deepEqual(rig.events, ["silent"]);
		assert.equal(rig.sent.length, 4);
	});

	it("reports another mapping at once, and keeps the next one more often", () => {
		const rig = new Rig();
		rig.machine.need(rig.now, true, "answering", PLACE);
		rig.wait();
		rig.answer("198.51.100.1:5001");
		assert.deepEqual(rig.events, ["moved"]);
		assert.ok(rig.machine.interval < KEEP_ALIVE_START);
		assert.ok(rig.machine.interval >= KEEP_ALIVE_MIN);
	});

	it("adapts to how long the NAT keeps a mapping, within its bounds", () => {
		const { machine } = new Rig();
		for (const [survived, low, high] of [
			[20_000, 15_000, 20_000],
			[60_000, 45_000, 60_000],
			[1_000_000, KEEP_ALIVE_MAX, KEEP_ALIVE_MAX],
		]) {
			machine.survivedFor(survived);
			assert.ok(machine.interval >= low && machine.interval <= high, `${survived}: ${machine.interval}`);
		}
		machine.lapsedAfter(20_000);
		assert.ok(machine.interval <= 10_000 && machine.interval >= KEEP_ALIVE_MIN, `${machine.interval}`);
		machine.lapsedAfter(1000);
		assert.equal(machine.interval, KEEP_ALIVE_MIN);
		machine.forget();
		assert.equal(machine.interval, KEEP_ALIVE_START);
	});
});
