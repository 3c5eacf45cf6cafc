import assert from "node:assert/strict";
import { EventStills } from "../../../../src/storage/events/event-stills";
import type { RecordedEvent } from "../../../../src/storage/recorded-event";
import { VirtualFolder } from "../../../support/virtual-folder";

/** An event of which a test keeps pictures. */
function eventOf(id: number): RecordedEvent {
	return { id, camera: "door", kind: "motion", from: 1000 + id, to: undefined, still: 1000 + id, score: 5, label: "" };
}

/** A picture with a number in it. */
function picture(number: number): Uint8Array {
	return new Uint8Array([0xff, 0xd8, number, 0xff, 0xd9]);
}

describe("storage/events/event-stills", () => {
	it("gives a picture at once, and after a restart (STR-26)", () => {
		const folder = new VirtualFolder();
		const { files } = folder.machine;
		const stills = new EventStills(files);
		let read: Uint8Array | undefined;
		stills.keep(eventOf(1), new Uint8Array([0, ...picture(1), 0]), 1, 6);
		stills.read(eventOf(1), (bytes) => {
			read = bytes;
		});
		assert.deepEqual(read, picture(1));
		folder.world.runFor(1000);
		const later = new EventStills(files);
		assert.deepEqual(
			folder.wait((done) => later.read(eventOf(1), done)),
			picture(1),
		);
		assert.equal(
			folder.wait((done) => later.read(eventOf(2), done)),
			undefined,
		);
	});

	it("keeps the newest of pictures that come quickly (STR-26)", () => {
		const folder = new VirtualFolder();
		const stills = new EventStills(folder.machine.files);
		for (let number = 1; number <= 3; number++) stills.keep(eventOf(1), picture(number), 0, 5);
		folder.world.runFor(1000);
		assert.deepEqual(
			folder.wait((done) => stills.read(eventOf(1), done)),
			picture(3),
		);
		assert.equal(stills.lost, 0);
	});

	it("keeps a few at a time, and counts the others (STR-26)", () => {
		const folder = new VirtualFolder();
		const stills = new EventStills(folder.machine.files);
		for (let id = 1; id <= 20; id++) stills.keep(eventOf(id), picture(id), 0, 5);
		assert.equal(stills.lost, 4);
		folder.world.runFor(1000);
		stills.keep(eventOf(20), picture(20), 0, 5);
		assert.equal(stills.lost, 4);
	});
});
