import assert from "node:assert/strict";
import {
	REGISTRATION_LIFETIME,
	type RegistrationEvent,
	RegistrationManager,
	type RegistrationOutbox,
} from "../../../../src/peer/managers/registration-manager";
import type { DeviceRecord } from "../../../../src/peer/rendezvous/device-record";
import type { PeerAnswer, RegisterRequest } from "../../../../src/peer/rendezvous/peer-message";

const RECORD: DeviceRecord = {
	name: "Garage",
	kind: "camera",
	tags: "",
	isPortal: false,
	isSymmetric: false,
	roundTrip: 0,
	candidates: [],
};
const REGISTERED: PeerAnswer = {
	type: "registered",
	stamp: 1,
	lifetime: 100,
	keepAlive: "answering",
	address: "198.51.100.1",
	port: 5000,
};

class Rig implements RegistrationOutbox {
	now = 1000;
	readonly machine = new RegistrationManager({ unit: () => 0.5 });
	readonly requests: (RegisterRequest | "withdraw")[] = [];
	readonly events: RegistrationEvent[] = [];

	register(request: RegisterRequest): void {
		this.requests.push(request);
	}

	unregister(): void {
		this.requests.push("withdraw");
	}

	emit(event: RegistrationEvent): void {
		this.events.push(event);
	}

	/** Lets time pass until the next deadline. @returns how long that took */
	wait(): number {
		const before = this.now;
		this.now = this.machine.deadline;
		this.machine.expire(this.now, this);
		return this.now - before;
	}

	answer(answer: PeerAnswer | undefined): void {
		this.machine.answered(this.now, answer, this);
	}

	/** Registers. */
	begin(): this {
		this.machine.publish(this.now, RECORD);
		this.wait();
		this.answer(REGISTERED);
		return this;
	}
}

describe("peer/registration manager (P2P-6)", () => {
	it("registers with all that is known, and reports the public address", () => {
		const rig = new Rig().begin();
		assert.deepEqual(rig.requests, [{ lifetime: REGISTRATION_LIFETIME, record: RECORD }]);
		assert.deepEqual(rig.events, [{ type: "registered", address: "198.51.100.1", port: 5000, keepAlive: "answering" }]);
		assert.equal(rig.machine.state, "registered");
	});

	it("refreshes at about half of the lifetime that the server grants, without the record", () => {
		const rig = new Rig().begin();
		const waited = rig.wait();
		assert.ok(waited >= 40_000 && waited <= 50_000, `${waited}`);
		assert.deepEqual(rig.requests[1], { lifetime: REGISTRATION_LIFETIME });
		rig.answer(REGISTERED);
		assert.equal(rig.events.length, 1, "nothing is new");
	});

	it("registers again when the server has forgotten it", () => {
		const rig = new Rig().begin();
		rig.wait();
		rig.answer({ type: "refused", code: 404 });
		assert.deepEqual(rig.requests[2], { lifetime: REGISTRATION_LIFETIME, record: RECORD });
		rig.answer(REGISTERED);
		assert.equal(rig.machine.state, "registered");
	});

	it("waits longer and longer when a server refuses a whole record with 404", () => {
		const rig = new Rig();
		rig.machine.publish(rig.now, RECORD);
		rig.wait();
		for (let i = 0; i < 4; i++) {
			rig.answer({ type: "refused", code: 404 });
			assert.equal(rig.requests.length, i + 1);
			assert.ok(rig.wait() >= 1500 * 2 ** i);
		}
	});

	it("reports a new public address, as after a reconnection of the router", () => {
		const rig = new Rig().begin();
		rig.wait();
		rig.answer({ ...REGISTERED, address: "198.51.100.2" });
		assert.equal(rig.events.length, 2);
	});

	it("tells changes soon and together, also those during a request", () => {
		const rig = new Rig().begin();
		rig.machine.publish(rig.now, { ...RECORD, name: "One" });
		rig.machine.publish(rig.now, { ...RECORD, name: "Two" });
		assert.ok(rig.wait() <= 1000);
		rig.machine.publish(rig.now, { ...RECORD, name: "Three" });
		rig.answer(REGISTERED);
		assert.ok(rig.wait() <= 1000);
		assert.deepEqual(
			rig.requests.slice(1).map((request) => (request as RegisterRequest).record?.name),
			["Two", "Three"],
		);
	});

	it("registers again after it has moved, even while a request is under way", () => {
		const rig = new Rig().begin();
		rig.machine.moved(rig);
		rig.machine.moved(rig);
		assert.equal(rig.requests.length, 2);
		rig.answer(REGISTERED);
		rig.wait();
		assert.deepEqual(rig.requests[2], { lifetime: REGISTRATION_LIFETIME, record: RECORD });
	});

	it("tries again with growing pauses when no server answers, and reports that once", () => {
		const rig = new Rig();
		rig.machine.publish(rig.now, RECORD);
		rig.wait();
		const pauses: number[] = [];
		for (let i = 0; i < 9; i++) {
			rig.answer(undefined);
			pauses.push(rig.wait());
		}
		for (let i = 1; i < pauses.length; i++) assert.ok(pauses[i] >= pauses[i - 1]);
		assert.ok(pauses[8] <= 150_000);
		assert.deepEqual(rig.events, [{ type: "unreachable" }]);
		rig.answer(REGISTERED);
		assert.equal(rig.events.length, 2);
	});

	it("reports why a server refuses", () => {
		const rig = new Rig();
		rig.machine.publish(rig.now, RECORD);
		rig.wait();
		rig.answer({ type: "refused", code: 403 });
		assert.deepEqual(rig.events, [{ type: "refused", code: 403 }]);
		assert.equal(rig.machine.refusal, 403);
	});

	it("withdraws, and reports that also when no server answers", () => {
		const rig = new Rig().begin();
		rig.machine.withdraw(rig);
		assert.equal(rig.requests[1], "withdraw");
		rig.answer(undefined);
		assert.deepEqual(rig.events[1], { type: "withdrawn" });
		assert.equal(rig.machine.deadline, Infinity);
	});

	it("withdraws what a request under way may still register", () => {
		const rig = new Rig();
		rig.machine.publish(rig.now, RECORD);
		rig.wait();
		rig.machine.withdraw(rig);
		assert.equal(rig.requests[1], "withdraw");
		rig.answer(REGISTERED);
		assert.deepEqual(rig.events, []);
		rig.answer({ type: "withdrawn", stamp: 2 });
		assert.deepEqual(rig.events, [{ type: "withdrawn" }]);
	});

	it("has nothing to withdraw before it was registered", () => {
		const rig = new Rig();
		rig.machine.withdraw(rig);
		assert.deepEqual(rig.requests, []);
		assert.deepEqual(rig.events, [{ type: "withdrawn" }]);
	});
});
