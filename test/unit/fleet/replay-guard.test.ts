import assert from "node:assert/strict";
import { ReplayGuard } from "../../../src/fleet/replay-guard";
import type { FleetMessage } from "../../../src/wire/fleet-message";

function message(sequence: number, boot = 1, sender = "00000000000000aa"): FleetMessage {
	return {
		type: "announce",
		fleet: 0,
		sender,
		boot,
		sequence,
		term: 0,
		answer: false,
		representative: false,
		holds: false,
	};
}

describe("fleet/replay-guard", () => {
	it("accepts each message once, also out of order", () => {
		const guard = new ReplayGuard();
		for (const sequence of [5, 7, 6, 20, 8]) assert.ok(guard.admit(message(sequence)), `${sequence}`);
		for (const sequence of [5, 7, 6, 20, 8]) assert.equal(guard.admit(message(sequence)), false, `${sequence} again`);
		assert.ok(guard.admit(message(19)));
	});

	it("refuses messages behind its window of 32", () => {
		const guard = new ReplayGuard();
		guard.admit(message(100));
		assert.ok(guard.admit(message(69)));
		assert.equal(guard.admit(message(68)), false);
		assert.ok(guard.admit(message(1000)));
		assert.equal(guard.admit(message(100)), false);
	});

	it("starts over when the sender restarts, and refuses messages from before the restart", () => {
		const guard = new ReplayGuard();
		guard.admit(message(1000, 3));
		assert.ok(guard.admit(message(1, 4)));
		assert.equal(guard.admit(message(1001, 3)), false);
	});

	it("keeps its state across its own restart, and skips damaged lines", () => {
		const before = new ReplayGuard();
		before.admit(message(50, 2));
		before.admit(message(9, 1, "00000000000000bb"));
		const after = new ReplayGuard();
		after.load([...before.save(), "", "nonsense", "00000000000000cc 1", "00000000000000dd -1 5", "x".repeat(40)]);
		assert.equal(after.admit(message(50, 2)), false);
		assert.equal(after.admit(message(49, 2)), false, "what had come is not known, so nothing earlier may");
		assert.ok(after.admit(message(51, 2)));
		assert.equal(after.admit(message(9, 1, "00000000000000bb")), false);
		assert.ok(after.admit(message(1, 1, "00000000000000cc")));
		assert.ok(after.admit(message(1, 1, "00000000000000dd")));
	});

	it("remembers 320 senders, forgets the oldest first, and reports when its state should be stored", () => {
		const guard = new ReplayGuard();
		for (let i = 0; i < 400; i++) guard.admit(message(1, 1, i.toString(16).padStart(16, "0")));
		assert.equal(guard.save().length, 320);
		assert.equal(guard.version, 400);
		guard.admit(message(2, 1, (399).toString(16).padStart(16, "0")));
		assert.equal(guard.version, 400, "another message is nothing to keep");
	});
});
