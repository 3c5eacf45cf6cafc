import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { houseFor, outside, WAN } from "./house";

const NEW_WAN = "198.20.0.77";

describe("lab/router with a new external address", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (context) => needs(context, ...LAB_NEEDS, "build"));

	it("shows in the links of the page after the next poll (IMG-5, IMG-14)", async () => {
		await house().fill(2);
		await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081), 5000);
		await house().lab.setWan(NEW_WAN);
		const moved = outside(8080, 8081).map((url) => url.replace(WAN, NEW_WAN));
		await house().untilListed("wan", `http://${NEW_WAN}:8080/`, moved, 65_000);
		const page = (await house().lab.get("wan", `http://${NEW_WAN}:8080/`)) ?? "";
		assert.ok(page.includes(`href="http://${NEW_WAN}:8081/device"`), page);
		assert.ok(!page.includes(`${WAN}:`), page);
	});
});
