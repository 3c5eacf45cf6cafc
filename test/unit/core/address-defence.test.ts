import assert from "node:assert/strict";
import { AddressDefence, CONFLICT_OVER, DEFEND_INTERVAL, KEPT_LONGER } from "../../../src/core/address-defence";

const LOWER = "02:00:00:00:00:01";
const HIGHER = "02:00:00:00:00:02";

describe("core/address-defence", () => {
	it("defends once, waits, and yields after ten seconds (RFC 5227 §2.4)", () => {
		const defence = new AddressDefence();
		const said = [0, 1, 2000, 4000, 6000, 8000, 9999, 10_000].map((now) => defence.heard(now, HIGHER, LOWER));
		assert.deepEqual(said, ["defend", "wait", "wait", "wait", "wait", "wait", "wait", "yield"]);
		assert.equal(DEFEND_INTERVAL, 10_000);
	});

	it("is yielded later by the machine with the lower hardware address, so that not both yield", () => {
		const defence = new AddressDefence();
		const said = [0, 4000, 8000, 12_000, 14_999, 15_000].map((now) => defence.heard(now, LOWER, HIGHER));
		assert.deepEqual(said, ["defend", "wait", "wait", "wait", "wait", "yield"]);
		assert.equal(KEPT_LONGER, 5000);
	});

	it("tolerates two checks that missed the other by chance, and yields at the next one after ten seconds", () => {
		const defence = new AddressDefence();
		assert.deepEqual(
			[500, 6000, 12_000].map((now) => defence.heard(now, HIGHER, LOWER)),
			["defend", "wait", "yield"],
		);
	});

	it("defends again when the other was silent in between", () => {
		const defence = new AddressDefence();
		assert.equal(defence.heard(100, HIGHER, LOWER), "defend");
		assert.equal(defence.heard(101 + CONFLICT_OVER, HIGHER, LOWER), "defend");
		assert.equal(defence.heard(200 + CONFLICT_OVER, HIGHER, LOWER), "wait");
	});
});
