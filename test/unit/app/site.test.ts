import assert from "node:assert/strict";
import { VirtualHome } from "../../support/virtual-home";

describe("app/site", () => {
	it("logs where the pages are, and when there is no network address", () => {
		const home = new VirtualHome(1);
		const { machine } = home.add();
		home.world.runFor(1000);
		assert.match(machine.log.text(), /info web: the pages are at http:\/\/192\.168\.0\.11:8000\/ \(/);
		machine.nics[0].link.up = false;
		home.world.runFor(1000);
		assert.match(machine.log.text(), /warn web: no network address yet/);
	});
});
