import assert from "node:assert/strict";
import type { GatewaySettings } from "../../../src/gateway/gateway-settings";
import { nextAsk, planPorts } from "../../../src/gateway/representative-port";

const settings: GatewaySettings = {
	id: "3f9a2c0000000000",
	model: "test",
	representativePorts: [8080, 8082],
	internalPort: 8000,
	ownPorts: 4,
	representativeLease: 60,
	ownLease: 600,
	addressPoll: 60000,
	table: "walk",
	tablePeriod: 60000,
};

describe("gateway/representative-port", () => {
	it("asks again when the lease ends, not before and not long after; soon where a live camera releases it (IMG-22)", () => {
		assert.equal(nextAsk("gone", 15, -1), 14000);
		assert.equal(nextAsk("camera", 1, 15), 250);
		assert.equal(nextAsk("camera", 0, 1), 250, "less than a second is left");
		assert.equal(nextAsk("gone", 0, -1), 2000, "permanent, or just ending");
		assert.equal(nextAsk("live", 600, -1), 300);
	});

	const cases: [string, Parameters<typeof planPorts>[1], number, number, number[]][] = [
		["the representative's port first, then its own (IMG-3, IMG-4)", "first-come", 8080, 0, [8080, 8081, 8083, 8084]],
		["the same for the camera that is to be the representative", "representative", 8080, 0, [8080, 8081, 8083, 8084]],
		["its own only", "own", 8080, 0, [8081, 8083, 8084]],
		["the port it had before ahead of the others", "own", 8080, 8084, [8084, 8081, 8083]],
		["the port it had before after the representative's", "first-come", 8080, 8083, [8080, 8083, 8081, 8084]],
		["a remembered port only if it is among its own", "own", 8080, 9999, [8081, 8083, 8084]],
		["ports after the representative port in use", "own", 8082, 0, [8083, 8084, 8085, 8086]],
		["no port beyond 65535", "first-come", 65533, 0, [65533, 65534, 65535]],
	];
	for (const [title, aim, base, favourite, ports] of cases) {
		it(`plans ${title}`, () => assert.deepEqual(planPorts(settings, aim, base, favourite), ports));
	}
});
