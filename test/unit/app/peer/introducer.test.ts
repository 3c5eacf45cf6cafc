import assert from "node:assert/strict";
import { isTurnPlace } from "../../../../src/app/peer/introducer";

describe("app/peer/introducer", () => {
	it("lets no server on the Internet have connections made to machines of the home (P2P-14)", () => {
		for (const local of [
			"127.0.0.1",
			"192.168.1.1",
			"10.0.0.5",
			"169.254.169.254",
			"fd00::1",
			"::1",
			"fe80::1",
			"::ffff:10.0.0.5",
		]) {
			assert.equal(isTurnPlace(local, "8.0.0.1"), false, local);
			assert.equal(isTurnPlace(local), false, local);
		}
		for (const nowhere of ["224.0.0.1", "ff02::1", "0.0.0.0", "::", "255.255.255.255", "turn.example"]) {
			assert.equal(isTurnPlace(nowhere, "127.0.0.1"), false, nowhere);
		}
		for (const far of ["8.0.0.9", "2a01::7", "100.64.0.9"]) assert.equal(isTurnPlace(far, "8.0.0.1"), true, far);
		assert.equal(isTurnPlace("192.168.1.9", "192.168.1.8"), true, "a server of the home's own");
		assert.equal(isTurnPlace("127.0.0.1", "192.168.1.8"), false);
		assert.equal(isTurnPlace("127.0.0.1", "127.0.0.1"), true);
	});
});
