import assert from "node:assert/strict";
import { fleetPage } from "../../../src/web/fleet-page";
import { ID, OWNER, text } from "../../support/shown-pages";

describe("web/fleet-page", () => {
	it("offers to create a key or join without a key, and a join code with one", () => {
		const open = text(fleetPage({ sealed: false, code: "", outcome: "" }, OWNER, ID));
		const sealed = text(fleetPage({ sealed: true, code: "", outcome: "" }, OWNER, ID));
		assert.match(open, /\/api\/v1\/fleet\/key.*\/api\/v1\/fleet\/join/s);
		assert.doesNotMatch(open, /invite/);
		assert.match(sealed, /\/api\/v1\/fleet\/invite/);
		assert.doesNotMatch(sealed, /fleet\/(key|join)/);
	});
});
