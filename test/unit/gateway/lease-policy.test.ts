import assert from "node:assert/strict";
import { LeasePolicy } from "../../../src/gateway/lease-policy";

describe("gateway/lease-policy", () => {
	it("asks for the wish until the gateway refuses it", () => {
		assert.equal(new LeasePolicy().lease(600), 600);
	});

	it("asks for a permanent lease when a finite one is refused (quirks 1, 2)", () => {
		const policy = new LeasePolicy();
		assert.equal(policy.refused(600, 600), true);
		assert.deepEqual([policy.lease(600), policy.lease(60), policy.permanent], [0, 0, true]);
	});

	it("asks for an hour when a permanent lease is refused too, and gives up after that (quirk 2)", () => {
		const policy = new LeasePolicy();
		policy.refused(600, 600);
		assert.equal(policy.refused(0, 600), true);
		assert.deepEqual([policy.lease(600), policy.permanent], [3600, false]);
		assert.equal(policy.refused(3600, 600), false);
		assert.equal(policy.lease(600), 600);
	});

	it("ignores the refusal of a lease that it would no longer request", () => {
		const policy = new LeasePolicy();
		policy.refused(600, 600);
		// The request of another mapping was on its way.
		assert.equal(policy.refused(60, 60), true);
		assert.equal(policy.lease(60), 0);
	});

	it("asks for a permanent lease once a mapping has vanished, and only once (quirk 2)", () => {
		const policy = new LeasePolicy();
		assert.deepEqual([policy.vanished(), policy.vanished(), policy.lease(60)], [true, false, 0]);
	});

	it("does not try a permanent lease again where one was refused", () => {
		const policy = new LeasePolicy();
		policy.refused(600, 600);
		policy.refused(0, 600);
		assert.equal(policy.vanished(), false);
	});

	it("forgets everything for another gateway", () => {
		const policy = new LeasePolicy();
		policy.refused(600, 600);
		policy.reset();
		assert.deepEqual([policy.permanent, policy.lease(600)], [false, 600]);
	});
});
