import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { houseFor } from "./house";

describe("lab/porthole doctor in a home without a gateway", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (context) => needs(context, ...LAB_NEEDS, "build"));

	it("reports that there is none, with exit code 1", async () => {
		await house().lab.stopRouter();
		const { code, stdout, stderr } = await house().doctor("home");
		assert.equal(code, 1, stdout + stderr);
		assert.match(stdout, /no Internet gateway|UPnP/i);
	});
});
