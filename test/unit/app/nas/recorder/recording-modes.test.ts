import assert from "node:assert/strict";
import { VirtualStore } from "../../../../../hosts/virtual/virtual-store";
import { RecordingModes } from "../../../../../src/app/nas/recorder/recording-modes";

const id = (number: number): string => number.toString(16).padStart(16, "0");

describe("app/nas/recorder/recording-modes", () => {
	it("keeps modes across restarts, and only those that are unusual (STR-13)", () => {
		const store = new VirtualStore();
		const modes = new RecordingModes(store, "continuous");
		assert.equal(modes.of("door"), "continuous");
		assert.equal(modes.set("door", "event"), true);
		assert.equal(modes.set(id(1), "off"), true);
		assert.equal(modes.set(id(1), "continuous"), true);
		assert.equal(store.read("record-modes"), "door event");
		const again = new RecordingModes(store, "off");
		assert.deepEqual([again.of("door"), again.of(id(1))], ["event", "off"]);
	});

	it("skips lines that are damaged", () => {
		const store = new VirtualStore();
		store.write("record-modes", "door often\nDOOR off\n\nyard\ngarden off extra\nshed off");
		const modes = new RecordingModes(store, "demand");
		assert.deepEqual(
			["door", "DOOR", "yard", "shed"].map((key) => modes.of(key)),
			["demand", "demand", "demand", "off"],
		);
	});

	it("refuses more than the store can hold, and keeps what it has", () => {
		const store = new VirtualStore();
		const modes = new RecordingModes(store, "continuous");
		let count = 0;
		while (modes.set(id(count), "off")) count++;
		assert.ok(count > 150, `${count}`);
		assert.equal(modes.of(id(count)), "continuous");
		assert.equal(modes.set("a-camera-with-a-long-name", "off"), false);
		assert.equal(modes.of(id(0)), "off");
		assert.equal(modes.set(id(0), "continuous"), true);
	});
});
