import assert from "node:assert/strict";
import { VirtualMachine } from "../../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../../hosts/virtual/world";
import { ReportedEvents } from "../../../../../src/app/nas/events/reported-events";
import { Pump } from "../../../../../src/core/pump";
import type { RecordedEvent } from "../../../../../src/storage/recorded-event";

describe("app/nas/reported-events (STR-26)", () => {
	it("ends pulses by themselves, keeps what lasts, and takes one timer however often something is reported", () => {
		const world = new World(1);
		const { clock } = new VirtualMachine(world, "nas");
		const began: string[] = [];
		const ended: number[] = [];
		const recorder = {
			eventBegan: (_key: string, kind: string, label: string) =>
				({ id: began.push(`${kind} ${label}`) }) as RecordedEvent,
			eventEnded: (id: number) => void ended.push(id),
		};
		const events = new ReportedEvents(recorder, new Pump(clock));
		events.report("a", "switch", "on", "");
		events.report("a", "switch", "on", "");
		events.report("a", "call", "pulse", "bell", 5);
		events.report("a", "call", "pulse", "gate", 60);
		world.runFor(5000);
		assert.deepEqual(ended, [2]);
		world.runFor(55_000);
		assert.deepEqual(ended, [2, 3]);
		events.report("a", "switch", "off", "");
		assert.deepEqual(ended, [2, 3, 1]);
		for (let i = 0; i < 1000; i++) {
			events.report("a", "switch", "on", "");
			events.report("a", "switch", "off", "");
		}
		assert.equal(ended.length, 1003);
		world.runFor(24 * 3_600_000);
		assert.equal(ended.length, 1003);
		events.report("a", "switch", "on", "");
		world.runFor(12 * 3_600_000);
		assert.equal(ended.length, 1004);
	});
});
