import assert from "node:assert/strict";
import { type Diagnosis, isSerious } from "../../../src/gateway/diagnosis";

describe("gateway/diagnosis", () => {
	const cases: Readonly<Record<Diagnosis, boolean>> = {
		"no-network": true,
		"no-gateway": true,
		"not-connected": true,
		"status-doubtful": false,
		"no-address": true,
		"double-nat": true,
		"carrier-nat": true,
		permission: true,
		"permanent-leases": false,
		unconfirmed: false,
		"port-stuck": false,
		"port-used-by-router": false,
		"table-full": true,
		"gateway-lies": true,
		refused: true,
		"no-port": true,
		"port-control-only": false,
		"gateway-silent": true,
	};
	for (const [diagnosis, serious] of Object.entries(cases)) {
		it(`${serious ? "counts" : "does not count"} ${diagnosis} as a problem that keeps the Internet out`, () => {
			assert.equal(isSerious(diagnosis as Diagnosis), serious);
		});
	}
});
